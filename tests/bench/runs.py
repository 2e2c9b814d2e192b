"""What a run costs, beside the `papermill` command and jupyter-scheduler: `python -m tests.bench.runs`.

It writes its own part of docs/benchmarks.md. The other tools' environments stay in the folder that MESH_BENCH_CACHE
names (a new one each time without it).
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import five_cells
from tests.bench.figure import Figure, median
from tests.bench.scheduled import jupyter_scheduler, ours

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
MARKS = re.compile(r"(<!-- run figures -->\n).*(<!-- end of run figures -->)", re.DOTALL)
ROUNDS = 5
CORES = 2
JOBS = 100
LIBRARIES = ("ipykernel", "pandas", "polars", "duckdb", "pyarrow")


@dataclass(frozen=True)
class Round:
    """Seconds of a command of papermill, and what it and ours need in the same minute."""

    papermill_s: float
    papermill_processor_s: float
    papermill_minute: float
    forked: dict[str, Any]
    spawned: dict[str, Any]
    fresh: dict[str, Any]
    both_forked: dict[str, Any]
    both_spawned: dict[str, Any]


def main() -> None:
    named = os.environ.get("MESH_BENCH_CACHE")
    with tempfile.TemporaryDirectory(prefix="mesh-bench-") as made:
        folder = Path(made)
        cache = Path(named) if named else folder
        figures = []
        for measured in (_publishing, _executing):
            figures += measured(cache, folder)
            sys.stderr.write("".join(f"{figure.row()}\n" for figure in figures))
    rows = ["| figure | target | measured | |", "| --- | --- | --- | --- |", *(figure.row() for figure in figures)]
    text = "\n".join([*rows, "", ""])
    sys.stdout.write(text)
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(MARKS.sub(lambda found: f"{found[1]}{text}{found[2]}", page), encoding="utf-8")


def _executing(cache: Path, folder: Path) -> list[Figure]:
    papermill = _environment(cache, "papermill", "papermill") / "bin" / "papermill"
    (folder / "five.ipynb").write_text(five_cells.plain(), encoding="utf-8")
    rounds = [_round(papermill, folder, number) for number in range(ROUNDS)]

    def ratio(of: str, what: str) -> float:
        measured = [getattr(one, of) for one in rounds]
        if what == "wall":
            return median([one.papermill_s / median(mine["walls"]) for one, mine in zip(rounds, measured, strict=True)])
        if what == "processor":
            pairs = zip(rounds, measured, strict=True)
            return median([one.papermill_processor_s / mine["processor_s"] for one, mine in pairs])
        pairs = zip(rounds, measured, strict=True)
        return median([60 / mine["seconds"] * len(mine["walls"]) / one.papermill_minute for one, mine in pairs])

    def told(of: str, what: str) -> str:
        mine = getattr(rounds[ROUNDS // 2], of)
        if what == "wall":
            return f"{median(mine['walls']):.2f} s against {rounds[ROUNDS // 2].papermill_s:.2f} s"
        if what == "processor":
            return f"{mine['processor_s']:.2f} s against {rounds[ROUNDS // 2].papermill_processor_s:.2f} s"
        return f"{60 / mine['seconds'] * len(mine['walls']):.0f} against {rounds[ROUNDS // 2].papermill_minute:.0f}"

    wanted = [
        ("From claim to executed notebook, forked kernel", "forked", "wall", 10.0),
        ("The same, kernel that waits and is used up", "spawned", "wall", 10.0),
        ("Processor time a run, forked kernel", "forked", "processor", 6.0),
        (f"Runs a minute on {CORES} cores, forked kernels", "both_forked", "minute", 8.0),
        (f"Runs a minute on {CORES} cores, kernels that wait, refilling included", "both_spawned", "minute", 3.0),
        ("Processor time a run, kernel that waits, refilling included", "spawned", "processor", 0.0),
        ("Processor time a run, fresh kernel", "fresh", "processor", 0.0),
    ]
    return [
        Figure(
            f"{name}, over the `papermill` command",
            f"at least {target:g} times better" if target else "stated",
            f"{ratio(of, what):.1f} times ({told(of, what)})",
            ratio(of, what) >= target,
        )
        for name, of, what, target in wanted
    ]


def _round(papermill: Path, folder: Path, number: int) -> Round:
    """Everything once, alternating, so that a busy moment of the machine meets all alike."""

    def mine(way: str, runs: int, at_once: int) -> dict[str, Any]:
        place = folder / f"{number}-{way}-{at_once}"
        command = [sys.executable, "-m", "tests.bench.executing", way, str(runs), str(at_once), str(place)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-3000:]}")
        answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
        return answer

    forked = mine("forked", 10, 1)
    before = _children_s()
    began = time.perf_counter()
    walls = [_papermill(papermill, folder, "one") for _ in range(2)]
    processor = (_children_s() - before) / len(walls)
    spawned, fresh = mine("spawned", 4, 1), mine("fresh", 2, 1)
    both_forked = mine("forked", 20, CORES)
    began = time.perf_counter()
    with ThreadPoolExecutor(CORES) as threads:
        list(threads.map(lambda name: _papermill(papermill, folder, name), [f"both {n}" for n in range(2 * CORES)]))
    minute = 60 / (time.perf_counter() - began) * 2 * CORES
    return Round(
        papermill_s=median(walls),
        papermill_processor_s=processor,
        papermill_minute=minute,
        forked=forked,
        spawned=spawned,
        fresh=fresh,
        both_forked=both_forked,
        both_spawned=mine("spawned", 12, CORES),
    )


def _papermill(papermill: Path, folder: Path, name: str) -> float:
    began = time.perf_counter()
    command = [papermill, "--log-level", "WARNING", "--no-progress-bar", "-k", "python3", "five.ipynb", f"{name}.ipynb"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - began


def _children_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _publishing(cache: Path, folder: Path) -> list[Figure]:
    python = _environment(cache, "jupyter-scheduler", "jupyter-scheduler", "jupyterlab") / "bin" / "python"
    (folder / "scheduler").mkdir()
    with jupyter_scheduler(python, folder / "scheduler") as theirs, ours(folder / "bench") as mine:
        pairs = [(theirs.one(), mine.one()) for _ in range(ROUNDS)]
        few = mine.many(JOBS // 5)
        queued = theirs.many(JOBS), mine.many(JOBS)
        lost = theirs.failed
    one = median([other / own for other, own in pairs])
    many = queued[0] / queued[1]
    other, own = pairs[ROUNDS // 2]
    return [
        Figure(
            f"Runs a minute on {CORES} cores with check and publication of a small table",
            "stated",
            f"{60 / few * (JOBS // 5):.0f}",
            True,
        ),
        Figure(
            "From being asked for to the output, published, over jupyter-scheduler",
            "at least 8 times better",
            f"{one:.1f} times ({own:.2f} s against {other:.2f} s)",
            one >= 8,
        ),
        Figure(
            f"{JOBS} queued runs, published, over jupyter-scheduler",
            "at least 5 times better",
            f"{many:.1f} times ({queued[1]:.0f} s against {queued[0]:.0f} s, of its jobs {lost} failed)",
            many >= 5,
        ),
    ]


def _environment(cache: Path, name: str, *packages: str) -> Path:
    """An environment with the newest versions of a tool and of what the notebook imports, made when it is not there."""
    home = cache / "envs" / name
    python = home / "bin" / "python"
    if not python.exists():
        uv = Path(sys.executable).parent / "uv"
        subprocess.run([uv, "venv", "-q", "--python", sys.executable, home], check=True)
        install = [uv, "pip", "install", "-q", "--compile-bytecode", "--python", python]
        subprocess.run([*install, *packages, *LIBRARIES], check=True)
    return home


if __name__ == "__main__":
    main()
