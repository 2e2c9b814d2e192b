"""Each invariant, broken on purpose: the doctor finds exactly that, and puts right what can be."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from deltalake import write_deltalake

from mesh_workbench.lifecycle.examine import CHECKS, examine
from mesh_workbench.lifecycle.examine.check import Scene
from mesh_workbench.model.base import new_id, now
from mesh_workbench.model.examination import Finding, Problem
from mesh_workbench.model.retry import RetryPolicy
from mesh_workbench.model.run import Run, RunState
from mesh_workbench.model.runfolder import RUN_FOLDER_VARIABLE
from mesh_workbench.model.schedule import Slot, SlotDecision
from mesh_workbench.model.status import Worker
from mesh_workbench.registry import open_registry
from mesh_workbench.storage.local import LocalStorage
from tests import records
from tests.house.conftest import straight
from tests.storage.world import World, month, new_world, open_world


def frames(*values: int) -> dict[str, pl.DataFrame]:
    return {"flights": pl.DataFrame({"n": list(values)}), "summary": pl.DataFrame({"n": [sum(values)]})}


@dataclass(frozen=True)
class House:
    """A product with three releases of two ports, in which everything is as it must be."""

    url: str
    world: World

    def scene(self, grace_s: float = 3600.0) -> Scene:
        return Scene(self.world.registry, self.world.storage, "test", 30.0, grace_s, self._lose)

    def look(self, *, repair: bool = False, grace_s: float = 3600.0) -> dict[str, list[Problem]]:
        """The problems of each check that found some."""
        findings: list[Finding] = [*examine(self.scene(grace_s), repair=repair)]
        assert not any(finding.unknown for finding in findings), findings
        assert [finding.check for finding in findings] == [check.name for check in CHECKS]
        return {finding.check: finding.problems for finding in findings if finding.problems}

    def only(self, check: str) -> list[Problem]:
        """The problems of this check, after making sure that no other one finds anything."""
        found = self.look()
        assert [*found] == [check], found
        return found[check]

    def repaired(self, check: str, **how: float) -> list[Problem]:
        """What repairing says it did in this check; afterwards nothing is found any more."""
        done = self.look(repair=True, **how)
        assert [*done] == [check], done
        assert all(problem.repaired for problem in done[check])
        assert self.look() == {}
        return done[check]

    def sql(self, statement: str, **values: object) -> None:
        straight(self.url, statement, **values)

    def run(self) -> Run:
        """A run that waits."""
        return self.world.registry.runs.add(records.run(self.world.version))

    def slot(self, *decisions: SlotDecision, schedule: str | None = None, start: datetime | None = None) -> Slot:
        time = month(5)
        slot = Slot(
            id=new_id("slt"),
            product_id=self.world.product.id,
            schedule_key=schedule or new_id("sch"),
            start=start or time.start,
            end=time.end,
            parameters_hash="h",
        )
        self.world.registry.slots.ensure(slot)
        for number, decision in enumerate(decisions):
            self.world.registry.slots.decide(slot.id, decision, again=number > 0)
        return slot

    def _lose(self, run_id: str) -> str:
        registry = self.world.registry
        [run] = [run for run in registry.runs.expired() if run.id == run_id]
        after = registry.runs.lose(run, retry=RetryPolicy())
        return after.state.value if after else ""


def publish_thrice(world: World) -> None:
    world.put(frames(1, 2), mode="replace_slot", slot=month(1))
    world.put(frames(3, 4), mode="replace_slot", slot=month(2))
    world.put(frames(5), mode="replace_slot", slot=month(1))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """Registry and storage of such a house, to copy."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copyfile(sqlite_template, folder / "registry.db")
    world = new_world(open_registry(f"sqlite:///{folder / 'registry.db'}"), LocalStorage(folder / "storage"))
    publish_thrice(world)
    world.close()
    return folder


@pytest.fixture
def house(template: Path, tmp_path: Path) -> Iterator[House]:
    """On SQLite."""
    shutil.copytree(template, tmp_path / "house")
    url = f"sqlite:///{tmp_path / 'house' / 'registry.db'}"
    world = open_world(url, str(tmp_path / "house" / "storage"))
    yield House(url, world)
    world.close()


