"""Which columns a statement reads is found in its text: rather one too many than one too few."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mesh_workbench.engine.columns_read import columns_read
from mesh_workbench.engine.statement import parse
from mesh_workbench.lifecycle.consumers import WINDOW
from mesh_workbench.model.access import ReadRecord
from mesh_workbench.model.base import new_id
from mesh_workbench.registry import Registry
from tests import records
from tests.query.conftest import FLIGHTS, PLANES, SmallMesh

F = ("carrier", "tailnum", "dep_delay", "day")
P = ("tailnum", "seats")


@pytest.mark.parametrize(
    ("statement", "read"),
    [
        ("SELECT carrier FROM ops.flights WHERE day > DATE '2013-01-01'", [("carrier", "day")]),
        ("SELECT * FROM ops.flights", [None]),
        ("SELECT count(*) FROM ops.flights", [()]),
        ("SELECT f.* FROM ops.flights f", [None]),
        ("SELECT f FROM ops.flights f", [None]),
        ("FROM ops.flights", [None]),
        ("SELECT CARRIER FROM ops.flights", [("carrier",)]),
        ("SELECT flights.carrier FROM ops.flights", [("carrier",)]),
        ("SELECT ops.flights.carrier FROM ops.flights", [("carrier",)]),
        ("SELECT f.carrier, p.seats FROM ops.flights f JOIN ops.planes p ON f.tailnum = p.tailnum", [
            ("carrier", "tailnum"), ("tailnum", "seats")]),
        ("SELECT carrier FROM ops.flights JOIN ops.planes USING (tailnum)", [("carrier", "tailnum"), ("tailnum",)]),
        ("SELECT seats FROM ops.flights NATURAL JOIN ops.planes", [None, None]),
        ("WITH few AS (SELECT carrier FROM ops.flights) SELECT * FROM few", [("carrier",)]),
        ("SELECT * FROM (SELECT carrier, dep_delay FROM ops.flights)", [("carrier", "dep_delay")]),
        ("SELECT * FROM (SELECT 1 AS n), ops.flights", [None]),
        ("SELECT seats FROM ops.planes WHERE tailnum IN (SELECT tailnum FROM ops.flights)", [
            ("tailnum", "seats"), ("tailnum",)]),
        ("SELECT COLUMNS('d.*') FROM ops.flights", [None]),
        ("SELECT carrier FROM ops.flights ORDER BY dep_delay QUALIFY row_number() OVER (PARTITION BY day) = 1", [
            ("carrier", "dep_delay", "day")]),
    ],
)  # fmt: skip
def test_columns_are_found_in_the_text(statement: str, read: list[tuple[str, ...] | None]) -> None:
    parsed = parse(statement)
    known = tuple(F if name.text.endswith("flights") else P for name in parsed.names)
    assert list(columns_read(parsed, known)) == read


def test_the_log_says_which_columns_were_read(make_mesh: Callable[[], SmallMesh]) -> None:
    small_mesh = make_mesh()
    small_mesh.publish("ops.flights", FLIGHTS)
    small_mesh.publish("ops.planes", PLANES)
    small_mesh.rows("SELECT carrier, seats FROM ops.flights JOIN ops.planes USING (tailnum)")
    small_mesh.rows("SELECT * FROM ops.planes")
    assert [(record.port, record.columns) for record in small_mesh.reads] == [
        ("flights", ["carrier", "tailnum"]),
        ("planes", ["tailnum", "seats"]),
        ("planes", []),
    ]


def test_uses_are_counted_by_who_and_what_on_every_database(registry: Registry) -> None:
    version = records.known_version(registry, "ops.flights")
    run = registry.runs.add(records.run(records.known_version(registry, "ops.report")))

    def read(identity: str, *columns: str, run_id: str | None = None, how: str = "sql") -> ReadRecord:
        return ReadRecord(
            id=new_id("red"),
            at=registry.now(),
            identity=identity,
            product_id=version.product_id,
            port="flights",
            release=1,
            how=how,
            columns=list(columns),
            run_id=run_id,
        )

    registry.reads.add([
        read("ana", "carrier"), read("ana", "carrier"), read("ana", "day"), read("ana", run_id=run.id, how="run"),
        read("rita", how="sample"),
    ])  # fmt: skip
    found = registry.reads.uses(version.product_id, registry.now() - WINDOW)
    assert sorted((use.identity, use.product, use.columns, use.reads) for use in found if use.product is None) == [
        ("ana", None, ("carrier",), 2),
        ("ana", None, ("day",), 1),
    ]
    assert [(use.identity, use.columns) for use in found if use.product == "ops.report"] == [("ana", ())]
    assert len(found) == 3
