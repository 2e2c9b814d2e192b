"""Metric invalidValues: rows with a value that is not allowed."""

from __future__ import annotations

from mesh_workbench.contracts.measure import Breaking, Declined, Step, Unmatched
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape
from mesh_workbench.contracts.rules.pattern import search
from mesh_workbench.contracts.sqltext import one_of, quoted


class InvalidValues:
    name = "invalid_values"
    description = (
        "Counts the staged rows whose value is not in `validValues` or has no match of `pattern`; with both, failing "
        "either is invalid. Null is never invalid."
    )
    example = "quality: [{metric: invalidValues, arguments: {validValues: [EWR, JFK]}, mustBe: 0}]"

    def step(self, promise: Promise, shape: Shape) -> Step:
        if not promise.columns or promise.quality is None:
            return Declined("invalidValues stands at an object and names no column")
        arguments = promise.quality.arguments or {}
        # One of the standard's own examples writes the pattern beside `arguments`.
        pattern = arguments.get("pattern", promise.quality.says.get("pattern"))
        values = arguments.get("validValues", promise.quality.says.get("validValues"))
        if values is None and pattern is None:
            return Declined("it names neither validValues nor a pattern, so every value is valid")
        if (values is not None and not isinstance(values, list)) or not isinstance(pattern, str | None):
            return Declined("validValues must be a list and pattern must be text", refused=True)
        if values is None:
            return search(promise.column, str(pattern), shape)
        among, parameters = one_of(promise.column, shape.columns[promise.column], values)
        outside = Breaking(f"{quoted(promise.column)} IS NOT NULL AND NOT {among}", parameters, promise.columns)
        if pattern is None:
            return outside
        unmatched = search(promise.column, pattern, shape)
        if isinstance(unmatched, Breaking):
            return Breaking(
                f"(({outside.where}) OR ({unmatched.where}))",
                (*outside.parameters, *unmatched.parameters),
                promise.columns,
            )
        return Unmatched(promise.column, pattern, also=outside)
