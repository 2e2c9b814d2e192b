"""What is wrong is said in words, at its place, with what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from mesh_workbench.engine.execute import execute
from mesh_workbench.engine.place import caret
from mesh_workbench.engine.session import Limits
from mesh_workbench.engine.sessions import Sessions
from mesh_workbench.engine.statement import parse
from mesh_workbench.errors import InvalidInput, MeshError
from tests.query.conftest import SmallMesh, close, open_mesh

WRONG = {
    "SELECT carier FROM flight_ops.flights": ("query.unknown-column", "carier", "Did you mean carrier?"),
    "SELECT f.carier\nFROM flight_ops.flights f": ("query.unknown-column", "carier", "Did you mean carrier?"),
    "SELECT 'ünï',\n  p.seat FROM flight_ops.flights f JOIN fleet.planes p USING (tailnum)": (
        "query.unknown-column",
        "seat",
        "Did you mean seats?",
    ),
    "SELECT flight_ops.flights.dai FROM flight_ops.flights": ("query.unknown-column", "dai", "Did you mean day?"),
    "SELECT * FROM flight_ops.flihgts": ("query.unknown-product", "flight_ops.flihgts", "flight_ops.flights"),
    "SELECT * FROM flights": ("query.unknown-product", "flights", "Did you mean flight_ops.flights?"),
    "SELECT * FROM flight_ops.flights.fligths": ("query.unknown-port", "flight_ops.flights.fligths", "flights"),
    'SELECT * FROM "flight_ops.flights@7"': ("query.no-such-version", '"flight_ops.flights@7"', "1.0.0"),
    "SELECT * FROM flight_ops.flights AT (VERSION => 9)": (
        "query.no-such-release",
        "flight_ops.flights",
        "newest is 1",
    ),
    "SELECT * FROM flight_ops.flights AT (TIMESTAMP => '2012-01-01')": (
        "query.no-such-release",
        "flight_ops.flights",
        "2013-01-01",
    ),
    "SELECT * FROM flight_ops.flights AT (TIMESTAMP => 'never')": ("query.bad-time", "flight_ops.flights", "TIMESTAMP"),
    "SELECT * FROM flight_ops.flights AT (VERSION => 0)": ("query.bad-time", "flight_ops.flights", "VERSION"),
    "SELECT * FROM flight_ops.flights AT (VERSION => day)": ("query.bad-time", "day", "constant"),
    "SELECT uper(carrier) FROM flight_ops.flights": ("query.not-allowed", "uper", "Did you mean upper?"),
    "SELECT substr(carrier) FROM flight_ops.flights": ("query.wrong-arguments", "substr(carrier)", "substr(string"),
    "SELECT carrier, count(*) FROM flight_ops.flights": ("query.not-grouped", "carrier", "GROUP BY ALL"),
    "SELECT carrier::INT FROM flight_ops.flights": ("query.bad-value", "::INT", ""),
    "SELECT g.day FROM flight_ops.flights f": ("query.unknown-table", "g", "f"),
    "SELECT 1 +\nFROM flight_ops.flights": ("query.syntax", "FROM", "before"),
    "SELECT * FROM flight_ops.flights WHERE day = ?": ("query.parameter-without-name", None, "$name"),
    "SELECT * FROM flight_ops.flights@2": ("query.parameter-without-name", None, "double quotes"),
    "SELECT * FROM a.b.c.d": ("query.not-allowed", None, ""),
    'SELECT * FROM "Not a product@x"': ("query.unknown-product", '"Not a product@x"', "DOMAIN.PRODUCT"),
    'SELECT * FROM "a.b@two"': ("query.not-a-product", '"a.b@two"', "DOMAIN.PRODUCT@2"),
    "": ("query.empty", None, "SELECT"),
    "-- nothing": ("query.empty", None, "SELECT"),
    "SELECT 'open": ("query.syntax", None, ""),
    "SELECT \0": ("query.syntax", None, ""),
    "SELECT " + "(" * 3000 + "1" + ")" * 3000: ("query.too-deep", None, "WITH"),
    "SELECT 1 " + "+ 1" * 50_000: ("query.too-long", None, ""),
}


@pytest.mark.parametrize("statement", WRONG, ids=lambda statement: statement[:60])
def test_the_error_names_the_word_and_the_way_out(statement: str, shared: SmallMesh) -> None:
    code, word, hint = WRONG[statement]
    with pytest.raises(MeshError) as caught:
        shared.ask(statement).reader.read_all()
    error = caught.value
    assert error.code == code
    assert hint in error.hint
    if word is None:
        return
    line, column, length = (error.details[key] for key in ("line", "column", "length"))
    assert isinstance(line, int)
    assert isinstance(column, int)
    assert isinstance(length, int)
    assert statement.split("\n")[line - 1][column - 1 : column - 1 + length] == word


def test_the_caret_stands_under_the_word(shared: SmallMesh) -> None:
    with pytest.raises(MeshError) as caught:
        shared.ask("SELECT carier FROM flight_ops.flights").reader.read_all()
    assert caret(caught.value) == (
        "SELECT carier FROM flight_ops.flights\n"
        '       ^^^^^^  no column "carier" in flight_ops.flights. Did you mean carrier?'
    )


def test_what_never_ran_and_what_may_not_be_read_say_so(small: SmallMesh) -> None:
    small.product("fleet.engines")
    with pytest.raises(MeshError) as caught:
        small.ask("SELECT * FROM fleet.engines")
    assert caught.value.code == "query.no-release"
    assert "never ran" in caught.value.message
    assert "mesh run fleet.engines" in caught.value.hint
    small.forbidden.add("fleet.planes")
    with pytest.raises(MeshError) as caught:
        small.ask("SELECT * FROM flight_ops.flights, fleet.planes")
    assert (caught.value.code, caught.value.status) == ("query.forbidden", 403)
    assert small.reads == []


def test_an_endless_query_ends_at_its_timeout() -> None:
    sessions = Sessions(Limits(timeout_s=0.3), spare=False)
    statement = parse("SELECT count(*) FROM range(1000000000000) t(x) WHERE x % 7 = random()")
    with pytest.raises(MeshError) as caught:
        execute(statement, [], {}, sessions).reader.read_all()
    assert caught.value.code == "query.timeout"
    sessions.close()


def test_a_query_that_needs_too_much_memory_is_refused_and_the_session_lives_on() -> None:
    sessions = Sessions(Limits(memory="60MB", timeout_s=60, threads=2), spare=False)
    hungry = parse("SELECT list(x) FROM range(100000000) t(x)")
    with pytest.raises(MeshError) as caught:
        execute(hungry, [], {}, sessions).reader.read_all()
    assert caught.value.code == "query.out-of-memory"
    assert execute(parse("SELECT 1"), [], {}, sessions).reader.read_all().num_rows == 1
    sessions.close()


def test_a_file_that_is_gone_is_said_to_be_gone(small: SmallMesh) -> None:
    for file in small.storage.root.glob("tables/*/v1/data/*/planes.parquet"):
        file.unlink()
    with pytest.raises(MeshError) as caught:
        small.ask("SELECT * FROM fleet.planes").reader.read_all()
    assert caught.value.code == "query.file-unreadable"
    assert not isinstance(caught.value, InvalidInput)


def test_what_is_larger_than_the_disk_it_may_use_is_told(tmp_path: Path, sqlite_url: str) -> None:
    mesh = open_mesh(tmp_path, sqlite_url)
    mesh.sessions.close()
    sorting = "SELECT range AS n, md5(range::VARCHAR) AS m FROM range(5000000) ORDER BY m"
    mesh.sessions = Sessions(Limits(memory="60MB", disk="20MB", threads=1, timeout_s=60), spare=False)
    try:
        with pytest.raises(MeshError) as caught:
            mesh.ask(sorting, limit=1_000_000).reader.read_all()
        assert caught.value.code == "query.out-of-disk", caught.value
        assert mesh.rows("SELECT 1 AS n") == [{"n": 1}]
    finally:
        close(mesh)
