"""What is amiss with a product is said with every answer that is read from it now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pyarrow as pa
from sqlalchemy import event

from mesh_workbench.model.run import Failure, RunState
from tests import records
from tests.query.conftest import BEGIN, SmallMesh

Make = Callable[[], SmallMesh]


def _warnings(
    mesh: SmallMesh, statement: str = "SELECT * FROM fleet.planes", as_of: datetime | None = None
) -> list[str]:
    return mesh.ask(statement, as_of=as_of).provenance.warnings


def test_data_older_than_promised_are_late(small: SmallMesh) -> None:
    assert _warnings(small) == []
    small.publish("fleet.planes", pa.table({"x": [1]}), fresh_until=BEGIN + timedelta(days=2))
    late = "fleet.planes is late since 2013-01-03 00:00 UTC: Its data are older than its contract promises."
    assert _warnings(small) == [late]
    assert _warnings(small, "SELECT * FROM fleet.planes p, flight_ops.flights f, fleet.planes q") == [late]


def test_a_schedule_that_should_have_fired_makes_late(small: SmallMesh) -> None:
    product = small.registry.products.get("fleet", "planes")
    assert product is not None
    schedule = small.registry.schedules.set(records.schedule(product, next_fire=BEGIN))
    assert "no worker has taken it up" in _warnings(small)[0]
    small.registry.schedules.set(schedule.model_copy(update={"next_fire": small.registry.now() + timedelta(days=1)}))
    assert _warnings(small) == []


def test_a_newest_run_that_broke_the_contract_or_failed_is_told(small: SmallMesh) -> None:
    version = records.known_version(small.registry, "fleet.planes")
    failure = Failure(failure_class="contract", code="run.breached", message="2 of 3 promises were broken.")
    run = records.run(version, state=RunState.FAILED, failure=failure, created=small.registry.now())
    small.registry.runs.add(run)
    assert _warnings(small) == [
        "fleet.planes broke its contract in its newest run: 2 of 3 promises were broken. Release 1 stays."
    ]


def test_how_a_product_is_now_does_not_matter_to_who_reads_what_was(small: SmallMesh) -> None:
    small.publish("fleet.planes", pa.table({"x": [1]}), fresh_until=BEGIN)
    assert _warnings(small, "SELECT * FROM fleet.planes AT (VERSION => 1)") == []
    assert _warnings(small, as_of=BEGIN + timedelta(hours=1)) == []


def test_looking_for_trouble_takes_no_statement_where_there_is_none_and_as_many_for_one_as_for_eight(
    make_mesh: Make,
) -> None:
    mesh = make_mesh()
    for index in range(8):
        mesh.publish(f"late.t{index}", pa.table({"x": [index]}), fresh_until=BEGIN)
        mesh.publish(f"fine.t{index}", pa.table({"x": [index]}))
    counted: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith("BEGIN"):
            counted.append(statement)

    def statements(domain: str, products: int) -> int:
        asked = f"SELECT 1 FROM {', '.join(f'{domain}.t{index}' for index in range(products))}"
        mesh.ask(asked)  # the files of releases are looked up once
        counted.clear()
        mesh.ask(asked)
        return len(counted)

    event.listen(mesh.registry._db.engine, "before_cursor_execute", count)
    assert statements("fine", 1) == statements("fine", 8) == 2
    assert statements("late", 1) == statements("late", 8) == 6
