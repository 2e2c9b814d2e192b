"""What a registry must not hold: each method finds one kind of contradiction, and most of the time nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, exists, func, or_, select

from mesh_workbench.model.publication import Publication, PublicationState
from mesh_workbench.model.release import PortFile
from mesh_workbench.model.run import RunState
from mesh_workbench.model.schedule import SlotState
from mesh_workbench.registry.repository import Repository
from mesh_workbench.registry.run_rows import ACTIVE, FINAL, unresolved
from mesh_workbench.registry.tables.attempt import attempts
from mesh_workbench.registry.tables.check_report import check_reports
from mesh_workbench.registry.tables.port_file import file_of, port_files
from mesh_workbench.registry.tables.product import products
from mesh_workbench.registry.tables.publication import publications
from mesh_workbench.registry.tables.publisher_lock import publisher_locks as locks
from mesh_workbench.registry.tables.release import releases
from mesh_workbench.registry.tables.run import runs
from mesh_workbench.registry.tables.slot import slots
from mesh_workbench.registry.tables.slot_decision import slot_decisions


class Fact(NamedTuple):
    """Something that is found: its id, the product it belongs to, and what about it."""

    id: str
    product: str
    detail: str


class FileSpan(NamedTuple):
    """A file of a port, with the releases between which it lives."""

    file: PortFile
    added_in: int
    removed_in: int | None

    def within(self, release: int) -> bool:
        """Whether the file is one of a release's."""
        return self.added_in <= release and (self.removed_in is None or self.removed_in > release)


