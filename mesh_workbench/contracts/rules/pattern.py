"""Texts match a regular expression."""

from __future__ import annotations

from mesh_workbench.contracts.measure import Breaking, Declined, Step, Unmatched
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape
from mesh_workbench.contracts.sqltext import quoted, text_of


class Pattern:
    name = "pattern"
    description = (
        "The pattern is found somewhere in each text (write ^ and $ for the whole text); null is not a text. What "
        "RE2 cannot express runs over the distinct values, with a time limit."
    )
    example = "logicalTypeOptions: {pattern: '^[A-Z]{3}$'}"

    def step(self, promise: Promise, shape: Shape) -> Step:
        if not isinstance(promise.says, str):
            return Declined("the pattern is not text", refused=True)
        return search(promise.column, promise.says, shape)


def search(column: str, pattern: str, shape: Shape) -> Step:
    """Rows whose text has no match of `pattern`."""
    if not shape.runs(pattern):
        return Unmatched(column, pattern)
    text = text_of(column, shape.columns[column])
    return Breaking(f"{quoted(column)} IS NOT NULL AND NOT regexp_matches({text}, ?)", (pattern,), (column,))
