"""Completion: what can stand at the cursor (written as `|`) of a cell, and what the word there means."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

import mesh_workbench
from mesh_workbench.magics.completer import told
from mesh_workbench.magics.verbs import VERBS
from mesh_workbench.model.cell_options import CELL_OPTIONS
from mesh_workbench.model.check import Verdict
from mesh_workbench.model.completion import CompletionRequest, Completions, Meaning, Variable
from mesh_workbench.model.line_verbs import LINE_VERBS
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.workbench import open_workbench
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import notebook
from tests.query.conftest import FLIGHTS, SmallMesh
from tests.query.shells import magics_root, magics_shell, run_cell

FRAME = Variable(name="my_frame", type="DataFrame", columns=["carrier", "rank"])
HOW_MANY = Variable(name="how_many", type="int")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return magics_root(tmp_path_factory.mktemp("completion"))


@pytest.fixture(scope="module")
def bench(root: Path) -> Iterator[LocalWorkbench]:
    bench = open_workbench(root)
    mesh = SmallMesh(bench.context.registry, bench.context.storage, bench.context.sessions.get())
    late = datetime(2013, 2, 1, tzinfo=UTC)
    mesh.publish("flight_ops.flights", FLIGHTS, version="2.0.0", verdict=Verdict.KEPT_PARTLY, fresh_until=late)
    mesh.product("flight_ops.restricted", access="on_request", title="Who may read it must ask")
    yield bench
    bench.close()


@pytest.fixture
def shell(root: Path, bench: LocalWorkbench, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    yield from magics_shell(root, monkeypatch)


def request(cell: str) -> CompletionRequest:
    cursor = cell.index("|")
    text = cell.replace("|", "", 1)
    return CompletionRequest(text=text, cursor=cursor, variables=[FRAME, HOW_MANY])


def found(bench: LocalWorkbench, cell: str) -> Completions:
    return bench.completions.complete(request(cell))


def words(bench: LocalWorkbench, cell: str) -> list[str]:
    return [item.text for item in found(bench, cell).items]


def wait_for(word: str, bench: LocalWorkbench, cell: str) -> None:
    """Names are asked for anew after a second."""
    deadline = time.monotonic() + 10
    while word not in words(bench, cell):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def meant(bench: LocalWorkbench, cell: str) -> Meaning:
    meaning = bench.completions.meaning(request(cell))
    assert meaning is not None
    return meaning


@pytest.mark.parametrize(
    ("cell", "first"),
    [
        ("%%mesh\nSELECT * FROM fli|", ["flight_ops.", "flight_ops.flights"]),
        ("%%mesh\nSELECT * FROM flight_ops.|", ["flights"]),
        ("%%mesh\nSELECT * FROM flight_ops.fl|", ["flights"]),
        ("%%mesh\nSELECT * FROM flight_ops.flights.|", ["flights"]),
        ("%%mesh\nselect ta| from flight_ops.flights", ["tailnum"]),
        ("%%mesh\nSELECT f.| FROM flight_ops.flights f", ["carrier", "tailnum", "dep_delay", "day"]),
        ("%%mesh\nSELECT * FROM flight_ops.flights f JOIN fleet.planes p ON p.|", ["tailnum", "seats"]),
        ("%%mesh\nWITH a AS (SELECT carrier AS c FROM flight_ops.flights) SELECT a.| FROM a", ["c"]),
        ("%%mesh\nSELECT * FROM (SELECT seats FROM fleet.planes) s WHERE s.|", ["seats"]),
        ("%%mesh\nSELECT * FROM fleet.planes WHERE tailnum IN (SELECT tail| FROM flight_ops.flights)", ["tailnum"]),
        ("%%mesh\nSELECT ra| FROM my_frame", ["rank"]),
        ("%%mesh\nSELECT * FROM my|", ["my_frame"]),
        ("%%mesh\nSELECT * FROM flight_ops.flights LIMIT $how|", ["$how_many"]),
        ("%%mesh --po|", ["--polars"]),
        ("mesh.read('flight_ops.fl|", ["flights"]),
        ("x = mesh.read('fle|", ["fleet.", "fleet.hostile", "fleet.many", "fleet.planes"]),
        ("%mesh show flight_ops.|", ["flights"]),
        ("x = %mesh sh|", ["show"]),
        ("from mesh_workbench import read as load\nload(\n    name='fleet.pl|", ["planes"]),
        ("if True:\n    import mesh_workbench as m\n    m.read('fleet.pl|", ["planes"]),
        ("%mesh sql SELECT seats FROM fleet.pl|", ["planes"]),
        ('%%mesh\nSELECT "x|', []),
        ("%%mesh\nSELECT ca| -- nothing is read yet", []),
    ],
)  # fmt: skip
def test_what_can_stand_at_the_cursor(bench: LocalWorkbench, cell: str, first: list[str]) -> None:
    assert words(bench, cell)[: len(first)] == first if first else True
    answer = found(bench, cell)
    assert 0 <= answer.start <= answer.end <= cell.index("|")


def test_versions_and_releases_are_completed(bench: LocalWorkbench) -> None:
    text = notebook("import mesh_workbench as mesh\nmesh.output('made', [{'n': 1}])")
    bench.products.promote(PromotionRequest(notebook=text, to="fleet.made"))
    wait_for("1", bench, "mesh.read('fleet.made@|")
    assert words(bench, "mesh.read('fleet.made@|")[0] == "1"
    assert "1.0.0" in words(bench, "mesh.read('fleet.made@1|")
    assert "1" in words(bench, "%%mesh\nSELECT * FROM fleet.many AT (VERSION => |")


def test_columns_have_a_type_and_products_say_how_far_to_trust_them(bench: LocalWorkbench) -> None:
    [column] = [
        one for one in found(bench, "%%mesh\nSELECT dep| FROM flight_ops.flights").items if one.kind == "column"
    ]
    assert (column.text, column.type, column.of) == ("dep_delay", "double", "flight_ops.flights")
    listed = {one.text: one for one in found(bench, "mesh.read('flight_ops.|").items}
    health = listed["flights"].health
    assert health is not None
    assert (health.state.value, health.because) == ("late", "data_old")
    assert [mark.code for mark in listed["restricted"].marks] == ["on_request"]


def test_functions_come_with_how_to_call_them(bench: LocalWorkbench) -> None:
    [item] = found(bench, "%%mesh\nSELECT date_tr| FROM flight_ops.flights").items
    assert (item.kind, item.text) == ("function", "date_trunc(")
    assert "date_trunc(" in item.type
    refused = words(bench, "%%mesh\nSELECT * FROM read_cs|")
    assert not any("read_csv" in word for word in refused)


@pytest.mark.parametrize(
    "cell",
    ["x = 'fleet.|'", "other.read('fleet.|')", "%%sql\nSELECT * FROM fle|", "%%mesh\nSELECT 'fle|'", "print(|",
     "%%mesh\n-- fle|", "%%mesh\nSELECT /* fle|"],
)  # fmt: skip
def test_what_is_no_business_of_the_mesh_is_left_alone(bench: LocalWorkbench, cell: str) -> None:
    assert words(bench, cell) == []


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="SELECT FROM,.()'\"@$*-/\n abflight_ops.flights=>[]", max_size=120), st.integers(0, 140))
def test_no_half_written_cell_is_too_much(bench: LocalWorkbench, body: str, cursor: int) -> None:
    for text in (f"%%mesh\n{body}", f"mesh.read('{body}"):
        asked = CompletionRequest(text=text, cursor=cursor, variables=[FRAME])
        answer = bench.completions.complete(asked)
        assert answer.start <= answer.end
        bench.completions.meaning(asked)


def test_other_cells_say_how_reading_is_called(bench: LocalWorkbench) -> None:
    def listed(call: str, *imports: str) -> list[str]:
        asked = CompletionRequest(text=f"{call}('fleet.pl", cursor=len(call) + 10, imports=list(imports))
        return [item.text for item in bench.completions.complete(asked).items]

    assert listed("m.read", "import mesh_workbench as m") == ["planes"]
    assert listed("take", "from mesh_workbench import (\n    output,\n    read as take,\n)") == ["planes"]
    assert listed("mesh.read", "# nothing says so") == ["planes"], "what everybody writes, while nothing is imported"
    assert listed("mesh.read", "import mesh_workbench as m") == []
    assert listed("df.take", "from mesh_workbench import read as take") == []
    assert listed("read", "from mesh_workbench import output", "from json import load as read") == []


def test_the_words_of_a_contract_come_as_codes(bench: LocalWorkbench) -> None:
    contract = {
        "apiVersion": "v3.1.0", "kind": "DataContract", "id": "x", "version": "1.0.0", "status": "active",
        "schema": [{"name": "told", "properties": [{
            "name": "n", "logicalType": "integer", "required": True, "enum": [{"value": 1}, {"value": 2}],
            "logicalTypeOptions": {"maximum": 9}, "quality": [{"metric": "nullValues", "mustBe": 0}],
        }]}],
    }  # fmt: skip
    text = notebook("import mesh_workbench as mesh\nmesh.output('told', [{'n': 1}])")
    request = PromotionRequest(notebook=text, to="fleet.told", contracts={"told": json.dumps(contract)})
    bench.products.promote(request)
    wait_for("told", bench, "mesh.read('fleet.told|")
    said = [(one.code, one.values) for one in meant(bench, "%%mesh\nSELECT n| FROM fleet.told").promises]
    assert said == [
        ("exists", ["n"]),
        ("logical_type", ["n", "integer"]),
        ("never_empty", ["n"]),
        ("one_of", ["n", "1, 2"]),
        ("option", ["n", "maximum", "9"]),
        ("measured", ["n", "nullValues", "mustBe", "", 0]),
    ]


def test_a_new_product_is_completed_within_moments(bench: LocalWorkbench) -> None:
    assert "arrivals" not in words(bench, "mesh.read('flight_ops.arr|")
    mesh = SmallMesh(bench.context.registry, bench.context.storage, bench.context.sessions.get())
    mesh.publish("flight_ops.arrivals", FLIGHTS)
    wait_for("arrivals", bench, "mesh.read('flight_ops.arr|")


@pytest.mark.parametrize(
    ("cell", "kind", "name"),
    [
        ("%%mesh\nSELECT dep_del|ay FROM flight_ops.flights", "column", "flight_ops.flights.dep_delay"),
        ("%%mesh\nSELECT f.ca|rrier FROM flight_ops.flights f", "column", "flight_ops.flights.carrier"),
        ("%%mesh\nSELECT * FROM flight_ops.fli|ghts", "product", "flight_ops.flights"),
        ("%%mesh\nSELECT * FROM fleet.planes p WHERE up|per(tailnum) = 'N1'", "function", "upper"),
        ("mesh.read('fleet.pla|nes')", "product", "fleet.planes"),
    ],
)
def test_a_word_says_what_it_stands_for(bench: LocalWorkbench, cell: str, kind: str, name: str) -> None:
    meaning = meant(bench, cell)
    assert (meaning.kind, meaning.name) == (kind, name)
    assert cell.replace("|", "")[meaning.start : meaning.end].lower() in name


def completed(shell: InteractiveShell, cell: str) -> dict[str, str]:
    """What IPython itself would offer, and the cell as it becomes."""
    cursor = cell.index("|")
    text = cell.replace("|", "", 1)
    with provisionalcompleter():
        items = [*shell.Completer.completions(text, cursor)]
    return {item.text: text[: item.start] + item.text + text[item.end :] for item in items}


def test_ipython_completes_cells_lines_and_names(shell: InteractiveShell) -> None:
    shell.user_ns["mesh"] = mesh_workbench
    assert completed(shell, "%%mesh\nSELECT *\nFROM fleet.pl|")["planes"] == "%%mesh\nSELECT *\nFROM fleet.planes"
    assert completed(shell, "a = 1\nb = mesh.read('fleet.pl|")["planes"] == "a = 1\nb = mesh.read('fleet.planes"
    assert completed(shell, "%mesh show fleet.pl|")["planes"] == "%mesh show fleet.planes"
    assert completed(shell, "%%mesh\nSELECT sea| FROM fleet.planes")["seats"].startswith("%%mesh\nSELECT seats FROM")


def test_ipython_knows_reading_by_every_name(shell: InteractiveShell) -> None:
    run_cell(shell, "import mesh_workbench as m\nfrom mesh_workbench import read as load")
    assert completed(shell, "m.read('fleet.pl|")["planes"] == "m.read('fleet.planes"
    assert completed(shell, "load('fleet.pl|")["planes"] == "load('fleet.planes"


def test_a_front_end_is_told_of_frames_and_names_within_bounds(shell: InteractiveShell) -> None:
    run_cell(shell, "import polars as pl\nimport mesh_workbench as m\nfrom mesh_workbench import read\nmany = 3")
    run_cell(shell, "mine = pl.DataFrame({'rank': [1]})")
    known = told(shell.user_ns)
    assert known["readers"] == ["m.read", "read"]
    assert {"name": "mine", "type": "DataFrame", "columns": ["rank"]} in known["variables"]  # type: ignore[operator]
    wide = {f"wide{number}": [{f"column{place}": 1 for place in range(900)}] for number in range(100)}
    assert len(json.dumps(told(wide))) < 80_000


def test_every_verb_and_option_is_worded_where_it_is_shown() -> None:
    assert VERBS.keys() == LINE_VERBS.keys()
    words = (Path(__file__).parents[2] / "labextension/src/cells/kinds.ts").read_text()
    assert [name for name in [*LINE_VERBS, *CELL_OPTIONS] if f"case '{name}'" not in words] == []


def test_ipython_completes_the_verbs_of_a_line(shell: InteractiveShell) -> None:
    assert completed(shell, "%mesh sh|") == {"show": "%mesh show"}
    assert completed(shell, "a = 1\n%mesh as|") == {"as-of": "a = 1\n%mesh as-of"}
    assert {"sql", "sample", "search", "show", "status"} <= completed(shell, "%mesh s|").keys()
    assert {*VERBS} <= completed(shell, "x = %mesh |").keys()
    assert "show" not in completed(shell, "%mesh show fleet.planes sh|")


def test_ipython_completes_frames_and_variables_of_the_notebook(shell: InteractiveShell) -> None:
    run_cell(shell, "import polars as pl\nmine = pl.DataFrame({'rank': [1]})\nmany = 3")
    assert isinstance(shell.user_ns["mine"], pl.DataFrame)
    assert "mine" in completed(shell, "%%mesh\nSELECT * FROM mi|")
    assert "rank" in completed(shell, "%%mesh\nSELECT ra| FROM mine")
    assert "$many" in completed(shell, "%%mesh\nSELECT * FROM mine LIMIT $ma|")


def test_python_is_completed_as_ever(shell: InteractiveShell) -> None:
    shell.user_ns["something_long"] = 1
    assert "something_long" in completed(shell, "something_l|")


def test_without_a_workbench_there_is_silence(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MESH_WORKBENCH", str(tmp_path / "nowhere"))
    assert completed(shell, "%%mesh\nSELECT * FROM fleet.pl|") == {}
