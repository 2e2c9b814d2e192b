"""What the footers of Parquet files tell without reading a row, as far as it can be believed.

- Row counts hold for every file: no reader could read it otherwise.
- Null counts, least and greatest values are taken from writers known to write them rightly, and only where every row
  group has them.
- Least and greatest values are taken of whole numbers, decimals, dates and times; not of floats (NaN is left out of
  them), nor of text and binary (they may be cut).
- A column that is spelled differently or typed differently in two files is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from mesh_workbench.engine.objects import Objects, opened

if TYPE_CHECKING:
    import pyarrow

_BELIEVED = ("parquet-cpp-arrow version ", "parquet-rs version ", "delta-rs version ", "DuckDB version ")
_AT_ONCE = 8
"""Footers read side by side: on object storage each is a request, and most of its time is waiting."""
_SMALL_DICTIONARY = 16_384
"""Bytes. A dictionary that small has few values, so grouping by the column is cheaper than looking at each row."""


@dataclass(frozen=True)
class Facts:
    """What is known of the rows of some files.

    `nulls` counts them by column; `extremes` holds the least and the greatest value of a column (an array of two, or
    of none when all are null); `few` are columns of which the files name every different value once.
    """

    rows: int = 0
    nulls: dict[str, int] = field(default_factory=dict)
    extremes: dict[str, pyarrow.Array] = field(default_factory=dict)
    few: frozenset[str] = frozenset()


@dataclass
class _Column:
    """One column over all row groups seen so far."""

    kind: Any
    nulls: int | None = 0
    bounds: list[object] | None = field(default_factory=list)
    few: bool = True
    rows: int = 0


def facts_of(files: Iterable[str], objects: Objects | None = None) -> Facts | None:
    """The facts of all rows of `files`; None when one of them cannot be read. `objects` reads those that are URLs."""
    import pyarrow as pa

    read = partial(_footer, objects=objects or Objects())
    columns: dict[str, _Column] = {}
    spellings: dict[str, set[str]] = {}
    rows = 0
    try:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for metadata in pool.map(read, files):
                rows += metadata.num_rows
                _add(metadata, columns, spellings)
    except (OSError, pa.ArrowException):
        return None
    unclear = {name for names in spellings.values() if len(names) > 1 for name in names}
    known = {name: column for name, column in columns.items() if name not in unclear}
    nulls = {
        name: column.nulls + rows - column.rows  # files without the column hold nothing but nulls of it
        for name, column in known.items()
        if column.nulls is not None
    }
    return Facts(
        rows=rows,
        nulls=nulls,
        extremes={name: found for name, column in known.items() if (found := _extremes(column)) is not None},
        few=frozenset(name for name, column in known.items() if column.few and column.rows == rows > 0),
    )


def _footer(file: str, objects: Objects) -> Any:
    import pyarrow.parquet as pq

    return pq.read_metadata(opened(file, objects))


def _add(metadata: Any, columns: dict[str, _Column], spellings: dict[str, set[str]]) -> None:
    schema = metadata.schema.to_arrow_schema()
    believed = str(metadata.created_by or "").startswith(_BELIEVED)
    for leaf in range(metadata.num_columns):
        described = metadata.schema.column(leaf)
        if described.path != described.name or schema.names.count(described.name) != 1:
            continue  # a field inside a column, or a name that is there twice
        name, kind = described.name, schema.field(described.name).type
        spellings.setdefault(name.lower(), set()).add(name)
        column = columns.setdefault(name, _Column(kind))
        if column.kind != kind:
            column.nulls, column.bounds, column.few = None, None, False
        column.rows += metadata.num_rows
        for group in range(metadata.num_row_groups):
            chunk = metadata.row_group(group).column(leaf)
            _add_chunk(column, chunk, believed=believed and described.max_repetition_level == 0)


def _add_chunk(column: _Column, chunk: Any, *, believed: bool) -> None:
    dictionary = chunk.dictionary_page_offset
    column.few = column.few and bool(
        dictionary is not None and 0 < chunk.data_page_offset - dictionary <= _SMALL_DICTIONARY
    )
    told = chunk.statistics if believed else None
    if told is None or not told.has_null_count or not 0 <= told.null_count <= chunk.num_values:
        column.nulls = column.bounds = None
        return
    if column.nulls is not None:
        column.nulls += told.null_count
    if column.bounds is None or told.null_count == chunk.num_values:
        return
    if not told.has_min_max or not _is_exact(column.kind):
        column.bounds = None
        return
    try:
        column.bounds += [told.min, told.max]
    except (ValueError, OverflowError):  # years that Python's datetime does not know
        column.bounds = None


def _is_exact(kind: Any) -> bool:
    import pyarrow as pa

    is_a = pa.types
    if is_a.is_timestamp(kind) or is_a.is_time(kind):
        return bool(kind.unit != "ns")
    return bool(is_a.is_integer(kind) or is_a.is_date32(kind) or is_a.is_decimal128(kind))


def _extremes(column: _Column) -> pyarrow.Array | None:
    import pyarrow as pa

    if column.bounds is None or not _is_exact(column.kind):
        return None
    try:
        found = [min(column.bounds), max(column.bounds)] if column.bounds else []  # type: ignore[type-var]
        return pa.array(found, type=column.kind)
    except (ValueError, OverflowError, TypeError, pa.ArrowException):
        return None
