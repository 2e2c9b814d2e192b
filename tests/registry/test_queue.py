"""The queue: domains take turns, priority decides within a domain, limits hold for all workers together."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from mesh_workbench.model.queue import QueueLimits
from mesh_workbench.model.run import Run, RunState
from mesh_workbench.model.version import ProductVersion
from mesh_workbench.registry import Registry
from tests import records


def queued(registry: Registry, version: ProductVersion, count: int = 1, **changes: object) -> list[Run]:
    with registry.transaction():
        return [registry.runs.add(records.run(version, **changes)) for _ in range(count)]


def claimed(registry: Registry, limits: QueueLimits | None = None, identity: str | None = None) -> Run | None:
    return registry.runs.claim("wrk_1", identity, 60, limits or QueueLimits())


def finish(registry: Registry, run: Run) -> None:
    attempt = run.attempts[-1].number
    registry.runs.finish(run.id, worker_id="wrk_1", attempt=attempt, state=RunState.SUCCEEDED)


def test_within_a_domain_priority_decides_and_then_age(registry: Registry) -> None:
    version = records.known_version(registry)
    [old, new] = (queued(registry, version, priority=50)[0] for _ in range(2))
    [backfill] = queued(registry, version, priority=30)
    [manual] = queued(registry, version, priority=70)
    order = [claimed(registry) for _ in range(4)]
    assert [run.id for run in order if run] == [manual.id, old.id, new.id, backfill.id]


def test_a_domain_with_a_thousand_runs_does_not_starve_another(registry: Registry) -> None:
    many, few = records.known_version(registry, "fleet.planes"), records.known_version(registry, "sales.orders")
    queued(registry, many, 1000, priority=100)
    queued(registry, few, 3, priority=0)
    served = Counter()
    for _ in range(6):  # one place only: each ends before the next begins
        run = claimed(registry)
        assert run is not None
        served[run.product] += 1
        finish(registry, run)
    assert served == {"fleet.planes": 3, "sales.orders": 3}


def test_a_run_of_a_domain_that_has_had_less_goes_before_a_higher_priority(registry: Registry) -> None:
    fleet, sales = records.known_version(registry, "fleet.planes"), records.known_version(registry, "sales.orders")
    queued(registry, fleet, 3, priority=70)
    first = claimed(registry)
    assert first is not None
    queued(registry, sales, 1, priority=10)
    second = claimed(registry)
    assert second is not None
    assert second.product == "sales.orders"


def test_limits_of_products_and_domains_hold_and_free_themselves(registry: Registry) -> None:
    planes, routes = (records.known_version(registry, f"fleet.{name}") for name in ("planes", "routes"))
    queued(registry, planes, 5, priority=90)
    queued(registry, routes, 5)
    limits = QueueLimits(product=2, named={"fleet": 3})
    taken = [claimed(registry, limits) for _ in range(4)]
    assert [run.product if run else None for run in taken] == ["fleet.planes", "fleet.planes", "fleet.routes", None]
    assert taken[0] is not None
    finish(registry, taken[0])
    after = claimed(registry, limits)
    assert after is not None
    assert after.product == "fleet.planes"
    assert claimed(registry, QueueLimits(product=2, named={"fleet": 9, "fleet.planes": 3})) is not None


def test_a_run_waits_until_its_time_by_the_clock_of_the_database(registry: Registry) -> None:
    version = records.known_version(registry)
    now = registry.now()
    queued(registry, version, not_before=now + timedelta(hours=1))
    assert claimed(registry) is None
    [due] = queued(registry, version, not_before=now - timedelta(seconds=1))
    run = claimed(registry)
    assert run is not None
    assert (run.id, run.not_before) == (due.id, None)


def test_a_run_whose_earlier_attempt_is_still_being_published_is_not_begun(registry: Registry) -> None:
    version = records.known_version(registry)
    [run] = queued(registry, version)
    product = registry.products.by_id(version.product_id)
    assert product is not None
    fence = registry.publications.acquire_lock(product.id, "wrk_gone", 60)
    registry.publications.prepare(records.publication(product, fence, run_id=run.id))
    assert claimed(registry) is None


def test_places_are_those_in_which_runs_are_then_claimed(registry: Registry) -> None:
    fleet, sales = records.known_version(registry, "fleet.planes"), records.known_version(registry, "sales.orders")
    runs = [
        *queued(registry, fleet, 4, priority=70),
        *queued(registry, sales, 2, priority=30),
        *queued(registry, fleet, 1, priority=90),
    ]
    later = queued(registry, sales, not_before=registry.now() + timedelta(hours=1))
    places = registry.runs.positions([run.id for run in (*runs, *later)], None)
    assert sorted(places.values()) == [1, 2, 3, 4, 5, 6, 7]
    order = [claimed(registry) for _ in runs]
    assert [run.id for run in order if run] == sorted(places, key=lambda run_id: places[run_id])


def test_places_in_the_queue_of_one_person_count_only_their_runs(registry: Registry) -> None:
    version = records.known_version(registry)
    queued(registry, version, 3, acting_identity="ana")
    [his] = queued(registry, version, acting_identity="ben")
    assert registry.runs.positions([his.id], None) == {his.id: 4}
    assert registry.runs.positions([his.id], "ben") == {his.id: 1}


@pytest.mark.parametrize("identity", ["ben", "an", "ana\0", "ANA", "*", "ana' OR '1'='1", ""])
def test_a_worker_of_a_person_claims_nothing_of_anybody_else(registry: Registry, identity: str) -> None:
    queued(registry, records.known_version(registry), acting_identity="ana")
    assert claimed(registry, identity=identity) is None
    assert claimed(registry, identity="ana") is not None
