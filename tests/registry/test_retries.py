"""What failed by no fault of its own is tried again, after a pause, as a new attempt of the same run."""

from __future__ import annotations

import time
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from mesh_workbench.errors import Conflict
from mesh_workbench.model.retry import RetryPolicy
from mesh_workbench.model.run import Failure, Run, RunState
from mesh_workbench.registry import Registry
from tests import records

POLICY = RetryPolicy(retries=2, first_pause_s=60)
DISK = Failure(failure_class="infrastructure", code="storage.full", message="The storage is full.")


@pytest.fixture
def run(registry: Registry) -> Run:
    registry.runs.add(records.run(records.known_version(registry)))
    claimed = registry.runs.claim("wrk_1", None, 30)
    assert claimed is not None
    return claimed


def failed(registry: Registry, run: Run, failure: Failure = DISK, **how: object) -> Run:
    number = run.attempts[-1].number
    return registry.runs.finish(
        run.id, worker_id="wrk_1", attempt=number, state=RunState.FAILED, failure=failure, **{"retry": POLICY, **how}
    )


def test_a_run_that_fails_by_no_fault_of_its_own_waits_for_its_next_attempt(registry: Registry, run: Run) -> None:
    waiting = failed(registry, run)
    assert (waiting.state, waiting.failure, waiting.finished) == (RunState.QUEUED, None, None)
    assert waiting.not_before is not None
    assert timedelta(seconds=25) < waiting.not_before - registry.now() <= timedelta(seconds=60)
    [attempt] = waiting.attempts
    assert (attempt.state, attempt.failure) == (RunState.FAILED, DISK)
    assert attempt.finished is not None
    assert registry.runs.claim("wrk_2", None, 30) is None  # not yet


def test_after_the_last_retry_it_has_failed(registry: Registry, run: Run) -> None:
    now = RetryPolicy(retries=2, first_pause_s=0)
    for _ in range(2):
        assert failed(registry, run, retry=now).state is RunState.QUEUED
        again = registry.runs.claim("wrk_1", None, 30)
        assert again is not None
        run = again
    ended = failed(registry, run, retry=now)
    assert (ended.state, ended.failure) == (RunState.FAILED, DISK)
    assert [attempt.number for attempt in ended.attempts] == [1, 2, 3]
    asked_for = registry.runs.requeue(run.id)  # and then there are as many retries as before
    assert asked_for.not_before is None
    claimed = registry.runs.claim("wrk_1", None, 30)
    assert claimed is not None
    assert failed(registry, claimed).state is RunState.QUEUED


@pytest.mark.parametrize("failure_class", ["user_code", "contract", "missing_output", "environment", "timeout"])
def test_what_would_fail_again_is_not_tried_again(registry: Registry, run: Run, failure_class: str) -> None:
    failure = Failure.model_validate({"failure_class": failure_class, "code": "run.some", "message": "It failed."})
    assert failed(registry, run, failure).state is RunState.FAILED


def test_the_policy_of_a_run_goes_before_that_of_the_workbench(registry: Registry) -> None:
    flaky = RetryPolicy(on=["user_code"], retries=1, first_pause_s=5)
    registry.runs.add(records.run(records.known_version(registry), retry=flaky))
    claimed = registry.runs.claim("wrk_1", None, 30)
    assert claimed is not None
    failure = Failure(failure_class="user_code", code="run.cell-failed", message="ConnectionError")
    assert failed(registry, claimed, failure).state is RunState.QUEUED


def test_a_run_whose_end_was_asked_for_is_not_tried_again(registry: Registry, run: Run) -> None:
    registry.runs.cancel_request(run.id)
    assert failed(registry, run).state is RunState.FAILED


def test_no_retry_begins_while_a_publication_of_the_run_is_unfinished(registry: Registry, run: Run) -> None:
    product = registry.products.by_id(run.product_id)
    assert product is not None
    fence = registry.publications.acquire_lock(product.id, "wrk_1", 60)
    registry.publications.prepare(records.publication(product, fence, run_id=run.id))
    assert failed(registry, run).state is RunState.FAILED


def test_only_the_owner_of_an_attempt_lets_it_wait_for_the_next(registry: Registry, run: Run) -> None:
    with pytest.raises(Conflict) as conflict:
        registry.runs.finish(run.id, worker_id="wrk_2", attempt=1, state=RunState.FAILED, failure=DISK, retry=POLICY)
    assert conflict.value.code == "run.not-mine"
    assert registry.runs.counts() == (0, 1)


def test_a_run_that_is_lost_again_and_again_waits_longer_each_time(registry: Registry) -> None:
    run = registry.runs.add(records.run(records.known_version(registry)))
    states = []
    for _ in range(2):
        registry.runs.claim("wrk_gone", None, 0.01)
        time.sleep(0.05)
        [expired] = registry.runs.expired()
        lost = registry.runs.lose(expired, retry=POLICY)
        assert lost is not None
        states.append((lost.state, lost.not_before is not None and lost.not_before > registry.now()))
    assert states == [(RunState.QUEUED, False), (RunState.QUEUED, True)]  # the first loss says nothing about the run
    found = registry.runs.get(run.id)
    assert found is not None
    assert {attempt.failure.code for attempt in found.attempts if attempt.failure} == {"run.lost"}


@given(made=st.integers(0, 200), chance=st.floats(0, 1), first=st.floats(0, 1e5), longest=st.floats(0, 1e5))
def test_pauses_grow_up_to_the_longest_and_differ_by_chance(
    made: int, chance: float, first: float, longest: float
) -> None:
    policy = RetryPolicy(retries=100, first_pause_s=first, longest_pause_s=longest)
    pause = policy.pause_s("infrastructure", "storage.full", made=made, chance=chance)
    if made >= 100:
        assert pause is None
        return
    assert pause is not None
    assert 0 <= pause <= longest
    assert pause >= min(first, longest) / 2


def test_each_pause_is_twice_as_long_as_the_one_before() -> None:
    policy = RetryPolicy(retries=5, first_pause_s=10, longest_pause_s=60)
    pauses = [policy.pause_s("infrastructure", "x.y", made=made, chance=1) or 0 for made in range(5)]
    assert pauses == [10, 20, 40, 60, 60]
    assert all(before <= after for before, after in pairwise(pauses))


@pytest.mark.parametrize("wrong", [{"on": ["bad luck"]}, {"on": [""]}, {"retries": -1}, {"first_pause_s": -1}])
def test_policies_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        RetryPolicy.model_validate(wrong)