@pytest.fixture
def postgres_house(postgres_url: str, tmp_path: Path) -> Iterator[House]:
    """On PostgreSQL."""
    world = new_world(open_registry(postgres_url), LocalStorage(tmp_path / "storage"))
    publish_thrice(world)
    yield House(postgres_url, world)
    world.close()


def test_where_nothing_is_wrong_nothing_is_found(house: House) -> None:
    assert house.look() == {}
    assert house.look(repair=True, grace_s=0) == {}
    assert house.world.values() == [3, 4, 5]


def test_several_backfills_may_decide_a_slot(house: House) -> None:
    slot, registry = house.slot(), house.world.registry
    for number in (1, 2):
        asked = records.run(house.world.version, slot_id=slot.id, backfill_id=f"bkf_{number}")
        run = registry.runs.add(asked)
        registry.slots.decide(slot.id, SlotDecision(at=now(), state="run", run_id=run.id, by="wrk_1"), again=True)
    assert house.look() == {}
    registry.slots.decide(slot.id, SlotDecision(at=now(), state="run", run_id=run.id, by="wrk_1"), again=True)
    assert [*house.look()] == ["slots.once"]


# --- registry ---------------------------------------------------------------------------------------------------------

Break = Callable[[House], str]


def expired(house: House) -> str:
    run = house.run()
    house.world.registry.runs.claim("wrk_gone", None, -3600)
    return run.id


def open_attempt(house: House) -> str:
    run = house.run()
    house.world.registry.runs.claim("wrk_1", None, 60)
    house.sql("UPDATE run SET state = 'failed' WHERE id = :id", id=run.id)
    return run.id


def succeeded_without_release(house: House) -> str:
    run = house.run()
    house.world.registry.runs.claim("wrk_1", None, 60)
    house.world.registry.runs.finish(run.id, worker_id="wrk_1", attempt=1, state=RunState.SUCCEEDED)
    return run.id


def failed_with_release(house: House) -> str:
    newest = house.world.registry.releases.latest(house.world.product.id)
    assert newest is not None
    house.sql("UPDATE run SET state = 'failed' WHERE id = :id", id=newest.run_id)
    return newest.run_id


def undecided(house: House) -> str:
    return house.slot().id


def decided_twice(house: House) -> str:
    decisions = [SlotDecision(at=now(), state="skipped", by=f"wrk_{number}") for number in (1, 2)]
    return house.slot(*decisions).id


def other_state(house: House) -> str:
    slot = house.slot(SlotDecision(at=now(), state="skipped", by="wrk_1"))
    house.sql("UPDATE slot SET state = 'run' WHERE id = :id", id=slot.id)
    return slot.id


def run_of_nobody(house: House) -> str:
    return house.slot(SlotDecision(at=now(), state="run", run_id="run_nowhere", by="wrk_1")).id


def undecided_run(house: House) -> str:
    slot = house.slot(SlotDecision(at=now(), state="skipped", by="wrk_1"))
    run = house.run()
    house.sql("UPDATE run SET slot_id = :slot WHERE id = :id", slot=slot.id, id=run.id)
    return run.id


def wrong_newest(house: House) -> str:
    house.world.registry.products.change(house.world.product.id, release=2)
    return house.world.product.id


def gap(house: House) -> str:
    house.sql("DELETE FROM publication WHERE run_id = (SELECT run_id FROM release WHERE number = 2)")
    house.sql("UPDATE run SET state = 'failed' WHERE id = (SELECT run_id FROM release WHERE number = 2)")
    house.sql("DELETE FROM release WHERE number = 2")
    return house.world.product.id


def publication_of_nothing(house: House) -> str:
    fence = house.world.registry.publications.acquire_lock(house.world.product.id, "test", 60)
    plan = records.publication(house.world.product, fence, run_id="run_nowhere")
    house.world.registry.publications.prepare(plan)
    house.sql("UPDATE publication SET state = 'released' WHERE id = :id", id=plan.id)
    house.world.registry.publications.release_lock(house.world.product.id, fence)
    return plan.id


def no_report(house: House) -> str:
    newest = house.world.registry.releases.latest(house.world.product.id)
    assert newest is not None
    house.sql("DELETE FROM check_report WHERE id = :id", id=newest.report_id)
    return newest.id


