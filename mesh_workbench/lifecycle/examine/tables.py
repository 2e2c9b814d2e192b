"""Tables: what a Delta log says is what the releases say, now and at every version that a release names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mesh_workbench.engine.arrow_text import decode_schema
from mesh_workbench.errors import MeshError
from mesh_workbench.lifecycle.examine.check import Scene, steadily
from mesh_workbench.lifecycle.examine.releases import releases_of
from mesh_workbench.lifecycle.publisher_lock import PublisherLock
from mesh_workbench.model.examination import Problem
from mesh_workbench.model.product import Product
from mesh_workbench.model.release import PortFile, Release

_LEASE_S = 60.0


@dataclass(frozen=True)
class Table:
    """The table of one port and major version, with the releases that speak of it, the oldest first."""

    name: str
    port_id: str
    major: int
    folder: Path
    releases: list[Release]
    newest: int = 0
    """The newest release of its major version, which may be without this port; 0 for none."""

    def files(self, scene: Scene) -> dict[str, PortFile]:
        """What it must hold: the files of the newest release, by path."""
        if not self.releases:
            return {}
        files = scene.registry.releases.files(self.port_id, self.major, self.newest)
        return {file.path: file for file in files}


def tables_of(scene: Scene, product: Product) -> Iterator[Table]:
    """Every table that a release of the product speaks of, or that is there."""
    releases = releases_of(scene, product)
    for port in scene.registry.products.ports(product.id):
        there = scene.storage.table_folder(port.id, 0).parent
        majors = {int(folder.name[1:]) for folder in there.glob("v*") if folder.name[1:].isdigit()}
        majors |= {each.major for release in releases for each in release.ports if each.port_id == port.id}
        for major in sorted(majors):
            of_it = [one for one in releases if any((p.port_id, p.major) == (port.id, major) for p in one.ports)]
            newest = max((one.number for one in releases if one.major == major), default=0)
            yield Table(port.name, port.id, major, scene.storage.table_folder(port.id, major), of_it, newest)


def astray(scene: Scene) -> Iterator[Problem]:
    yield from steadily(scene, _astray)


def _astray(scene: Scene, product: Product) -> Iterator[Problem]:
    for table in tables_of(scene, product):
        try:
            snapshot = scene.storage.snapshot(table.folder)
        except MeshError as fault:
            yield _problem(product, table, f"It cannot be opened: {fault.message}")
            continue
        wanted = table.files(scene)
        present = set(snapshot.files) if snapshot else set()
        lacks, extra = wanted.keys() - present, present - wanted.keys()
        if lacks or extra:
            yield _problem(
                product,
                table,
                f"It is not release {table.newest}: its log lacks {len(lacks)} files and has {len(extra)} of no "
                "release.",
                repairable=True,
            )


def bring_back(scene: Scene, problem: Problem) -> str:
    """Commits what makes the table hold its newest release; nothing is deleted."""
    product = scene.registry.products.get(*problem.product.split("."))
    for table in tables_of(scene, product) if product else []:
        if product is not None and str(table.folder) == problem.subject:
            with PublisherLock(scene.registry, product.id, holder=scene.by, lease_s=_LEASE_S) as lock:
                if scene.registry.publications.unfinished(product.id) is None:
                    return _bring_back(scene, table, lock.fence)
    return ""


def _bring_back(scene: Scene, table: Table, fence: int) -> str:
    snapshot = scene.storage.snapshot(table.folder)
    wanted = table.files(scene)
    present = snapshot.files if snapshot else {}
    version = snapshot.version if snapshot else None
    if version is None:
        shape = next(
            one for one in table.releases[-1].ports if (one.port_id, one.major) == (table.port_id, table.major)
        )
        schema = decode_schema(shape.arrow_schema)
        version = scene.storage.shape(table.folder, schema, expected_version=None, fence=fence)
    committed = scene.storage.commit(
        table.folder,
        expected_version=version,
        fence=fence,
        add=[file for path, file in wanted.items() if path not in present],
        remove=[path for path in present if path not in wanted],
    )
    return f"Version {committed} of the table is the release again."


def other_history(scene: Scene) -> Iterator[Problem]:
    yield from steadily(scene, _other_history)


def _other_history(scene: Scene, product: Product) -> Iterator[Problem]:
    for table in tables_of(scene, product):
        spans = scene.registry.anomalies.file_spans(table.port_id, table.major)
        due = _versions(table)
        removed = {release.number for release in table.releases if release.removed is not None}
        active: set[str] = set()
        expected = None
        for commit in scene.storage.history(table.folder):
            if expected is not None and commit.version != expected:
                yield _problem(product, table, f"Its log has no commit {expected}.")
            again = active & set(commit.added)
            if again:
                yield _problem(product, table, f"Commit {commit.version} adds {len(again)} files a second time.")
            active = active - set(commit.removed) | set(commit.added)
            expected = commit.version + 1
            for number in due.pop(commit.version, []):
                if number not in removed and active != {span.file.path for span in spans if span.within(number)}:
                    yield _problem(
                        product, table, f"Its version {commit.version} does not hold the files of release {number}."
                    )
        for version, named in due.items():
            numbers = [number for number in named if number not in removed]  # of others the log may be gone
            if not numbers:
                continue
            yield _problem(product, table, f"There is no commit {version}, which release {numbers[0]} names.")


def _versions(table: Table) -> dict[int, list[int]]:
    """Version of the table, to the numbers of the releases that name it."""
    found: dict[int, list[int]] = {}
    for release in table.releases:
        for port in release.ports:
            if (port.port_id, port.major) == (table.port_id, table.major):
                found.setdefault(port.delta_version, []).append(release.number)
    return found


def _problem(product: Product, table: Table, message: str, *, repairable: bool = False) -> Problem:
    return Problem(
        subject=str(table.folder), product=product.full_name, message=message, damage=True, repairable=repairable
    )
