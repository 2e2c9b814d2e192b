"""Runs: each is waiting, leased to somebody who is alive, or over; and what it says about its release is so."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_workbench.lifecycle.examine.check import Scene
from mesh_workbench.model.examination import Problem


def unleased(scene: Scene) -> Iterator[Problem]:
    for fact in scene.registry.anomalies.unleased_runs(scene.patience_s):
        yield Problem(
            subject=fact.id,
            product=fact.product,
            message=f"It is {fact.detail}, and no worker holds it any more.",
            repairable=True,
        )


def lose(scene: Scene, problem: Problem) -> str:
    state = scene.lose(problem.subject)
    return f"It is {state} now." if state else ""


def half_ended(scene: Scene) -> Iterator[Problem]:
    for fact in scene.registry.anomalies.half_ended_runs():
        yield Problem(
            subject=fact.id,
            product=fact.product,
            message=f"It is {fact.detail}, and an attempt of it still goes on, or its end is not recorded.",
            repairable=True,
        )


def close(scene: Scene, problem: Problem) -> str:
    return "Its end is recorded now." if scene.registry.repairs.close_run(problem.subject) else ""


def without_their_release(scene: Scene) -> Iterator[Problem]:
    for fact in scene.registry.anomalies.runs_without_their_release():
        made = fact.detail != "succeeded"
        yield Problem(
            subject=fact.id,
            product=fact.product,
            message=f"It is {fact.detail}, and there {'is a' if made else 'is no'} release of it.",
            damage=not made,
        )
