"""What reading costs when a table was published 10,000 times, beside one with the same rows published 10 times.

Both are made by publishing, one time after the other, which takes minutes: MESH_BENCH_CACHE names where to keep them.
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

from mesh_workbench.registry.revisions import REVISIONS
from mesh_workbench.workbench import create_workbench, open_workbench
from tests.bench.figure import Figure, median
from tests.storage.world import World, new_world

FEW, MANY = 10, 10_000
ROWS = 1_000_000
PAIRS = 30
TARGET = 1.5
NAMES = {FEW: "flight_ops.few", MANY: "flight_ops.many"}


def figures() -> Iterator[Figure]:
    cache = os.environ.get("MESH_BENCH_CACHE")
    with tempfile.TemporaryDirectory(prefix="mesh-bench-") as scratch:
        folder = Path(cache or scratch) / f"versions-{MANY}-{REVISIONS[-1]}"  # of the registry that is in it
        made = build(folder)
        yield from measured(folder)
    if made:
        each = "; ".join(f"{name}: {seconds / versions * 1000:.0f} ms" for name, versions, seconds in made)
        yield Figure("Publishing one version (100,000 and 100 rows each)", "stated", each, True)


def build(folder: Path) -> list[tuple[str, int, float]]:
    """Both tables, unless they are there; what it took."""
    if (folder / "complete").exists():
        return []
    shutil.rmtree(folder, ignore_errors=True)
    bench = create_workbench(folder)
    made = []
    try:
        for versions, name in NAMES.items():
            world = new_world(bench.context.registry, bench.context.storage, name.partition(".")[2], full_name=name)
            began = time.perf_counter()
            for number in range(versions):
                _put(world, number, ROWS // versions)
            made.append((name, versions, time.perf_counter() - began))
    finally:
        bench.close()
    (folder / "complete").touch()
    return made


def _put(world: World, number: int, rows: int) -> None:
    start = number * rows
    numbers = numpy.arange(start, start + rows)
    frame = pl.DataFrame({"n": numbers, "carrier": numbers % 16, "delay": (numbers * 7919 % 1000) / 10})
    world.put({next(iter(world.ports)): frame})


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

    ways: dict[str, Callable[[int], object]] = {
        "`%%mesh`, grouping": by_cell,
        "`mesh.read(…).polars()`": by_read,
        "the Delta table at its version, by `deltalake`": by_delta,
    }
    files = {versions: len(port.files) for versions, port in ports.items()}
    for what, way in ways.items():
        yield _pairs(what, way, files)


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