CONTRADICTIONS = [
    ("runs.leased", expired, True),
    ("runs.ended", open_attempt, True),
    ("runs.released", succeeded_without_release, False),
    ("runs.released", failed_with_release, False),
    ("slots.decided", undecided, False),
    ("slots.once", decided_twice, False),
    ("slots.agree", other_state, True),
    ("slots.agree", run_of_nobody, False),
    ("slots.agree", undecided_run, False),
    ("releases.newest", wrong_newest, True),
    ("releases.whole", no_report, False),
    ("publications.released", publication_of_nothing, False),
]


def somebody_works(house: House) -> None:
    """Slots are only owed while a worker is alive."""
    worker = Worker(id="wrk_9", identity="*", host="h", pid=1, started=now(), seen=now())
    house.world.registry.workers.beat(worker)


@pytest.mark.parametrize(
    ("check", "broken", "repairable"), CONTRADICTIONS, ids=[broken.__name__ for _, broken, _ in CONTRADICTIONS]
)
def test_a_contradiction_in_the_registry_is_found_and_nothing_else(
    house: House, check: str, broken: Break, repairable: bool
) -> None:
    subject = broken(house)
    somebody_works(house)
    [problem] = house.only(check)
    assert (problem.subject, problem.repairable) == (subject, repairable)
    assert problem.product in ("", "flight_ops.flights")
    if repairable:
        house.repaired(check)
    else:
        assert [*house.look(repair=True)] == [check]


@pytest.mark.postgres
def test_the_same_is_found_on_postgresql_all_at_once(postgres_house: House) -> None:
    broken = {(check, breaks(postgres_house)) for check, breaks, _ in CONTRADICTIONS if breaks is not undecided}
    found = postgres_house.look()
    assert {(check, problem.subject) for check, problems in found.items() for problem in problems} == broken
    left = postgres_house.look(repair=True)
    assert {problem.subject for problems in left.values() for problem in problems if problem.repairable} == {
        problem.subject for problems in left.values() for problem in problems if problem.repaired
    }


def test_a_run_whose_lease_is_over_is_resolved_as_workers_do(house: House) -> None:
    run_id = expired(house)
    [problem] = house.repaired("runs.leased")
    assert problem.repaired == "It is queued now."
    run = house.world.registry.runs.get(run_id)
    assert run is not None
    assert run.state is RunState.QUEUED


def test_slots_are_nobody_s_fault_while_no_worker_is_alive_or_a_run_holds_them_up(house: House) -> None:
    slot_id = undecided(house)
    assert house.look() == {}
    somebody_works(house)
    assert [*house.look()] == ["slots.decided"]
    waits = house.world.registry.slots.get(slot_id)
    assert waits is not None
    before = house.slot(schedule=waits.schedule_key, start=month(4).start)
    run = house.run()
    house.world.registry.slots.decide(before.id, SlotDecision(at=now(), state="run", run_id=run.id, by="wrk_1"))
    house.sql("UPDATE run SET slot_id = :slot WHERE id = :id", slot=before.id, id=run.id)
    assert house.look() == {}, "the run of the slot before holds it up"


def test_a_missing_release_is_a_gap_and_its_files_are_not_forgotten(house: House) -> None:
    gap(house)
    assert "releases.whole" in house.look()


def test_a_half_publication_is_finished_or_undone(house: House) -> None:
    world = house.world
    run, staged = world.stage(frames(6), mode="replace_slot", slot=month(3))

    def stop(step: str) -> None:
        if step == "moved flights":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.publish(run, staged, checkpoint=stop)
    [problem] = house.only("publications.finished")
    assert run.id in problem.message
    [problem] = house.repaired("publications.finished")
    assert problem.repaired == "It is discarded now."
    assert world.publish(run, staged).number == 4
    assert house.look() == {}


# --- files and tables -------------------------------------------------------------------------------------------------


def test_a_file_that_is_gone_is_damage(house: House) -> None:
    [file] = house.world.files("summary")[:1]
    file.unlink()
    [problem] = house.only("files.there")
    assert (problem.subject, problem.damage, problem.repairable) == (str(file), True, False)
    assert [*house.look(repair=True)] == ["files.there"]


def test_a_file_that_still_lies_in_the_folder_of_its_run_is_moved_in(house: House) -> None:
    file = house.world.files()[-1]
    run_id = next(span.file.run_id for span in spans(house, "flights") if file.name in span.file.path)
    publication = house.world.registry.anomalies.publication_of(run_id)
    assert publication is not None
    source = next(
        source for plan in publication.ports for path, source in plan.sources.items() if path.endswith(file.name)
    )
    file.rename(house.world.storage.run_folder(run_id) / source)
    [problem] = house.only("files.there")
    assert problem.repairable
    house.repaired("files.there")
    assert house.world.values() == [3, 4, 5]


