"""The log of reads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select

from mesh_workbench.model.access import ReadRecord
from mesh_workbench.model.base import Page
from mesh_workbench.registry.cursor import page
from mesh_workbench.registry.repository import Repository, document_of
from mesh_workbench.registry.tables.product import products
from mesh_workbench.registry.tables.read_log import read_log
from mesh_workbench.registry.tables.run import runs
from mesh_workbench.registry.usage import add_up


@dataclass(frozen=True)
class Use:
    """Reads that are alike: of the same columns of a port, by somebody."""

    identity: str
    product: str | None
    """The product whose runs read it; None when the identity read it directly."""
    port: str
    columns: tuple[str, ...]
    """Empty means all."""
    last: datetime
    reads: int


class Reads(Repository):
    """Who read what: appended, and cut by age alone."""

    def add(self, records: Sequence[ReadRecord]) -> None:
        """Append records, all of one statement together, and add them to the sums of their days."""
        rows = [
            {
                "id": record.id,
                "at": record.at,
                "identity": record.identity,
                "product_id": record.product_id,
                "purpose": record.purpose,
                "run_id": record.run_id,
                "document": document_of(record, "purpose"),
            }
            for record in records
        ]
        if rows:
            with self._db.write() as connection:
                connection.execute(insert(read_log), rows)
                add_up(self._db, connection, records)

    def count(self, before: datetime) -> int:
        """How many reads there are from before a moment."""
        with self._db.read() as connection:
            statement = select(func.count()).select_from(read_log).where(read_log.c.at < before)
            return int(connection.execute(statement).scalar_one())

    def cut(self, before: datetime) -> int:
        """Forget the reads before a moment; their sums by day stay. Returns how many they were."""
        with self._db.write() as connection:
            return connection.execute(delete(read_log).where(read_log.c.at < before)).rowcount

    def readers(self, product_id: str, since: datetime) -> int:
        """How many identities read the product since a moment."""
        statement = select(func.count(read_log.c.identity.distinct())).where(
            read_log.c.product_id == product_id, read_log.c.at >= since
        )
        with self._db.read() as connection:
            return int(connection.execute(statement).scalar_one())

    def people(self, product_id: str, since: datetime) -> dict[str, datetime]:
        """Who read the product otherwise than by a run since a moment, each with when that was last, sorted."""
        statement = (
            select(read_log.c.identity, func.max(read_log.c.at))
            .where(read_log.c.product_id == product_id, read_log.c.at >= since, read_log.c.run_id.is_(None))
            .group_by(read_log.c.identity)
            .order_by(read_log.c.identity)
        )
        with self._db.read() as connection:
            return {row[0]: row[1] for row in connection.execute(statement)}

    def consumers(self, product_id: str, since: datetime) -> list[str]:
        """Full names of the products whose runs read the product since a moment; see also `versions.consumers_of`."""
        statement = (
            select(products.c.full_name)
            .distinct()
            .join_from(read_log, runs, runs.c.id == read_log.c.run_id)
            .join(products, products.c.id == runs.c.product_id)
            .where(read_log.c.product_id == product_id, read_log.c.at >= since)
            .order_by(products.c.full_name)
        )
        with self._db.read() as connection:
            return [*connection.execute(statement).scalars()]

    def uses(self, product_id: str, since: datetime) -> list[Use]:
        """Who read which columns of which port since a moment, by themselves or by the runs of a product.

        Looking at a sample is no use.
        """
        said = {name: read_log.c.document[name].as_string() for name in ("port", "columns", "how")}
        grouped = (read_log.c.identity, products.c.full_name, said["port"], said["columns"])
        statement = (
            select(*grouped, func.max(read_log.c.at), func.count())
            .select_from(read_log)
            .outerjoin(runs, runs.c.id == read_log.c.run_id)
            .outerjoin(products, products.c.id == runs.c.product_id)
            .where(read_log.c.product_id == product_id, read_log.c.at >= since, said["how"] != "sample")
            .group_by(*grouped)
        )
        with self._db.read() as connection:
            return [
                Use(row[0], row[1], row[2], tuple(json.loads(row[3] or "[]")), row[4], row[5])
                for row in connection.execute(statement)
            ]

    def list(self, product_id: str, cursor: str | None = None, limit: int = 50) -> Page[ReadRecord]:
        """Reads of a product, the newest first."""
        with self._db.read() as connection:
            return page(
                connection,
                select(read_log).where(read_log.c.product_id == product_id),
                read_log.c.id,
                lambda rows: [ReadRecord.model_validate({**row.document, "purpose": row.purpose}) for row in rows],
                cursor=cursor,
                limit=limit,
                descending=True,
            )
