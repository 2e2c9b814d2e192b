"""One awkward table through every door: the same rows, whoever asks and with whatever tool."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import mesh_workbench as mesh
from mesh_workbench.cli import make_app
from mesh_workbench.cli.boundary import run
from mesh_workbench.engine.page import json_rows
from mesh_workbench.errors import MeshError
from mesh_workbench.lifecycle.snippets import snippets_of
from mesh_workbench.magics.cell import run_cell
from mesh_workbench.magics.line import run_line
from mesh_workbench.model.connection import Connection
from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.identity import Identity
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.query import QueryRequest
from mesh_workbench.workbench import create_workbench
from mesh_workbench.workbench.local import LocalWorkbench
from mesh_workbench.workbench.worker import run_worker
from tests.api.serving import API, Jupyter, jupyter_server
from tests.builders import notebook
from tests.query.test_formats import AWKWARD

NAME = "odd.things"
ROWS = f"{API}/products/odd/things/ports/things/rows"
TABLE = AWKWARD.drop_columns(["clock"]).add_column(0, "id", pa.array([1, 2, 3]))
MAKE = """
import io, pyarrow as pa, pyarrow.parquet as pq, mesh_workbench as mesh
mesh.output("things", pq.read_table({path!r}).slice(0, rows), mode="{mode}")
"""


@dataclass(frozen=True)
class World:
    """A released table, and every way to it."""

    root: Path
    bench: LocalWorkbench
    server: Jupyter
    connection: Connection


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Release 1 holds the table in two files; release 2, which is newer, only one row: readers must not see it."""
    folder = tmp_path_factory.mktemp("a folder [with] spaces")
    root = folder / "work bench"
    bench = create_workbench(root)
    bench.domains.add(DomainDraft(name="odd"))
    pq.write_table(TABLE, folder / "table.parquet")
    for rows, mode in ((3, "replace"), (1, "replace")):
        made = MAKE.format(path=str(folder / "table.parquet"), mode=mode)
        document = notebook("# Things", made, parameters=f"rows = {rows}")
        promotion = bench.products.promote(PromotionRequest(notebook=document, to=NAME, run=True))
        assert promotion.run is not None
        while not (done := bench.runs.get(promotion.run.id)).state.final:  # a busy machine may need a second attempt
            run_worker(root, stop=threading.Event(), until_idle=True)
        assert done.state == "succeeded", done.failure
    before = os.environ.get("MESH_WORKBENCH")
    os.environ["MESH_WORKBENCH"] = str(root)
    with jupyter_server(root) as server:
        yield World(root, bench, server, bench.query.connect(NAME, release=1))
    if before is None:
        os.environ.pop("MESH_WORKBENCH")
    else:
        os.environ["MESH_WORKBENCH"] = before
    bench.close()


def exact(table: pa.Table) -> str:
    """All values of all rows in one order; NaN is nothing's equal, so text is compared."""
    rows = sorted(table.to_pylist(), key=lambda row: row["id"])
    return str([{name: _utc(row[name]) for name in TABLE.column_names} for row in rows])


def _utc(value: object) -> object:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def as_json(table: pa.Table) -> list[list[Any]]:
    return json_rows(table.sort_by("id"))


STATEMENT = f"SELECT * FROM {NAME} AT (VERSION => 1) ORDER BY id"


def relation(world: World) -> Any:
    return mesh.read(NAME, release=1)


def magic(shape: str) -> Callable[[World], pa.Table]:
    def ask(world: World) -> pa.Table:
        found = run_cell(shape, STATEMENT, {})
        return pa.Table.from_pandas(found) if shape == "--pandas" else pa.table(found)

    return ask


def command(world: World, form: str, tmp: Path) -> bytes:
    file = tmp / f"out.{form}"
    assert run(make_app(), ["sql", STATEMENT, "--format", form, "--output", str(file)]) == 0
    return file.read_bytes()


def posted(world: World, form: str) -> bytes:
    with world.server.client() as client:
        answer = client.post(f"{API}/query", params={"format": form}, json={"statement": STATEMENT})
        assert answer.status_code == 200, answer.text
        return answer.content


def got(world: World, form: str) -> bytes:
    with world.server.client() as client:
        answer = client.get(ROWS, params={"format": form, "release": 1, "order": "id"})
        assert answer.status_code == 200, answer.text
        return answer.content


