"""Lineage in this process: LocalLineage."""

from __future__ import annotations

from functools import partial
from typing import Literal

from mesh_workbench.discovery.catalog import healths
from mesh_workbench.lifecycle import impact as impact_
from mesh_workbench.lifecycle.lineage_graph import lineage
from mesh_workbench.model.access import Action
from mesh_workbench.model.lineage import Impact, Lineage
from mesh_workbench.model.product import Product
from mesh_workbench.workbench.context import Context


class LocalLineage:
    """Implements `protocol.Lineages`; a product that one may not find is shown without its name."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def of(
        self,
        name: str,
        *,
        column: str | None = None,
        direction: Literal["both", "up", "down"] = "both",
        depth: int = 10,
        release: int | None = None,
    ) -> Lineage:
        product = self._context.product(name)
        return lineage(
            self._context.registry,
            product,
            findable=self._findable,
            healths=partial(healths, self._context.registry),
            up=direction != "down",
            down=direction != "up",
            depth=depth,
            release=release,
            column=column,
        )

    def impact(self, name: str, column: str) -> Impact:
        product = self._context.product(name)
        return impact_.impact(
            self._context.registry,
            product,
            column,
            findable=self._findable,
            named=lambda one: may_see_readers(self._context, one),
        )

    def _findable(self, product: Product) -> bool:
        return self._context.decide(Action.DISCOVER, product=product).allowed


def may_see_readers(context: Context, product: Product) -> bool:
    """Whether the acting identity may know who reads a product: its owner, the domain's owners and governance may."""
    return any(context.decide(action, product=product).allowed for action in (Action.OVERRIDE, Action.GRANT))
