"""Where a document is not what a model of the standard allows, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mesh_workbench.contracts.source import Path
from mesh_workbench.errors import did_you_mean

_QUOTED = re.compile(r"'([^']*)'")


@dataclass(frozen=True)
class Fault:
    """One place where a document is not ODCS."""

    path: Path
    message: str
    hint: str


def fault(path: Path, error: Mapping[str, Any]) -> Fault:
    """An error of pydantic at `path`, as a person would say it."""
    inner = (error.get("ctx") or {}).get("inner")
    if inner is not None:  # of options, which are looked at by themselves
        error = inner
    name = _called(path)
    message, hint = _words(str(error["type"]), error, path)
    return Fault(
        path, f"{name!r}{message}" if message.startswith(":") else f"{name!r} {message}", hint.format(name=name)
    )


def _called(path: Path) -> str:
    """The key, or `enum[0]` of an entry."""
    named = [index for index, part in enumerate(path) if isinstance(part, str)]
    if not named:
        return "the document"
    last = named[-1]
    return str(path[last]) + "".join(f"[{part}]" for part in path[last + 1 :])


def _words(kind: str, error: Mapping[str, Any], path: Path) -> tuple[str, str]:
    context: Mapping[str, Any] = error.get("ctx") or {}
    if kind == "missing":
        return "is missing", "Add {name}."
    if kind == "extra_forbidden":
        return "is not a key that ODCS knows here", "Move it into customProperties."
    if kind == "literal_error":
        expected = str(context.get("expected", ""))
        return f"must be {expected}", did_you_mean(str(error.get("input")), _QUOTED.findall(expected))
    if kind == "string_pattern_mismatch":
        return _form(path, str(context.get("pattern", "")))
    for start, message, hint in (
        ("string", "must be text", "Put the value in quotes."),
        ("bool", "must be true or false", "Write true or false, without quotes."),
        ("float", "must be a number", "Write it without quotes."),
        ("int", "must be a whole number", "Write it without quotes."),
        ("list", "must be a list", "Begin each entry with a dash."),
        ("model", "must be a mapping", "Write key: value pairs, indented below it."),
        ("dict", "must be a mapping", "Write key: value pairs, indented below it."),
        ("greater_than_equal", f"must be at least {context.get('ge')}", "Write a larger number."),
        ("greater_than", f"must be more than {context.get('gt')}", "Write a larger number."),
        (
            "too_short",
            f"must have at least {context.get('min_length')} entries",
            "Add what is missing, or take it away.",
        ),
        ("too_long", f"has too many entries, at most {context.get('max_length')}", "Take some away."),
    ):
        if kind.startswith(start):
            wanted = "Write a mapping such as {{value: A}}." if "enum" in path and message.endswith("mapping") else hint
            return message, wanted
    text = str(error["msg"])
    return f": {text[:1].lower()}{text[1:]}", "The standard says what may stand here."


def _form(path: Path, pattern: str) -> tuple[str, str]:
    if path and (path[-1] in ("to", "from") or path[-2:-1] in (("to",), ("from",))):
        return "is no reference", "Write object.column, or a path of ids such as schema/orders/properties/order_id."
    if path and path[-1] == "id":
        return "may have letters, digits, - and _ only", "Leave out everything else."
    return "has not the form that the standard wants", "It must match " + pattern.replace("{", "{{").replace("}", "}}")
