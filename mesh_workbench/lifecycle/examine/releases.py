"""Releases: numbered, one a run, complete, and the newest one known as such."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_workbench.lifecycle.examine.check import Scene, steadily
from mesh_workbench.model.examination import Problem
from mesh_workbench.model.product import Product
from mesh_workbench.model.release import PortFile, Release, ReleasePort


def releases_of(scene: Scene, product: Product) -> list[Release]:
    """All of a product, the oldest first."""
    found: list[Release] = []
    cursor = None
    while True:
        page = scene.registry.releases.list(product.id, cursor=cursor, limit=1000)
        found += page.items
        cursor = page.next
        if cursor is None:
            return found[::-1]


def wrong(scene: Scene) -> Iterator[Problem]:
    anomalies = scene.registry.anomalies
    for fact in anomalies.gaps_in_releases():
        message = f"Its releases are not numbered without gaps: {fact.detail}."
        yield Problem(subject=fact.id, product=fact.product, message=message, damage=True)
    for fact in anomalies.runs_released_twice():
        yield Problem(
            subject=fact.id, product=fact.product, message=f"It was released twice: {fact.detail}.", damage=True
        )
    for fact in anomalies.releases_without_run_or_report():
        yield Problem(subject=fact.id, product=fact.product, message=f"Something behind it is gone, {fact.detail}.")


def not_newest(scene: Scene) -> Iterator[Problem]:
    yield from steadily(scene, _not_newest)


def _not_newest(scene: Scene, product: Product) -> Iterator[Problem]:
    newest = scene.registry.releases.latest(product.id)
    number = newest.number if newest else None
    now = scene.registry.products.by_id(product.id)
    if now is not None and now.release != number:
        yield Problem(
            subject=product.id,
            product=product.full_name,
            message=f"The product says that its release is {now.release}; the newest is {number}.",
            repairable=True,
        )


def name_newest(scene: Scene, problem: Problem) -> str:
    newest = scene.registry.releases.latest(problem.subject)
    scene.registry.products.change(problem.subject, release=newest.number if newest else None)
    return f"It says {newest.number if newest else None} now."


def other_files(scene: Scene) -> Iterator[Problem]:
    yield from steadily(scene, _other_files)


def _other_files(scene: Scene, product: Product) -> Iterator[Problem]:
    for release in releases_of(scene, product):
        for port in release.ports if release.removed is None else []:
            files = scene.registry.releases.files(port.port_id, port.major, release.number)
            seen = (len(files), sum(file.rows for file in files), sum(file.size for file in files))
            if seen != (port.files, port.rows, port.bytes):
                yield Problem(
                    subject=f"{release.id}/{port.port}",
                    product=product.full_name,
                    message=f"Release {release.number} says {port.files} files with {port.rows} rows and {port.bytes} "
                    f"bytes; known are {seen[0]} with {seen[1]} and {seen[2]}.",
                    damage=True,
                    repairable=bool(_forgotten(scene, release, port)),
                )


def register(scene: Scene, problem: Problem) -> str:
    """Writes down again which files a release added, from the plan of its publication."""
    release_id, _, name = problem.subject.partition("/")
    product = scene.registry.products.get(*problem.product.split("."))
    for release in releases_of(scene, product) if product else []:
        for port in release.ports:
            if (release.id, port.port) == (release_id, name):
                files = _forgotten(scene, release, port)
                scene.registry.repairs.register_files(port.port_id, port.major, release.number, files)
                return f"{len(files)} files of it are written down again."
    return ""


def _forgotten(scene: Scene, release: Release, port: ReleasePort) -> list[PortFile]:
    """Files that the publication of a release added to a port, and of which the registry knows nothing."""
    publication = scene.registry.anomalies.publication_of(release.run_id)
    plans = publication.ports if publication else []
    known = {span.file.path for span in scene.registry.anomalies.file_spans(port.port_id, port.major)}
    return [file for plan in plans if plan.port_id == port.port_id for file in plan.add if file.path not in known]
