"""What reading costs when a table was published 10,000 times, beside one with the same rows published 10 times.

Both are made version by version, which takes minutes: MESH_BENCH_CACHE names where to keep them.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy
import polars as pl

from mesh_workbench.engine.arrow_text import encode_schema
from mesh_workbench.lifecycle.candidate import build_candidates
from mesh_workbench.model.query import ResolvedPort
from mesh_workbench.model.release import ReleasePort
from mesh_workbench.registry.revisions import REVISIONS
from mesh_workbench.storage.local import LocalStorage
from mesh_workbench.workbench import create_workbench, open_workbench
from mesh_workbench.workbench.local import LocalWorkbench
from tests import records
from tests.bench.figure import Figure, median
from tests.storage.world import World, new_world

FEW, MANY = 10, 10_000
ROWS = 1_000_000
PAIRS = 30
TARGET = 1.5
_FENCE = 1_000_000
NAMES = {FEW: "flight_ops.few", MANY: "flight_ops.many"}


def figures() -> Iterator[Figure]:
    cache = os.environ.get("MESH_BENCH_CACHE")
    with tempfile.TemporaryDirectory(prefix="mesh-bench-") as scratch:
        folder = Path(cache or scratch) / f"versions-{MANY}-{REVISIONS[-1]}"  # of the registry that is in it
        made = build(folder)
        yield from measured(folder)
    if made:
        each = "; ".join(f"{name}: {seconds / versions * 1000:.0f} ms" for name, versions, seconds in made)
        yield Figure("Staging, merging and committing one version (100,000 and 100 rows each)", "stated", each, True)


def build(folder: Path) -> list[tuple[str, int, float]]:
    """Both tables, as far as they are not there; what a version took of those that were made now."""
    bench = open_workbench(folder) if (folder / "mesh.toml").exists() else create_workbench(folder)
    made = []
    try:
        for versions, full_name in NAMES.items():
            world = _world(bench, full_name)
            begin = bench.context.registry.releases.newest_number(world.product.id)
            began = time.perf_counter()
            snapshot = world.storage.snapshot(world.table(next(iter(world.ports))))
            version = snapshot.version if snapshot else None
            for number in range(begin, versions):
                version = _release(world, number, ROWS // versions, version)
            if begin < versions:
                made.append((full_name, versions - begin, time.perf_counter() - began))
    finally:
        bench.close()
    return made


def _world(bench: LocalWorkbench, full_name: str) -> World:
    registry, storage = bench.context.registry, bench.context.storage
    product = registry.products.get(*full_name.split("."))
    version = registry.versions.newest(product.id) if product else None
    if product is None or version is None:
        return new_world(registry, storage, full_name.partition(".")[2], full_name=full_name)
    return World(registry, storage, product, {port.name: port for port in registry.products.ports(product.id)}, version)


def _release(world: World, number: int, rows: int, version: int | None) -> int:
    """One more release of `rows` rows: all that publishing does to table and registry, without run, lock and report.

    `version` is the one that the table has; the one that it has then is returned.
    """
    registry, storage = world.registry, world.storage
    numbers = numpy.arange(number * rows, (number + 1) * rows)
    frame = pl.DataFrame({"n": numbers, "carrier": numbers % 16, "delay": (numbers * 7919 % 1000) / 10})
    [name] = world.ports
    run = records.run(world.version)
    staged = world.staged(storage.create_run_folder(run.id), name, frame)
    base = registry.releases.latest(world.product.id)
    [made] = build_candidates(
        registry,
        storage,
        product=world.product,
        major=1,
        run=run,
        staged=[staged],
        base=base,
        unique=f"pub-{number}",
        order=lambda _: (),
    ).values()
    storage.move_in(run.id, made.table, made.sources)
    before = version
    if before is None:
        before = storage.shape(made.table, made.arrow_schema, expected_version=None, fence=_FENCE)
    version = storage.commit(
        made.table,
        expected_version=before,
        fence=_FENCE,
        add=made.added,
        remove=made.removed,
        rearranged=made.rearranged,
    )
    port = ReleasePort(
        port=name,
        port_id=made.port.id,
        major=1,
        delta_version=version,
        rows=made.rows,
        bytes=made.bytes,
        files=len(made.files),
        arrow_schema=encode_schema(made.arrow_schema),
    )
    release = records.release(world.product, [made.port], number + 1, run_id=run.id).model_copy(
        update={"ports": [port]}
    )
    with registry.transaction():
        registry.releases.add(release, {made.port.id: made.added}, {made.port.id: made.removed})
        registry.products.change(world.product.id, release=release.number)
    shutil.rmtree(storage.run_folder(run.id))
    storage.tidy(made.table)
    return version


def measured(folder: Path) -> Iterator[Figure]:
    """Each way of reading, by turns of the one and of the other table."""
    os.environ["MESH_WORKBENCH"] = str(folder)
    from deltalake import DeltaTable
    from IPython.core.interactiveshell import InteractiveShell

    import mesh_workbench as mesh

    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "mesh_workbench")
    bench = open_workbench(folder)
    ports = {versions: bench.query.resolve([name])[0] for versions, name in NAMES.items()}
    short = {FEW: ports[FEW].table, MANY: str(_shortened(bench, ports[MANY], folder / "shortened"))}
    bench.close()
    asked = iter(range(-1_000_000, 0))

    def by_cell(versions: int) -> object:
        # another number each time: a question that was asked before is answered without work
        question = f"SELECT carrier, count(*), avg(delay) FROM {NAMES[versions]} WHERE n > {next(asked)} GROUP BY ALL"
        return shell.run_cell_magic("mesh", "answer --arrow", question)

    def by_read(versions: int) -> object:
        return mesh.read(NAMES[versions]).polars()

    def by_delta(versions: int) -> object:
        return DeltaTable(ports[versions].table, version=ports[versions].delta_version).to_pyarrow_table()

    def by_short_delta(versions: int) -> object:
        return DeltaTable(short[versions], version=ports[versions].delta_version).to_pyarrow_table()

    ways: dict[str, Callable[[int], object]] = {
        "`%%mesh`, grouping": by_cell,
        "`mesh.read(…).polars()`": by_read,
        "the Delta table at its version, by `deltalake`, each release kept": by_delta,
        f"the same when {FEW} releases are kept": by_short_delta,
    }
    files = {versions: len(port.files) for versions, port in ports.items()}
    for what, way in ways.items():
        yield _pairs(what, way, files)


def _shortened(bench: LocalWorkbench, port: ResolvedPort, folder: Path) -> Path:
    """A copy of the table as care of it leaves it when only the newest releases can be read."""
    product = bench.products.get(port.product)
    kept = port.release - FEW + 1
    release = bench.context.registry.releases.get(product.id, kept)
    assert release is not None
    [at] = release.ports
    registry, storage = bench.context.registry, LocalStorage(folder)
    table = storage.table_folder(at.port_id, at.major)
    if not table.exists():
        shutil.copytree(port.table, table)
        files = registry.releases.files(at.port_id, at.major, kept)
        storage.shorten(table, at.delta_version, {file.path for file in files})
    return table


def _pairs(what: str, way: Callable[[int], object], files: dict[int, int]) -> Figure:
    for versions in (FEW, MANY, FEW, MANY):
        way(versions)
    pairs = [(_ms(way, FEW), _ms(way, MANY)) for _ in range(PAIRS)]
    ratios = sorted(many / few for few, many in pairs)
    low, high = ratios[PAIRS // 3 - 1], ratios[-(PAIRS // 3)]  # 95 of 100 times the median is between them
    few, many = median([pair[0] for pair in pairs]), median([pair[1] for pair in pairs])
    return Figure(
        f"A table with {MANY:,} versions ({files[MANY]} files), beside one with {FEW}: {what}",
        f"at most {TARGET} times",
        f"{median(ratios):.2f} times ({low:.2f} to {high:.2f}); {many:.1f} against {few:.1f} ms",
        median(ratios) <= TARGET,
    )


def _ms(way: Callable[[int], object], versions: int) -> float:
    began = time.perf_counter()
    way(versions)
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    for figure in figures():
        sys.stdout.write(figure.row() + "\n")
