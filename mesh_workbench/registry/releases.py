"""Releases and the files behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, false, func, insert, or_, select, update

from mesh_workbench.errors import Conflict
from mesh_workbench.model.base import Page
from mesh_workbench.model.release import PortFile, Release
from mesh_workbench.registry.cursor import page
from mesh_workbench.registry.repository import Repository, batches, document_of
from mesh_workbench.registry.schedules import Schedules
from mesh_workbench.registry.tables.port import ports
from mesh_workbench.registry.tables.port_file import file_of, port_files
from mesh_workbench.registry.tables.release import releases


class Releases(Repository):
    """What consumers read. Recording one writes only the files that change."""

    def add(
        self,
        release: Release,
        files_added: Mapping[str, Sequence[PortFile]],
        files_removed: Mapping[str, Sequence[str]],
    ) -> Release:
        """Record a release: the files it adds and the paths it removes, by port id. Schedules that wait for it wake.

        Raises Conflict `release.exists` when the product has this number already, and Conflict `release.files-changed`
        when a removed path is not among the files of the release before.
        """
        row = {
            "id": release.id,
            "product_id": release.product_id,
            "number": release.number,
            "major": release.major,
            "beside": release.beside,
            "slot": release.slot,
            "run_id": release.run_id,
            "published": release.published,
            "document": document_of(release),
        }
        with self._db.write() as connection:
            if not self._db.insert_new(connection, releases, row):
                raise Conflict(
                    "release.exists",
                    f"{release.product} has already a release {release.number}.",
                    hint="Another publisher was first; check the candidate again.",
                )
            for port_id, paths in files_removed.items():
                self._remove(connection, port_id, release.major, paths, release)
            for port_id, files in files_added.items():
                self._insert(connection, port_id, release.major, files, release.number)
            Schedules(self._db).wake_readers(release.product)
        return release

    def _remove(self, connection: Connection, port_id: str, major: int, paths: Sequence[str], release: Release) -> None:
        removed = 0
        for batch in batches(paths):
            statement = (
                update(port_files)
                .where(
                    port_files.c.port_id == port_id,
                    port_files.c.major == major,
                    port_files.c.path.in_(batch),
                    port_files.c.removed_in.is_(None),
                )
                .values(removed_in=release.number)
            )
            removed += connection.execute(statement).rowcount
        if removed != len(set(paths)):
            raise Conflict(
                "release.files-changed",
                f"Files that release {release.number} of {release.product} removes are gone already.",
                hint="Another publisher was first; check the candidate again.",
            )

    def _insert(self, connection: Connection, port_id: str, major: int, files: Sequence[PortFile], number: int) -> None:
        rows = [{"port_id": port_id, "major": major, "added_in": number, **file.model_dump()} for file in files]
        if rows:
            connection.execute(insert(port_files), rows)

    def latest(self, product_id: str, major: int | None = None) -> Release | None:
        """The current release of a product, or the newest of one major version of it."""
        return self._newest(product_id, major, *_current(major))

    def newest_number(self, product_id: str) -> int:
        """The highest number of any release of a product; 0 without one."""
        statement = select(func.coalesce(func.max(releases.c.number), 0)).where(releases.c.product_id == product_id)
        with self._db.read() as connection:
            return int(connection.execute(statement).scalar_one())

    def at(self, product_id: str, moment: datetime, major: int | None = None) -> Release | None:
        """The release that was current at `moment`."""
        return self._newest(product_id, major, releases.c.published <= moment, *_current(major))

    def get(self, product_id: str, number: int) -> Release | None:
        """The release with this number."""
        return self._newest(product_id, None, releases.c.number == number)

    def by_run(self, run_id: str) -> Release | None:
        """The release that a run made, if it made one: publishing the same run again gives this one."""
        with self._db.read() as connection:
            statement = select(releases).where(releases.c.run_id == run_id).order_by(releases.c.number)
            row = connection.execute(statement.limit(1)).first()  # later ones brought it back
        return _release(row) if row else None

    def of_slot(self, product_id: str, major: int, slot_key: str | None) -> Release | None:
        """The newest release of a major version that published this slot; None for what has no slot."""
        return self._newest(product_id, major, releases.c.slot.is_not_distinct_from(slot_key))

    def _newest(self, product_id: str, major: int | None, *conditions: ColumnElement[bool]) -> Release | None:
        statement = select(releases).where(releases.c.product_id == product_id, *conditions)
        if major is not None:
            statement = statement.where(releases.c.major == major)
        with self._db.read() as connection:
            row = connection.execute(statement.order_by(releases.c.number.desc()).limit(1)).first()
        return _release(row) if row else None

    def latest_many(self, product_ids: Sequence[str]) -> dict[str, Release]:
        """The current release of each product that has one."""
        found: dict[str, Release] = {}
        newest = releases.alias("newest")
        highest = (
            select(func.max(newest.c.number))
            .where(newest.c.product_id == releases.c.product_id, newest.c.beside == false())
            .correlate(releases)
            .scalar_subquery()
        )
        with self._db.read() as connection:
            for batch in batches(product_ids):
                statement = select(releases).where(releases.c.product_id.in_(batch), releases.c.number == highest)
                for row in connection.execute(statement):
                    found[row.product_id] = _release(row)
        return found

    def files(self, port_id: str, major: int, number: int) -> list[PortFile]:
        """The files of a port in release `number`, in the order in which they were added."""
        statement = (
            select(port_files)
            .where(
                port_files.c.port_id == port_id,
                port_files.c.major == major,
                port_files.c.added_in <= number,
                or_(port_files.c.removed_in.is_(None), port_files.c.removed_in > number),
            )
            .order_by(port_files.c.id)
        )
        with self._db.read() as connection:
            rows = connection.execute(statement).all()
        return [file_of(row) for row in rows]

    def has_slot(self, product_id: str, slot_key: str) -> bool:
        """Whether a release published this slot."""
        statement = select(releases.c.id).where(releases.c.product_id == product_id, releases.c.slot == slot_key)
        with self._db.read() as connection:
            return connection.execute(statement.limit(1)).first() is not None

    def since(self, product_id: str, number: int, limit: int = 1_000) -> list[Release]:
        """Releases of a product after `number`, the oldest first; the newest `limit` of them."""
        statement = select(releases).where(releases.c.product_id == product_id, releases.c.number > number)
        with self._db.read() as connection:
            rows = connection.execute(statement.order_by(releases.c.number.desc()).limit(limit)).all()
        return [_release(row) for row in reversed(rows)]

    def slots(self, product_id: str) -> set[str]:
        """Keys of the slots that releases of a product published."""
        statement = (
            select(releases.c.slot).distinct().where(releases.c.product_id == product_id, releases.c.slot.is_not(None))
        )
        with self._db.read() as connection:
            return {*connection.execute(statement).scalars()}

    def bytes_since(self, moment: datetime) -> int:
        """How much the files take that releases since `moment` added, of all products."""
        statement = (
            select(func.coalesce(func.sum(port_files.c.size), 0))
            .join_from(releases, ports, ports.c.product_id == releases.c.product_id)
            .join(port_files, (port_files.c.port_id == ports.c.id) & (port_files.c.added_in == releases.c.number))
            .where(releases.c.published >= moment)
        )
        with self._db.read() as connection:
            return int(connection.execute(statement).scalar_one())

    def list(self, product_id: str, cursor: str | None = None, limit: int = 50) -> Page[Release]:
        """Releases of a product, the newest first."""
        with self._db.read() as connection:
            return page(
                connection,
                select(releases).where(releases.c.product_id == product_id),
                releases.c.number,
                lambda rows: [_release(row) for row in rows],
                cursor=cursor,
                limit=limit,
                descending=True,
            )


def _current(major: int | None) -> tuple[ColumnElement[bool], ...]:
    """Who asks for no major version reads none that goes on beside the current one."""
    return (releases.c.beside == false(),) if major is None else ()


def _release(row: Row[Any]) -> Release:
    return Release.model_validate(row.document)
