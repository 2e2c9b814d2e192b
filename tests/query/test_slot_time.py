"""Reading by what the data is about, through every door: the same rows."""

from __future__ import annotations

import contextlib
import io
import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import mesh_workbench as mesh
from mesh_workbench.api.app import create_app
from mesh_workbench.cli import make_app
from mesh_workbench.cli.boundary import run
from mesh_workbench.errors import InvalidInput, MeshError, NotFound
from mesh_workbench.magics.cell import run_cell
from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.query import QueryRequest
from mesh_workbench.model.rows import RowsRequest
from mesh_workbench.model.run import RunRequest
from mesh_workbench.model.schedule import SlotTime
from mesh_workbench.workbench import create_workbench
from mesh_workbench.workbench.current import _open
from mesh_workbench.workbench.local import LocalWorkbench
from mesh_workbench.workbench.worker import run_worker
from tests.api.serving import API
from tests.builders import notebook
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
    folder: Path


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
    yield Scene(bench, flights, root.parent)
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


def _said(slot: str, release: int | None) -> str:
    """The clause, in every spelling that means the same."""
    return f"{{SLOT: '{slot}'}}" if release is None else f"{{'slot': '{slot}', release: {release}}}"


def _sql(scene: Scene, slot: str, release: int | None) -> list[int]:
    statement = f"SELECT f.n FROM {FLIGHTS} AT (VERSION => {_said(slot, release)}) AS f ORDER BY ALL"
    return list(scene.bench.query.sql(QueryRequest(statement=statement)).reader.read_all()["n"].to_pylist())


def _named(scene: Scene, slot: str, release: int | None) -> list[int]:
    releases = {} if release is None else {FLIGHTS: release}
    request = QueryRequest(statement=f"SELECT n FROM {FLIGHTS} ORDER BY n", slots={FLIGHTS: slot}, releases=releases)
    return list(scene.bench.query.sql(request).reader.read_all()["n"].to_pylist())


def _cell(scene: Scene, slot: str, release: int | None) -> list[int]:
    named = f"SELECT n FROM {FLIGHTS} AT (VERSION => {{slot: $month, release: $release}}) ORDER BY n"
    if release is None:
        named = f"SELECT n FROM {FLIGHTS} AT (VERSION => {{slot: $month}}) ORDER BY n"
    found: Any = run_cell("--arrow", named, {"month": slot, "release": release})
    return list(found["n"].to_pylist())


def _cell_lazily(scene: Scene, slot: str, release: int | None) -> list[int]:
    found: Any = run_cell("--lazy", f"SELECT n FROM {FLIGHTS} AT (VERSION => {_said(slot, release)})", {})
    return sorted(found.collect()["n"])


def _joined(scene: Scene, slot: str, release: int | None) -> list[int]:
    relation = mesh.read(FLIGHTS, slot=slot, release=release)
    found: Any = run_cell("--arrow", "SELECT n FROM mine ORDER BY n", {"mine": relation})
    return list(found["n"].to_pylist())


def _got(scene: Scene, slot: str, release: int | None) -> list[int]:
    asked = {"slot": slot, "order": "n", "limit": "1"} | ({} if release is None else {"release": str(release)})
    address: str | None = f"{API}/products/flight_ops/flights/ports/flights/rows"
    found: list[int] = []
    with TestClient(create_app(lambda _request: scene.bench)) as client:
        while True:
            answer = client.get(address, params=asked)
            page = answer.json()
            if answer.status_code != 200:
                raise MeshError(page["code"], page["detail"], hint=page.get("hint", ""))
            found += [row[0] for row in page["rows"]]
            if page["next"] is None:
                return found
            asked["cursor"] = page["next"]


def _posted(scene: Scene, slot: str, release: int | None) -> list[int]:
    body = {"statement": f"SELECT n FROM {FLIGHTS} AT (VERSION => {_said(slot, release)}) ORDER BY n"}
    with TestClient(create_app(lambda _request: scene.bench)) as client:
        answer = client.post(f"{API}/query", json=body)
    page = answer.json()
    if answer.status_code != 200:
        raise MeshError(page["code"], page["detail"], hint=page.get("hint", ""))
    return [row[0] for row in page["rows"]]


def _command(scene: Scene, slot: str, release: int | None) -> list[int]:
    file = scene.folder / "out.json"
    arguments = ["sql", f"SELECT n FROM {FLIGHTS} ORDER BY n", "--slot", f"{FLIGHTS}={slot}"]
    arguments += [] if release is None else ["--release", f"{FLIGHTS}={release}"]
    told = io.StringIO()
    with contextlib.redirect_stderr(told):
        code = run(make_app(), [*arguments, "--json", "--output", str(file)])
    if code != 0:
        raise MeshError(json.loads(told.getvalue())["code"], told.getvalue())
    assert f"{len(json.loads(file.read_text()))} row" in told.getvalue()
    return [row["n"] for row in json.loads(file.read_text())]


