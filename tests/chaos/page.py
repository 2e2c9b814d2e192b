"""Writes what was seen into docs/reliability.md."""

from __future__ import annotations

import json
import os
import platform
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.figure import percentile
from tests.chaos.rounds import Round

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
MARKS = r"(<!-- rounds -->\n).*?(<!-- end of rounds -->)"


def write(rounds: Sequence[Round]) -> None:
    """Replace the table by that of these rounds."""
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(re.sub(MARKS, rf"\g<1>\n{table(rounds)}\n\g<2>", text, flags=re.DOTALL), encoding="utf-8")


def record(played: Round, file: Path) -> None:
    """Add a round to those that `file` has, each a line of JSON."""
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(asdict(played)) + "\n")


def recorded(file: Path) -> list[Round]:
    """All rounds in `file`."""
    return [Round(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


def table(rounds: Sequence[Round]) -> str:
    """A line for each kind of fault and database, and one for all."""
    lines = [
        "| fault | database | rounds | violations | all over after, median | 99 of 100 |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    kinds = Counter((one.fault, one.database) for one in rounds)
    for (fault, database), _ in sorted(kinds.items()):
        lines.append(_line(fault, database, [one for one in rounds if (one.fault, one.database) == (fault, database)]))
    lines.append(_line("**all**", "", list(rounds)))
    seeds = ", ".join(str(seed) for seed in sorted({one.seed for one in rounds}))
    where = (
        f"with Python {platform.python_version()} on {os.cpu_count()} cores ({platform.system()}, {platform.machine()})"
    )
    return "\n".join([*lines, "", f"Played {datetime.now(UTC):%Y-%m-%d} {where}, seed {seeds}."])


def _line(fault: str, database: str, rounds: list[Round]) -> str:
    times = [one.recovered_s for one in rounds]
    wrong = sum(len(one.violations) for one in rounds)
    return (
        f"| {fault} | {database} | {len(rounds)} | {wrong or 0} | {percentile(times, 0.5):.1f} s "
        f"| {percentile(times, 0.99):.1f} s |"
    )
