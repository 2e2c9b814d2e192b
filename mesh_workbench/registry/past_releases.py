"""Releases that retention looks at: which can be read, which somebody needs, and which files none needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, update

from mesh_workbench.model.release import Release
from mesh_workbench.model.retention import RemovedRelease
from mesh_workbench.registry.repository import Repository, batches, document_of
from mesh_workbench.registry.run_rows import OPEN
from mesh_workbench.registry.tables.input_port import input_ports
from mesh_workbench.registry.tables.lineage_edge import lineage_edges
from mesh_workbench.registry.tables.port import ports
from mesh_workbench.registry.tables.port_file import port_files
from mesh_workbench.registry.tables.product_version import product_versions
from mesh_workbench.registry.tables.release import releases
from mesh_workbench.registry.tables.run import runs
from mesh_workbench.registry.versions import counts

Pins = dict[str, set[int]]
"""By product id the numbers of releases that somebody needs."""


@dataclass(frozen=True)
class Standing:
    """A release that can be read, as far as retention is concerned."""

    number: int
    major: int
    beside: bool
    version: str
    published: datetime


@dataclass(frozen=True)
class Unneeded:
    """A file of removed releases. `alone` is whether no release that can be read has it by another row."""

    id: int
    port_id: str
    major: int
    path: str
    size: int
    alone: bool = True


class PastReleases(Repository):
    """The registry's side of removing releases."""

    def standing(self, product_id: str) -> list[Standing]:
        """The releases of a product that can be read, the oldest first."""
        columns = (releases.c.number, releases.c.major, releases.c.beside, releases.c.published)
        version = releases.c.document["version"].as_string().label("version")
        statement = select(*columns, version).where(releases.c.product_id == product_id, releases.c.removed.is_(None))
        with self._db.read() as connection:
            return [Standing(**row._mapping) for row in connection.execute(statement.order_by(releases.c.number))]

    def oldest(self, product_id: str) -> Release | None:
        """The oldest release that can be read."""
        statement = select(releases.c.document).where(releases.c.product_id == product_id, releases.c.removed.is_(None))
        with self._db.read() as connection:
            found = connection.execute(statement.order_by(releases.c.number).limit(1)).scalar()
        return Release.model_validate(found) if found else None

    def pins(self, run_ids: Iterable[str]) -> Pins:
        """What runs read that are not over or are among `run_ids`, and what the newest release of each product and
        major version was made from."""
        found: Pins = {}
        of = select(runs.c.document["inputs"].label("inputs"))
        newest = (
            select(releases.c.product_id, func.max(releases.c.number).label("number"))
            .group_by(releases.c.product_id, releases.c.major)
            .subquery()
        )
        made_from = select(lineage_edges.c.upstream_id, lineage_edges.c.upstream_release).join(
            newest,
            and_(newest.c.product_id == lineage_edges.c.product_id, newest.c.number == lineage_edges.c.number),
        )
        with self._db.read() as connection:
            read = [*connection.execute(of.where(runs.c.state.in_(OPEN))).scalars()]
            for batch in batches(sorted(run_ids)):
                read += connection.execute(of.where(runs.c.id.in_(batch))).scalars()
            for row in connection.execute(made_from):
                found.setdefault(row.upstream_id, set()).add(row.upstream_release)
        for one in (one for inputs in read for one in inputs or []):
            found.setdefault(one["product_id"], set()).add(one["release"])
        return found

    def exact_versions(self) -> list[tuple[str, str]]:
        """Names of products, each with a full version of it that a version that counts reads by exactly that."""
        statement = (
            select(product_versions.c.document["inputs"])
            .where(exists().where(input_ports.c.product_version_id == product_versions.c.id), counts())
        )  # fmt: skip
        with self._db.read() as connection:
            read = [one for inputs in connection.execute(statement).scalars() for one in inputs or []]
        full = [(one["port"], one["version"]) for one in read if "." in (one.get("version") or "")]
        return sorted({(".".join(port.split(".")[:2]), version) for port, version in full})

    def remove(self, product_id: str, removed: Sequence[RemovedRelease]) -> list[RemovedRelease]:
        """Let nobody read these releases from now on; those of them of which that is news."""
        done = []
        with self._db.write() as connection:
            for one in removed:
                of_it = and_(releases.c.product_id == product_id, releases.c.number == one.release)
                found = connection.execute(select(releases.c.document).where(of_it, releases.c.removed.is_(None)))
                document = found.scalar()
                if document is None:
                    continue
                marks = {"removed": one.at, "removed_because": one.reason}
                marked = document_of(Release.model_validate(document).model_copy(update=marks))
                connection.execute(update(releases).where(of_it).values(removed=one.at, document=marked))
                done.append(one)
        return done

    def with_removed(self) -> list[str]:
        """The ids of products of which a release was removed."""
        gone = select(releases.c.product_id).distinct().where(releases.c.removed.is_not(None))
        with self._db.read() as connection:
            return [*connection.execute(gone.order_by(releases.c.product_id)).scalars()]

    def oldest_needed(
        self, product_id: str, before: datetime, pinned: Collection[int]
    ) -> dict[tuple[str, int], tuple[int, int]]:
        """By port id and major version the oldest version of the table that a release needs, and that release.

        Releases need theirs that can be read, were removed after that moment, or are pinned.
        """
        statement = select(releases.c.number, releases.c.document["ports"].label("ports"))
        stays = statement.where(releases.c.product_id == product_id, _stays(before, pinned))
        found: dict[tuple[str, int], tuple[int, int]] = {}
        with self._db.read() as connection:
            for row in connection.execute(stays):
                for port in row.ports:
                    table, of_it = (port["port_id"], port["major"]), (port["delta_version"], row.number)
                    found[table] = min(found.get(table, of_it), of_it)
        return found

    def unneeded(self, before: datetime, pins: Pins) -> dict[str, list[Unneeded]]:
        """By product id the files of which every release was removed before that moment, and is not pinned."""
        found: dict[str, list[Unneeded]] = {}
        ids = self.with_removed()
        with self._db.read() as connection:
            for product_id in ids:
                rows = connection.execute(_unneeded(product_id, before, pins.get(product_id, ()))).all()
                if rows:
                    found[product_id] = [Unneeded(**row._mapping) for row in rows]
            return {product_id: self._alone(connection, files) for product_id, files in found.items()}

    def _alone(self, connection: Any, files: list[Unneeded]) -> list[Unneeded]:
        ids = {file.id for file in files}
        also: set[tuple[str, int, str]] = set()
        for batch in batches([file.path for file in files]):
            same = select(port_files.c.id, port_files.c.port_id, port_files.c.major, port_files.c.path)
            for row in connection.execute(same.where(port_files.c.path.in_(batch))):
                if row.id not in ids:
                    also.add((row.port_id, row.major, row.path))
        return [
            file if (file.port_id, file.major, file.path) not in also else replace(file, alone=False) for file in files
        ]

    def forget(self, files: Sequence[Unneeded]) -> None:
        """Forget files that are deleted."""
        with self._db.write() as connection:
            for start in range(0, len(files), 1_000):
                ids = [file.id for file in files[start : start + 1_000]]
                connection.execute(delete(port_files).where(port_files.c.id.in_(ids)))


def _stays(before: datetime, pinned: Collection[int]) -> ColumnElement[bool]:
    return or_(releases.c.removed.is_(None), releases.c.removed > before, releases.c.number.in_(sorted(pinned)))


def _unneeded(product_id: str, before: datetime, pinned: Collection[int]) -> Select[Any]:
    """Rows of files that ended, in whose life some release was removed, and none is there that must stay."""
    within: ColumnElement[bool] = and_(
        releases.c.product_id == product_id,
        releases.c.major == port_files.c.major,
        releases.c.number >= port_files.c.added_in,
        releases.c.number < port_files.c.removed_in,
    )
    columns = (port_files.c.id, port_files.c.port_id, port_files.c.major, port_files.c.path, port_files.c.size)
    return (
        select(*columns)
        .where(
            port_files.c.port_id.in_(select(ports.c.id).where(ports.c.product_id == product_id)),
            port_files.c.removed_in.is_not(None),
            exists().where(within),
            ~exists().where(within, _stays(before, pinned)),
        )
        .order_by(port_files.c.id)
    )
