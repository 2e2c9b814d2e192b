"""Forty and more ways to be wrong in a cell: the code, the word that is pointed at, and the way out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from IPython.core.interactiveshell import InteractiveShell

from mesh_workbench.errors import MeshError
from tests.query.shells import magics_root, magics_shell

WRONG: list[tuple[str, str, str | None, str]] = [
    # columns
    ("SELECT carier FROM flight_ops.flights", "query.unknown-column", "carier", "Did you mean carrier?"),
    (
        "SELECT carrier,\n  dep_dly\nFROM flight_ops.flights",
        "query.unknown-column",
        "dep_dly",
        "Did you mean dep_delay?",
    ),
    ("SELECT * FROM flight_ops.flights WHERE dya > '2013'", "query.unknown-column", "dya", "Did you mean day?"),
    ("SELECT count(*) FROM flight_ops.flights GROUP BY carier", "query.unknown-column", "carier", "carrier"),
    ("SELECT carrier FROM flight_ops.flights ORDER BY tailnumb", "query.unknown-column", "tailnumb", "tailnum"),
    ("SELECT f.tailnumber FROM flight_ops.flights f", "query.unknown-column", "tailnumber", "Did you mean tailnum?"),
    ("SELECT flight_ops.flights.crrier FROM flight_ops.flights", "query.unknown-column", "crrier", "carrier"),
    (
        "SELECT p.set FROM flight_ops.flights f JOIN fleet.planes p USING (tailnum)",
        "query.unknown-column",
        "set",
        "seats",
    ),
    ("WITH a AS (SELECT carier FROM flight_ops.flights) SELECT * FROM a", "query.unknown-column", "carier", "carrier"),
    ("SELECT (SELECT max(seat) FROM fleet.planes) FROM flight_ops.flights", "query.unknown-column", "seat", "seats"),
    ("SELECT 'é', 'ü' AS x, seet FROM fleet.planes", "query.unknown-column", "seet", "Did you mean seats?"),
    ("SELECT seets FROM mine", "query.unknown-column", "seets", "Did you mean seats?"),
    # products, ports, versions, frames
    ("SELECT * FROM fleet.plane", "query.unknown-product", "fleet.plane", "Did you mean fleet.planes?"),
    ("SELECT * FROM flight_ops.fligths f", "query.unknown-product", "flight_ops.fligths", "flight_ops.flights"),
    (
        "SELECT *\nFROM fleet.planes\nJOIN flite_ops.flights USING (tailnum)",
        "query.unknown-product",
        "flite_ops.flights",
        "flight_ops.flights",
    ),
    ("SELECT * FROM planes", "query.unknown-product", "planes", "Did you mean fleet.planes?"),
    ("SELECT * FROM mien", "query.unknown-product", "mien", "Did you mean your frame mine?"),
    ("SELECT * FROM carrier", "query.unknown-product", "carrier", "is a str, which has no rows"),
    ("SELECT * FROM fleet.planes.plane", "query.unknown-port", "fleet.planes.plane", "planes"),
    ('SELECT * FROM "fleet.planes@3"', "query.no-such-version", '"fleet.planes@3"', "1.0.0"),
    ('SELECT * FROM "fleet.planes@new"', "query.not-a-product", '"fleet.planes@new"', "DOMAIN.PRODUCT@2"),
    ("SELECT * FROM fleet.planes@1", "query.parameter-without-name", None, "double quotes"),
    ("SELECT * FROM fleet.planes AT (VERSION => 12)", "query.no-such-release", "fleet.planes", "newest is 1"),
    (
        "SELECT * FROM fleet.planes AT (TIMESTAMP => '2001-01-01')",
        "query.no-such-release",
        "fleet.planes",
        "first release",
    ),
    ("SELECT * FROM fleet.planes AT (TIMESTAMP => 'soon')", "query.bad-time", "fleet.planes", "TIMESTAMP '2013"),
    ("SELECT * FROM mine AT (VERSION => 1)", "query.bad-time", "mine", "Leave out AT"),
    ("SELECT g.seats FROM fleet.planes p", "query.unknown-table", "g", "p"),
    # functions
    ("SELECT uper(carrier) FROM flight_ops.flights", "query.not-allowed", "uper", "Did you mean upper?"),
    ("SELECT medain(seats) FROM fleet.planes", "query.not-allowed", "medain", "Did you mean median?"),
    ("SELECT date_trnc('month', day) FROM flight_ops.flights", "query.not-allowed", "date_trnc", "date_trunc"),
    ("SELECT * FROM generate_serie(1, 3)", "query.not-allowed", "generate_serie", "SELECT"),
    ("SELECT substr(carrier) FROM flight_ops.flights", "query.wrong-arguments", "substr(carrier)", "substr(string"),
    ("SELECT sum(carrier) FROM flight_ops.flights", "query.wrong-arguments", "sum(carrier)", "CAST"),
    # shape of the statement
    ("SELECT carrier, count(*) FROM flight_ops.flights", "query.not-grouped", "carrier", "GROUP BY ALL"),
    ("SELECT tailnum FORM fleet.planes", "query.syntax", None, "before"),
    ("SELECT 1 +\nFROM fleet.planes", "query.syntax", "FROM", "before"),
    ("SELECT (1 FROM fleet.planes", "query.syntax", None, "before"),
    ("SELECT * FROM fleet.planes WHERE", "query.syntax", None, "before"),
    ("SELECT 'open FROM fleet.planes", "query.syntax", None, ""),
    ("-- only a remark", "query.empty", None, "SELECT"),
    ("SELECT 1; SELECT 2", "query.not-allowed", None, "SELECT"),
    ("DELETE FROM fleet.planes", "query.not-allowed", None, "SELECT"),
    ("SELECT * FROM 'planes.parquet'", "query.unknown-product", None, "fleet.planes"),
    ("SELECT * FROM read_csv('x.csv')", "query.not-allowed", None, "files"),
    # values and variables
    ("SELECT carrier::INT FROM flight_ops.flights", "query.bad-value", None, ""),
    (
        "SELECT * FROM flight_ops.flights WHERE carrier = $carier",
        "query.unknown-variable",
        "$carier",
        "Did you mean carrier?",
    ),
    ("SELECT * FROM flight_ops.flights WHERE carrier = $mine", "query.parameter-type", "$mine", "Bind numbers"),
    ("SELECT * FROM flight_ops.flights WHERE carrier = $long", "query.parameter-too-long", "$long", "JOIN long"),
    ("SELECT * FROM flight_ops.flights WHERE carrier = ?", "query.parameter-without-name", None, "$name"),
    ("SELECT * FROM flight_ops.flights WHERE day = '2013-13-01'", "query.bad-value", None, ""),
]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return magics_root(tmp_path_factory.mktemp("wrong"))


@pytest.fixture
def shell(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    yield from magics_shell(root, monkeypatch)


@pytest.mark.parametrize("how", ["%%mesh\n", "%mesh sql ", "%%mesh --lazy\n"], ids=["cell", "line", "lazy"])
def test_the_word_is_pointed_at_with_the_way_out(
    how: str, shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.user_ns.update(carrier="AA", mine=pa.table({"seats": [1]}), long=range(100_001))
    wrong = []
    for statement, code, word, hint in WRONG:
        if how.startswith("%mesh") and ("\n" in statement or not statement):
            continue
        done = shell.run_cell(how + statement)  # type: ignore[no-untyped-call]
        error = done.error_in_exec
        shown = capsys.readouterr().out
        if not isinstance(error, MeshError) or error.code != code or hint not in error.hint:
            if how.endswith("--lazy\n") and code == "query.bad-value" and error is None:
                continue  # values are met when rows are computed
            wrong.append((statement, repr(error), getattr(error, "code", ""), getattr(error, "hint", "")))
            continue
        assert "Traceback" not in shown
        if word is None:
            continue
        line, column, length = (error.details.get(key) for key in ("line", "column", "length"))
        if not (isinstance(line, int) and isinstance(column, int) and isinstance(length, int)):
            wrong.append((statement, "no place", "", ""))
            continue
        pointed = statement.split("\n")[line - 1][column - 1 : column - 1 + length]
        if pointed != word or "^" * length not in shown:
            wrong.append((statement, pointed, code, ""))
    assert not wrong, "\n".join(map(str, wrong))