def spans(house: House, port: str) -> list:
    return house.world.registry.anomalies.file_spans(house.world.ports[port].id, 1)


@pytest.mark.parametrize("how", ["truncated", "other rows", "no footer"])
def test_a_file_that_is_not_what_was_released_is_damage(house: House, how: str) -> None:
    file = house.world.files()[0]
    content = file.read_bytes()
    if how == "truncated":
        file.write_bytes(content[:-10])
    elif how == "no footer":
        file.write_bytes(b"x" * len(content))
    else:
        ids = {"path": f"%{file.name}", "port": house.world.ports["flights"].id}
        house.sql("UPDATE port_file SET rows = rows + 1 WHERE path LIKE :path AND port_id = :port", **ids)
    found = house.look()
    assert "files.whole" in found
    assert set(found) <= {"files.whole", "releases.files"}
    [problem] = found["files.whole"]
    assert (problem.subject, problem.damage, problem.repairable) == (str(file), True, False)


def test_a_stray_commit_is_taken_back_and_nothing_is_deleted(house: House) -> None:
    table = house.world.table()
    write_deltalake(str(table), pa.table({"n": pa.array([99], pa.int64())}), mode="append")
    stray = max(table.glob("*.parquet"))
    [problem] = house.only("tables.current")
    assert (problem.subject, problem.damage, problem.repairable) == (str(table), True, True)
    assert pl.read_delta(str(table))["n"].to_list().count(99) == 1
    house.repaired("tables.current", grace_s=0)
    assert house.world.values() == [3, 4, 5]
    assert stray.exists()
    house.world.put(frames(6), mode="replace_slot", slot=month(3))
    assert house.look() == {}


def test_a_log_that_lost_its_last_commit_gets_it_again(house: House) -> None:
    table = house.world.table()
    newest = max((table / "_delta_log").glob("*.json"))
    newest.unlink()
    assert [*house.look()] == ["tables.current", "tables.history"]
    found = house.look(repair=True)
    assert [problem.repaired for problem in found["tables.current"]] == [
        f"Version {int(newest.stem)} of the table is the release again."
    ]
    assert house.look() == {}
    assert house.world.values() == [3, 4, 5]


def test_a_table_that_cannot_be_opened_is_damage(house: House) -> None:
    for commit in (house.world.table() / "_delta_log").glob("*.json"):
        commit.write_text("{")
    findings = {finding.check: finding for finding in examine(house.scene())}
    assert "cannot be opened" in findings["tables.current"].problems[0].message
    assert findings["tables.history"].unknown
    assert "is not a commit" in findings["tables.history"].detail


def test_a_version_that_does_not_hold_its_release_is_found(house: House) -> None:
    log = house.world.table("summary") / "_delta_log"
    second = sorted(log.glob("*.json"))[2]
    lines = [line for line in second.read_text().splitlines() if '"add"' not in line]
    second.write_text("\n".join(lines))
    assert "tables.history" in house.look()


def test_many_small_files_are_told_and_the_next_release_merges_them(house: House) -> None:
    run, staged = house.world.stage({"flights": pl.DataFrame({"n": [0]})})
    folder = house.world.storage.run_folder(run.id)
    first = folder / staged[0].files[0]
    copies = [first.with_name(f"part-{number}.parquet") for number in range(160)]
    for copy in copies:
        shutil.copy(first, copy)
    names = [copy.relative_to(folder).as_posix() for copy in copies]
    house.world.publish(run, [staged[0].model_copy(update={"files": names, "rows": 160})])
    [problem] = house.only("tables.cared-for")
    assert "160 of its files are small" in problem.message
    assert not problem.damage
    before = house.world.values()
    house.world.put({"flights": pl.DataFrame({"n": [1000]})})
    assert house.look() == {}
    assert house.world.values() == [*before, 1000]


