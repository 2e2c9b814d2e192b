"""Parameter types from annotations: `month: Annotated[int, Ge(1), Le(12)]`, `Literal["a", "b"]`, `date | None`."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import Any

from mesh_workbench.model.notebook import ParameterType
from mesh_workbench.notebooks.references import Reference, is_reference
from mesh_workbench.syntax import expression

_TYPES: dict[str, ParameterType] = {
    "int": "integer",
    "float": "number",
    "Decimal": "number",
    "str": "string",
    "bool": "boolean",
    "date": "date",
    "datetime": "timestamp",
    "list": "list",
    "List": "list",
    "tuple": "list",
    "dict": "object",
    "Dict": "object",
    "Secret": "secret",
}
_LEAST, _MOST = frozenset({"ge", "Ge", "gt", "Gt"}), frozenset({"le", "Le", "lt", "Lt"})


@dataclass(frozen=True)
class Annotated:
    """What an annotation says."""

    type: ParameterType = "any"
    nullable: bool = False
    choices: list[Any] | None = None
    minimum: float | None = None
    maximum: float | None = None


def read_annotation(node: ast.expr) -> Annotated:
    """What the annotation `node` says; what is not understood is `any`."""
    match node:
        case ast.Constant(value=None):
            return Annotated(nullable=True)
        case ast.Constant(value=str(text)):
            return _quoted(text)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return Annotated(_TYPES.get(name, "any"))
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _union([left, right])
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inner):
            return _subscript(name, list(inner.elts) if isinstance(inner, ast.Tuple) else [inner])
    return Annotated()


def type_of_value(value: Any) -> ParameterType:
    """The type of a default value, by its Python type."""
    from datetime import date, datetime
    from decimal import Decimal

    for kind, name in (
        (Reference, "secret"),
        (bool, "boolean"),
        (int, "integer"),
        ((float, Decimal), "number"),
        (str, "string"),
        (datetime, "timestamp"),
        (date, "date"),
        ((list, tuple, set), "list"),
        (dict, "object"),
    ):
        if isinstance(value, kind):
            return name  # type: ignore[return-value]
    return "any"


def _quoted(text: str) -> Annotated:
    try:
        return read_annotation(expression(text))
    except (SyntaxError, ValueError, RecursionError):
        return Annotated()


def _union(parts: list[ast.expr]) -> Annotated:
    read = [read_annotation(part) for part in parts]
    said = [part for part in read if part != Annotated(nullable=True)]
    nullable = any(part.nullable for part in read)
    types = {part.type for part in said}
    if len(said) == 1:
        return replace(said[0], nullable=nullable)
    if types == {"integer", "number"}:
        return Annotated("number", nullable)
    return Annotated("any", nullable)


def _subscript(name: str, inner: list[ast.expr]) -> Annotated:
    if name == "Optional":
        return replace(read_annotation(inner[0]), nullable=True)
    if name == "Union":
        return _union(inner)
    if name in ("Literal", "Final", "ClassVar"):
        return _literal(inner) if name == "Literal" else read_annotation(inner[0])
    if name == "Annotated":
        return _limits(read_annotation(inner[0]), inner[1:])
    return Annotated(_TYPES.get(name, "any"))


def _literal(inner: list[ast.expr]) -> Annotated:
    try:
        values = [ast.literal_eval(item) for item in inner]
    except ValueError:
        return Annotated()
    choices = [value for value in values if value is not None]
    types = {type_of_value(value) for value in choices}
    only: ParameterType = types.pop() if len(types) == 1 else "any"
    return Annotated(only, nullable=None in values, choices=choices)


def _limits(base: Annotated, marks: list[ast.expr]) -> Annotated:
    """`Ge(1)`, `Field(ge=1, le=12)`, `Interval(ge=1, le=12)` or `range(1, 13)` beside the type.

    Beside `mesh.Secret` stand the references that may be given.
    """
    if base.type == "secret":
        texts = [mark.value for mark in marks if isinstance(mark, ast.Constant) and isinstance(mark.value, str)]
        return replace(base, choices=[text for text in texts if is_reference(text)])
    least, most = base.minimum, base.maximum
    for mark in marks:
        if not isinstance(mark, ast.Call):
            continue
        called = mark.func.id if isinstance(mark.func, ast.Name) else getattr(mark.func, "attr", "")
        limits = {keyword.arg: _number(keyword.value) for keyword in mark.keywords}
        given = [_number(argument) for argument in mark.args]
        if called == "range" and 1 <= len(given) <= 2 and None not in given:
            least, most = (0.0, given[0]) if len(given) == 1 else (given[0], given[1])
            most = None if most is None else most - 1
        elif given:
            limits[called] = given[0]
        step = 1 if base.type == "integer" else 0
        for key, limit in limits.items():
            if limit is not None and key in _LEAST:
                least = limit + (step if key in ("gt", "Gt") else 0)
            if limit is not None and key in _MOST:
                most = limit - (step if key in ("lt", "Lt") else 0)
    return replace(base, minimum=least, maximum=most)


def _number(node: ast.expr) -> float | None:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
