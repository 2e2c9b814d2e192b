"""Rows of a port, chosen without SQL."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from mesh_workbench.errors import MeshError
from mesh_workbench.lifecycle.port_rows import port_rows
from mesh_workbench.model.rows import RowsRequest
from tests.query.conftest import FLIGHTS, SmallMesh

FLIGHTS_PORT = "flight_ops.flights.flights"


def rows(mesh: SmallMesh, port: str = FLIGHTS_PORT, **asked: object) -> list[dict[str, object]]:
    request = RowsRequest.model_validate({"port": port, **asked})
    found: list[dict[str, object]] = port_rows(mesh.reader(), request).reader.read_all().to_pylist()
    return found


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ([], 4),
        (["carrier:eq:AA"], 2),
        (["carrier:ne:AA"], 2),
        (["carrier:in:AA,DL"], 3),
        (["carrier:in:"], 0),
        (["carrier:contains:A"], 3),
        (["carrier:starts:D"], 1),
        (["dep_delay:gt:1"], 2),
        (["dep_delay:le:-2"], 1),
        (["dep_delay:is:null"], 1),
        (["dep_delay:is:present"], 3),
        (["day:ge:2013-01-02"], 2),
        (["day:lt:2013-01-02", "carrier:eq:UA"], 1),
        (["carrier:eq:x' OR 1=1 --"], 0),
        (['carrier:eq:"; DROP TABLE x'], 0),
        (["carrier:eq:$v0"], 0),
    ],
)
def test_filters_keep_what_they_say(filters: list[str], count: int, shared: SmallMesh) -> None:
    assert len(rows(shared, filter=filters)) == count


def test_columns_are_chosen_and_rows_sorted(shared: SmallMesh) -> None:
    found = rows(shared, select=["day", "carrier"], order=["-dep_delay", "carrier"], limit=3)
    assert [list(row) for row in found] == [["day", "carrier"]] * 3
    assert [row["carrier"] for row in found] == ["DL", "AA", "UA"], "what is missing comes last"


@pytest.mark.parametrize(
    ("asked", "code", "hint"),
    [
        ({"select": ["carier"]}, "rows.unknown-column", "carrier"),
        ({"filter": ["carier:eq:AA"]}, "rows.unknown-column", "carrier"),
        ({"order": ["-carier"]}, "rows.unknown-column", "carrier"),
        ({"filter": ["carrier"]}, "rows.bad-filter", "COLUMN:OPERATOR:VALUE"),
        ({"filter": ["carrier:AA"]}, "rows.bad-filter", "COLUMN:OPERATOR:VALUE"),
        ({"filter": ["carrier:equals:AA"]}, "rows.bad-filter", "eq"),
        ({"filter": ["carrier:is:empty"]}, "rows.bad-filter", "COLUMN:OPERATOR:VALUE"),
        ({"filter": ["dep_delay:contains:1"]}, "rows.bad-filter", "COLUMN:OPERATOR:VALUE"),
        ({"filter": ["dep_delay:gt:late"]}, "rows.bad-value", "2013-01-31"),
        ({"filter": ["day:gt:2013-02-30"]}, "rows.bad-value", "2013-01-31"),
        ({"cursor": "x"}, "cursor.invalid", "next"),
        ({"port": "flight_ops.fligths.flights"}, "query.unknown-product", "flight_ops.flights"),
        ({"port": "flight_ops.flights.flight"}, "query.unknown-port", "flights"),
        ({"release": 7}, "query.no-such-release", "newest is 1"),
    ],
)
def test_mistakes_are_told_with_what_is_there(
    asked: dict[str, object], code: str, hint: str, shared: SmallMesh
) -> None:
    with pytest.raises(MeshError) as caught:
        rows(shared, **asked)  # type: ignore[arg-type]
    assert caught.value.code == code
    assert hint in caught.value.hint


def test_awkward_names_and_values_find_their_rows(make_mesh: Callable[[], SmallMesh]) -> None:
    mesh = make_mesh()
    moments = [datetime(2013, 1, 1, 6, tzinfo=UTC), None]
    table = pa.table(
        {
            "a:eq": ["x,y", "z"],
            'quo"te': [1, 2],
            "-minus": [1, 2],
            "at": moments,
            "x": [math.nan, 1.0],
            "l": [[1], None],
            "eß, ä": [1, 2],
        }
    )
    mesh.publish("a.t", table)
    for filters in (
        ["a:eq:eq:x,y"],
        ['a:eq:in:"x,y",q'],
        ['quo"te:eq:1'],
        ["-minus:lt:2"],
        ["at:eq:2013-01-01T06:00:00Z"],
        ["at:eq:2013-01-01 06:00:00"],
        ["at:eq:2013-01-01T07:00:00+01:00"],
        ["x:eq:nan"],
        ["x:gt:100"],
        ["l:is:present"],
        ["eß, ä:eq:1"],
    ):
        assert len(rows(mesh, "a.t.t", filter=filters)) == 1, filters
    assert [row["-minus"] for row in rows(mesh, "a.t.t", order=["-minus"])] == [1, 2], "the name as it is comes first"
    assert [row["-minus"] for row in rows(mesh, "a.t.t", order=["--minus"])] == [2, 1]
    for asked in ({"filter": ["l:eq:1"]}, {"order": ["l"]}):
        with pytest.raises(MeshError, match=r"\[\]"):
            rows(mesh, "a.t.t", **asked)


@pytest.mark.parametrize("order", [[], ["k"]])
def test_pages_neither_repeat_nor_lose_rows_also_while_others_publish(
    order: list[str], make_mesh: Callable[[], SmallMesh]
) -> None:
    mesh = make_mesh()
    table = pa.table({"k": [number % 3 for number in range(5000)], "n": range(5000)})
    mesh.publish("a.t", table)
    found: list[object] = []
    asked = RowsRequest(port="a.t.t", order=order, limit=700)
    while len(found) < table.num_rows:
        page = port_rows(mesh.reader(), asked)
        got = page.reader.read_all()["n"].to_pylist()
        found += got
        mesh.publish("a.t", table.slice(0, 10))
        assert page.provenance.sources[0].release == 1
        asked = asked.model_copy(update={"cursor": asked.after(1, len(got))})
    assert sorted(found) == list(range(5000))  # type: ignore[type-var]
    other = asked.model_copy(update={"filter": ["k:eq:1"]})
    with pytest.raises(MeshError, match="not a cursor of these rows"):
        port_rows(mesh.reader(), other)


def test_who_may_not_read_gets_nothing_and_reads_are_logged(small: SmallMesh) -> None:
    rows(small, select=["day"], filter=["carrier:eq:AA"])
    [read] = small.reads
    assert (read.port, read.how, read.rows) == ("flights", "rows", 2)
    assert set(read.columns) == {"day", "carrier"}
    small.forbidden.add("flight_ops.flights")
    with pytest.raises(MeshError) as caught:
        rows(small)
    assert caught.value.code == "query.forbidden"


def test_a_moment_and_a_version_can_be_asked_for(small: SmallMesh) -> None:
    small.publish("flight_ops.flights", FLIGHTS.slice(0, 1), version="2.0.0")
    assert len(rows(small)) == 1
    assert len(rows(small, as_of="2013-01-01T12:00:00Z")) == 4
    assert len(rows(small, release=1)) == 4
    assert len(rows(small, port=f"{FLIGHTS_PORT}@1")) == 4
    assert rows(small, port=f"{FLIGHTS_PORT}@2")[0]["day"] == date(2013, 1, 1)
