"""One promised figure, and what was measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A row of docs/benchmarks.md."""

    what: str
    target: str
    measured: str
    met: bool

    def row(self) -> str:
        return f"| {self.what} | {self.target} | {self.measured} | {'met' if self.met else '**not met**'} |"


def median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
