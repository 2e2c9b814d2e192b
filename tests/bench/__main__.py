"""`make bench`: measure the promised figures and write them to docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import re
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import cell, completing, demo, first_promotion, imports, many, promoting, schedules, search, sidebar
from tests.bench.figure import Figure

PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
MARKS = r"(<!-- figures -->\n).*?(<!-- end of figures -->)"


def measured(folder: Path) -> Iterator[Figure]:
    yield from imports.figures()
    yield from promoting.figures(folder / "promoting")
    yield from demo.figures(folder / "flights")
    yield from cell.figures(folder / "flights")
    yield from first_promotion.figures(folder / "flights")
    os.environ.pop("MESH_WORKBENCH", None)
    many.build(folder / "many")
    yield from search.figures(folder / "many")
    yield from completing.figures(folder / "many")
    yield from sidebar.figures(folder / "many")
    yield from schedules.figures(folder / "schedules")


def main() -> None:
    rows = ["| figure | target | measured | |", "| --- | --- | --- | --- |"]
    with tempfile.TemporaryDirectory(prefix="mesh-bench-") as folder:
        for figure in measured(Path(folder)):
            sys.stdout.write(figure.row() + "\n")
            rows.append(figure.row())
    where = f"Measured {datetime.now(UTC):%Y-%m-%d} with Python {platform.python_version()} on {os.cpu_count()} cores"
    table = "\n".join([*rows, "", f"{where} ({platform.system()}, {platform.machine()}).", ""])
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(re.sub(MARKS, rf"\g<1>\n{table}\g<2>", text, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main()