def test_a_long_log_without_a_checkpoint_is_told_and_gets_one(house: House) -> None:
    table = house.world.table()
    for _ in range(100):
        snapshot = house.world.storage.snapshot(table)
        assert snapshot is not None
        house.world.storage.commit(
            table, expected_version=snapshot.version, fence=snapshot.fence or 1, add=[], remove=[]
        )
    [problem] = house.only("tables.cared-for")
    assert "no checkpoint could be written" in problem.message
    house.repaired("tables.cared-for")
    assert [*(table / "_delta_log").glob("*.checkpoint.parquet")]


def test_files_that_were_forgotten_are_written_down_again(house: House) -> None:
    house.sql("DELETE FROM port_file WHERE added_in = 3 AND port_id = :port", port=house.world.ports["flights"].id)
    assert {"releases.files", "tables.current"} <= set(house.look())
    found = house.look(repair=True)
    assert [problem.repaired for problem in found["releases.files"]] == ["1 files of it are written down again."]
    assert house.look() == {}
    assert house.world.values() == [3, 4, 5]


def test_files_of_nothing_are_listed_and_deleted_when_they_are_old(house: House) -> None:
    table = house.world.table()
    orphans = [table / "data" / "run_dead" / "part.parquet", table / "_delta_log" / "_commit_dead.json.tmp"]
    for orphan in orphans:
        orphan.parent.mkdir(exist_ok=True)
        orphan.write_text("half")
    problems = house.only("leftovers.files")
    assert {problem.subject for problem in problems} == {str(orphan) for orphan in orphans}
    assert not any(problem.repairable for problem in problems)
    assert [*house.look(repair=True)] == ["leftovers.files"]
    for orphan in orphans:
        os.utime(orphan, (0, 0))
    house.repaired("leftovers.files")
    assert not any(orphan.exists() for orphan in orphans)


def test_folders_that_the_registry_does_not_know_are_told_and_kept(house: House) -> None:
    storage = house.world.storage
    strangers = [storage.create_run_folder("run_from_another_time"), storage.table_folder("prt_unknown", 1)]
    strangers[1].mkdir(parents=True)
    problems = house.only("leftovers.folders")
    assert {problem.subject for problem in problems} == {str(strangers[0]), str(strangers[1].parent)}
    assert len(house.look(repair=True, grace_s=0)["leftovers.folders"]) == 2
    assert all(stranger.exists() for stranger in strangers)


def test_what_is_being_published_is_not_taken_for_a_contradiction(house: House) -> None:
    seen: list[dict[str, list[Problem]]] = []
    run, staged = house.world.stage(frames(6), mode="replace_slot", slot=month(3))
    house.world.publish(run, staged, checkpoint=lambda step: seen.append(house.look()) if step != "released" else None)
    assert len(seen) >= 8
    assert seen == [{}] * len(seen)


# --- processes --------------------------------------------------------------------------------------------------------


def test_a_process_of_a_run_that_is_over_is_found_and_killed(house: House) -> None:
    newest = house.world.registry.releases.latest(house.world.product.id)
    assert newest is not None
    waits = house.run()
    goes_on = house.world.registry.runs.claim("wrk_1", None, 600)
    assert goes_on is not None
    assert goes_on.id == waits.id
    house.sql("UPDATE run SET finished = '2026-01-01 00:00:00.000000' WHERE id = :id", id=newest.run_id)
    sleepers = [
        subprocess.Popen(
            [sys.executable, "-c", "import sys; print(flush=True); sys.stdin.read()"],
            env={**os.environ, RUN_FOLDER_VARIABLE: str(house.world.storage.run_folder(run_id))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for run_id in (newest.run_id, goes_on.id)
    ]
    for sleeper in sleepers:
        assert sleeper.stdout is not None
        sleeper.stdout.readline()
    try:
        [problem] = house.only("processes.gone")
        assert problem.subject == str(sleepers[0].pid)
        assert newest.run_id in problem.message
        house.repaired("processes.gone")
        assert sleepers[0].wait(10) == -9
        assert sleepers[1].poll() is None
    finally:
        for sleeper in sleepers:
            sleeper.kill()
            sleeper.communicate()


def test_every_check_is_told_of_in_the_docs() -> None:
    text = (Path(__file__).parents[2] / "docs" / "how-to" / "operate.md").read_text()
    assert [check.name for check in CHECKS if f"`{check.name}`" not in text] == []


def test_findings_are_json(house: House) -> None:
    expired(house)
    [finding] = [finding for finding in examine(house.scene()) if not finding.ok]
    assert json.loads(finding.model_dump_json())["problems"][0]["repairable"] is True
