"""What reading costs, beside DuckDB and JupySQL: `python -m tests.bench.reading`.

It writes its own part of docs/benchmarks.md. JupySQL's environment and the large tables stay in the folder that
MESH_BENCH_CACHE names (a new one each time without it).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import readers, versions
from tests.bench.figure import Figure, median, percentile
from tests.environments import other_environment

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
MARKS = re.compile(r"(<!-- reading figures -->\n).*(<!-- end of reading figures -->)", re.DOTALL)
QUICK = "--quick"
"""Leaves out the table with 10,000 versions, which takes minutes to make."""
ROWS, FEW = 10_000_000, 20_000
FRESH = 9
# Without its dependencies: those that we have too shall be the same for both.
JUPYSQL = "jupysql prettytable sqlparse ipython-genutils ploomber-core jupysql-plugin posthog monotonic backoff distro"
IMPORTS = "import duckdb, polars"
FIRST = (
    "shell.run_line_magic('load_ext', 'mesh_workbench')"
    "\nshell.run_cell_magic('mesh', '', 'SELECT kind, count(*) FROM load.few GROUP BY kind')"
)
TIMED = """
import time
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
began = time.perf_counter()
{}
print()
print(time.perf_counter() - began)
"""


def main() -> None:
    named = os.environ.get("MESH_BENCH_CACHE")
    began = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="mesh-bench-") as made:
        folder = Path(named or made)
        rows = ["| figure | target | measured | |", "| --- | --- | --- | --- |"]
        for figure in _figures(folder):
            sys.stdout.write(f"{figure.row()}\n")
            sys.stdout.flush()
            rows.append(figure.row())
    when = f"Measured {datetime.now(UTC):%Y-%m-%d} on {os.cpu_count()} cores; load of the machine before: {began:.1f}."
    text = "\n".join([*rows, "", when, ""])
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(MARKS.sub(lambda found: f"{found[1]}{text}{found[2]}", page), encoding="utf-8")


def _figures(folder: Path) -> Iterator[Figure]:
    root = folder / f"reading-{ROWS}"
    if not root.exists():
        readers.build(root, ROWS, FEW)
    yield from _cells(folder, root)
    yield from _first(root)
    yield from readers.figures()
    if QUICK not in sys.argv:
        yield from versions.figures()


def _cells(folder: Path, root: Path) -> Iterator[Figure]:
    python = _with_jupysql(folder)
    script = Path(__file__).with_name("reading_cells.py")
    done = subprocess.run([python, script, root], check=True, capture_output=True, text=True, cwd=ROOT)
    told = json.loads(next(line for line in reversed(done.stdout.splitlines()) if line.startswith("{")))
    over = [own - other for own, other in told["warm"]]
    yield Figure(
        f"`%%mesh` warm over DuckDB on the same files, {FEW:,} rows grouped, {len(over)} pairs",
        "under 5 ms more in the median, 15 ms in the 99th percentile",
        f"{median(over):.1f} ms more, 99th percentile {percentile(over, 0.99):.1f} ms "
        f"(DuckDB {median([other for _, other in told['warm']]):.1f} ms)",
        median(over) < 5 and percentile(over, 0.99) < 15,
    )
    ours, theirs = zip(*told["repeated"], strict=True)
    yield Figure(
        f"The same `%%mesh` again, over `%%sql` of JupySQL for `SELECT 1`, {len(ours)} pairs",
        "no slower",
        f"{median([*ours]):.2f} against {median([*theirs]):.2f} ms",
        median([*ours]) <= median([*theirs]),
    )
    ratios = [own / other for own, other in told["large"]]
    yield Figure(
        f"Filter and group-by of {ROWS:,} rows over DuckDB on the bare files, {len(ratios)} pairs",
        "at most 1.15 times",
        f"{median(ratios):.3f} times, half of the pairs {percentile(ratios, 0.25):.3f} to "
        f"{percentile(ratios, 0.75):.3f} (DuckDB {median([other for _, other in told['large']]):.0f} ms)",
        median(ratios) <= 1.15,
    )


def _first(root: Path) -> Iterator[Figure]:
    pairs = [(_seconds(FIRST, root), _seconds(IMPORTS, root)) for _ in range(FRESH)]
    first, imports = median([own for own, _ in pairs]), median([other for _, other in pairs])
    yield Figure(
        "First `%%mesh` in a fresh process, imports included, over importing DuckDB and Polars",
        "at most 1 s and 3 times",
        f"{first:.2f} s, {first / imports:.1f} times ({imports:.2f} s)",
        first <= 1 and first <= 3 * imports,
    )


def _seconds(code: str, root: Path) -> float:
    about = {**os.environ, "MESH_WORKBENCH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", TIMED.format(code)], check=True, capture_output=True, text=True, cwd=ROOT, env=about
    )
    return float(done.stdout.split()[-1])


def _with_jupysql(folder: Path) -> Path:
    home = folder / "jupysql"
    python = home / "env" / "bin" / "python"
    if not python.exists():
        made = other_environment(home, "jupysql")
        uv = Path(sys.executable).parent / "uv"
        subprocess.run([uv, "pip", "install", "-q", "--python", made.python, "--no-deps", *JUPYSQL.split()], check=True)
    return python


if __name__ == "__main__":
    main()
