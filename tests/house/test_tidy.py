"""What runs left behind is removed by age, number and size; what something refers to stays; who reads is not hurt."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from mesh_workbench.errors import Conflict, Unavailable
from mesh_workbench.lifecycle import remains
from mesh_workbench.lifecycle.tidy import Limit, Retention, retention_of, tidy
from mesh_workbench.model.check import Outcome, PortReport, PromiseResult, PromiseSpec
from mesh_workbench.model.retention import Remains, Tidied
from mesh_workbench.model.run import RunState
from mesh_workbench.model.runfolder import EXECUTED_FILE, LOG_FILE, QUARANTINE_FILE, RUN_FILE, STAGED_FOLDER
from mesh_workbench.registry import open_registry
from mesh_workbench.settings import Settings
from tests import records
from tests.house.conftest import Past

EVERYTHING = {RUN_FILE, EXECUTED_FILE, LOG_FILE, QUARANTINE_FILE, STAGED_FOLDER, "work"}
NOTHING = Limit()


def keep(failed_runs: int = 0, **limits: Limit) -> Retention:
    """Nothing is limited but what `limits` name."""
    kinds: tuple[Remains, ...] = ("quarantine", "staging", "log", "folder")
    return Retention({kind: limits.get(kind, NOTHING) for kind in kinds}, failed_runs)


def tidied(past: Past, retention: Retention, **how: bool) -> Tidied:
    return tidy(past.registry, past.storage, retention, by="ana", **how)


def kinds(told: Tidied) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for removal in told.items:
        found.setdefault(removal.run_id, set()).add(removal.kind)
    return found


@pytest.mark.parametrize(
    ("kind", "gone"),
    [
        ("quarantine", {QUARANTINE_FILE}),
        ("staging", {STAGED_FOLDER, "work"}),
        ("log", {LOG_FILE}),
        ("folder", EVERYTHING),
    ],
)
def test_each_kind_goes_when_it_is_older_than_its_days(past: Past, kind: str, gone: set[str]) -> None:
    old, young = past.run(days=8), past.run(days=6)
    told = tidied(past, keep(**{kind: Limit(days=7)}))
    assert kinds(told) == {old.id: {kind}}
    assert told.items[0].reason == "older than 7 days"
    assert past.left(old) == EVERYTHING - gone
    assert past.left(young) == EVERYTHING
    [removal] = past.registry.removals.of(old.id)
    assert (removal.kind, removal.bytes) == (kind, told.bytes)
    assert told.bytes > 0
    assert tidied(past, keep(**{kind: Limit(days=7)})).items == []


@pytest.mark.parametrize(("kind", "kept"), [("quarantine", 0), ("folder", 0), ("log", 1)])
def test_the_failing_rows_in_a_report_go_with_those_that_the_run_kept(past: Past, kind: str, kept: int) -> None:
    runs = [past.run(days=8), past.run(days=6)]
    spec = PromiseSpec(id="orders.id.required", kind="required", target="orders.id", words="id is never empty")
    failing = PromiseResult(promise=spec, outcome=Outcome.FAILED, failing_rows=1, sample=[{"id": None}])
    ports = [PortReport(port="orders", contract_blob="", rows=1, results=[failing])]
    reports = [past.registry.reports.add(records.report(run_id=run.id, ports=ports)) for run in runs]
    tidied(past, keep(**{kind: Limit(days=7)}))
    after = [past.registry.reports.get(report.id) for report in reports]
    assert [[len(one.sample) for one in report.results] for report in after if report] == [[kept], [1]]
    assert [report.results[0].failing_rows for report in after if report] == [1, 1]


def test_of_each_product_only_so_many_are_kept_the_newest_first(past_on_each: Past) -> None:
    orders = [past_on_each.run(RunState.CANCELLED) for _ in range(4)]
    fares = [past_on_each.run(RunState.CANCELLED, product="sales.fares") for _ in range(2)]
    told = tidied(past_on_each, keep(folder=Limit(count=2)))
    assert kinds(told) == {run.id: {"folder"} for run in orders[:2]}
    assert told.items[0].reason == "more than 2 runs of the product"
    assert all(past_on_each.left(run) == EVERYTHING for run in (*orders[2:], *fares))


def test_what_has_nothing_left_of_a_kind_does_not_count_for_its_number(past: Past) -> None:
    with_rows = past.run(days=2)
    for _ in range(3):
        without = past.run(days=1)
        remains.delete(past.folder(without) / QUARANTINE_FILE)
    assert tidied(past, keep(quarantine=Limit(count=1))).items == []
    assert QUARANTINE_FILE in past.left(with_rows)


def test_the_oldest_go_when_all_together_take_too_much(past: Past) -> None:
    runs = [past.run(days=days, product=f"sales.p{days % 2}", staged_bytes=1 << 20) for days in (4, 3, 2, 1)]
    told = tidied(past, keep(staging=Limit(gib=5 / 1024)))  # each takes two MiB, and its folders
    assert kinds(told) == {run.id: {"staging"} for run in runs[:2]}
    assert told.items[0].reason == "more than 0.00488281 GiB in all"
    folders = tidied(past, keep(folder=Limit(gib=1 / 1024)))
    assert kinds(folders) == {run.id: {"folder"} for run in runs[:3]} | ({runs[3].id: {"folder"}})


def test_what_goes_anyway_is_not_counted_against_the_folders(past: Past) -> None:
    runs = [past.run(days=days, staged_bytes=1 << 20) for days in (2, 1)]
    told = tidied(past, keep(staging=Limit(days=0.5), folder=Limit(gib=1 / 1024)), dry_run=True)
    assert kinds(told) == {run.id: {"staging"} for run in runs}


def test_a_dry_run_says_the_same_and_changes_nothing(past: Past) -> None:
    run = past.run(days=100)
    limits = keep(log=Limit(days=1), quarantine=Limit(days=1))
    told = tidied(past, limits, dry_run=True)
    assert told.dry_run
    assert past.left(run) == EVERYTHING
    assert past.registry.removals.of(run.id) == []
    assert not (past.storage.runs / remains.REMOVED).exists()
    really = tidied(past, limits)
    assert (kinds(really), really.bytes) == (kinds(told), told.bytes)


def test_the_notebook_behind_a_release_stays_and_the_rest_of_its_run_may_go(past: Past) -> None:
    run = past.run(RunState.SUCCEEDED, days=1000)
    past.released(run, 1)
    every = Limit(days=1)
    tidied(past, keep(folder=every, staging=every, log=every, quarantine=every))
    assert past.left(run) == {RUN_FILE, EXECUTED_FILE}


def test_the_newest_failed_runs_of_a_product_keep_everything(past: Past) -> None:
    older, old, newest = (past.run(days=days) for days in (30, 20, 10))
    past.run(RunState.CANCELLED, days=5)
    other = past.run(days=30, product="sales.fares")
    told = tidied(past, keep(2, folder=Limit(days=1)))
    assert past.left(older) == set()
    assert all(past.left(run) == EVERYTHING for run in (old, newest, other))
    assert told.spared == 3


def test_runs_that_go_on_or_are_being_published_are_left_alone(past_on_each: Past) -> None:
    ended = past_on_each.run(days=10)
    fence = past_on_each.registry.publications.acquire_lock(past_on_each.product().id, "somebody", 60.0)
    past_on_each.registry.publications.prepare(records.publication(past_on_each.product(), fence, run_id=ended.id))
    past_on_each.registry.runs.add(records.run(past_on_each.version()))
    running = past_on_each.registry.runs.claim("wrk_1", None, 60.0)
    assert running is not None
    (past_on_each.storage.create_run_folder(running.id) / LOG_FILE).write_text("hello")
    assert tidied(past_on_each, keep(folder=Limit(days=0.0001), log=Limit(days=0.0001))).items == []
    assert past_on_each.left(ended) == EVERYTHING
    assert past_on_each.left(running) == {LOG_FILE}


def test_a_folder_whose_run_the_registry_does_not_know_is_not_touched(past: Past) -> None:
    past.run()
    stranger = past.storage.create_run_folder("run_00000000000000000000000000")
    assert tidied(past, keep(folder=Limit(count=0, days=0.0001))).items == []
    assert stranger.exists()


def test_a_run_that_is_tried_again_meanwhile_keeps_what_it_writes(past_on_each: Past) -> None:
    """The registry decides: what is tried again before it is taken away is not taken, and never half of it."""
    runs = [past_on_each.run(days=10) for _ in range(12)]
    other = open_registry(past_on_each.url)
    claimed: list[str] = []

    def retry() -> None:
        for run in reversed(runs):
            other.runs.requeue(run.id)
            while (again := other.runs.claim("wrk_2", None, 60.0)) is None:
                pass  # workers do not wait for a row that somebody holds: they look again
            claimed.append(again.id)
            folder = past_on_each.storage.create_run_folder(again.id)
            (folder / LOG_FILE).write_text("second attempt")
            assert (folder / LOG_FILE).read_text() == "second attempt"

    thread = threading.Thread(target=retry)
    thread.start()
    tidied(past_on_each, keep(folder=Limit(days=1)))
    thread.join()
    assert len(claimed) == 12
    for run in runs:
        assert (past_on_each.folder(run) / LOG_FILE).read_text() == "second attempt"
    other.close()


def test_removal_is_in_the_audit_trail_in_summary(past_on_each: Past) -> None:
    runs = [past_on_each.run(days=10) for _ in range(3)]
    told = tidied(past_on_each, keep(log=Limit(days=1), quarantine=Limit(days=1)))
    [record] = past_on_each.registry.audit.list().items
    assert (record.actor, record.action) == ("ana", "house.tidy")
    assert record.detail == {
        "removed": {"quarantine": 3, "log": 3},
        "bytes": told.bytes,
        "first": runs[0].id,
        "last": runs[2].id,
    }
    tidied(past_on_each, keep(log=Limit(days=1)))
    assert len(past_on_each.registry.audit.list().items) == 1


@pytest.mark.parametrize("moment", ["renamed", "written down"])
def test_killed_at_any_moment_nothing_is_lost_without_a_word(past_on_each: Past, moment: str) -> None:
    run = past_on_each.run(days=10)
    child = os.fork()
    if child == 0:
        here = Past(past_on_each.url, open_registry(past_on_each.url), past_on_each.storage)
        _die(here, run.id, moment)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert past_on_each.left(run) == set()
    limits = keep(folder=Limit(days=1))
    if moment == "renamed":  # nobody wrote it down: it is back before anything else happens
        assert tidied(past_on_each, keep(folder=Limit(days=100))).items == []
        assert past_on_each.left(run) == EVERYTHING
        assert kinds(tidied(past_on_each, limits)) == {run.id: {"folder"}}
    else:
        assert tidied(past_on_each, limits).items == []
    assert past_on_each.left(run) == set()
    assert [removal.kind for removal in past_on_each.registry.removals.of(run.id)] == ["folder"]
    assert list((past_on_each.storage.runs / remains.REMOVED).iterdir()) == []


def _die(past: Past, run_id: str, moment: str) -> None:
    """In a process of its own: what tidying does up to a moment, and no further."""
    told = tidied(past, keep(folder=Limit(days=1)), dry_run=True)
    with remains.bin_of(past.storage.runs) as place:
        with past.registry.transaction():
            remains.take_away(past.storage.run_folder(run_id), "folder", place)
            if moment == "renamed":
                os.kill(os.getpid(), signal.SIGKILL)
            past.registry.removals.record(told.items)
        os.kill(os.getpid(), signal.SIGKILL)


def test_two_do_not_keep_house_at_once(past: Past) -> None:
    past.run(days=10)
    with remains.bin_of(past.storage.runs), pytest.raises(Conflict) as busy:
        tidied(past, keep(folder=Limit(days=1)))
    assert busy.value.code == "tidy.busy"


def test_who_has_a_file_open_reads_it_to_its_end(past: Past) -> None:
    run = past.run(days=10)
    with (past.folder(run) / LOG_FILE).open() as log:
        tidied(past, keep(folder=Limit(days=1)))
        assert len(log.readlines()) == 20


def test_links_are_not_followed_and_locked_folders_go_all_the_same(past: Past, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("stays")
    run = past.run(days=10)
    work = past.folder(run) / "work"
    (work / "link").symlink_to(precious)
    (work / "closed").mkdir()
    (work / "closed" / "file").write_text("goes")
    (work / "closed").chmod(0)
    remains.delete(past.folder(run) / STAGED_FOLDER)
    (past.folder(run) / STAGED_FOLDER).symlink_to(precious)
    told = tidied(past, keep(staging=Limit(days=1)))
    assert (kinds(told), told.stuck) == ({run.id: {"staging"}}, [])
    assert (precious / "file").read_text() == "stays"
    assert list((past.storage.runs / remains.REMOVED).iterdir()) == []


def test_without_run_folders_there_is_nothing_to_do(past: Past) -> None:
    assert tidied(past, keep(folder=Limit(days=1))).items == []


def test_a_storage_in_which_nothing_can_be_put_aside_is_unavailable_and_keeps_everything(past: Past) -> None:
    run = past.run(days=10)
    (past.storage.runs / remains.REMOVED).write_text("in the way")
    with pytest.raises(Unavailable) as fault:
        tidied(past, keep(folder=Limit(days=1)))
    assert fault.value.code == "storage.failed"
    assert past.left(run) == EVERYTHING


def test_settings_say_what_is_kept(tmp_path: Path) -> None:
    retention = retention_of(Settings(root=tmp_path, log_days=5, staging_count=7, folder_gib=2.5, failed_runs_kept=4))
    assert retention.limits["log"] == Limit(days=5)
    assert retention.limits["staging"] == Limit(days=14, count=7)
    assert retention.limits["folder"] == Limit(days=90, gib=2.5)
    assert retention.failed_runs == 4


def test_a_chore_is_done_by_one_worker_for_all(past_on_each: Past) -> None:
    other = open_registry(past_on_each.url)
    assert [past_on_each.registry.chores.take("tidy", 60.0), other.chores.take("tidy", 60.0)] == [True, False]
    assert other.chores.take("another", 0.0)
    assert past_on_each.registry.chores.take("another", 60.0)
    other.close()
