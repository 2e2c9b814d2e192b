"""The queue: which of the runs that wait is next, and how long the line before each is.

Domains take turns: the one with the fewest runs at work or just over is next. Within a domain priority decides, then
age.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    ScalarSelect,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
)

from mesh_workbench.model.queue import QueueLimits
from mesh_workbench.registry.repository import Repository, batches
from mesh_workbench.registry.run_rows import ACTIVE, unresolved
from mesh_workbench.registry.tables.domain import domains
from mesh_workbench.registry.tables.product import products
from mesh_workbench.registry.tables.run import runs

FAIR_S = 60.0
"""Seconds for which a run that is over still counts as one that its domain has had."""
_CLAIMS = 7_306_021_954
"""Key of PostgreSQL's lock under which runs are claimed, one claim after the other."""
_QUEUED: ColumnElement[str] = literal_column("'queued'")
"""Not a bound value: a partial index is only used for a constant."""


@dataclass(frozen=True)
class Load:
    """How many runs are at work, and how many each domain has had lately."""

    running: Counter[str] = field(default_factory=Counter)
    """Runs at work, by full name of the product and by domain."""
    had: Counter[str] = field(default_factory=Counter)
    """Runs at work or over in the last FAIR_S seconds, by domain."""
    ids: dict[str, str] = field(default_factory=dict)
    """Ids of the products with runs at work, by full name."""


class Queue(Repository):
    """The order of the runs that wait."""

    def load(self) -> Load:
        """How many runs are at work, and how many each domain has had lately."""
        with self._db.read() as connection:
            return self._load(connection)

    def positions(self, run_ids: Sequence[str], identity: str | None) -> dict[str, int]:
        """Places of waiting runs in the order in which they would be claimed now, from 1, by run id.

        `identity` looks only at the queue of runs on behalf of it. Runs that may not be taken yet have no place.
        """
        with self._db.read() as connection:
            had = self._load(connection).had
            before = func.row_number().over(partition_by=runs.c.domain, order_by=_order())
            line = select(runs.c.id, runs.c.rank, runs.c.queued, (_turn(had, runs.c.domain) + before).label("turn"))
            line = line.where(runs.c.state == _QUEUED, self._ready())
            if identity is not None:
                line = line.where(runs.c.acting_identity == identity)
            each = line.subquery()
            position = func.row_number().over(order_by=(each.c.turn, each.c.rank, each.c.queued, each.c.id))
            placed = select(each.c.id, position.label("position")).subquery()
            found: dict[str, int] = {}
            for batch in batches(run_ids):
                for row in connection.execute(select(placed).where(placed.c.id.in_(batch))):
                    found[row.id] = int(row.position)
        return found

    def _next(self, connection: Connection, identity: str | None, limits: QueueLimits) -> str | None:
        """The id of the run to claim. Until the transaction ends nobody else claims one.

        The first of each domain is looked up in the index of the queue, so that the length of the queue does not
        matter; whose turn it is, is decided here.
        """
        if self._db.dialect == "postgresql":  # SQLite's transaction is alone anyway
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CLAIMS})
        load = self._load(connection)
        full = [product_id for name, product_id in load.ids.items() if limits.reached(name, load.running[name])]
        may = [runs.c.state == _QUEUED, runs.c.domain == domains.c.name, runs.c.product_id.not_in(full)]
        if identity is not None:
            may.append(runs.c.acting_identity == identity)
        best = select(runs.c.id).where(*may, self._ready(), ~unresolved()).order_by(*_order()).limit(1)
        of_each = select(best.correlate(domains).scalar_subquery()).select_from(domains)
        ids = [run_id for run_id in connection.execute(of_each).scalars() if run_id]
        rows = connection.execute(select(runs.c.domain, *_order()).where(runs.c.id.in_(ids)))
        may_go = [row for row in rows if not limits.reached(row.domain, load.running[row.domain])]
        first = min(may_go, key=lambda row: (load.had[row.domain], row.rank, row.queued, row.id), default=None)
        return first.id if first else None

    def _load(self, connection: Connection) -> Load:
        running = (
            select(products.c.domain, products.c.full_name, products.c.id, func.count())
            .join(runs, runs.c.product_id == products.c.id)
            .where(runs.c.state.in_(ACTIVE))
            .group_by(products.c.domain, products.c.full_name, products.c.id)
        )
        over = select(runs.c.domain, func.count()).where(runs.c.finished >= self._once(-FAIR_S)).group_by(runs.c.domain)
        load = Load()
        for domain, name, product_id, count in connection.execute(running):
            load.running.update({name: int(count), domain: int(count)})
            load.had.update({domain: int(count)})
            load.ids[name] = product_id
        load.had.update({domain: int(count) for domain, count in connection.execute(over)})
        return load

    def _ready(self) -> ColumnElement[bool]:
        return or_(runs.c.not_before.is_(None), runs.c.not_before <= self._once())

    def _once(self, ahead_s: float = 0.0) -> ScalarSelect[datetime]:
        """The database's time, looked at once a statement, so that an index by time can be used."""
        return select(self._db.clock(ahead_s)).scalar_subquery()


def _order() -> tuple[ColumnElement[Any], ...]:
    """Within a domain: priority, then age."""
    return runs.c.rank, runs.c.queued, runs.c.id


def _turn(had: Counter[str], domain: ColumnElement[str]) -> ColumnElement[int]:
    """How many runs a domain has had; the lowest is next."""
    none = literal(0, Integer())
    return (
        case({name: literal(count, Integer()) for name, count in had.items()}, value=domain, else_=none)
        if had
        else none
    )
