"""Publications: what a publisher left half way, and what has no release to show for it."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_workbench.lifecycle.examine.check import Scene
from mesh_workbench.lifecycle.recover import recover
from mesh_workbench.model.examination import Problem


def unfinished(scene: Scene) -> Iterator[Problem]:
    for fact in scene.registry.anomalies.unfinished_publications(scene.patience_s):
        yield Problem(
            subject=fact.id,
            product=fact.product,
            message=f"Publishing what {fact.detail} made was interrupted, and nobody goes on with it.",
            repairable=True,
        )


def finish(scene: Scene, problem: Problem) -> str:
    publication = scene.registry.publications.get(problem.subject)
    if publication is None or problem.subject not in recover(
        scene.registry, scene.storage, publication.product_id, holder=scene.by
    ):
        return ""
    after = scene.registry.publications.get(problem.subject)
    return f"It is {after.state.value} now." if after else ""


def without_release(scene: Scene) -> Iterator[Problem]:
    for fact in scene.registry.anomalies.publications_without_release():
        yield Problem(
            subject=fact.id,
            product=fact.product,
            message=f"It says that what {fact.detail} made was released, and there is no such release.",
            damage=True,
        )
