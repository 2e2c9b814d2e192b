"""Slots: each that fell due is decided, once, and says the same as its decisions and runs."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_workbench.lifecycle.examine.check import Scene
from mesh_workbench.model.examination import Problem

_LATE_S = 60.0
"""Seconds that living workers may take to decide, beside their leases: they catch up a few schedules at a time."""


def undecided(scene: Scene) -> Iterator[Problem]:
    if not scene.registry.workers.alive(scene.patience_s):
        return  # then nobody could have decided
    for fact in scene.registry.anomalies.undecided_slots(_LATE_S + scene.patience_s):
        yield Problem(
            subject=fact.id, product=fact.product, message=f"Nobody decided it: {fact.detail}, and nothing holds it up."
        )


def decided_twice(scene: Scene) -> Iterator[Problem]:
    for fact in scene.registry.anomalies.slots_decided_twice():
        yield Problem(subject=fact.id, product=fact.product, message=f"It was decided more than once: {fact.detail}.")


def disagreeing(scene: Scene) -> Iterator[Problem]:
    anomalies = scene.registry.anomalies
    for fact in anomalies.slots_in_other_state():
        yield Problem(
            subject=fact.id,
            product=fact.product,
            message=f"Its state is not that of its last decision: {fact.detail}.",
            repairable=True,
        )
    for fact in anomalies.slots_of_no_run():
        yield Problem(
            subject=fact.id, product=fact.product, message=f"It was decided to run, and {fact.detail} is not its run."
        )
    for fact in anomalies.runs_of_no_slot():
        yield Problem(
            subject=fact.id, product=fact.product, message=f"It is a run of {fact.detail}, which was not decided so."
        )


def agree(scene: Scene, problem: Problem) -> str:
    state = scene.registry.repairs.settle_slot(problem.subject)
    return f"It is {state} now." if state else ""
