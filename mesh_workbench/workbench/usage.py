"""Usage in this process: LocalUsage."""

from __future__ import annotations

from datetime import timedelta

from mesh_workbench.model.usage import Usage
from mesh_workbench.workbench.context import Context
from mesh_workbench.workbench.lineage import may_see_readers

TOP = 20
"""Consumers and columns that an answer names at most."""


class LocalUsage:
    """Implements `protocol.Usages`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def of(self, name: str, *, days: int = 30) -> Usage:
        """How a product was used in the last `days` days; names for those who may see them."""
        context = self._context
        product = context.product(name)
        context.read_log.flush()  # what was read a moment ago counts
        since = f"{context.registry.now() - timedelta(days=days - 1):%Y-%m-%d}"
        named = may_see_readers(context, product)
        with context.registry.snapshot():
            use = context.registry.usage
            by_day = use.of_days(product.id, since)
            consumers, top = use.consumers(product.id, since, TOP)
            columns = use.columns(product.id, since, TOP)
        reads = sum(day.reads for day in by_day)
        return Usage(
            product=product.full_name,
            since=since,
            reads=reads,
            rows=sum(day.rows for day in by_day),
            bytes=sum(day.bytes for day in by_day),
            mean_ms=round(sum(day.duration_ms for day in by_day) / reads, 3) if reads else None,
            consumers=consumers,
            named=named,
            days=by_day,
            top=top if named else [],
            columns=columns,
        )
