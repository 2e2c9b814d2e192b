"""An answer as rows for display: JSON values, and DuckDB's names of their types."""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow

from mesh_workbench.engine.schema import type_names
from mesh_workbench.model.query import Answer, RowsPage

if TYPE_CHECKING:
    from pydantic import JsonValue

_SAFE_INTEGER = 2**53 - 1


def page(answer: Answer, limit: int) -> RowsPage:
    """The first `limit` rows of the answer, which is read to its end or cancelled."""
    batches, count = [], 0
    for batch in answer.reader:
        batches.append(batch)
        count += batch.num_rows
        if count > limit:
            break
    table = pyarrow.Table.from_batches(batches, answer.reader.schema)
    return RowsPage(
        columns=table.column_names,
        types=type_names(table.schema),
        rows=json_rows(table.slice(0, limit)),
        total=count if count <= limit else None,
        truncated=count > limit,
        provenance=answer.provenance,
    )


def json_rows(table: pyarrow.Table) -> list[list[JsonValue]]:
    """The rows of a small table, each a list of JSON values.

    What JSON cannot say exactly is text: large integers, decimals, dates, bytes (base64), NaN and infinities.
    """
    columns = json_columns(table.columns)
    return [list(row) for row in zip(*columns, strict=True)] if columns else []


def json_columns(columns: Sequence[pyarrow.Array]) -> list[list[JsonValue]]:
    """The values of columns as JSON, exact."""
    found: list[list[JsonValue]] = []
    for column in columns:
        values = _plain(column).to_pylist()
        found.append(values if _as_they_are(column.type) else [json_value(value) for value in values])
    return found


def _as_they_are(kind: pyarrow.DataType) -> bool:
    """Whether no value of this type needs a look: JSON says each exactly."""
    types = pyarrow.types
    short = types.is_integer(kind) and kind.bit_width <= 32
    return bool(short or types.is_boolean(kind) or types.is_string(kind) or types.is_large_string(kind))


def json_value(value: object) -> JsonValue:
    """`value` as JSON, exact."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if abs(value) <= _SAFE_INTEGER else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, dict):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [json_value(item) for item in value]
    return str(value)


def _plain(column: pyarrow.Array) -> pyarrow.Array:
    """Nanoseconds to microseconds, which is what Python's own datetime holds."""
    if pyarrow.types.is_timestamp(column.type) and column.type.unit == "ns":
        return column.cast(pyarrow.timestamp("us", column.type.tz), safe=False)
    return column