def native(tool: str, result: Callable[[Any], pa.Table]) -> Callable[[World], pa.Table]:
    """What the printed snippet gives, run as it is printed."""

    def read(world: World) -> pa.Table:
        code = next(snippet.code for snippet in world.connection.snippets if snippet.tool == tool)
        variables: dict[str, Any] = {}
        exec(compile(code, tool, "exec"), variables)
        return result(variables["rows"])

    return read


EXACT: dict[str, Callable[[World], pa.Table]] = {
    "mesh.read arrow": lambda world: relation(world).arrow(),
    "mesh.read batches": lambda world: relation(world).batches().read_all(),
    "mesh.read polars": lambda world: relation(world).polars().to_arrow(),
    "mesh.read lazy": lambda world: relation(world).lazy().collect().to_arrow(),
    "mesh.read pandas on arrow": lambda world: pa.Table.from_pandas(relation(world).pandas(arrow=True)),
    "mesh.read duckdb": lambda world: relation(world).duckdb(duckdb.connect()).to_arrow_table(),
    "mesh.read filtered": lambda world: relation(world).filter("true").arrow(),
    "%%mesh": magic(""),
    "%%mesh polars": magic("--polars"),
    "%%mesh arrow": magic("--arrow"),
    "bench": lambda world: world.bench.query.sql(QueryRequest(statement=STATEMENT)).reader.read_all(),
    "polars": native("polars", lambda rows: rows.collect().to_arrow()),
    "pandas": native("pandas", lambda rows: pa.Table.from_pandas(rows, preserve_index=False)),
    "duckdb": native("duckdb", lambda rows: rows.to_arrow_table()),
    "deltalake": native("deltalake", lambda rows: rows.to_table()),
}


@pytest.mark.parametrize("door", EXACT)
def test_a_door_that_keeps_types_gives_every_value_exactly(door: str, world: World) -> None:
    assert exact(EXACT[door](world)) == exact(TABLE)


def test_polars_reads_by_version_where_the_path_has_nothing_special(world: World, tmp_path: Path) -> None:
    """It cannot where there are spaces or brackets, which the other tests have: there it gets the files."""
    shutil.copytree(world.connection.table, tmp_path / "plain")
    port = world.bench.query.resolve([NAME], release=1)[0].model_copy(update={"table": str(tmp_path / "plain")})
    code = next(snippet.code for snippet in snippets_of(port, "") if snippet.tool == "polars")
    assert "scan_delta" in code
    variables: dict[str, Any] = {}
    exec(code, variables)
    assert exact(variables["rows"].collect().to_arrow()) == exact(TABLE)


WRITERS: dict[str, Callable[[World, str, Path], bytes]] = {
    "mesh sql": command,
    "POST query": lambda world, form, _: posted(world, form),
    "GET rows": lambda world, form, _: got(world, form),
}


@pytest.mark.parametrize("form", ["arrow", "parquet", "csv", "jsonl", "json"])
@pytest.mark.parametrize("door", WRITERS)
def test_a_door_that_writes_says_the_same(door: str, form: str, world: World, tmp_path: Path) -> None:
    data = WRITERS[door](world, form, tmp_path)
    if form == "arrow":
        assert exact(pa.ipc.open_stream(data).read_all()) == exact(TABLE)
    elif form == "parquet":
        assert exact(pq.read_table(io.BytesIO(data))) == exact(TABLE)
    elif form == "csv":
        header, *rows = csv.reader(io.StringIO(data.decode()))
        assert header == TABLE.column_names
        assert [
            [read_csv(name, text) for name, text in zip(header, row, strict=True)] for row in rows
        ] == expected_csv()
    else:
        assert json_values(form, data) == as_json(TABLE)


def json_values(form: str, data: bytes) -> list[list[Any]]:
    if form == "jsonl":
        return [list(json.loads(line).values()) for line in data.splitlines()]
    found = json.loads(data)
    return [list(row.values()) for row in found] if isinstance(found, list) else found["rows"]


def read_csv(name: str, text: str) -> object:
    """What a reader of CSV makes of a field: nested values are JSON in it, bytes base64."""
    if text == "":
        return None
    if name in ("tags", "place"):
        return json.loads(text)
    if name == "at":
        return datetime.fromisoformat(text).astimezone(UTC).isoformat()
    if name == "ok":
        return text == "true"
    return int(text) if name == "id" else text


def expected_csv() -> list[list[object]]:
    """JSON's values, but CSV has one empty field for null and for the empty text."""
    return [[None if value == "" else value for value in row] for row in as_json(TABLE)]


