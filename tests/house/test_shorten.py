"""Logs get shorter once releases end: what can be read is opened as before, by everybody and at every moment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from deltalake import DeltaTable

from mesh_workbench.lifecycle.examine import CHECKS, examine
from mesh_workbench.lifecycle.examine.check import Scene
from mesh_workbench.lifecycle.resolve import Wanted, resolve
from mesh_workbench.lifecycle.snippets import snippets_of
from mesh_workbench.model.run import RunState
from mesh_workbench.registry import open_registry
from mesh_workbench.storage.local import LocalStorage
from mesh_workbench.storage.log import spare
from tests.house.test_vacuum import assert_agrees, everybody, going_back, put, readable, reading, tidied
from tests.storage.world import World, new_world

RELEASES = 45
"""A checkpoint is written every 20 versions, and version 0 only has columns: release n is version n."""


@pytest.fixture
def world(registry_url: str, tmp_path: Path) -> Iterator[World]:
    registry = open_registry(registry_url)
    yield filled(new_world(registry, LocalStorage(tmp_path / "storage")))
    registry.close()


@pytest.fixture
def lite(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    registry = open_registry(sqlite_url)
    yield filled(new_world(registry, LocalStorage(tmp_path / "storage")))
    registry.close()


def filled(world: World) -> World:
    for value in range(1, RELEASES + 1):
        put(world, value, mode="append")
    return world


def log(world: World) -> Path:
    return world.table() / "_delta_log"


def first(world: World) -> int:
    """The first version of which the log has an entry."""
    return min(int(file.name[:20]) for file in log(world).iterdir() if file.name[:20].isdigit())


def assert_read_by_everybody(world: World, *, grown: int = RELEASES) -> None:
    """Release n has the rows 1 to n, whoever reads it in whichever way."""
    for number in readable(world):
        wanted = [Wanted.parse(world.product.full_name, release=number)]
        [port] = resolve(world.registry, world.storage, wanted, allowed=everybody).ports
        expected = list(range(1, min(number, grown) + 1))
        assert sorted(pl.read_parquet(port.files)["n"].to_list()) == expected
        bare = DeltaTable(port.table, version=port.delta_version).to_pyarrow_table()
        assert sorted(bare["n"].to_pylist()) == expected
        for snippet in snippets_of(port, "http://nowhere"):
            if snippet.tool in ("polars", "pandas", "duckdb"):
                names: dict[str, Any] = {}
                exec(snippet.code, names)
                rows = names["rows"]
                rows = rows.collect() if snippet.tool == "polars" else rows
                rows = rows.df() if snippet.tool == "duckdb" else rows
                assert sorted(rows["n"].to_list()) == expected, snippet.tool
    assert_agrees(world)


def test_the_log_begins_with_the_last_checkpoint_before_what_can_be_read(world: World) -> None:
    found = tidied(world, newest=3, log_entries=1)
    assert (readable(world), first(world)) == ([43, 44, 45], 40)
    assert found.log_entries == 41, "40 commits and the checkpoint at 20"
    assert [*log(world).glob("*.checkpoint.parquet")] == [log(world) / f"{40:020}.checkpoint.parquet"]
    assert_read_by_everybody(world)
    assert tidied(world, newest=3, log_entries=1).log_entries == 0
    [told, *_] = [one for one in world.registry.audit.list().items if "log_entries" in str(one.detail)]
    assert (told.action, told.detail["removed"]) == ("house.vacuum", {"log_entries": 41})


def test_one_publishes_and_goes_back_as_before(lite: World) -> None:
    tidied(lite, newest=3, log_entries=1)
    going_back(lite, 43)
    assert lite.values() == list(range(1, 44))
    for value in range(44, 70):
        put(lite, value, mode="append")
    assert lite.values() == list(range(1, 70))
    assert_agrees(lite)
    tidied(lite, newest=2, log_entries=1)
    assert first(lite) == 60
    assert lite.values() == list(range(1, 70))
    assert_agrees(lite)


def test_a_release_that_a_run_reads_keeps_the_log_from_there(lite: World) -> None:
    run = reading(lite, 25)
    tidied(lite, newest=3, log_entries=1)
    assert (readable(lite), first(lite)) == ([25, 43, 44, 45], 20)
    assert_read_by_everybody(lite)
    lite.registry.runs.finish(run.id, worker_id="wrk_1", attempt=1, state=RunState.CANCELLED)
    tidied(lite, newest=3, log_entries=1)
    assert (readable(lite), first(lite)) == ([43, 44, 45], 40)
    assert_read_by_everybody(lite)


def test_who_opened_a_release_before_it_was_removed_goes_on_for_a_while(lite: World) -> None:
    assert tidied(lite, newest=3, grace_h=24.0, log_entries=1).log_entries == 0
    assert (readable(lite), first(lite)) == ([43, 44, 45], 0)
    assert DeltaTable(str(lite.table()), version=1).to_pyarrow_table()["n"].to_pylist() == [1]


def test_nothing_goes_while_every_release_can_be_read_or_little_would(lite: World) -> None:
    assert tidied(lite, days=0.0, log_entries=1).log_entries == 0
    assert tidied(lite, newest=3).log_entries == 0, "it is not worth it"
    assert first(lite) == 0
    assert tidied(lite, newest=3, log_entries=1, dry_run=True).log_entries == 41
    assert first(lite) == 0


def test_a_port_that_a_release_did_not_touch_keeps_the_version_that_it_names(lite: World) -> None:
    lite.put({"summary": pl.DataFrame({"n": [1]})})
    for value in range(RELEASES + 1, RELEASES + 30):
        put(lite, value, mode="append")
    tidied(lite, newest=2, log_entries=1)
    newest = lite.registry.releases.latest(lite.product.id)
    assert newest is not None
    versions = {port.port: port.delta_version for port in newest.ports}
    assert versions["summary"] == 1
    assert DeltaTable(str(lite.table("summary")), version=1).to_pyarrow_table()["n"].to_pylist() == [1]
    assert first(lite) == 60
    assert_agrees(lite)


def test_killed_after_any_deletion_the_table_is_whole_and_the_next_time_goes_on(lite: World) -> None:
    tidied(lite, newest=3, log_entries=1_000)
    entries = spare(log(lite), 43)
    assert len(entries) == 41
    for entry in entries[:-1]:
        entry.unlink()
        assert_agrees(lite)
        assert lite.values() == list(range(1, RELEASES + 1))
        assert DeltaTable(str(lite.table()), version=43).to_pyarrow_table().num_rows == 43
    assert_read_by_everybody(lite)
    assert tidied(lite, newest=3, log_entries=1).log_entries == 1
    assert_read_by_everybody(lite)


def test_a_log_whose_checkpoint_is_damaged_is_left_as_it_is(lite: World) -> None:
    checkpoint = log(lite) / f"{40:020}.checkpoint.parquet"
    checkpoint.write_bytes(checkpoint.read_bytes()[:100])
    found = tidied(lite, newest=3, log_entries=1)
    assert (found.log_entries, first(lite)) == (0, 0)
    assert any("log entries of" in problem for problem in found.stuck)


def test_a_log_that_says_something_else_than_the_release_is_left_as_it_is(lite: World) -> None:
    commit = log(lite) / f"{43:020}.json"
    commit.write_text("\n".join(line for line in commit.read_text().splitlines() if '"add"' not in line))
    found = tidied(lite, newest=3, log_entries=1)
    assert (found.log_entries, first(lite)) == (0, 0)
    assert any("does not hold the files of its release" in problem for problem in found.stuck)


@pytest.mark.parametrize("pointer", ["", "{", json.dumps({"version": 20})])
def test_readers_that_begin_where_the_pointer_says_find_a_log(lite: World, pointer: str) -> None:
    (log(lite) / "_last_checkpoint").write_text(pointer)
    tidied(lite, newest=3, log_entries=1)
    assert first(lite) == (20 if "20" in pointer else 0)
    assert_read_by_everybody(lite)


def test_the_doctor_tells_of_a_log_that_nobody_shortened(lite: World) -> None:
    for version in range(RELEASES + 1, RELEASES + 1_001):
        action = {"commitInfo": {"timestamp": 1_700_000_000_000, "operation": "WRITE", "operationParameters": {}}}
        (log(lite) / f"{version:020}.json").write_text(json.dumps(action))
    DeltaTable(str(lite.table())).create_checkpoint()
    put(lite, RELEASES + 1, mode="append")
    cared_for = [check for check in CHECKS if check.name == "tables.cared-for"]
    scene = Scene(lite.registry, lite.storage, "test", patience_s=0.0, grace_s=0.0, lose=lambda run: "")
    assert [finding.ok for finding in examine(scene, checks=cared_for)] == [True], "each release can be read"
    tidied(lite, log_entries=10_000)
    [finding] = examine(scene, checks=cared_for)
    assert "1047 of its entries are of removed releases only" in finding.detail
    assert tidied(lite).log_entries == 1047
    assert [finding.ok for finding in examine(scene, checks=cared_for)] == [True]
