"""Other tools read a slot: the printed code, run as it is printed, gives the rows of `mesh.read(slot=…)`."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from fastapi.testclient import TestClient

import mesh_workbench as mesh
from mesh_workbench.api.app import create_app
from mesh_workbench.cli import make_app
from mesh_workbench.cli.boundary import run
from mesh_workbench.errors import InvalidInput, MeshError, NotFound
from mesh_workbench.magics.line import run_line
from mesh_workbench.model.connection import Connection
from mesh_workbench.model.rows import RowsRequest
from mesh_workbench.model.schedule import SlotTime
from mesh_workbench.workbench import create_workbench
from mesh_workbench.workbench.current import _open, current_workbench
from mesh_workbench.workbench.local import LocalWorkbench
from tests.api.serving import API, Jupyter, jupyter_server
from tests.storage.world import World, new_world
from tests.workbench.lives import released

FLIGHTS, PLANES = "flight_ops.flights", "fleet.planes"
MONTHS = [datetime(2013, number, 1, 5 if number < 4 else 4, tzinfo=UTC) for number in range(1, 6)]
NAN = float("nan")


def month(number: int) -> SlotTime:
    """A month of 2013 in New York."""
    return SlotTime(start=MONTHS[number - 1], end=MONTHS[number], timezone="America/New_York")


def rows_of(number: int, **more: list[Any]) -> pa.Table:
    """Two rows about a month; those after February have one column more."""
    return pa.table({"n": [10 * number, 10 * number + 1], "tags": [["<a>"], None], "ratio": [NAN, 0.5], **more})


def publish_months(flights: World) -> None:
    """Releases 1 to 4 add a month each, in March a column comes, release 5 is February anew."""
    for number in (1, 2, 3, 4):
        added = {"note": [None, 'a "quoted" é']} if number > 2 else {}
        flights.put({"flights": rows_of(number, **added)}, mode="replace_slot", slot=month(number))
    anew = rows_of(2, note=["late", ""]).slice(0, 1)
    flights.put({"flights": anew}, mode="replace_slot", slot=month(2))


@dataclass(frozen=True)
class Scene:
    bench: LocalWorkbench
    root: Path


@pytest.fixture(
    scope="module",
    params=[("sqlite", "plain"), ("sqlite", "with spaces [and] {more}"), ("postgresql", "plain")],
    ids=["sqlite", "sqlite, odd folder", "postgresql"],
)
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Flights by month; planes as a snapshot."""
    from tests.conftest import _postgresql

    database, folder = request.param
    root = tmp_path_factory.mktemp("connect") / folder / "bench"
    root.parent.mkdir(parents=True, exist_ok=True)
    databases = _postgresql(migrated=False) if database == "postgresql" else None
    bench = create_workbench(root, registry=databases.__enter__() if databases else None)
    publish_months(new_world(bench.context.registry, bench.context.storage, "flights"))  # type: ignore[arg-type]
    released(bench, PLANES)
    before = os.environ.get("MESH_WORKBENCH")
    os.environ["MESH_WORKBENCH"] = str(root)
    yield Scene(bench, root)
    current_workbench().close()
    _open.cache_clear()
    os.environ.pop("MESH_WORKBENCH")
    if before is not None:
        os.environ["MESH_WORKBENCH"] = before
    bench.close()
    if databases is not None:
        databases.__exit__(None, None, None)


COLUMNS = ["n", "tags", "ratio", "note"]
ASKED = [
    (None, None),
    ("2013-01", None),
    ("2013-02", None),
    ("2013-02", 4),
    ("2013-01", 2),
    ("2013-02/2013-03", None),
    ("2013", 5),
]


def exact(table: pa.Table) -> str:
    """All rows in one order; as text, for NaN is nothing's equal."""
    return f"{table.column_names} {sorted(table.to_pylist(), key=lambda row: row['n'])}"


TOOLS: dict[str, Callable[[Any], pa.Table]] = {
    "polars": lambda rows: rows.collect().to_arrow(),
    "pandas": lambda rows: pa.Table.from_pandas(rows, preserve_index=False),
    "duckdb": lambda rows: rows.to_arrow_table(),
    "deltalake": lambda rows: rows.to_table(),
}


