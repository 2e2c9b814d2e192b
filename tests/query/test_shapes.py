"""`%%mesh --lazy` and `--duckdb`: what these shapes mean, and that they are no way around anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pytest
from IPython.core.interactiveshell import InteractiveShell

from mesh_workbench.errors import MeshError
from mesh_workbench.model.product import ProductStatus
from mesh_workbench.model.runfolder import RUN_FILE, RUN_FOLDER_VARIABLE, RunFolder
from mesh_workbench.session.reading import read
from mesh_workbench.workbench import open_workbench
from mesh_workbench.workbench.current import current_workbench
from tests.query.conftest import SmallMesh
from tests.query.shells import magics_root, magics_shell, run_cell


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return magics_root(tmp_path)


@pytest.fixture
def shell(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    yield from magics_shell(root, monkeypatch)


def _lazy(shell: InteractiveShell, statement: str, options: str = "") -> pl.LazyFrame:
    frame = run_cell(shell, f"%%mesh --lazy {options}\n{statement}")
    assert isinstance(frame, pl.LazyFrame)
    return frame


def test_a_lazy_frame_knows_its_columns_and_gives_the_rows_of_the_statement(shell: InteractiveShell) -> None:
    statement = "SELECT carrier, dep_delay FROM flight_ops.flights ORDER BY day, carrier DESC;  -- a remark"
    frame = _lazy(shell, statement)
    assert frame.collect_schema() == {"carrier": pl.String, "dep_delay": pl.Float64}
    assert frame.collect().equals(run_cell(shell, f"%%mesh --polars\n{statement}"))  # type: ignore[arg-type]
    assert frame.filter(pl.col("dep_delay") > 0).select("carrier").head(1).collect().to_dicts() == [{"carrier": "AA"}]
    assert frame.head(0).collect().shape == (0, 2)


def test_only_the_columns_that_are_wanted_are_computed(shell: InteractiveShell) -> None:
    frame = _lazy(shell, "SELECT tailnum, error('never') AS e FROM fleet.planes")
    assert frame.select("tailnum").collect().height == 2
    with pytest.raises(Exception, match="never"):
        frame.collect()


def test_nothing_is_computed_before_it_is_collected(shell: InteractiveShell) -> None:
    # As a whole this would take for ever; its first rows come at once.
    frame = _lazy(shell, "SELECT x, hash(x) AS h FROM range(1000000000000) t(x)")
    assert frame.head(5).collect()["x"].to_list() == [0, 1, 2, 3, 4]


def test_a_lazy_frame_has_no_limit_but_the_one_that_is_given(shell: InteractiveShell) -> None:
    assert _lazy(shell, "SELECT x FROM range(1200000) t(x)").select(pl.len()).collect().item() == 1_200_000
    assert _lazy(shell, "SELECT x FROM range(1200000) t(x)", "--limit 7").collect().height == 7


def test_a_lazy_frame_reads_the_releases_of_its_cell_whatever_is_published_meanwhile(
    shell: InteractiveShell, root: Path
) -> None:
    frame = _lazy(shell, "SELECT * FROM fleet.planes")
    bench = open_workbench(root)
    mesh = SmallMesh(bench.context.registry, bench.context.storage, bench.context.sessions.get())
    mesh.publish("fleet.planes", pa.table({"tailnum": ["N9"], "seats": pa.array([1], pa.int32())}))
    bench.close()
    # That release carries a date of 2013, so that a moment alone would not leave it out.
    assert frame.collect()["tailnum"].to_list() == ["N1", "N2"]


def test_access_is_decided_again_when_rows_are_collected(shell: InteractiveShell) -> None:
    frame = _lazy(shell, "SELECT * FROM fleet.planes")
    registry = current_workbench().context.registry
    product = registry.products.get("fleet", "planes")
    assert product is not None
    registry.products.change(product.id, status=ProductStatus.RETIRED)
    with pytest.raises(Exception, match="can no longer be read"):
        frame.collect()


def test_variables_and_frames_are_those_of_the_cell(shell: InteractiveShell) -> None:
    shell.user_ns.update(least=160, mine=pl.DataFrame({"tailnum": ["N1", "N2"]}))
    frame = _lazy(shell, "SELECT tailnum FROM fleet.planes JOIN mine USING (tailnum) WHERE seats > $least")
    shell.user_ns.update(least=0, mine=pl.DataFrame({"tailnum": ["N1"]}))
    assert frame.collect()["tailnum"].to_list() == ["N2"]


@pytest.mark.parametrize(
    ("statement", "code", "line", "word"),
    [
        ("SELECT carier FROM flight_ops.flights", "query.unknown-column", 1, "carier"),
        ("SELECT\n  carier\nFROM flight_ops.flights", "query.unknown-column", 2, "carier"),
        ("SELECT *\nFROM flight_ops.fligths", "query.unknown-product", 2, "flight_ops.fligths"),
        ("SELECT *\nFROM mien", "query.unknown-product", 2, "mien"),
        ("DROP TABLE x", "query.not-allowed", None, None),
        ("SELECT 1) AS a, (SELECT 2", "query.syntax", None, None),
        ("SELECT 1 AS x) AS answer; COPY (SELECT 1", "query.syntax", None, None),
    ],
)
def test_errors_of_a_lazy_statement_come_with_the_cell_and_at_their_place(
    statement: str, code: str, line: int | None, word: str | None, shell: InteractiveShell
) -> None:
    shell.user_ns["mine"] = [{"a": 1}]
    with pytest.raises(MeshError) as caught:
        run_cell(shell, f"%%mesh --lazy\n{statement}")
    assert caught.value.code == code
    if line is not None and word is not None:
        details = caught.value.details
        assert details["line"] == line
        assert isinstance(details["column"], int)
        assert statement.split("\n")[line - 1][details["column"] - 1 :].startswith(word)


def test_a_named_lazy_frame_says_its_columns_and_where_they_come_from(shell: InteractiveShell) -> None:
    shown = repr(run_cell(shell, "%%mesh x --lazy\nSELECT tailnum FROM fleet.planes"))
    assert "x is a lazy frame" in shown
    assert "tailnum String" in shown
    assert "fleet.planes release 1" in shown
    assert isinstance(shell.user_ns["x"], pl.LazyFrame)


def test_inside_a_run_a_lazy_frame_reads_the_inputs_of_the_run(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planes = read("fleet.planes")
    run = RunFolder(run_id="run_1", product="a.b", version="1.0.0", inputs={"fleet.planes": planes.port})
    (tmp_path / RUN_FILE).write_text(run.model_dump_json())
    monkeypatch.setenv(RUN_FOLDER_VARIABLE, str(tmp_path))
    assert _lazy(shell, "SELECT * FROM fleet.planes").collect().height == 2


def test_a_duckdb_relation_has_the_rows_and_nothing_else_of_the_mesh(shell: InteractiveShell) -> None:
    relation = run_cell(shell, "%%mesh --duckdb\nSELECT tailnum, seats FROM fleet.planes")
    assert isinstance(relation, duckdb.DuckDBPyRelation)
    assert relation.filter("seats > 160").project("tailnum").fetchall() == [("N2",)]
    for elsewhere in ('"fleet.planes.planes#1"', "fleet.planes", "'#mine'"):
        with pytest.raises(duckdb.Error):
            relation.query("mine", f"SELECT * FROM {elsewhere}").fetchall()
