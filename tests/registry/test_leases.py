"""Leases, chores and pauses that were given while the clock was ahead end soon after it was set back."""

from __future__ import annotations

import time

from mesh_workbench.model.publication import PublicationState
from mesh_workbench.model.run import RunState
from mesh_workbench.registry import Registry
from tests import records

A_DAY = 86_400.0


def test_what_was_held_while_the_clock_was_ahead_is_free_soon_after_it_is_set_back(registry: Registry) -> None:
    version = records.known_version(registry)
    run = registry.runs.add(records.run(version))
    assert registry.runs.claim("wrk_gone", None, A_DAY) is not None
    product = registry.products.by_id(version.product_id)
    assert product is not None
    fence = registry.publications.acquire_lock(product.id, "wrk_gone", A_DAY)
    plan = registry.publications.prepare(records.publication(product, fence))
    assert registry.leases.shorten(run_s=0.05, publisher_s=0.05, pause_s=60.0) == 2
    assert registry.leases.shorten(run_s=0.05, publisher_s=0.05, pause_s=60.0) == 0
    time.sleep(0.1)
    assert registry.publications.unfinished_products() == [product.id]
    registry.publications.set_state(plan.id, PublicationState.DISCARDED, fence)
    assert [one.id for one in registry.runs.expired()] == [run.id]


def test_leases_that_are_as_long_as_they_may_be_are_left_alone(registry: Registry) -> None:
    version = records.known_version(registry)
    registry.runs.add(records.run(version))
    registry.runs.claim("wrk_1", None, 30.0)
    assert registry.leases.shorten(run_s=30.0, publisher_s=60.0, pause_s=600.0) == 0
    run = registry.runs.list().items[0]
    assert run.state is RunState.STARTING
    assert registry.runs.expired() == []


def test_a_chore_is_due_again_after_the_clock_was_set_back(registry: Registry) -> None:
    assert registry.chores.take("tidy", A_DAY)
    assert not registry.chores.take("tidy", A_DAY)
    assert registry.chores.take("tidy", 3600.0)