DOORS: dict[str, Door] = {
    "GET rows": _got,
    "POST query": _posted,
    "mesh sql": _command,
    "mesh.read": _read,
    "mesh.read lazy": _lazily,
    "mesh.read filtered": _narrowed,
    "SQL": _sql,
    "SQL with slots by name": _named,
    "%%mesh": _cell,
    "%%mesh --lazy": _cell_lazily,
    "%%mesh with a relation": _joined,
}
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


def _rows(scene: Scene, statement: str, **more: Any) -> list[dict[str, Any]]:
    request = QueryRequest.model_validate({"statement": statement, **more})
    found: list[dict[str, Any]] = scene.bench.query.sql(request).reader.read_all().to_pylist()
    return found


@pytest.mark.parametrize(
    ("said", "parameters", "rows"),
    [
        ("DATE '2013-02-14'", {}, [20]),
        ("DATE '2013-03-01' - INTERVAL 1 DAY", {}, [20]),
        ("TIMESTAMPTZ '2013-03-01 04:59:59+00'", {}, [20]),
        ("strftime(DATE '2013-02-01', '%Y-%m')", {}, [20]),
        ("2013", {}, [11, 12, 20, 30, 40]),
        ("$day", {"day": {"$date": "2013-02-14"}}, [20]),
        ("$day", {"day": "2013-02/2013-03"}, [20, 30]),
        ("NULL", {}, [11, 12, 20, 30, 40]),
    ],
)
def test_a_slot_is_any_constant_expression(
    scene: Scene, said: str, parameters: dict[str, Any], rows: list[int]
) -> None:
    statement = f"SELECT n FROM {FLIGHTS} AT (VERSION => {{slot: {said}}}) ORDER BY n"
    assert [row["n"] for row in _rows(scene, statement, parameters=parameters)] == rows


def test_several_slots_and_releases_of_one_product_are_kept_apart(scene: Scene) -> None:
    statement = (
        f"SELECT a.n AS now, b.n AS before, c.n AS next, (SELECT count(*) FROM {FLIGHTS}) AS whole "
        f"FROM {FLIGHTS} AT (VERSION => {{slot: '2013-01'}}) a "
        f"JOIN {FLIGHTS} AT (VERSION => {{slot: '2013-01', release: 4}}) b ON a.n = b.n + 1, "
        f"{FLIGHTS} AT (VERSION => {{slot: '2013-02', as_of: now()}}) c"
    )
    answer = scene.bench.query.sql(QueryRequest(statement=statement))
    assert answer.reader.read_all().to_pylist() == [{"now": 11, "before": 10, "next": 20, "whole": 5}]
    sources = [(one.release, one.slot, one.timed, one.rows) for one in answer.provenance.sources]
    assert sorted(sources) == [
        (4, "2013-01", True, 1),
        (5, "", False, 5),
        (5, "2013-01", False, 2),
        (5, "2013-02", True, 1),
    ]


def test_the_statement_s_own_time_of_publishing_holds_for_a_name_with_a_slot(scene: Scene) -> None:
    statement = f"SELECT n FROM {FLIGHTS} AT (VERSION => {{slot: '2013-01'}})"
    fourth = scene.bench.releases.get(FLIGHTS, 4).published
    assert _rows(scene, statement, as_of=fourth) == [{"n": 10}]
    assert _rows(scene, statement, releases={FLIGHTS: 1}) == [{"n": 10}]


def test_answers_of_different_slots_have_different_tags(scene: Scene) -> None:
    def tag(**more: Any) -> str | None:
        request = QueryRequest.model_validate({"statement": f"SELECT n FROM {FLIGHTS}", **more})
        answer = scene.bench.query.sql(request)
        answer.reader.read_all()  # it is kept, and must not be given for another
        return answer.tag

    tags = [tag(), tag(slots={FLIGHTS: "2013-01"}), tag(slots={FLIGHTS: "2013-02"})]
    assert len({*tags}) == 3
    assert tag(slots={FLIGHTS: "2013-02"}) == tags[2]


@pytest.mark.parametrize(
    ("clause", "code", "words"),
    [
        ("{slot: 'soon'}", "query.bad-slot", "2013-01-15"),
        ("{slots: '2013'}", "query.bad-time", "Did you mean slot?"),
        ("{slot: '2013', slot: '2014'}", "query.bad-time", "{slot: '2013-01'}"),
        ("{release: 1, as_of: now()}", "query.bad-time", "{slot: '2013-01'}"),
        ("{slot: n}", "query.bad-time", "constant"),
        ("{slot: '2013', release: 0}", "query.bad-time", "{slot: '2013-01'}"),
        ("{slot: '2013', release: 77}", "query.no-such-release", "newest is 5"),
        ("{slot: '2019'}", "query.no-such-slot", "nearest slot is 2013-04"),
    ],
)
def test_a_wrong_clause_is_pointed_at(scene: Scene, clause: str, code: str, words: str) -> None:
    with pytest.raises(MeshError) as refused:
        _rows(scene, f"SELECT n\nFROM {FLIGHTS} AT (VERSION => {clause})")
    assert (refused.value.code, refused.value.details["line"]) == (code, 2)
    assert words in refused.value.hint


