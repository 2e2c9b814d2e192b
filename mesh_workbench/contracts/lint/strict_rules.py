"""What the standard's schema forgets to forbid in quality rules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import JsonValue

from mesh_workbench.contracts.limit import OPERATORS
from mesh_workbench.contracts.lint.problem import Problem
from mesh_workbench.contracts.odcs import Quality
from mesh_workbench.contracts.patterns import in_python
from mesh_workbench.contracts.source import Path


def of_rules(rules: list[Quality], path: Path, *, at_object: bool) -> Iterator[Problem]:
    """Problems of rules that are read, and say nothing or stand at the wrong place."""
    for index, rule in enumerate(rules):
        where = (*path, "quality", index)
        if rule.type is None and rule.metric is None:
            message = "the rule has neither a type nor a metric"
            yield "error", "contract.empty-rule", where, message, "Add type, or metric for a library rule."
        if rule.sort == "text" and not (rule.description or rule.name):
            yield "error", "contract.empty-rule", where, "the text rule has no text", "Add description."
        arguments = rule.arguments or {}
        yield from of_pattern(arguments.get("pattern"), (*where, "arguments", "pattern"))
        if rule.metric == "invalidValues" and not {"validValues", "pattern"} & (arguments.keys() | rule.says.keys()):
            message = "invalidValues names neither validValues nor a pattern, so every value is valid"
            yield "error", "contract.no-arguments", where, message, "Add arguments."
        if rule.metric == "rowCount" and not at_object:
            yield "error", "contract.level", where, "rowCount belongs to an object, not to a column", "Move it up."
        if rule.metric in ("nullValues", "missingValues", "invalidValues") and at_object:
            yield "error", "contract.level", where, f"{rule.metric} belongs to a column", "Move it to a column."
        if (rule.unit or "").lower() in ("percent", "%"):
            for name in OPERATORS:
                ends = rule.says.get(name)
                for end in ends if isinstance(ends, list) else [ends]:
                    if isinstance(end, int | float) and not 0 <= end <= 100:
                        yield "error", "contract.percent", (*where, name), f"{end} is no percentage", "0 to 100."


def of_pattern(pattern: JsonValue, path: Path) -> Iterator[Problem]:
    """An expression that is none."""
    if not isinstance(pattern, str) or "${" in pattern:
        return
    try:
        re.compile(in_python(pattern))
    except (re.error, OverflowError, RecursionError) as error:
        if not re.search(r"\\[pP]\{", pattern):  # ECMA and the engine know classes of Unicode, Python does not
            message = f"{pattern!r} is not a regular expression: {error}"
            yield "error", "contract.bad-pattern", path, message, "Correct the expression."
