"""The seam of rules: what a rule is told, and what it answers.

A rule never runs anything. It turns a promise into something to measure (or says that it is settled, or why it
cannot be evaluated); the evaluator measures and compares with the promise's limit. So a rule is one short file, all
rules share one pass over the data, and none can take another one down.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from mesh_workbench.contracts.columntype import ColumnType
from mesh_workbench.contracts.facts import Facts
from mesh_workbench.contracts.measure import Step
from mesh_workbench.contracts.promise import Promise


@dataclass(frozen=True, eq=False)
class Shape:
    """What is known of the data before looking at rows.

    `columns` are those of the staged rows, `foreign` the names of the relations at hand with their columns.
    `runs` tells whether the engine can run a regular expression; `facts` are what is known beyond the data.
    """

    columns: dict[str, ColumnType]
    foreign: dict[str, list[str]] = field(default_factory=dict)
    runs: Callable[[str], bool] = lambda pattern: bool(pattern)
    facts: Facts = field(default_factory=Facts)


class Rule(Protocol):
    """One kind of promise.

    `name` is the promise's `kind`; `description` says in a sentence what is checked and how, and `example` shows a
    piece of contract that makes such a promise: help and reference are made from them.
    """

    name: str
    description: str
    example: str

    def step(self, promise: Promise, shape: Shape, /) -> Step:
        """What to measure. Every column of the promise exists when this is called (the rule `column` aside)."""
        ...
