"""Files: every one of every release is there, with the size and the rows that the registry knows."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path

from mesh_workbench.lifecycle.examine.check import Scene, steadily
from mesh_workbench.lifecycle.examine.tables import tables_of
from mesh_workbench.model.examination import Problem
from mesh_workbench.model.product import Product
from mesh_workbench.model.release import PortFile
from mesh_workbench.storage.parquet import rows_of


def missing(scene: Scene) -> Iterator[Problem]:
    yield from steadily(scene, _missing)


def _missing(scene: Scene, product: Product) -> Iterator[Problem]:
    for folder, file, added_in in _files(scene, product):
        if not (folder / file.path).exists():
            yield Problem(
                subject=str(folder / file.path),
                product=product.full_name,
                message=f"A file of release {added_in} with {file.rows} rows is gone.",
                damage=True,
                repairable=_staged(scene, file) is not None,
            )


def bring(scene: Scene, problem: Problem) -> str:
    """Moves a file in that still lies in the folder of its run."""
    product = scene.registry.products.get(*problem.product.split("."))
    for folder, file, _ in _files(scene, product) if product else []:
        source = _staged(scene, file)
        if str(folder / file.path) == problem.subject and source is not None:
            scene.storage.move_in(file.run_id, folder, {file.path: source})
            return f"It was moved in from the folder of {file.run_id}."
    return ""


def broken(scene: Scene) -> Iterator[Problem]:
    yield from steadily(scene, _broken)


def _broken(scene: Scene, product: Product) -> Iterator[Problem]:
    for folder, file, added_in in _files(scene, product):
        path = folder / file.path
        fault = _fault(path, file) if path.exists() else ""
        if fault:
            yield Problem(
                subject=str(path),
                product=product.full_name,
                message=f"A file of release {added_in} is not what was released: {fault}.",
                damage=True,
            )


def _fault(path: Path, file: PortFile) -> str:
    size = path.stat().st_size
    if size != file.size:
        return f"it has {size} bytes instead of {file.size}"
    rows = rows_of(path)
    if rows is None:
        return "it cannot be read as Parquet"
    return "" if rows == file.rows else f"it has {rows} rows instead of {file.rows}"


def _files(scene: Scene, product: Product) -> Iterator[tuple[Path, PortFile, int]]:
    """Every file of a release of the product that was not removed, with its table's folder and who added it."""
    for table in tables_of(scene, product):
        readable = [release.number for release in table.releases if release.removed is None]
        for span in scene.registry.anomalies.file_spans(table.port_id, table.major):
            first = bisect_left(readable, span.added_in)
            if first < len(readable) and span.within(readable[first]):
                yield table.folder, span.file, span.added_in


def _staged(scene: Scene, file: PortFile) -> str | None:
    """Where the file lies in the folder of its run, if it is still there."""
    publication = scene.registry.anomalies.publication_of(file.run_id)
    for plan in publication.ports if publication else []:
        source = plan.sources.get(file.path)
        if source is not None and (scene.storage.run_folder(file.run_id) / source).is_file():
            return source
    return None