def code_of(connection: Connection, tool: str) -> str:
    return next(snippet.code for snippet in connection.snippets if snippet.tool == tool)


@pytest.mark.parametrize("tool", TOOLS)
def test_the_printed_code_reads_the_rows_of_the_slot(scene: Scene, tool: str) -> None:
    for slot, release in ASKED:
        connection = scene.bench.query.connect(FLIGHTS, slot=slot, release=release)
        variables: dict[str, Any] = {}
        exec(compile(code_of(connection, tool), tool, "exec"), variables)
        found, asked = TOOLS[tool](variables["rows"]), mesh.read(FLIGHTS, slot=slot, release=release).arrow()
        assert exact(found) == exact(asked), (slot, release)
        assert (connection.slot, connection.rows) == (slot or "", len(asked))


def test_what_is_not_a_number_is_found_in_a_slot(scene: Scene) -> None:
    """Statistics leave NaN out; who believes them loses rows."""
    variables: dict[str, Any] = {}
    exec(code_of(scene.bench.query.connect(FLIGHTS, slot="2013-01"), "duckdb"), variables)
    assert variables["rows"].filter("ratio > 100").to_arrow_table()["n"].to_pylist() == [10]


def test_the_code_stays_with_its_release_when_the_slot_is_published_anew(scene: Scene) -> None:
    variables: dict[str, Any] = {}
    exec(code_of(scene.bench.query.connect(FLIGHTS, slot="2013-02", release=2), "deltalake"), variables)
    assert variables["rows"].to_table()["n"].to_pylist() == [20, 21]


@pytest.fixture
def server(scene: Scene) -> Iterator[Jupyter]:
    with jupyter_server(scene.root) as server:
        yield server


