"""`%%mesh` and `%mesh` in a real IPython, on a real workbench."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from IPython.core.interactiveshell import InteractiveShell

from mesh_workbench.errors import MeshError
from mesh_workbench.magics.arguments import parse_arguments
from mesh_workbench.magics.result import Result
from mesh_workbench.magics.verbs import VERBS
from mesh_workbench.model.runfolder import RUN_FILE, RUN_FOLDER_VARIABLE, RunFolder
from tests.builders import notebook
from tests.query.shells import magics_root, magics_shell, run_cell


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return magics_root(tmp_path_factory.mktemp("magics"))


@pytest.fixture
def shell(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    yield from magics_shell(root, monkeypatch)


def test_a_cell_answers_and_binds_variables(shell: InteractiveShell) -> None:
    shell.user_ns.update(carrier="AA", first=date(2013, 1, 2))
    result = run_cell(shell, "%%mesh\nSELECT day FROM flight_ops.flights\nWHERE carrier = $carrier AND day >= $first;")
    assert isinstance(result, Result)
    assert result.arrow().to_pylist() == [{"day": date(2013, 1, 2)}]
    assert result.provenance.sources[0].name == "flight_ops.flights"


@pytest.mark.parametrize(
    ("option", "kind"),
    [
        ("--pandas", pd.DataFrame),
        ("--polars", pl.DataFrame),
        ("--arrow", pa.Table),
        ("--duckdb", duckdb.DuckDBPyRelation),
    ],
)
def test_a_cell_assigns_the_frame_that_is_asked_for(option: str, kind: type, shell: InteractiveShell) -> None:
    shown = run_cell(shell, f"%%mesh planes {option}\nSELECT * FROM fleet.planes")
    assert isinstance(shell.user_ns["planes"], kind)
    assert len(shell.user_ns["planes"]) == 2
    assert isinstance(shown, Result)
    assert isinstance(run_cell(shell, f"%%mesh {option}\nSELECT 1"), kind)


def test_as_of_and_limit_are_obeyed(shell: InteractiveShell) -> None:
    assert len(run_cell(shell, "%%mesh --as-of 2013-01-01T12:00:00Z\nSELECT * FROM fleet.planes")) == 2  # type: ignore[arg-type]
    capped = run_cell(shell, "%%mesh --limit 3\nSELECT * FROM fleet.many")
    assert "there are more" in repr(capped)


def test_the_text_form_has_types_nulls_and_where_it_came_from(shell: InteractiveShell) -> None:
    text = repr(run_cell(shell, "%%mesh\nSELECT carrier, dep_delay FROM flight_ops.flights ORDER BY day, carrier"))
    lines = text.split("\n")
    assert lines[:3] == ["carrier  dep_delay", "varchar     double", "───────  ─────────"]
    assert lines[3] == "AA             1.5"
    assert "null" in text
    assert lines[-1].startswith("4 rows · read at 20")
    assert "UTC: flight_ops.flights release 1 (1.0.0); allowed, as " in lines[-1]
    many = repr(run_cell(shell, "%%mesh\nSELECT n FROM fleet.many"))
    assert "first 20 of 1,234 rows" in many
    assert len(many.split("\n")) == 24


def test_what_comes_from_data_is_escaped(shell: InteractiveShell) -> None:
    result = run_cell(shell, "%%mesh\nSELECT * FROM fleet.hostile")
    assert isinstance(result, Result)
    page = result._repr_html_()
    assert "<script" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;" in page
    assert 'class="z"' in page
    assert "\x1b" not in page
    assert "\x1b" not in repr(result)


def test_an_error_points_at_the_word_without_a_traceback(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    done = shell.run_cell("%%mesh\nSELECT carier FROM flight_ops.flights")
    assert isinstance(done.error_in_exec, MeshError)
    printed = capsys.readouterr().out
    assert printed == (
        "SELECT carier FROM flight_ops.flights\n"
        '       ^^^^^^  no column "carier" in flight_ops.flights. Did you mean carrier?\n'
        "[query.unknown-column]\n"
    )


@pytest.mark.parametrize(
    ("cell", "code", "hint"),
    [
        ("%%mesh\nSELECT $carier", "query.unknown-variable", "Did you mean carrier?"),
        ("%%mesh\nSELECT $frame", "query.parameter-type", "dates"),
        ("%%mesh --polar\nSELECT 1", "magic.arguments", "Did you mean --polars?"),
        ("%%mesh a b\nSELECT 1", "magic.arguments", "Usage"),
        ("%%mesh --limit 0\nSELECT 1", "magic.arguments", "Usage"),
        ("%%mesh --as-of soon\nSELECT 1", "query.bad-time", "2013"),
        ("%%mesh\n  ", "query.empty", "SELECT"),
        ("%%mesh\nDROP TABLE x", "query.not-allowed", "SELECT"),
        ("%mesh serch flights", "magic.unknown-verb", "Did you mean search?"),
        ("%mesh show fleet.plans", "product.unknown", "Did you mean fleet.planes?"),
        ("%mesh describe fleet.planes.plans", "query.unknown-port", "Did you mean planes?"),
        ("%mesh show", "magic.arguments", "Usage"),
    ],
)
def test_wrong_use_is_explained(cell: str, code: str, hint: str, shell: InteractiveShell) -> None:
    shell.user_ns.update(carrier="AA", frame={"a": [1]})
    with pytest.raises(MeshError) as caught:
        run_cell(shell, cell)
    assert caught.value.code == code
    assert hint in caught.value.hint


def test_every_verb_answers_as_text_and_html(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here.ipynb"
    here.write_text(notebook("x = <b>", "x = input()"))
    monkeypatch.setenv("JPY_SESSION_NAME", str(here))
    lines = {
        "check": ("%mesh check", "notebook.syntax-error"),
        "search": ("%mesh search planes", "fleet.planes"),
        "show": ("%mesh show fleet.planes", "tailnum"),
        "describe": ("%mesh describe fleet.planes", "seats"),
        "sample": ("%mesh sample fleet.planes", "tailnum"),
        "profile": ("%mesh profile fleet.planes", "seats"),
        "as-of": ("%mesh as-of", "as they are now"),
        "explain": ("%mesh explain SELECT tailnum FROM fleet.planes", "tailnum"),
        "lineage": ("%mesh lineage fleet.planes", "fleet.planes"),
        "runs": ("%mesh runs", "Nothing ran yet."),
        "sql": ("%mesh sql SELECT count(*) AS n FROM fleet.planes", "bigint"),
        "connect": ("%mesh connect fleet.planes polars", "pl.scan_"),
        "status": ("%mesh status", "sqlite"),
        "help": ("%mesh", "%mesh search TEXT"),
    }
    assert set(lines) == set(VERBS) - {"run"}  # which needs a product that was promoted: tests/workbench
    for line, expected in lines.values():
        shown = run_cell(shell, line)
        assert expected in repr(shown)
        assert expected in shown._repr_html_()  # type: ignore[attr-defined]
        assert expected in shown._repr_markdown_().replace("\\", "")  # type: ignore[attr-defined]


def test_a_notebook_that_is_not_known_has_to_be_named(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    for line, code in (
        ("%mesh check", "magic.which-notebook"),
        (f"%mesh check {tmp_path}/no.ipynb", "magic.no-notebook"),
    ):
        with pytest.raises(MeshError) as caught:
            run_cell(shell, line)
        assert caught.value.code == code


def test_inside_a_run_only_its_inputs_can_be_read(
    root: Path, shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mesh_workbench.workbench import open_workbench

    bench = open_workbench(root)
    [planes] = bench.query.resolve(["fleet.planes"], how="run")
    bench.close()
    run = RunFolder(run_id="run_1", product="a.b", version="1.0.0", inputs={"fleet.planes": planes})
    (tmp_path / RUN_FILE).write_text(run.model_dump_json())
    monkeypatch.setenv(RUN_FOLDER_VARIABLE, str(tmp_path))
    monkeypatch.setenv("MESH_WORKBENCH", "/nowhere")
    result = run_cell(shell, "%%mesh\nSELECT sum(seats) AS seats FROM fleet.planes.planes")
    assert isinstance(result, Result)
    assert result.arrow().to_pylist() == [{"seats": 330}]
    assert len(run_cell(shell, '%%mesh\nSELECT * FROM "fleet.planes@1"')) == 2  # type: ignore[arg-type]
    for statement, code in (
        ("SELECT * FROM flight_ops.flights", "run.undeclared-input"),
        ('SELECT * FROM "fleet.planes@2"', "run.undeclared-input"),
        ("SELECT * FROM planes", "run.undeclared-input"),
        ("SELECT * FROM fleet.planes AT (VERSION => 1)", "run.pinned-input"),
    ):
        with pytest.raises(MeshError) as caught:
            run_cell(shell, f"%%mesh\n{statement}")
        assert caught.value.code == code


def test_an_interrupt_ends_a_long_query_at_once_and_leaves_everything_usable(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        timer = threading.Timer(0.3, signal.raise_signal, [signal.SIGINT])
        started = time.perf_counter()
        timer.start()
        done = shell.run_cell("%%mesh\nSELECT count(*) FROM range(1000000000000) t(x) WHERE x % 7 = random()")
    finally:
        signal.signal(signal.SIGINT, before)
    assert isinstance(done.error_in_exec, KeyboardInterrupt)
    assert time.perf_counter() - started < 5
    assert "Traceback" not in capsys.readouterr().out
    assert len(run_cell(shell, "%%mesh\nSELECT * FROM fleet.planes")) == 2  # type: ignore[arg-type]


def test_arguments_are_read_as_a_shell_would() -> None:
    assert parse_arguments("x --as-of '2013-01-01 12:00'").name == "x"
    assert parse_arguments("--limit=5 --arrow").limit == 5
    assert parse_arguments("--lazy").limit is None
    assert parse_arguments("").shape == "result"
