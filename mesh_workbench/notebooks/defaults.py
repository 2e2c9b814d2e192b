"""Default values as written: literals, and the few calls that are as good as literals."""

from __future__ import annotations

import ast
import math
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from pydantic import JsonValue

from mesh_workbench.notebooks.references import Reference, is_reference

NOT_LITERAL = object()
"""What `read_value` gives for an expression whose value is only known by running it."""


def read_value(node: ast.expr) -> Any:
    """The value of a literal, of `date(…)`, `datetime(…)`, `Decimal("…")` and their `fromisoformat`; of
    `mesh.secret("…")` the reference, never what it leads to."""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError, MemoryError, SyntaxError):
        pass
    if not isinstance(node, ast.Call):
        return NOT_LITERAL
    try:
        arguments = [ast.literal_eval(argument) for argument in node.args]
        keywords = {word.arg or "**": _zone(word.value) for word in node.keywords}
        return _call(ast.unparse(node.func), arguments, keywords)
    except (ValueError, TypeError, InvalidOperation, OverflowError, RecursionError, MemoryError):
        return NOT_LITERAL


def as_json(value: Any) -> JsonValue:
    """The default as the model keeps it: moments as ISO 8601, sets and tuples as lists; None when JSON has no word."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value) if value.is_finite() else None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, (list, tuple)):
        return [as_json(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return [as_json(item) for item in sorted(value, key=repr)]
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    if value is None or isinstance(value, (str, int, float, bool)):
        return cast("JsonValue", value)
    return None


def _call(function: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    name = (
        function.removeprefix("datetime.") if function.count(".") and not function.endswith("isoformat") else function
    )
    if name.rpartition(".")[2] == "secret" and not keywords:
        [text] = arguments
        return Reference(text) if isinstance(text, str) and is_reference(text) else NOT_LITERAL
    match name.removeprefix("dt."):
        case "date":
            return date(*arguments, **keywords)
        case "datetime":
            return datetime(*arguments, **keywords)
        case "date.fromisoformat" | "datetime.date.fromisoformat":
            return date.fromisoformat(*arguments)
        case "datetime.fromisoformat" | "datetime.datetime.fromisoformat":
            return datetime.fromisoformat(*arguments)
        case "Decimal" | "decimal.Decimal":
            return Decimal(*arguments)
    return NOT_LITERAL


def _zone(node: ast.expr) -> Any:
    if ast.unparse(node) in ("timezone.utc", "UTC", "datetime.UTC", "datetime.timezone.utc", "dt.UTC"):
        return UTC
    return ast.literal_eval(node)
