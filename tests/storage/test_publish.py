"""Publishing in one process: the four modes, what is refused, and what a release says afterwards."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mesh_workbench.engine.arrow_text import decode_schema
from mesh_workbench.errors import Breached, Conflict, InvalidInput, MeshError, NotFound
from mesh_workbench.model.check import Verdict
from mesh_workbench.model.product import ProductStatus
from mesh_workbench.model.run import RunState
from mesh_workbench.registry import open_registry
from mesh_workbench.storage.local import LocalStorage
from tests import records
from tests.storage.world import World, month, new_world


def numbers(*values: int) -> pl.DataFrame:
    return pl.DataFrame({"n": list(values)})


def test_a_first_release_makes_the_product_active_and_ends_the_run(world: World) -> None:
    run, staged = world.stage({"flights": numbers(1, 2), "summary": numbers(3)})
    release = world.publish(run, staged)
    assert release.number == 1
    assert [(port.port, port.rows, port.files) for port in release.ports] == [("flights", 2, 1), ("summary", 1, 1)]
    product = world.registry.products.by_id(world.product.id)
    assert product is not None
    assert (product.status, product.release) == (ProductStatus.ACTIVE, 1)
    ended = world.registry.runs.get(run.id)
    assert ended is not None
    assert (ended.state, ended.release, ended.report_id) == (RunState.SUCCEEDED, 1, release.report_id)
    assert world.values("flights") == [1, 2]
    assert world.values("summary") == [3]


def test_publishing_a_run_again_gives_the_release_it_has(lite: World) -> None:
    run, staged = lite.stage({"flights": numbers(1)})
    first = lite.publish(run, staged)
    assert lite.publish(run, staged) == first
    assert lite.values() == [1]


def test_a_slot_is_replaced_and_the_others_stay(lite: World) -> None:
    lite.put({"flights": numbers(1)}, mode="replace_slot", slot=month(1))
    lite.put({"flights": numbers(2)}, mode="replace_slot", slot=month(2))
    release = lite.put({"flights": numbers(10, 11)}, mode="replace_slot", slot=month(1))
    assert lite.values() == [2, 10, 11]
    assert release.slot == "2013-01-01T00:00:00Z"
    first = lite.registry.releases.files(lite.ports["flights"].id, 1, 1)
    assert pl.read_parquet(lite.table() / first[0].path)["n"].to_list() == [1], "earlier releases stay readable"


def test_replacing_leaves_nothing_of_before(lite: World) -> None:
    lite.put({"flights": numbers(1)}, mode="replace_slot", slot=month(1))
    lite.put({"flights": numbers(2)}, mode="append", slot=month(2))
    lite.put({"flights": numbers(3)}, mode="replace")
    assert lite.values() == [3]


def test_appending_to_a_released_slot_is_refused(lite: World) -> None:
    lite.put({"flights": numbers(1)}, slot=month(1))
    run, staged = lite.stage({"flights": numbers(2)}, slot=month(1))
    with pytest.raises(Conflict) as refused:
        lite.publish(run, staged)
    assert refused.value.code == "publish.slot-released"
    assert lite.values() == [1]
    lite.put({"flights": numbers(3)}, slot=month(2))
    assert lite.values() == [1, 3]


def test_merging_rewrites_only_the_files_it_touches(lite: World) -> None:
    frame = pl.DataFrame({"n": [1, 2], "name": ["a", "b"]})
    lite.put({"flights": frame}, mode="replace_slot", slot=month(1))
    lite.put({"flights": pl.DataFrame({"n": [3], "name": ["c"]})}, mode="replace_slot", slot=month(2))
    untouched = lite.files()[1]
    lite.put({"flights": pl.DataFrame({"n": [2, 4], "name": ["B", "d"]})}, mode="merge", keys=("n",), slot=month(3))
    assert [(row["n"], row["name"]) for row in lite.read()] == [(1, "a"), (2, "B"), (3, "c"), (4, "d")]
    assert untouched in lite.files()
    release = lite.registry.releases.latest(lite.product.id)
    assert release is not None
    slots = [file.slot for file in lite.registry.releases.files(lite.ports["flights"].id, 1, release.number)]
    assert sorted(str(slot)[5:7] for slot in slots) == ["01", "02", "03"], "what is left of a file stays in its slot"


def test_merging_over_all_rows_of_a_file_ends_the_file(lite: World) -> None:
    lite.put({"flights": numbers(1, 2)})
    lite.put({"flights": numbers(1, 2)}, mode="merge", keys=("n",))
    assert lite.values() == [1, 2]
    assert len(lite.files()) == 1


@pytest.mark.parametrize(
    ("frame", "keys", "code"),
    [
        (numbers(1), (), "output.no-keys"),
        (numbers(1), ("m",), "output.unknown-key"),
        (pl.DataFrame({"n": [1, None]}), ("n",), "output.null-key"),
        (numbers(1, 1), ("n",), "output.duplicate-keys"),
        (pl.DataFrame({"n": [[1]]}), ("n",), "output.key-type"),
    ],
)
def test_keys_that_do_not_name_one_row_are_refused(
    lite: World, frame: pl.DataFrame, keys: tuple[str, ...], code: str
) -> None:
    run, staged = lite.stage({"flights": frame}, mode="merge", keys=keys)
    with pytest.raises(InvalidInput) as refused:
        lite.publish(run, staged)
    assert refused.value.code == code


def test_an_output_may_be_empty(lite: World) -> None:
    nothing = numbers().cast(pl.Int64)
    release = lite.put({"flights": nothing}, mode="replace_slot", slot=month(1))
    assert (release.ports[0].rows, lite.values()) == (0, [])
    lite.put({"flights": numbers(1)}, mode="replace")
    lite.put({"flights": nothing}, mode="replace")
    assert lite.values() == []


def test_a_breach_publishes_nothing_and_keeps_the_staged_rows(world: World) -> None:
    world.put({"flights": numbers(1), "summary": numbers(1)})
    run, staged = world.stage({"flights": numbers(2), "summary": numbers(2)})

    def breached(candidates: object, base: int | None) -> object:
        assert base == 1
        return world.registry.reports.add(records.report(verdict=Verdict.BREACHED))

    with pytest.raises(Breached) as refused:
        world.publish(run, staged, check=breached)
    assert refused.value.code == "contract.breached"
    assert str(refused.value.details["report"]).startswith("rep_")
    assert world.values("flights") == [1]
    assert all((world.storage.run_folder(run.id) / file).exists() for output in staged for file in output.files)
    world.put({"flights": numbers(3), "summary": numbers(3)})
    assert world.values("summary") == [1, 3], "the lock was released"


def test_the_check_sees_the_state_after_publishing(lite: World) -> None:
    lite.put({"flights": numbers(1)}, mode="replace_slot", slot=month(1))
    lite.put({"flights": numbers(2)}, mode="replace_slot", slot=month(2))
    run, staged = lite.stage({"flights": numbers(10, 11)}, mode="replace_slot", slot=month(1))
    seen = {}

    def look(candidates: dict[str, object], base: int | None) -> object:
        candidate = candidates["flights"]
        seen["all"] = sorted(pl.read_parquet(candidate.files)["n"])  # type: ignore[attr-defined]
        seen["staged"] = sorted(pl.read_parquet(candidate.staged)["n"])  # type: ignore[attr-defined]
        return lite.check(candidates, base)  # type: ignore[arg-type]

    lite.publish(run, staged, check=look)
    assert seen == {"all": [2, 10, 11], "staged": [10, 11]}


def test_a_port_that_was_not_staged_is_carried_over(lite: World) -> None:
    lite.put({"flights": numbers(1), "summary": numbers(5)})
    release = lite.put({"flights": numbers(2)})
    assert [port.port for port in release.ports] == ["flights", "summary"]
    assert lite.values("summary") == [5]


def test_a_new_column_comes_in_as_empty_for_older_rows(lite: World) -> None:
    lite.put({"flights": numbers(1)})
    lite.put({"flights": pl.DataFrame({"when": [datetime(2013, 1, 1)], "n": [2]})})
    rows = lite.read()
    assert [row["n"] for row in rows if row["when"] is None] == [1]
    assert len(rows) == 2


def test_narrower_types_become_those_of_the_port(lite: World) -> None:
    lite.put({"flights": pl.DataFrame({"n": [1], "x": [1.5]})})
    lite.put({"flights": pl.DataFrame({"x": [2], "n": [2]}, schema={"x": pl.Float32, "n": pl.Int16})})
    assert lite.values(column="x") == [1.5, 2.0]


def test_a_missing_value_does_not_make_another_column_of_pandas_integers(lite: World) -> None:
    lite.put({"flights": pd.DataFrame({"n": [1, 2]})})
    lite.put({"flights": pd.DataFrame({"n": [3, None]})})
    assert [row["n"] for row in lite.read() if row["n"] is not None] == [1, 2, 3]
    release = lite.registry.releases.latest(lite.product.id)
    assert release is not None
    assert decode_schema(release.ports[0].arrow_schema).field("n").type == pa.int64()


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (pl.DataFrame({"n": ["one"]}), "output.type-changed"),
        (pl.DataFrame({"n": [1.5]}), "output.type-changed"),
        (pl.DataFrame({"n": [float("nan")]}), "output.type-changed"),
        (pl.DataFrame({"m": [1]}), "output.column-missing"),
    ],
)
def test_a_column_never_changes_its_type_or_goes_away_within_a_major_version(
    lite: World, frame: pl.DataFrame, code: str
) -> None:
    lite.put({"flights": numbers(1)})
    run, staged = lite.stage({"flights": frame})
    with pytest.raises(InvalidInput) as refused:
        lite.publish(run, staged)
    assert refused.value.code == code


def test_a_new_major_version_begins_a_new_table(lite: World) -> None:
    lite.put({"flights": numbers(1)})
    second = lite.registry.versions.add(records.version(lite.product, "2.0.0"))
    after = World(lite.registry, lite.storage, lite.product, lite.ports, second)
    release = after.put({"flights": pl.DataFrame({"name": ["a"]})})
    assert (release.number, release.major) == (2, 2)
    assert after.values(column="name") == ["a"]
    assert lite.values() == [1]


def test_an_unknown_output_is_told_with_the_name_that_was_meant(lite: World) -> None:
    run, staged = lite.stage({"fligths": numbers(1)})
    with pytest.raises(NotFound) as refused:
        lite.publish(run, staged)
    assert (refused.value.code, refused.value.hint) == ("output.unknown-port", "Did you mean flights?")


def test_a_slot_is_needed_to_replace_one(lite: World) -> None:
    run, staged = lite.stage({"flights": numbers(1)}, mode="replace_slot")
    with pytest.raises(InvalidInput, match="has none"):
        lite.publish(run, staged)


def test_files_outside_the_run_are_not_published(lite: World) -> None:
    run, staged = lite.stage({"flights": numbers(1)})
    other, elsewhere = lite.stage({"flights": numbers(2)})
    foreign = f"../{other.id}/{elsewhere[0].files[0]}"
    link = lite.storage.run_folder(run.id) / "staged" / "link.parquet"
    link.symlink_to(lite.storage.run_folder(other.id) / elsewhere[0].files[0])
    for name in (foreign, "staged/link.parquet", "/etc/hostname", "staged/none.parquet"):
        with pytest.raises(InvalidInput) as refused:
            lite.publish(run, [staged[0].model_copy(update={"files": [name]})])
        assert refused.value.code == "output.outside-run"


def test_a_run_that_was_ended_meanwhile_is_not_published(lite: World) -> None:
    run, staged = lite.stage({"flights": numbers(1)})

    def slow(candidates: object, base: int | None) -> object:
        lite.registry.runs.resolve(run.id, state=RunState.FAILED)
        return lite.check(candidates, base)  # type: ignore[arg-type]

    with pytest.raises(MeshError) as refused:
        lite.publish(run, staged, check=slow)
    assert refused.value.code == "publish.run-over"
    assert lite.registry.releases.latest(lite.product.id) is None


def test_tables_stay_quick_to_open_and_keep_their_whole_log(lite: World) -> None:
    for number in range(1, 23):
        lite.put({"flights": numbers(number)})
    log = lite.table() / "_delta_log"
    assert list(log.glob("*.checkpoint.parquet"))
    assert len(list(log.glob("*.json"))) == 23
    assert lite.values() == list(range(1, 23))


def test_maps_are_read_as_what_they_are_everywhere(lite: World) -> None:
    frame = pa.table({"m": pa.array([[("a", 1), ("b", 2)], [], None], pa.map_(pa.string(), pa.uint8()))})
    lite.put({"flights": frame})
    assert sorted(str(row["m"]) for row in lite.read()) == ["None", "[('a', 1), ('b', 2)]", "[]"]


def test_a_storage_may_have_an_odd_name(sqlite_url: str, tmp_path: Path) -> None:
    odd = LocalStorage(tmp_path / "Ana's data, 100% [ünïcode] #1?")
    with closing(new_world(open_registry(sqlite_url), odd)) as world:
        for value in (1, 2):
            world.put({"flights": numbers(value)}, mode="merge", keys=("n",))
        snapshot = odd.snapshot(world.table())
        assert snapshot is not None
        assert sorted(snapshot.files) == sorted(str(path.relative_to(world.table())) for path in world.files())
        assert [pq.read_table(path)["n"].to_pylist() for path in world.files()] == [[1], [2]]
