"""Small files of a table are merged when it is published: within slots, with the same rows, as safely as publishing."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from multiprocessing.context import ForkServerContext
from pathlib import Path

import numpy
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from mesh_workbench.contracts.columns import sorting_of
from mesh_workbench.contracts.document import parse
from mesh_workbench.errors import Breached
from mesh_workbench.lifecycle.candidate import PortCandidate
from mesh_workbench.lifecycle.examine import CHECKS, examine
from mesh_workbench.lifecycle.examine.check import Scene
from mesh_workbench.lifecycle.recover import recover
from mesh_workbench.lifecycle.rollback import rollback
from mesh_workbench.model.check import CheckReport, Verdict
from mesh_workbench.model.release import PortFile
from mesh_workbench.model.run import InputRelease
from mesh_workbench.storage import compact
from mesh_workbench.storage.parquet import write_file
from tests.storage.test_crashes import past_its_lease
from tests.storage.world import KILL, World, append_until, month, publish_elsewhere

MANY = compact.AT_LEAST


def numbers(*values: int) -> dict[str, pl.DataFrame]:
    return {"flights": pl.DataFrame({"n": list(values)})}


def append(world: World, first: int, last: int) -> None:
    for value in range(first, last + 1):
        world.put(numbers(value))


def assert_agrees(world: World) -> None:
    """Registry, Delta log and files say the same, as `mesh doctor --deep` sees it."""
    scene = Scene(world.registry, world.storage, "test", patience_s=0.0, grace_s=0.0, lose=lambda run: "")
    names = {"releases.files", "files.there", "files.whole", "tables.current", "tables.history", "leftovers.files"}
    checks = [check for check in CHECKS if check.name in names]
    assert [found for found in examine(scene, checks=checks) if not found.ok] == []


def test_many_small_files_become_one_with_the_same_rows(world: World) -> None:
    append(world, 1, MANY)
    assert len(world.files()) == MANY, "what the run itself made is left as it is"
    release = world.registry.releases.latest(world.product.id)
    world.put(numbers(MANY + 1))
    assert len(world.files()) == 2
    assert world.values() == list(range(1, MANY + 2))
    assert release is not None
    before = world.registry.releases.files(world.ports["flights"].id, 1, release.number)
    assert pl.read_parquet([world.table() / file.path for file in before])["n"].to_list() == list(range(1, MANY + 1))
    assert DeltaTable(str(world.table()), version=release.ports[0].delta_version).to_pyarrow_table().num_rows == MANY
    assert_agrees(world)


def test_few_small_files_are_left_alone(lite: World) -> None:
    append(lite, 1, MANY - 1)
    before = lite.files()
    lite.put(numbers(0))
    assert lite.files()[:-1] == before


def test_slots_are_never_merged_with_each_other(lite: World) -> None:
    for number in range(1, 13):
        lite.put(numbers(number), mode="replace_slot", slot=month(number))
    for value in range(100, 100 + MANY + 1):  # merged by key into January
        lite.put(numbers(value), mode="merge", keys=("n",), slot=month(1))
    release = lite.registry.releases.latest(lite.product.id)
    assert release is not None
    files = lite.registry.releases.files(lite.ports["flights"].id, 1, release.number)
    rows: dict[str | None, list[int]] = {}
    for file in files:
        rows.setdefault(file.slot, []).extend(pl.read_parquet(lite.table() / file.path)["n"].to_list())
    assert len([file for file in files if file.slot == month(1).key]) < MANY
    assert sorted(rows[month(1).key]) == [1, *range(100, 100 + MANY + 1)]
    assert all(rows[month(number).key] == [number] for number in range(2, 13))
    lite.put(numbers(7), mode="replace_slot", slot=month(1))
    assert lite.values() == [2, 3, 4, 5, 6, 7, 7, 8, 9, 10, 11, 12], "a slot that was merged is replaced as a whole"
    assert_agrees(lite)


def test_columns_that_came_later_are_empty_in_the_rows_of_before(lite: World) -> None:
    append(lite, 1, MANY)
    lite.put({"flights": pl.DataFrame({"n": [99], "note": ["new"]})})
    assert len(lite.files()) == 2
    rows = {row["n"]: row["note"] for row in lite.read()}
    assert rows == {**dict.fromkeys(range(1, MANY + 1)), 99: "new"}


def test_merged_rows_are_sorted_as_the_contract_hints(lite: World) -> None:
    document = parse(
        json.dumps(
            {
                "apiVersion": "v3.1.0",
                "kind": "DataContract",
                "id": "flights",
                "version": "1.0.0",
                "status": "active",
                "schema": [
                    {
                        "name": "flights",
                        "properties": [
                            {"name": "n", "primaryKey": True, "primaryKeyPosition": 1, "logicalType": "integer"},
                            {"name": "day", "partitioned": True, "partitionKeyPosition": 1, "logicalType": "integer"},
                        ],
                    }
                ],
            }
        )
    )
    assert sorting_of(document, "flights") == ["day", "n"]
    files = []
    for value in range(MANY):
        frame = {"flights": pl.DataFrame({"n": [(MANY - value) // 4], "day": [value % 2], "came": [value]})}
        lite.put(frame)
        files.append(frame["flights"])
    release = lite.registry.releases.latest(lite.product.id)
    assert release is not None
    before = lite.registry.releases.files(lite.ports["flights"].id, 1, release.number)
    schema = lite.storage.snapshot(lite.table())
    assert schema is not None
    found = compact.merged(lite.table(), before, schema.schema, ["day", "n"], lite.storage.root / "scratch")
    assert found is not None
    assert pl.read_parquet(found[0]).equals(pl.concat(files).sort("day", "n", maintain_order=True))


def test_rows_that_take_much_memory_are_merged_two_files_at_a_time(tmp_path: Path) -> None:
    rows = 17_000_000
    table = pa.table({"n": pa.array(numpy.zeros(rows, dtype="int64"))})
    write_file(table, tmp_path / "one.parquet")
    size = (tmp_path / "one.parquet").stat().st_size
    files = [PortFile(path="one.parquet", size=size, rows=rows, run_id="run_1")] * MANY
    assert size * MANY < 2_000_000, "little to read, much to hold"
    found = compact.merged(tmp_path, files, table.schema, [], tmp_path / "merged")
    assert found is not None
    assert found[1] == files[:2]
    assert pq.read_metadata(found[0]).num_rows == 2 * rows


def test_what_was_merged_for_a_breached_run_is_not_kept(lite: World) -> None:
    append(lite, 1, MANY)
    run, staged = lite.stage(numbers(99))

    def breached(candidates: Mapping[str, PortCandidate], base: int | None) -> CheckReport:
        assert len(candidates["flights"].files) == 2
        return lite.check(candidates, base).model_copy(update={"verdict": Verdict.BREACHED})

    with pytest.raises(Breached):
        lite.publish(run, staged, check=breached)
    left = [path.name for path in lite.storage.run_folder(run.id).rglob("*.parquet")]
    assert left == [staged[0].files[0].rpartition("/")[2]]


def test_a_damaged_file_keeps_nobody_from_publishing(lite: World, caplog: pytest.LogCaptureFixture) -> None:
    append(lite, 1, MANY)
    lite.files()[3].write_bytes(b"broken")
    lite.put(numbers(99))
    assert len(lite.files()) == MANY + 1
    assert "small files" in caplog.text


def test_a_table_of_many_versions_has_few_files(lite: World) -> None:
    append(lite, 1, 5 * MANY)
    assert len(lite.files()) <= MANY + 1
    assert lite.values() == list(range(1, 5 * MANY + 1))
    assert_agrees(lite)


def test_who_follows_the_changes_is_told_that_merged_rows_are_none(lite: World) -> None:
    append(lite, 1, MANY + 1)
    newest = max((lite.table() / "_delta_log").glob("*.json"))
    actions = [json.loads(line) for line in newest.read_text().splitlines()]
    changed = [
        (kind, action[kind]["path"])
        for action in actions
        for kind in ("add", "remove")
        if kind in action and action[kind]["dataChange"]
    ]
    assert [kind for kind, _ in changed] == ["add"], "only the rows of the run itself"


def test_rolling_back_behind_it_brings_the_small_files_back(lite: World) -> None:
    append(lite, 1, MANY + 1)
    product = lite.registry.products.by_id(lite.product.id)
    assert product is not None
    rollback(
        lite.registry,
        lite.storage,
        product,
        release=3,
        version=None,
        reason="test",
        by="ana",
        holder="test",
        lease_s=30.0,
    )
    assert lite.values() == [1, 2, 3]
    assert_agrees(lite)


def test_what_the_merged_rows_were_made_from_stays_known(lite: World) -> None:
    def put(value: int, upstream: int) -> None:
        run, staged = lite.stage(numbers(value))
        read = InputRelease(
            port=f"{lite.product.full_name}.summary", product_id=lite.product.id, release=upstream, version="1.0.0"
        )
        lite.registry.runs.advance(run.id, worker_id="wrk_1", attempt=1, inputs=[read])
        lite.publish(run, staged)

    for value in range(1, MANY + 2):
        put(value, value + 100)
    assert len(lite.files()) == 2
    [made] = lite.registry.lineage.made_from(lite.product.id, MANY + 1)
    assert (made.first, made.release) == (101, 101 + MANY)


@pytest.mark.parametrize("step", ["prepared", "moved flights", "shaped flights", "committed flights", "released"])
def test_a_publisher_that_is_killed_while_merging_loses_and_doubles_nothing(
    lite: World, sqlite_url: str, processes: ForkServerContext, step: str
) -> None:
    append(lite, 1, MANY)
    run, staged = lite.stage(numbers(MANY + 1))
    ours, told = processes.Pipe(duplex=False)
    arguments = (sqlite_url, str(lite.storage.root), run, staged, step, int(KILL), 60.0, told)
    other = processes.Process(target=publish_elsewhere, args=arguments)
    other.start()
    assert ours.poll(60)
    assert ours.recv() == "there"
    other.join(60)
    past_its_lease(lite)
    recover(lite.registry, lite.storage)
    lite.publish(run, staged)
    assert len(lite.files()) == 2
    assert lite.values() == list(range(1, MANY + 2))
    assert_agrees(lite)


def test_readers_meanwhile_see_whole_releases_and_no_error(
    lite: World, sqlite_url: str, processes: ForkServerContext
) -> None:
    """Publishers in another process append and merge all the time; every release holds 1 to its number."""
    lite.put(numbers(1))
    stop = processes.Event()
    writer = processes.Process(target=append_until, args=(sqlite_url, str(lite.storage.root), stop))
    writer.start()
    seen: set[int] = set()
    merges = 0
    try:
        until = time.monotonic() + 60
        while (merges < 3 or len(seen) < 20) and time.monotonic() < until:
            release = lite.registry.releases.latest(lite.product.id)
            assert release is not None
            files = lite.registry.releases.files(lite.ports["flights"].id, 1, release.number)
            rows = pl.read_parquet([lite.table() / file.path for file in files])["n"].to_list()
            assert sorted(rows) == list(range(1, release.number + 1))
            logged = DeltaTable(str(lite.table())).to_pyarrow_table()["n"].to_pylist()
            assert sorted(logged) == list(range(1, len(logged) + 1))
            seen.add(release.number)
            merges = max(merges, (release.number - 1) // MANY)
    finally:
        stop.set()
        writer.join(60)
    assert writer.exitcode == 0
    assert merges >= 3
    assert_agrees(lite)


def sizes(*values: int, slot: str | None = None) -> list[PortFile]:
    return [
        PortFile(path=f"{slot}-{number}", size=size, rows=1, slot=slot, run_id="run_1")
        for number, size in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("files", "groups"),
    [
        (sizes(*[1000] * (MANY - 1)), []),
        (sizes(*[1000] * MANY), [MANY]),
        (sizes(*[1000] * (MANY - 1), 1_000_000), []),
        (sizes(*[20_000_000] * 100), []),
        ([*sizes(*[1000] * MANY, slot="a"), *sizes(*[1000] * (MANY - 1), slot="b")], [MANY]),
        (sizes(*[15 << 20] * MANY), [4, 4, 4, 4]),
        (sizes(*[15 << 20] * 10 * MANY), [4, 4, 4, 4]),
    ],
    ids=["too few", "enough", "of other sizes", "large", "by slot", "in portions", "not all at once"],
)
def test_what_is_worth_merging(files: list[PortFile], groups: list[int]) -> None:
    assert [len(group) for group in compact.worth(files)] == groups
