"""Names and values in SQL."""

from __future__ import annotations

from pydantic import JsonValue

from mesh_workbench.contracts.columntype import ColumnType
from mesh_workbench.engine.session import quoted

__all__ = ["one_of", "quoted", "text_of"]


def text_of(column: str, kind: ColumnType) -> str:
    """The column as text."""
    return quoted(column) if kind.name == "VARCHAR" else f"CAST({quoted(column)} AS VARCHAR)"


def one_of(column: str, kind: ColumnType, values: list[JsonValue]) -> tuple[str, tuple[object, ...]]:
    """SQL that is true for rows whose `column` is one of `values`, and its parameters. Never null.

    Values are compared as what the column holds: numbers with numbers, else as text. Null in `values` says nothing.
    """
    if kind.is_number:
        numbers = [number for number in map(_number, values) if number is not None]
        if not numbers:
            return "FALSE", ()
        # A FLOAT column holds rounded values: compare with equally rounded ones.
        marks = ", ".join("CAST(? AS FLOAT)" if kind.name.upper() == "FLOAT" else "?" for _ in numbers)
        return f"coalesce({quoted(column)} IN ({marks}), FALSE)", tuple(numbers)
    texts = [_text(value) for value in values if value is not None]
    if not texts:
        return "FALSE", ()
    if kind.is_time:
        marks = ", ".join(f"TRY_CAST(? AS {kind.name})" for _ in texts)
        return f"coalesce({quoted(column)} IN ({marks}), FALSE)", tuple(texts)
    return f"coalesce({text_of(column, kind)} IN ({', '.join('?' for _ in texts)}), FALSE)", tuple(texts)


def _text(value: JsonValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(value: JsonValue) -> int | float | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return value
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            try:
                return float(value)
            except ValueError:
                return None
    return None
