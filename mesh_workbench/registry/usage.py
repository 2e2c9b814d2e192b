"""Reads added up by day: how much a product is used, by whom, and which columns of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Table, and_, func, select

from mesh_workbench.model.access import ReadRecord
from mesh_workbench.model.usage import ColumnUse, ConsumerUse, DayUse
from mesh_workbench.registry.repository import Repository
from mesh_workbench.registry.tables.product import products
from mesh_workbench.registry.tables.run import runs
from mesh_workbench.registry.tables.usage_column import usage_columns
from mesh_workbench.registry.tables.usage_day import usage_days

if TYPE_CHECKING:
    from mesh_workbench.registry.database import Database

_SUMS = ("reads", "rows", "bytes", "duration_ms")
_LOOK = "sample"
"""Looking at a sample is no use."""


class Usage(Repository):
    """Sums of the log of reads, kept when that is cut."""

    def of_days(self, product_id: str, since: str) -> list[DayUse]:
        """Use of a product by day, the oldest first; days without any are left out."""
        people = func.count(usage_days.c.identity.distinct())
        statement = (
            select(usage_days.c.day, *(func.sum(usage_days.c[name]) for name in _SUMS), people)
            .where(_used(product_id, since))
            .group_by(usage_days.c.day)
            .order_by(usage_days.c.day)
        )
        with self._db.read() as connection:
            return [
                DayUse(day=row[0], reads=row[1], rows=row[2], bytes=row[3], duration_ms=row[4], readers=row[5])
                for row in connection.execute(statement)
            ]

    def consumers(self, product_id: str, since: str, limit: int) -> tuple[int, list[ConsumerUse]]:
        """How many there are, and those who read most: products by their runs, and people."""
        who = (products.c.full_name, usage_days.c.identity)
        name = func.coalesce(*who)
        reads = func.sum(usage_days.c.reads)
        statement = (
            select(
                name,
                func.max(products.c.id),
                reads,
                func.sum(usage_days.c.rows),
                func.sum(usage_days.c.bytes),
                func.max(usage_days.c.day),
            )
            .outerjoin_from(usage_days, products, products.c.id == usage_days.c.consumer_id)
            .where(_used(product_id, since))
            .group_by(name)
        )
        purposes = (
            select(name, usage_days.c.purpose)
            .distinct()
            .outerjoin_from(usage_days, products, products.c.id == usage_days.c.consumer_id)
            .where(_used(product_id, since), usage_days.c.purpose != "")
            .order_by(usage_days.c.purpose)
            .limit(1_000)
        )
        with self._db.read() as connection:
            total = int(connection.execute(select(func.count()).select_from(statement.subquery())).scalar_one())
            said: dict[str, list[str]] = {}
            for one, purpose in connection.execute(purposes):
                said.setdefault(one, []).append(purpose)
            rows = connection.execute(statement.order_by(reads.desc(), name).limit(limit))
            return total, [
                ConsumerUse(
                    kind="person" if row[1] is None else "product",
                    name=row[0],
                    reads=row[2],
                    rows=row[3],
                    bytes=row[4],
                    last_day=row[5],
                    purposes=said.get(row[0], [])[:10],
                )
                for row in rows
            ]

    def columns(self, product_id: str, since: str, limit: int) -> list[ColumnUse]:
        """The columns that are read most; an empty name stands for reads of all columns."""
        reads = func.sum(usage_columns.c.reads)
        statement = (
            select(usage_columns.c.port, usage_columns.c.column, reads, func.max(usage_columns.c.day))
            .where(usage_columns.c.product_id == product_id, usage_columns.c.day >= since)
            .group_by(usage_columns.c.port, usage_columns.c.column)
            .order_by(reads.desc(), usage_columns.c.column)
            .limit(limit)
        )
        with self._db.read() as connection:
            return [
                ColumnUse(port=row[0], column=row[1] or None, reads=row[2], last_day=row[3])
                for row in connection.execute(statement)
            ]


def add_up(database: Database, connection: Connection, records: Sequence[ReadRecord]) -> None:
    """Add `records` to the sums of their days, in the transaction that appends them to the log."""
    run_ids = {record.run_id for record in records if record.run_id}
    found = connection.execute(select(runs.c.id, runs.c.product_id).where(runs.c.id.in_(run_ids))) if run_ids else ()
    consumers: dict[str | None, str] = {row[0]: row[1] for row in found}
    days: dict[tuple[str, ...], dict[str, Any]] = {}
    columns: dict[tuple[str, ...], dict[str, Any]] = {}
    for record in records:
        day, consumer = f"{record.at:%Y-%m-%d}", consumers.get(record.run_id, "")
        key = (record.product_id, day, record.port, record.identity, consumer, record.how, record.purpose)
        names = ("product_id", "day", "port", "identity", "consumer_id", "how", "purpose")
        sums = days.setdefault(key, {**dict(zip(names, key, strict=True)), **dict.fromkeys(_SUMS, 0)})
        for name, more in zip(_SUMS, (1, record.rows or 0, record.bytes or 0, record.duration_ms), strict=True):
            sums[name] += more
        for column in (record.columns or [""]) if record.how != _LOOK else []:
            one = (record.product_id, day, record.port, column)
            seen = columns.setdefault(
                one, {**dict(zip(("product_id", "day", "port", "column"), one, strict=True)), "reads": 0}
            )
            seen["reads"] += 1
    _add(database, connection, usage_days, days, _SUMS)
    _add(database, connection, usage_columns, columns, ("reads",))


def _add(
    database: Database,
    connection: Connection,
    table: Table,
    rows: dict[tuple[str, ...], dict[str, Any]],
    sums: Sequence[str],
) -> None:
    # NOTE: in one order, so that two who add the same rows never wait for each other
    ordered = [rows[key] for key in sorted(rows)]
    if ordered:
        statement = database.insert(table)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=[*table.primary_key.columns],
                set_={name: table.c[name] + statement.excluded[name] for name in sums},
            ),
            ordered,
        )


def _used(product_id: str, since: str) -> ColumnElement[bool]:
    return and_(usage_days.c.product_id == product_id, usage_days.c.day >= since, usage_days.c.how != _LOOK)
