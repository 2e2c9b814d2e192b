"""Answers as bytes: Arrow, Parquet, CSV, JSON and JSON lines, batch by batch, so that size does not matter.

What a format cannot say exactly is text in it: nested values, bytes and intervals in CSV, large integers, decimals,
times, NaN and infinities in JSON (`engine/page.py`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow

from mesh_workbench.engine.page import json_columns

if TYPE_CHECKING:
    from pydantic import JsonValue


class Target(Protocol):
    """A binary file as far as it is needed here."""

    def write(self, data: bytes, /) -> object: ...


class BatchWriter(Protocol):
    """Takes the batches of one answer; `close` writes what stands at the end."""

    def write_batch(self, batch: pyarrow.RecordBatch) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class Format:
    """One way to write an answer. `open` begins it in a binary file, which is only ever written and never sought."""

    name: str
    media_types: tuple[str, ...]
    open: Callable[[Target, pyarrow.Schema], BatchWriter]

    @property
    def media_type(self) -> str:
        """What the answer says it is; the others are understood in `Accept` too."""
        return self.media_types[0]


def _arrow(target: Target, schema: pyarrow.Schema) -> BatchWriter:
    writer: BatchWriter = pyarrow.ipc.new_stream(pyarrow.PythonFile(target, mode="w"), schema)
    return writer


def _parquet(target: Target, schema: pyarrow.Schema) -> BatchWriter:
    from pyarrow import parquet

    def begin(plain: pyarrow.Schema) -> BatchWriter:
        writer: BatchWriter = parquet.ParquetWriter(
            pyarrow.PythonFile(target, mode="w"), plain, compression="zstd", write_statistics=True
        )
        return writer

    return _Converted(schema, lambda kind: kind == pyarrow.month_day_nano_interval(), begin)


def _csv(target: Target, schema: pyarrow.Schema) -> BatchWriter:
    from pyarrow import csv

    def begin(plain: pyarrow.Schema) -> BatchWriter:
        writer: BatchWriter = csv.CSVWriter(pyarrow.PythonFile(target, mode="w"), plain)
        return writer

    return _Converted(schema, _not_for_csv, begin)


def _not_for_csv(kind: pyarrow.DataType) -> bool:
    types = pyarrow.types
    return not any(
        test(kind)
        for test in (
            types.is_boolean,
            types.is_integer,
            types.is_floating,
            types.is_decimal,
            types.is_date,
            types.is_time,
            types.is_timestamp,
            types.is_string,
            types.is_large_string,
            types.is_null,
        )
    )


class _Converted:
    """Writes through another writer, with distinct names, and as text each column of a type that it cannot write."""

    def __init__(
        self,
        schema: pyarrow.Schema,
        as_text: Callable[[pyarrow.DataType], bool],
        begin: Callable[[pyarrow.Schema], BatchWriter],
    ) -> None:
        self._texts = [as_text(field.type) for field in schema]
        fields = [
            pyarrow.field(name, pyarrow.string() if text else field.type)
            for name, field, text in zip(distinct(schema.names), schema, self._texts, strict=True)
        ]
        self._schema = pyarrow.schema(fields, metadata=schema.metadata)
        self._inner = begin(self._schema)

    def write_batch(self, batch: pyarrow.RecordBatch) -> None:
        columns = [
            pyarrow.array([_text(value) for value in json_columns([column])[0]], pyarrow.string()) if text else column
            for column, text in zip(batch.columns, self._texts, strict=True)
        ]
        self._inner.write_batch(pyarrow.record_batch(columns, schema=self._schema))

    def close(self) -> None:
        self._inner.close()


def _text(value: JsonValue) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class _Rows:
    """Rows as JSON objects: one a line, or all in one array."""

    def __init__(self, target: Target, schema: pyarrow.Schema, *, lines: bool) -> None:
        self._target = target
        self._names = distinct(schema.names)
        self._between = b"\n" if lines else b",\n "
        self._first, self._end = (b"", b"\n") if lines else (b"[\n ", b"\n]\n")
        self._empty = b"" if lines else b"[]\n"
        self._begun = False
        self._encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode

    def write_batch(self, batch: pyarrow.RecordBatch) -> None:
        if not batch.num_rows:
            return
        rows = zip(*json_columns(batch.columns), strict=True)
        body = self._between.join(self._encode(dict(zip(self._names, row, strict=True))).encode() for row in rows)
        self._target.write((self._between if self._begun else self._first) + body)
        self._begun = True

    def close(self) -> None:
        self._target.write(self._end if self._begun else self._empty)


def distinct(names: list[str]) -> list[str]:
    """The names of columns, each once: what comes again gets a number."""
    found: dict[str, None] = {}
    for name in names:
        again, number = name, 2
        while again in found:
            again, number = f"{name}_{number}", number + 1
        found[again] = None
    return list(found)


def _rows(*, lines: bool) -> Callable[[Target, pyarrow.Schema], BatchWriter]:
    return lambda target, schema: _Rows(target, schema, lines=lines)


FORMATS: dict[str, Format] = {
    form.name: form
    for form in (
        Format("arrow", ("application/vnd.apache.arrow.stream",), _arrow),
        Format("parquet", ("application/vnd.apache.parquet",), _parquet),
        Format("csv", ("text/csv",), _csv),
        Format("jsonl", ("application/x-ndjson", "application/jsonl", "application/ndjson"), _rows(lines=True)),
        Format("json", ("application/json",), _rows(lines=False)),
    )
}
"""By the name that people write."""


class Sink:
    """A binary file that is only written, and emptied by `take`."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._position = 0

    def write(self, data: Any) -> int:
        part = bytes(data)
        self._parts.append(part)
        self._position += len(part)
        return len(part)

    def tell(self) -> int:
        return self._position

    def flush(self) -> None:
        """Nothing waits anywhere."""

    def close(self) -> None:
        self.closed = True

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def take(self) -> bytes:
        data = b"".join(self._parts)
        self._parts.clear()
        return data