def test_a_slot_of_a_name_that_is_not_read_is_refused(scene: Scene) -> None:
    for statement, hint in (
        (f"SELECT n FROM {FLIGHTS}", "Did you mean"),
        (f"SELECT n FROM {FLIGHTS} AT (VERSION => {{slot: '2013'}})", "says itself"),
    ):
        with pytest.raises(InvalidInput) as refused:
            _rows(scene, statement, slots={FLIGHTS if "AT" in statement else f"{FLIGHTS}s": "2013"})
        assert (refused.value.code, hint in refused.value.hint) == ("query.unused-slot", True)


def test_what_was_read_for_a_slot_is_read_for_it_again(scene: Scene) -> None:
    slot = "{slot: '2013-01'}"
    variables: dict[str, Any] = {"relation": mesh.read(FLIGHTS, slot="2013-01", release=4)}
    run_cell("answer", f"SELECT n FROM {FLIGHTS} AT (VERSION => {slot})", variables)
    run_cell("both", f"SELECT 1 FROM {FLIGHTS} AT (VERSION => {slot}), {FLIGHTS}", variables)
    asked = {
        ("relation", f"SELECT n FROM {FLIGHTS}"): [10],
        ("answer", f"SELECT n FROM {FLIGHTS}"): [11, 12],
        ("answer", f"SELECT n FROM {FLIGHTS} AT (VERSION => {{slot: '2013-02'}})"): [20],
        ("both", f"SELECT n FROM {FLIGHTS} AT (VERSION => {slot})"): [11, 12],
        ("both", f"SELECT n FROM {FLIGHTS}"): [11, 12, 20, 30, 40],
    }
    found: dict[tuple[str, str], list[int]] = {}
    for name, statement in asked:
        table: Any = run_cell(f"--again {name} --arrow", statement, variables)
        found[name, statement] = sorted(table["n"].to_pylist())
    assert found == asked


def test_the_slot_of_the_run_can_be_bound(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MESH_SLOT", "2013-02-01T05:00Z/2013-03-01T05:00Z")
    statement = f"SELECT n FROM {FLIGHTS} AT (VERSION => {{slot: $slot}})"
    found: Any = run_cell("--arrow", statement, {"slot": mesh.slot})
    assert found["n"].to_pylist() == [20]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("slot", "code"), [("soon", "query.bad-slot"), ("2015", "query.no-such-slot")])
def test_errors_are_the_same_through_every_door(scene: Scene, door: str, slot: str, code: str) -> None:
    with pytest.raises(MeshError) as refused:
        DOORS[door](scene, slot, None)
    assert refused.value.code == code


def test_pages_of_a_slot_are_of_that_slot(scene: Scene) -> None:
    request = RowsRequest(port=f"{FLIGHTS}.flights", slot="2013-02/2013-03", order=["n"], limit=1)
    answer = scene.bench.query.port_rows(request)
    assert answer.reader.read_all()["n"].to_pylist() == [20]
    assert answer.provenance.sources[0].rows == 2
    after = request.after(answer.provenance.sources[0].release, 1)
    with pytest.raises(InvalidInput) as refused:
        scene.bench.query.port_rows(request.model_copy(update={"slot": "2013", "cursor": after}))
    assert refused.value.code == "cursor.invalid"


def test_a_run_reads_what_its_inputs_have_about_its_own_slot(scene: Scene) -> None:
    """Through `mesh.read` and SQL, in a real kernel that knows nothing but run.json."""
    cell = f"""
import mesh_workbench as mesh
%load_ext mesh_workbench
flights = mesh.read("{FLIGHTS}", slot=mesh.slot)
slot = mesh.slot
"""
    asked = f"%%mesh asked\nSELECT n FROM {FLIGHTS} AT (VERSION => {{slot: $slot}}) JOIN flights USING (n)"
    made = 'mesh.output("monthly", flights.polars().with_columns(asked=len(asked)))'
    scene.bench.domains.add(DomainDraft(name="insights"))
    document = notebook(cell.strip(), asked, made)
    scene.bench.products.promote(PromotionRequest(notebook=document, to="insights.monthly"))
    slot = datetime(2013, 2, 14, 12, tzinfo=UTC)
    begun = scene.bench.runs.request(RunRequest(product="insights.monthly", slot=slot))
    run_worker(scene.bench.context.settings.root, stop=threading.Event(), until_idle=True)
    done = scene.bench.runs.get(begun.id)
    assert done.state == "succeeded", done.failure
    assert _rows(scene, "SELECT * FROM insights.monthly") == [{"n": 20, "asked": 1}]
    assert mesh.read("insights.monthly", slot="2013-02-14").polars()["n"].to_list() == [20]


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
