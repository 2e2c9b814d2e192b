"""What a contract check costs, beside a bare scan of the same columns and beside other tools.

`python -m tests.bench.contracts` writes its own part of docs/benchmarks.md. Data and the other tools' environments
stay in the folder that MESH_BENCH_CACHE names (a new one each time without it).
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
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.figure import Figure, median
from tests.bench.orders import SCAN, contract, lint_contract, write, write_broken

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
SCRIPTS = Path(__file__).parent / "competitors"
MARKS = re.compile(r"(<!-- contract figures -->\n).*(<!-- end of contract figures -->)", re.DOTALL)
ROWS, LARGE, FEW = 10_000_000, 50_000_000, 1_000_000
ROUNDS = 5


@dataclass(frozen=True)
class Tool:
    """Another tool: packages of its environment, its script, the arguments after the data's folder."""

    name: str
    environment: str
    packages: tuple[str, ...]
    script: str
    arguments: tuple[str, ...] = ()
    rows: int = ROWS


TOOLS = (
    Tool("dataframely (Polars, lazy)", "dataframely", ("dataframely",), "dataframely_polars.py"),
    Tool("pandera (Polars)", "pandera", ("pandera[polars]",), "pandera_polars.py"),
    Tool("pointblank (Polars)", "pointblank", ("pointblank[pl,duckdb]", "pyarrow"), "pointblank_any.py", ("polars",)),
    Tool("pointblank (DuckDB)", "pointblank", ("pointblank[pl,duckdb]", "pyarrow"), "pointblank_any.py", ("duckdb",)),
    Tool("datacontract-cli", "datacontract-cli", ("datacontract-cli[duckdb]",), "datacontract_cli.py"),
    Tool("Great Expectations (pandas)", "great-expectations", ("great_expectations", "pyarrow", "pandas"),
         "great_expectations_pandas.py", rows=FEW),
)  # fmt: skip


def main() -> None:
    if len(sys.argv) > 2:
        sys.stdout.write("\n" + json.dumps(_inside(sys.argv[1], Path(sys.argv[2]))) + "\n")
        return
    named = os.environ.get("MESH_BENCH_CACHE")
    with tempfile.TemporaryDirectory(prefix="mesh-bench-") as made:
        cache = Path(named or made)
        figures, table = _measured(cache, large="--large" in sys.argv)
    rows = ["| figure | target | measured | |", "| --- | --- | --- | --- |", *(figure.row() for figure in figures)]
    head = "tool | rows | time | times ours | peak memory | verdict | not asked, or other verdict on broken data"
    beside = [f"| {head} |", "|" + " --- |" * 7]
    text = "\n".join(["", *rows, "", *beside, *table, "", ""])
    sys.stdout.write(text)
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(MARKS.sub(lambda found: f"{found[1]}{text.lstrip()}{found[2]}", page), encoding="utf-8")


def _measured(cache: Path, *, large: bool) -> tuple[list[Figure], list[str]]:
    data = _data(cache, ROWS)
    ours = _child("ours", data)
    ratio = median([one / other for one, other in zip(ours["check"], ours["scan"], strict=True)])
    processor = median([one / other for one, other in zip(ours["check_cpu"], ours["scan_cpu"], strict=True)])
    mine = median(ours["check"])
    wide = median([one / other for one, other in zip(ours["one"], ours["narrow"], strict=True)])
    figures = [
        Figure(
            f"Check of {ROWS:,} rows x 16 columns, 25 rules, over a bare scan of the 16 columns",
            "at most 2.2 times",
            f"{ratio:.2f} times ({mine:.2f} by {median(ours['scan']):.2f} s; processor time {processor:.2f} times)",
            ratio <= 2.2,
        ),
        Figure("The same, peak memory of the process", "under 1.5 GB", f"{ours['peak_mb'] / 1000:.2f} GB",
               ours["peak_mb"] < 1500),
        Figure("Rules about one of 16 columns, over the same in files of this column alone", "at most 1.2 times",
               f"{wide:.2f} times ({median(ours['one']):.2f} s)", wide <= 1.2),
        Figure("Lint of a contract of 500 columns", "under 300 ms", f"{ours['lint_ms']:.0f} ms", ours["lint_ms"] < 300),
    ]  # fmt: skip
    if large:
        big = _child("large", _data(cache, LARGE))
        times = big["seconds"] / mine
        figures += [
            Figure(f"{LARGE:,} rows over {ROWS:,}", "linear: 5 times", f"{times:.1f} times", times < 6),
            Figure(f"{LARGE:,} rows with a memory limit of 1 GB", "completes",
                   f"{big['seconds']:.1f} s, peak {big['peak_mb'] / 1000:.2f} GB, all kept", big["kept"]),
        ]  # fmt: skip
    table, fastest = [], float("inf")
    spoilt = _data(cache, 0)
    known = set(_child("broken", spoilt)["broken"])
    for tool in TOOLS:
        folder = _data(cache, tool.rows)
        theirs = _run(tool, cache, folder)
        again = _child("once", folder)  # side by side: the machine may be busier now
        times = theirs["seconds"] / median(again["check"])
        fastest = min(fastest, times)
        said = theirs["verdicts"]
        broken = [name for name, kept in said.items() if not kept]
        verdict = f"broken: {', '.join(broken)}" if broken else "all kept"
        differing = sorted(_broken(_run(tool, cache, spoilt)["verdicts"]) ^ known)
        table.append(
            f"| {tool.name} {theirs['version']} | {tool.rows:,} | {theirs['seconds']:.1f} s | {times:.1f} | "
            f"{theirs['peak_mb'] / 1000:.1f} GB | {verdict} | {', '.join(differing) or 'none'} |"
        )
        sys.stdout.write(table[-1] + "\n")
        sys.stdout.flush()
    figures.append(Figure("The fastest other tool over ours", "at least 2 times", f"{fastest:.1f} times", fastest >= 2))
    return figures, table


