"""When a product is late: decided once, from its schedule, its runs and what its contract promises about age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.contracts.facts import Facts
from mesh_workbench.lifecycle.check import check
from mesh_workbench.model.health import GRACE, health_of, late_of
from mesh_workbench.model.product import HealthState
from mesh_workbench.model.run import Failure, RunState
from mesh_workbench.registry import Registry
from tests import records
from tests.builders import contract

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
PRODUCT = records.product()
VERSION = records.version(PRODUCT)
SOON, LONG = GRACE - timedelta(seconds=1), GRACE + timedelta(seconds=1)


def test_a_schedule_that_should_have_fired_makes_late_after_the_grace_time_and_not_when_it_is_paused() -> None:
    on_time = records.schedule(PRODUCT, next_fire=NOW - SOON)
    assert late_of(None, None, on_time, NOW) is None
    overdue = records.schedule(PRODUCT, next_fire=NOW - LONG)
    late = late_of(None, None, overdue, NOW)
    assert late is not None
    assert (late.state, late.since) == (HealthState.LATE, NOW - LONG)
    assert late_of(None, None, overdue.model_copy(update={"paused": True}), NOW) is None


@pytest.mark.parametrize(("trigger", "late"), [("schedule", True), ("manual", False), ("backfill", False)])
def test_only_a_scheduled_run_that_waits_makes_late(trigger: str, late: bool) -> None:
    waiting = records.run(VERSION, trigger=trigger, created=NOW - LONG)
    assert (late_of(None, waiting, None, NOW) is not None) is late
    begun = waiting.model_copy(update={"state": RunState.RUNNING})
    assert late_of(None, begun, None, NOW) is None


def test_data_older_than_promised_make_late_although_nothing_ran() -> None:
    release = records.release(PRODUCT, [], published=NOW - timedelta(days=1), fresh_until=NOW - LONG)
    late = late_of(release, None, None, NOW)
    assert late is not None
    assert late.since == NOW - LONG
    assert health_of(release, None, None, NOW) == late
    assert late_of(release, None, None, NOW - LONG) is None


def test_a_failed_run_is_told_before_lateness() -> None:
    failure = Failure(failure_class="user_code", code="run.cell-failed", message="ZeroDivisionError")
    failed = records.run(VERSION, state=RunState.FAILED, failure=failure, created=NOW)
    overdue = records.schedule(PRODUCT, next_fire=NOW - LONG)
    assert health_of(None, failed, overdue, NOW).state is HealthState.FAILED


def fresh_until(*levels: dict[str, object]) -> datetime | None:
    """What a check at NOW of data whose newest value is a day old says."""
    table = pa.table({"at": pa.array([NOW - timedelta(days=1)], pa.timestamp("us", "UTC"))})
    text = contract("at", slaProperties=list(levels))
    facts = Facts(now=NOW, publishing=True, releases=())
    return check({"data": text}, {"data": Candidate.from_table(table, "data")}, facts=facts).fresh_until


def test_a_check_says_until_when_promises_of_age_are_kept() -> None:
    assert fresh_until() is None
    assert fresh_until({"property": "freshness", "value": "PT30H", "element": "data.at"}) == NOW + timedelta(hours=6)
    assert fresh_until({"property": "latency", "value": 20, "unit": "h", "element": "data.at"}) == NOW - timedelta(
        hours=4
    )
    assert fresh_until({"property": "frequency", "value": 2, "unit": "d"}) == NOW + timedelta(days=2)
    assert fresh_until({"property": "frequency", "value": "often"}) is None
    assert fresh_until({"property": "freshness", "value": "P1D", "element": "data.gone"}) is None
    assert fresh_until(
        {"property": "frequency", "value": 2, "unit": "d"},
        {"property": "freshness", "value": "PT30H", "element": "data.at"},
    ) == NOW + timedelta(hours=6)


def test_the_registry_finds_who_may_be_late_by_its_own_clock(registry: Registry) -> None:
    moment = registry.now()
    old, young = moment - timedelta(hours=1), moment + timedelta(hours=1)

    def product(name: str, **changes: object) -> str:
        return records.known_product(registry, f"fleet.{name}", **changes).id

    quiet, retired = product("quiet"), product("retired", status="retired")
    overdue, paused, stale, fresh = product("overdue"), product("paused"), product("stale"), product("fresh")
    for product_id, more in ((overdue, {}), (retired, {}), (paused, {"paused": True}), (quiet, {"next_fire": young})):
        known = registry.products.by_id(product_id)
        assert known is not None
        registry.schedules.set(records.schedule(known, **{"next_fire": old, **more}))
    registry.products.set_fresh_until(stale, old)
    registry.products.set_fresh_until(fresh, young)
    waits = records.known_version(registry, "fleet.waits")
    registry.runs.add(records.run(waits, trigger="schedule", created=old))
    assert set(registry.overdue.products(300)) == {overdue, stale, waits.product_id}