def test_r_reads_the_rows_of_the_slot(scene: Scene, server: Jupyter) -> None:
    if shutil.which("Rscript") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("R is not installed, and CI must test it")
        pytest.skip("R is not installed")
    for slot, release in ASKED:
        code = code_of(scene.bench.query.connect(FLIGHTS, slot=slot, release=release), "r")
        code = code.replace("http://localhost:8888", server.url.rstrip("/"))
        done = subprocess.run(
            ["Rscript", "--vanilla", "-"],
            input=f"{code}\nwrite.csv(rows, na = '', row.names = FALSE)\n",
            env={**os.environ, "MESH_TOKEN": server.token, "LC_ALL": "C.UTF-8"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        asked = mesh.read(FLIGHTS, slot=slot, release=release).arrow().sort_by("n")
        rows = sorted(csv.DictReader(io.StringIO(done.stdout)), key=lambda row: row["n"])
        assert [list(row) for row in rows] == [asked.column_names] * len(asked)
        for name in {"n", "note"} & {*asked.column_names}:
            assert [row[name] for row in rows] == [str(value or "") for value in asked[name].to_pylist()]


def test_a_sample_and_a_profile_are_of_the_slot(scene: Scene) -> None:
    page = scene.bench.query.sample(FLIGHTS, slot="2013-02")
    assert ([row[0] for row in page.rows], page.total) == ([20], 1)
    with TestClient(create_app(lambda _request: scene.bench)) as client:
        got = client.get(f"{API}/products/flight_ops/flights/sample", params={"slot": "2013-02/2013-03"}).json()
    assert (sorted(row[0] for row in got["rows"]), got["total"]) == ([20, 30, 31], 3)
    assert got["provenance"]["sources"][0]["slot"] == "2013-02/2013-03"
    sample: Any = run_line(f"sample {FLIGHTS} 5 --slot 2013-01", {})
    assert [row["n"] for row in sample.rows] == [10, 11]
    assert "2 rows · read at" in repr(sample)
    assert "slot 2013-01" in repr(sample)
    profile: Any = run_line(f"profile {FLIGHTS} --slot=2013-02", {})
    assert {row["column"]: (row["nulls"], row["most"]) for row in profile.rows}["n"] == (0, "20")
    assert "4 columns · 1 row · " in repr(profile)


def test_a_slot_of_a_line_is_a_variable_too(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(slot: object) -> list[int]:
        found: Any = run_line(f"sample {FLIGHTS} --slot $slot", {"slot": slot})
        return sorted(row["n"] for row in found.rows)

    assert read("2013-01") == read(datetime(2013, 1, 15)) == [10, 11]
    assert read(None) == read(mesh.slot) == [10, 11, 20, 30, 31, 40, 41]
    monkeypatch.setenv("MESH_SLOT", "2013-03-01T05:00Z/2013-04-01T04:00Z")
    assert read(mesh.slot) == [30, 31]


def test_the_command_and_the_magic_say_of_which_slot_the_code_is(
    scene: Scene, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(make_app(), ["connect", FLIGHTS, "--tool", "pandas", "--slot", "2013-01"]) == 0
    out, err = capfd.readouterr()
    variables: dict[str, Any] = {}
    exec(out, variables)
    assert sorted(variables["rows"]["n"]) == [10, 11]
    assert "release 5 (1.0.0), slot 2013-01, 2 rows" in err
    assert run(make_app(), ["connect", FLIGHTS, "--slot", "2013-01", "--json"]) == 0
    told = json.loads(capfd.readouterr().out)
    assert (told["slot"], told["rows"]) == ("2013-01", 2)
    shown: Any = run_line(f"connect {FLIGHTS} polars --slot 2013-01", {})
    assert shown.title == f"{FLIGHTS}.flights release 5 (1.0.0), slot 2013-01, 2 rows"
    assert shown._repr_markdown_().count("~~~~") == 2
    variables = {}
    exec(repr(shown), variables)  # all but the code is a comment
    assert variables["rows"].collect().height == 2


DOORS: dict[str, Callable[[LocalWorkbench, str, str], object]] = {
    "connect": lambda bench, name, slot: bench.query.connect(name, slot=slot),
    "sample": lambda bench, name, slot: bench.query.sample(name, slot=slot),
    "rows": lambda bench, name, slot: bench.query.port_rows(RowsRequest(port=name, slot=slot)),
    "%mesh connect": lambda _, name, slot: run_line(f"connect {name} --slot {slot}", {}),
    "%mesh sample": lambda _, name, slot: run_line(f"sample {name} --slot {slot}", {}),
    "%mesh profile": lambda _, name, slot: run_line(f"profile {name} --slot {slot}", {}),
}


@pytest.mark.parametrize("door", DOORS)
def test_errors_are_those_of_mesh_read(scene: Scene, door: str) -> None:
    for name, slot in ((FLIGHTS, "soon"), (FLIGHTS, "2019"), (PLANES, "2013"), ("flight_ops.fligths", "2013")):
        with pytest.raises(MeshError) as expected:
            mesh.read(name, slot=slot)
        with pytest.raises(MeshError) as refused:
            DOORS[door](scene.bench, name, slot)
        told = (refused.value.code, refused.value.message, refused.value.hint)
        assert told == (expected.value.code, expected.value.message, expected.value.hint)


@pytest.mark.parametrize("verb", ["connect", "sample", "profile"])
def test_wrong_options_of_a_line_say_what_there_is(scene: Scene, verb: str) -> None:
    for line, hint in (
        ("--slto 2013", "Did you mean --slot?"),
        ("--slot", f"Usage: %mesh {verb}"),
        ("'open", f"Usage: %mesh {verb}"),
    ):
        with pytest.raises(InvalidInput) as refused:
            run_line(f"{verb} {FLIGHTS} {line}", {})
        assert refused.value.code == "magic.arguments"
        assert hint in refused.value.hint
    with pytest.raises(InvalidInput, match="no variable moth") as unknown:
        run_line(f"{verb} {FLIGHTS} --slot $moth", {"month": "2013-01"})
    assert unknown.value.hint == "Did you mean month?"


def test_connect_obeys_the_time_of_the_notebook(scene: Scene) -> None:
    second = scene.bench.releases.get(FLIGHTS, 2).published
    try:
        run_line(f"as-of {second.isoformat()}", {})
        assert "release 2" in run_line(f"connect {FLIGHTS}", {}).title  # type: ignore[attr-defined]
        with pytest.raises(NotFound, match="is about 2013-03"):
            run_line(f"connect {FLIGHTS} --slot 2013-03", {})
    finally:
        run_line("as-of off", {})