def _broken(verdicts: dict[str, bool]) -> set[str]:
    return {name for name, kept in verdicts.items() if not kept}


def _data(cache: Path, rows: int) -> Path:
    folder = cache / "data" / f"{rows}"
    done = folder / "done"
    if not done.exists():
        write(folder, rows) if rows else write_broken(folder)
        done.touch()
    return folder


def _child(what: str, folder: Path) -> dict[str, Any]:
    """Measured in a process of its own, so that its peak memory is its own."""
    return _answer([sys.executable, "-m", "tests.bench.contracts", what, str(folder)])


def _run(tool: Tool, cache: Path, folder: Path) -> dict[str, Any]:
    home = cache / "envs" / tool.environment
    python = home / "bin" / "python"
    if not python.exists():
        uv = Path(sys.executable).parent / "uv"
        subprocess.run([uv, "venv", "-q", "--python", sys.executable, home], check=True)
        subprocess.run([uv, "pip", "install", "-q", "--python", python, *tool.packages], check=True)
    arguments = list(tool.arguments)
    if tool.environment == "datacontract-cli":
        arguments.append(str(contract_file(cache, folder)))
    return _answer([str(python), str(SCRIPTS / tool.script), str(folder), *arguments])


def contract_file(cache: Path, folder: Path) -> Path:
    """The contract with the place of the data in it, as datacontract-cli wants it."""
    document = json.loads(contract())
    where = f"{folder}/{{model}}/*.parquet"
    document["servers"] = [{"server": "local", "type": "local", "path": where, "format": "parquet"}]
    path = cache / f"orders-{folder.name}.odcs.yaml"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def _answer(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-3000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def _inside(what: str, folder: Path) -> dict[str, Any]:
    from mesh_workbench.contracts.candidate import Candidate
    from mesh_workbench.contracts.document import parse
    from mesh_workbench.contracts.evaluate import evaluate
    from mesh_workbench.contracts.lint import lint
    from mesh_workbench.model.check import Outcome

    orders = sorted(str(path) for path in (folder / "orders").glob("*.parquet"))
    customers = [str(path) for path in (folder / "customers").glob("*.parquet")]
    doc, one = parse(contract()), parse(contract(only="email"))

    def check(document: Any = doc, memory: str = "2GB", files: list[str] = orders) -> bool:
        candidate = Candidate("orders", files, files, foreign={"customers": customers})
        results = evaluate(document, candidate, memory_limit=memory)
        return all(result.outcome is Outcome.PASSED for result in results)

    if what == "broken":
        results = evaluate(doc, Candidate("orders", orders, orders, foreign={"customers": customers}))
        names = [result.promise.id.removeprefix("orders.") for result in results if result.outcome is Outcome.FAILED]
        return {"broken": names}
    if what == "large":
        began = time.perf_counter()
        kept = check(memory="1GB")
        return {"seconds": time.perf_counter() - began, "peak_mb": _peak(), "kept": kept}
    found: dict[str, list[float]] = {name: [] for name in ("check", "scan", "one", "narrow", "check_cpu", "scan_cpu")}
    scan, alone = _scan(orders), _narrow(orders, "email") if what == "ours" else []
    for _ in range(ROUNDS if what == "ours" else 3):
        if what == "ours":
            _timed(scan, found["scan"], found["scan_cpu"])
            _timed(lambda: check(one, files=alone), found["narrow"], [])
            _timed(lambda: check(one), found["one"], [])
        _timed(check, found["check"], found["check_cpu"])
    peak = _peak()
    wide = lint_contract(500)
    linted: list[float] = []
    for _ in range(3 if what == "ours" else 0):
        _timed(lambda: lint(wide), linted, [])
    return {**found, "peak_mb": peak, "lint_ms": median(linted) * 1000 if linted else 0}


def _scan(files: list[str]) -> Callable[[], object]:
    import duckdb

    connection = duckdb.connect()
    listed = ", ".join(f"'{file}'" for file in files)
    return lambda: connection.execute(f"{SCAN} FROM read_parquet([{listed}])").fetchall()


def _narrow(files: list[str], column: str) -> list[str]:
    """The same files with one column only, made once, in a process of its own because of its memory."""
    made = []
    for file in map(Path, files):
        made.append(str(file.parents[1] / f"{column}-{file.name}"))
        if not Path(made[-1]).exists():
            code = (
                "import sys, pathlib, pyarrow.parquet as pq; from mesh_workbench.storage.parquet import write_file; "
                "write_file(pq.read_table(sys.argv[1], columns=[sys.argv[3]]), pathlib.Path(sys.argv[2]))"
            )
            subprocess.run([sys.executable, "-c", code, str(file), made[-1], column], check=True)
    return made


def _timed(call: Callable[[], object], wall: list[float], processor: list[float]) -> None:
    began, before = time.perf_counter(), time.process_time()
    call()
    wall.append(time.perf_counter() - began)
    processor.append(time.process_time() - before)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