class Anomalies(Repository):
    """Looks for contradictions. Nothing here changes anything."""

    def undecided_slots(self, older_than_s: float) -> list[Fact]:
        """Slots that are due for so long and that no run of their schedule holds up."""
        of_schedule = slots.alias("of_schedule")
        busy = (
            select(of_schedule.c.schedule_key)
            .join_from(runs, of_schedule, of_schedule.c.id == runs.c.slot_id)
            .where(runs.c.state.not_in(FINAL))
        )
        statement = self._of(slots, slots.c.id, slots.c.end, slots.c.document).where(
            slots.c.state == SlotState.DUE.value, slots.c.schedule_key.not_in(busy)
        )
        latest = self._db.now() - timedelta(seconds=older_than_s)
        fell_due = [(row, _fell_due(row)) for row in self._rows(statement)]
        return [
            Fact(row.id, row.full_name, f"it fell due at {moment:%Y-%m-%d %H:%M}")
            for row, moment in fell_due
            if moment < latest
        ]

    def slots_decided_twice(self) -> list[Fact]:
        """Slots that workers decided more than once for their schedule or for one backfill; people may decide again."""
        number = func.count().label("number")
        statement = (
            self._of(slots, slots.c.id, number)
            .join(slot_decisions, slot_decisions.c.slot_id == slots.c.id)
            .outerjoin(runs, runs.c.id == slot_decisions.c.run_id)
            .where(slot_decisions.c.by.startswith("wrk_"))
            .group_by(slots.c.id, products.c.full_name, runs.c.backfill_id)
            .having(func.count() > 1)
        )
        return [Fact(row.id, row.full_name, f"{row.number} decisions of workers") for row in self._rows(statement)]

    def slots_of_no_run(self) -> list[Fact]:
        """Slots whose decision names a run that does not exist or is another slot's."""
        statement = (
            self._of(slots, slots.c.id, slot_decisions.c.run_id)
            .join(slot_decisions, slot_decisions.c.slot_id == slots.c.id)
            .outerjoin(runs, (runs.c.id == slot_decisions.c.run_id) & (runs.c.slot_id == slots.c.id))
            .where(slot_decisions.c.run_id.is_not(None), runs.c.id.is_(None))
        )
        return [Fact(row.id, row.full_name, row.run_id) for row in self._rows(statement)]

    def runs_of_no_slot(self) -> list[Fact]:
        """Runs of a slot that no decision of the slot names."""
        named = exists().where(slot_decisions.c.slot_id == runs.c.slot_id, slot_decisions.c.run_id == runs.c.id)
        statement = self._of(runs, runs.c.id, runs.c.slot_id).where(runs.c.slot_id.is_not(None), ~named)
        return [Fact(row.id, row.full_name, row.slot_id) for row in self._rows(statement)]

    def slots_in_other_state(self) -> list[Fact]:
        """Slots whose state is not that of their last decision."""
        last = (
            select(slot_decisions.c.state)
            .where(slot_decisions.c.slot_id == slots.c.id)
            .order_by(slot_decisions.c.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        statement = self._of(slots, slots.c.id, slots.c.state, last.label("decided")).where(
            func.coalesce(last, SlotState.DUE.value) != slots.c.state
        )
        return [
            Fact(row.id, row.full_name, f"{row.state} instead of {row.decided or 'due'}")
            for row in self._rows(statement)
        ]

    def unleased_runs(self, patience_s: float) -> list[Fact]:
        """Runs in a state that somebody must be working in, and whose lease is over for so long, or was never given."""
        late = or_(runs.c.lease_until.is_(None), runs.c.lease_until < self._db.clock(-patience_s))
        statement = self._of(runs, runs.c.id, runs.c.state).where(runs.c.state.in_(ACTIVE), late, ~unresolved())
        return [Fact(row.id, row.full_name, row.state) for row in self._rows(statement)]

    def half_ended_runs(self) -> list[Fact]:
        """Runs that are over and have an attempt that is not, or no end."""
        going = exists().where(attempts.c.run_id == runs.c.id, attempts.c.finished.is_(None))
        statement = self._of(runs, runs.c.id, runs.c.state).where(
            runs.c.state.in_(FINAL), or_(going, runs.c.finished.is_(None))
        )
        return [Fact(row.id, row.full_name, row.state) for row in self._rows(statement)]

    def runs_without_their_release(self) -> list[Fact]:
        """Runs that succeeded without a release, and runs with one that did not succeed."""
        made = exists().where(releases.c.run_id == runs.c.id)
        succeeded = runs.c.state == RunState.SUCCEEDED.value
        wrong = or_(succeeded & ~made, ~succeeded & runs.c.state.in_(FINAL) & made)
        return [
            Fact(row.id, row.full_name, row.state)
            for row in self._rows(self._of(runs, runs.c.id, runs.c.state).where(wrong))
        ]

    def unfinished_publications(self, patience_s: float) -> list[Fact]:
        """Publications that nobody works on any more, for so long."""
        held = exists().where(
            locks.c.product_id == publications.c.product_id,
            locks.c.holder.is_not(None),
            locks.c.lease_until >= self._db.clock(-patience_s),
        )
        statement = self._of(publications, publications.c.id, publications.c.run_id).where(
            publications.c.state == PublicationState.PREPARED.value, ~held
        )
        return [Fact(row.id, row.full_name, row.run_id) for row in self._rows(statement)]

    def publications_without_release(self) -> list[Fact]:
        """Publications that say they are released, of runs that have no release."""
        made = exists().where(releases.c.run_id == publications.c.run_id)
        statement = self._of(publications, publications.c.id, publications.c.run_id).where(
            publications.c.state == PublicationState.RELEASED.value, ~made
        )
        return [Fact(row.id, row.full_name, row.run_id) for row in self._rows(statement)]

    def releases_without_run_or_report(self) -> list[Fact]:
        """Releases whose run or whose check report is not there."""
        run = exists().where(runs.c.id == releases.c.run_id)
        report = exists().where(check_reports.c.id == releases.c.document["report_id"].as_string())
        statement = self._of(releases, releases.c.id, releases.c.number, run.label("run")).where(or_(~run, ~report))
        return [
            Fact(row.id, row.full_name, f"release {row.number}: no {'report' if row.run else 'run'}")
            for row in self._rows(statement)
        ]

    def runs_released_twice(self) -> list[Fact]:
        """Runs that made more than one release."""
        numbers = func.count().label("number")
        statement = (
            self._of(releases, releases.c.run_id.label("id"), numbers)
            .where(releases.c.document["restores"].as_integer().is_(None))
            .group_by(releases.c.run_id, products.c.full_name)
            .having(func.count() > 1)
        )
        return [Fact(row.id, row.full_name, f"{row.number} releases") for row in self._rows(statement)]

    def gaps_in_releases(self) -> list[Fact]:
        """Products whose releases are not numbered 1, 2, 3 …"""
        number, highest = func.count().label("number"), func.max(releases.c.number).label("highest")
        statement = (
            self._of(releases, releases.c.product_id.label("id"), number, highest)
            .group_by(releases.c.product_id, products.c.full_name)
            .having(func.count() != func.max(releases.c.number))
        )
        return [
            Fact(row.id, row.full_name, f"{row.number} releases, the newest is {row.highest}")
            for row in self._rows(statement)
        ]

    def file_spans(self, port_id: str, major: int) -> list[FileSpan]:
        """Every file that ever belonged to a port."""
        statement = select(port_files).where(port_files.c.port_id == port_id, port_files.c.major == major)
        with self._db.read() as connection:
            rows = connection.execute(statement.order_by(port_files.c.id)).all()
        return [
            FileSpan(
                file_of(row),
                row.added_in,
                row.removed_in,
            )
            for row in rows
        ]

    def publication_of(self, run_id: str) -> Publication | None:
        """The publication that became the release of a run."""
        statement = select(publications.c.document, publications.c.state).where(
            publications.c.run_id == run_id, publications.c.state == PublicationState.RELEASED.value
        )
        with self._db.read() as connection:
            row = connection.execute(statement.order_by(publications.c.prepared)).first()
        return Publication.model_validate({**row.document, "state": row.state}) if row else None

    def known_runs(self) -> set[str]:
        """Ids of all runs."""
        with self._db.read() as connection:
            return set(connection.execute(select(runs.c.id)).scalars())

    def _of(self, table: Any, *columns: ColumnElement[Any]) -> Select[Any]:
        """Columns of a table that has products, with the name of the product."""
        return select(*columns, products.c.full_name).join_from(table, products, products.c.id == table.c.product_id)

    def _rows(self, statement: Select[Any]) -> Iterator[Any]:
        with self._db.read() as connection:
            rows = connection.execute(statement).all()
        yield from sorted(rows, key=lambda row: str(row.id))


def _fell_due(row: Row[Any]) -> datetime:
    """When a slot fell due: its end, unless it waited for something else."""
    said = (row.document or {}).get("due")
    return datetime.fromisoformat(said) if said else row.end
