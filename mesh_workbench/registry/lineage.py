"""From which releases each release was made, and its columns from which columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, insert, select

from mesh_workbench.model.release import Release
from mesh_workbench.model.run import InputRelease
from mesh_workbench.registry.repository import Repository, batches
from mesh_workbench.registry.tables.lineage_edge import lineage_edges
from mesh_workbench.registry.tables.port_file import port_files
from mesh_workbench.registry.tables.release import releases


@dataclass(frozen=True)
class Made:
    """That a product was made from a port of another one: of which releases, the newest and the oldest."""

    product_id: str
    upstream_id: str
    port: str
    number: int
    """Newest release of the product that was made so."""
    release: int
    """Newest release of the upstream product that is in it."""
    first: int
    """Oldest one."""


class Lineage(Repository):
    """Edges between releases; written with the release, and never changed."""

    def add(
        self,
        release_id: str,
        product_id: str,
        number: int,
        inputs: Sequence[tuple[str, InputRelease]],
        columns_blob: str | None,
    ) -> None:
        """Record that a release was made from `inputs`, each with the name of its port."""
        rows = {
            (read.product_id, port, read.release): {
                "release_id": release_id,
                "upstream_id": read.product_id,
                "port": port,
                "upstream_release": read.release,
                "upstream_version": read.version,
                "product_id": product_id,
                "number": number,
                "columns_blob": columns_blob,
            }
            for port, read in inputs
        }
        if rows:
            with self._db.write() as connection:
                connection.execute(insert(lineage_edges), [*rows.values()])

    def repeat(self, restored: str, release_id: str, number: int) -> None:
        """A release that brings back another one was made from the same."""
        with self._db.write() as connection:
            rows = [
                {**row._mapping, "release_id": release_id, "number": number}
                for row in connection.execute(select(lineage_edges).where(lineage_edges.c.release_id == restored))
            ]
            if rows:
                connection.execute(insert(lineage_edges), rows)

    def carry_over(self, release: Release, port_id: str, paths: Sequence[str]) -> None:
        """A release that holds the rows of the files `paths` in other ones was made from what these were made from.

        Of each upstream port the oldest and the newest release are written down, which is what is asked for: else a
        table that is appended to would carry its whole past along again and again.
        """
        if not paths:
            return
        with self._db.write() as connection:
            runs: set[str] = set()
            for batch in batches(paths):
                statement = select(port_files.c.run_id).where(
                    port_files.c.port_id == port_id, port_files.c.major == release.major, port_files.c.path.in_(batch)
                )
                runs.update(connection.execute(statement).scalars())
            found: dict[tuple[str, str], list[Row[Any]]] = {}
            for batch in batches(sorted(runs)):
                earlier = (
                    select(lineage_edges)
                    .join(releases, releases.c.id == lineage_edges.c.release_id)
                    .where(releases.c.run_id.in_(batch), releases.c.product_id == release.product_id)
                )
                for row in connection.execute(earlier):
                    found.setdefault((row.upstream_id, row.port), []).append(row)
            for rows in found.values():
                rows.sort(key=lambda row: row.upstream_release)
                for row in (rows[0], rows[-1]):
                    edge = {**row._mapping, "release_id": release.id, "number": release.number}
                    self._db.insert_new(connection, lineage_edges, edge)

    def made_from(self, product_id: str, number: int) -> list[Made]:
        """What release `number` of a product was made from, with the rows that it keeps of earlier releases."""
        kept = (
            select(releases.c.number)
            .join_from(port_files, releases, releases.c.run_id == port_files.c.run_id)
            .where(
                releases.c.product_id == product_id,
                port_files.c.added_in <= number,
                (port_files.c.removed_in.is_(None)) | (port_files.c.removed_in > number),
            )
        )
        where = (lineage_edges.c.product_id == product_id) & (
            (lineage_edges.c.number == number) | (lineage_edges.c.number.in_(kept) & (lineage_edges.c.number <= number))
        )
        return self._grouped(where)

    def made_of(self, upstream_id: str) -> list[Made]:
        """What was made from a product: each product and port once."""
        return self._grouped(lineage_edges.c.upstream_id == upstream_id)

    def columns_blob(self, product_id: str, number: int | None = None) -> str | None:
        """Digest of what the columns of release `number`, else of the newest known one, were made from."""
        statement = select(lineage_edges.c.columns_blob).where(
            lineage_edges.c.product_id == product_id, lineage_edges.c.columns_blob.is_not(None)
        )
        if number is not None:
            statement = statement.where(lineage_edges.c.number <= number)
        with self._db.read() as connection:
            found: str | None = connection.execute(statement.order_by(lineage_edges.c.number.desc()).limit(1)).scalar()
            return found

    def _grouped(self, where: object) -> list[Made]:
        by = (lineage_edges.c.product_id, lineage_edges.c.upstream_id, lineage_edges.c.port)
        newest, oldest = func.max(lineage_edges.c.upstream_release), func.min(lineage_edges.c.upstream_release)
        statement = select(*by, func.max(lineage_edges.c.number), newest, oldest).where(where).group_by(*by)  # type: ignore[arg-type]
        with self._db.read() as connection:
            return [Made(*row) for row in connection.execute(statement.order_by(*by))]
