"""Reading by what the data is about, through every door: the same rows."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

import mesh_workbench as mesh
from mesh_workbench.errors import InvalidInput, MeshError, NotFound
from mesh_workbench.model.schedule import SlotTime
from mesh_workbench.workbench import create_workbench
from mesh_workbench.workbench.current import _open
from mesh_workbench.workbench.local import LocalWorkbench
from tests.storage.world import World, new_world
from tests.workbench.lives import released

FLIGHTS, PLANES = "flight_ops.flights", "fleet.planes"
MONTHS = [datetime(2013, number, 1, 5 if number < 4 else 4, tzinfo=UTC) for number in range(1, 6)]


def month(number: int) -> SlotTime:
    """A month of 2013 in New York."""
    return SlotTime(start=MONTHS[number - 1], end=MONTHS[number], timezone="America/New_York")


@dataclass(frozen=True)
class Scene:
    bench: LocalWorkbench
    flights: World


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Flights: releases 1 to 4 add January to April (n = 10, 20 …), release 5 is January anew. Planes: a snapshot."""
    from tests.conftest import _postgresql

    root = tmp_path_factory.mktemp("slots") / "bench"
    databases = _postgresql(migrated=False) if request.param == "postgresql" else None
    bench = create_workbench(root, registry=databases.__enter__() if databases else None)
    flights = new_world(bench.context.registry, bench.context.storage, "flights")  # type: ignore[arg-type]
    for number in (1, 2, 3, 4):
        flights.put({"flights": [{"n": 10 * number}]}, mode="replace_slot", slot=month(number))
    flights.put({"flights": [{"n": 11}, {"n": 12}]}, mode="replace_slot", slot=month(1))
    released(bench, PLANES)
    before = os.environ.get("MESH_WORKBENCH")
    os.environ["MESH_WORKBENCH"] = str(root)
    yield Scene(bench, flights)
    _open.cache_clear()
    os.environ.pop("MESH_WORKBENCH")
    if before is not None:
        os.environ["MESH_WORKBENCH"] = before
    bench.close()
    if databases is not None:
        databases.__exit__(None, None, None)


Door = Callable[[Scene, str, int | None], list[int]]


def _read(scene: Scene, slot: str, release: int | None) -> list[int]:
    relation = mesh.read(FLIGHTS, slot=slot, release=release)
    assert len(relation) == relation.arrow().num_rows
    return sorted(relation.polars()["n"])


def _lazily(scene: Scene, slot: str, release: int | None) -> list[int]:
    return sorted(mesh.read(FLIGHTS, slot=slot, release=release).lazy().collect()["n"])


def _narrowed(scene: Scene, slot: str, release: int | None) -> list[int]:
    return sorted(mesh.read(FLIGHTS, slot=slot, release=release).filter("n > $least", least=0).arrow()["n"].to_pylist())


DOORS: dict[str, Door] = {"mesh.read": _read, "mesh.read lazy": _lazily, "mesh.read filtered": _narrowed}
ASKED: list[tuple[str, int | None, list[int]]] = [
    ("2013-01", None, [11, 12]),
    ("2013-01", 4, [10]),
    ("2013-02", None, [20]),
    ("2013-02-14", None, [20]),
    ("2013-03-01T04:59:59Z", None, [20]),
    ("2013-03-01T05:00Z", None, [30]),
    ("2013-02/2013-03", None, [20, 30]),
    ("2013-02-28/2013-03-01", None, [20, 30]),
    ("2013-03/..", 3, [30]),
    ("2013", None, [11, 12, 20, 30, 40]),
]


@pytest.mark.parametrize("door", DOORS)
def test_a_slot_is_read_alike_through_every_door(scene: Scene, door: str) -> None:
    found = {(slot, release): DOORS[door](scene, slot, release) for slot, release, _ in ASKED}
    assert found == {(slot, release): rows for slot, release, rows in ASKED}


@pytest.mark.parametrize(
    "slot",
    [month(2), date(2013, 2, 14), datetime(2013, 2, 14, 12), datetime(2013, 2, 1, 5, tzinfo=UTC), "2013-02"],
    ids=str,
)
def test_a_slot_can_be_given_as_what_python_has_for_it(scene: Scene, slot: Any) -> None:
    assert mesh.read(FLIGHTS, slot=slot).polars()["n"].to_list() == [20]


def test_the_slot_of_the_run_is_read_and_all_where_there_is_none(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MESH_SLOT", "2013-02-01T05:00Z/2013-03-01T05:00Z")
    assert mesh.read(FLIGHTS, slot=mesh.slot).polars()["n"].to_list() == [20]
    monkeypatch.delenv("MESH_SLOT")
    assert len(mesh.read(FLIGHTS, slot=mesh.slot)) == 5
    assert mesh.read(FLIGHTS, slot=2013).provenance.sources[0].slot == "2013"


def test_what_was_read_says_of_which_slot_and_how_much(scene: Scene) -> None:
    relation = mesh.read(FLIGHTS, slot="2013-01")
    [source] = relation.provenance.sources
    assert (source.release, source.slot, source.rows) == (5, "2013-01", 2)
    assert "flight_ops.flights release 5 (1.0.0), slot 2013-01" in repr(relation)
    assert 0 < relation.port.bytes < mesh.read(FLIGHTS).port.bytes
    assert [one.slot for one in relation.port.slots] == [month(1)]


def test_a_slot_that_is_not_there_names_the_nearest(scene: Scene) -> None:
    assert _read(scene, "2013-01-31", 1) == [10]
    for slot, release, hint in (
        ("2013-06", None, "The nearest slot is 2013-04; there are 4, from 2013-01 to 2013-04."),
        ("2012", None, "The nearest slot is 2013-01; there are 4, from 2013-01 to 2013-04."),
        ("2013-03", 2, "The nearest slot is 2013-02."),
    ):
        with pytest.raises(NotFound, match=f"is about {slot}") as missing:
            _read(scene, slot, release)
        assert (missing.value.code, missing.value.hint) == ("query.no-such-slot", hint)


def test_a_snapshot_has_no_slots_and_says_so(scene: Scene) -> None:
    with pytest.raises(InvalidInput, match="snapshot") as refused:
        mesh.read(PLANES, slot="2013-01")
    assert refused.value.code == "query.no-slots"


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("slot", "code"), [("soon", "query.bad-slot"), ("2015", "query.no-such-slot")])
def test_errors_are_the_same_through_every_door(scene: Scene, door: str, slot: str, code: str) -> None:
    with pytest.raises(MeshError) as refused:
        DOORS[door](scene, slot, None)
    assert refused.value.code == code


def test_files_that_a_merge_rewrites_stay_about_their_slot(registry: Any, tmp_path: Path) -> None:
    """And so do small ones that are put together."""
    from mesh_workbench.storage.local import LocalStorage

    world = new_world(registry, LocalStorage(tmp_path / "storage"))
    world.put({"flights": [{"n": 1, "x": 1}, {"n": 2, "x": 1}]}, mode="append", slot=month(1))
    world.put({"flights": [{"n": 2, "x": 2}]}, mode="merge", keys=("n",), slot=month(2))
    for number in range(17):
        world.put({"flights": [{"n": 100 + number, "x": 3}]}, mode="merge", keys=("n",), slot=month(3))
    release = registry.releases.latest(world.product.id)
    files = registry.releases.files(world.ports["flights"].id, 1, release.number)
    assert {(file.slot_time, file.rows) for file in files} >= {(month(1), 1), (month(2), 1)}
    assert sum(file.rows for file in files if file.slot_time == month(3)) == 17
    assert len(files) < 19