R = """
{code}
for (name in names(rows)) {{
  for (number in seq_len(nrow(rows))) {{
    value <- rows[[name]][number]
    cat(name, number, if (is.na(value) && !is.nan(value)) "" else enc2utf8(as.character(value)), sep = "\\x1f")
    cat("\\x1e")
  }}
}}
"""


def test_r_reads_the_same_rows_with_three_lines(world: World, tmp_path: Path) -> None:
    if shutil.which("Rscript") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("R is not installed, and CI must test it")
        pytest.skip("R is not installed")
    code = next(snippet.code for snippet in world.connection.snippets if snippet.tool == "r")
    assert len(code.strip().splitlines()) == 3
    base = world.server.url.rstrip("/")
    code = code.replace("http://localhost:8888", base)
    # Numbers as text, so that R's doubles do not stand between: the snippet itself is what is printed.
    script = R.format(code=code.replace("headers = token)", 'headers = token), colClasses = "character"'))
    environment = {**os.environ, "MESH_TOKEN": world.server.token, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["Rscript", "--vanilla", "-"], input=script, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    cells = [cell.split("\x1f") for cell in done.stdout.split("\x1e") if cell.strip()]
    texts = {(name, int(number)): text for name, number, text in cells}
    found = [[read_csv(name, texts[name, number]) for name in TABLE.column_names] for number in (1, 2, 3)]
    assert found == expected_csv()
    shown = "cat(nrow(rows), class(rows$ratio), is.nan(rows$ratio[1]), rows$name[1])"
    plain = subprocess.run(
        ["Rscript", "--vanilla", "-e", f"{code}\n{shown}"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert plain.stdout == '3 numeric TRUE Zoë "😀", \n', plain.stderr


def test_filters_find_what_is_not_a_number_through_every_reader(world: World) -> None:
    """Statistics in files leave NaN out; who believes them loses rows."""
    rows = native("duckdb", lambda rows: rows.filter("ratio > 100").to_arrow_table())(world)
    assert rows["id"].to_pylist() == [1]
    assert relation(world).filter("ratio > 100").arrow()["id"].to_pylist() == [1]
    with world.server.client() as client:
        found = client.get(ROWS, params={"release": 1, "filter": "ratio:gt:100", "select": "id"}).json()
    assert found["rows"] == [[1]]


def test_the_command_prints_code_that_can_be_piped(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(make_app(), ["connect", NAME, "--tool", "polars", "--release", "1"]) == 0
    out, err = capfd.readouterr()
    variables: dict[str, Any] = {}
    exec(out, variables)
    assert variables["rows"].collect().height == 3
    assert "release 1" in err
    assert run(make_app(), ["connect", NAME, "--json"]) == 0
    out, _ = capfd.readouterr()
    assert {one["tool"] for one in json.loads(out)["snippets"]} == {
        "polars", "pandas", "duckdb", "deltalake", "pyspark", "r",
    }  # fmt: skip
    assert run(make_app(), ["connect", NAME, "--tool", "excel"]) == 3
    shown = run_line(f"connect {NAME} duckdb", {})
    assert "import duckdb" in repr(shown)
    assert "<pre>" in shown._repr_html_()  # type: ignore[attr-defined]


def test_who_may_not_read_all_of_it_gets_no_paths_but_the_way_over_http(world: World) -> None:
    registry, admin = world.bench.context.registry, world.bench
    product = registry.products.get("odd", "things")
    assert product is not None
    registry.products.change(product.id, access="on_request")
    try:
        stranger, partly, wholly = (world.bench.as_(Identity(name=name)) for name in ("stranger", "partly", "wholly"))
        with pytest.raises(MeshError) as caught:
            stranger.query.connect(NAME)
        assert caught.value.code == "query.forbidden"
        whole = admin.catalog.grant(NAME, "wholly", purpose="test")
        registry.grants.add(whole.model_copy(update={"id": "grt_partly", "identity": "partly", "row_filter": "id = 1"}))
        assert wholly.query.connect(NAME).snippets
        with pytest.raises(MeshError) as caught:
            partly.query.connect(NAME)
        assert caught.value.code == "connect.restricted"
        assert "read.csv" in caught.value.hint
        assert str(world.root) not in f"{caught.value} {caught.value.details}"
    finally:
        registry.products.change(product.id, access="open")
