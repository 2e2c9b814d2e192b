"""Takes in frames of every supported library as Arrow tables, types unchanged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mesh_workbench.errors import InvalidInput

SUPPORTED = (
    "a Polars DataFrame or LazyFrame, a pandas DataFrame, an Arrow Table, RecordBatch or RecordBatchReader, "
    "a DuckDB relation, or a list of dicts"
)


def as_table(frame: object) -> Any:
    """`frame` as a pyarrow.Table with the types that its library gives.

    A named pandas index becomes columns, an unnamed one is left out. A lazy frame or a stream is computed here.
    Raises InvalidInput `frame.unsupported`, `frame.mixed-column`, `frame.unsupported-type`, `frame.column-name`.
    """
    import pyarrow as pa

    library = type(frame).__module__.partition(".")[0]
    if isinstance(frame, pa.Table):
        return frame
    if isinstance(frame, pa.RecordBatch):
        return pa.Table.from_batches([frame])
    if isinstance(frame, pa.RecordBatchReader):
        return frame.read_all()
    if isinstance(frame, list):
        return _from_dicts(frame)
    if library == "polars":
        return _from_polars(frame)
    if library == "pandas":
        return _from_pandas(frame)
    if hasattr(frame, "__arrow_c_stream__"):  # DuckDB relations, answers of the workbench, most frame libraries
        return pa.table(frame)
    raise InvalidInput("frame.unsupported", f"A {_kind(frame)} is not a frame.", hint=f"Give {SUPPORTED}.")


def _kind(frame: object) -> str:
    return f"{type(frame).__module__.partition('.')[0]}.{type(frame).__qualname__}".removeprefix("builtins.")


def _from_polars(frame: Any) -> Any:
    import polars as pl

    if isinstance(frame, pl.LazyFrame):
        frame = frame.collect()
    if not isinstance(frame, pl.DataFrame):
        raise InvalidInput(
            "frame.unsupported", f"A {_kind(frame)} is not a frame.", hint="Make a frame of it: series.to_frame()."
        )
    wide = {name for name, dtype in frame.schema.items() if dtype in (pl.Int128, getattr(pl, "UInt128", pl.Int128))}
    for name, dtype in frame.schema.items():
        if dtype == pl.Object:
            raise InvalidInput(
                "frame.unsupported-type",
                f"Column {name!r} holds Python objects.",
                where=f"column {name}",
                hint="Give it a type, for example strings.",
            )
    if wide:
        try:
            frame = frame.with_columns(pl.col(list(wide)).cast(pl.Decimal(38, 0)))
        except pl.exceptions.PolarsError as error:
            raise InvalidInput(
                "frame.value-out-of-range",
                f"Column {', '.join(sorted(wide))} has integers of more than 38 digits.",
                hint="Cast it to a string.",
            ) from error
    return frame.to_arrow()


def _from_pandas(frame: Any) -> Any:
    import pandas as pd
    import pyarrow as pa

    if not isinstance(frame, pd.DataFrame):
        raise InvalidInput(
            "frame.unsupported", f"A {_kind(frame)} is not a frame.", hint="Make a frame of it: series.to_frame()."
        )
    if frame.columns.nlevels > 1:
        raise InvalidInput(
            "frame.column-name",
            "The columns have several levels of names.",
            hint="Flatten them: frame.columns = ['_'.join(map(str, name)) for name in frame.columns].",
        )
    named = [level for level, name in enumerate(frame.index.names) if name is not None]
    names: list[Any] = [frame.index.names[level] for level in named]
    values: list[Any] = [frame.index.get_level_values(level) for level in named]
    for position, name in enumerate(frame.columns):
        column: Any = frame.iloc[:, position]
        names.append(name)
        values.append(column.sparse.to_dense() if isinstance(column.dtype, pd.SparseDtype) else column)
    _check_text(names)
    arrays = [_array(name, column, from_pandas=True) for name, column in zip(names, values, strict=True)]
    return pa.Table.from_arrays(arrays, names=names)


def _from_dicts(rows: Sequence[object]) -> Any:
    import pyarrow as pa

    names: dict[Any, None] = {}
    for number, row in enumerate(rows):
        if not isinstance(row, dict):
            raise InvalidInput(
                "frame.unsupported",
                f"Item {number} of the list is a {_kind(row)}, not a dict.",
                hint=f"Give {SUPPORTED}.",
            )
        names.update(dict.fromkeys(row))
    _check_text(names)
    columns = [_array(name, [row.get(name) for row in rows if isinstance(row, dict)]) for name in names]
    return pa.Table.from_arrays(columns, names=list(names))


def _check_text(names: Iterable[object]) -> None:
    for name in names:
        if not isinstance(name, str):
            raise InvalidInput(
                "frame.column-name",
                f"The column name {name!r} is not a string.",
                hint="Name the columns: frame.columns = frame.columns.astype(str).",
            )


def _array(name: str, values: Any, *, from_pandas: bool = False) -> Any:
    import pyarrow as pa

    try:
        array = pa.array(values, from_pandas=from_pandas)
        if pa.types.is_decimal128(array.type):  # as wide as possible: the digits of today's values say little
            array = array.cast(pa.decimal128(38, array.type.scale))
        return array
    except OverflowError as error:
        raise InvalidInput(
            "frame.value-out-of-range",
            f"Column {name!r} has integers beyond 64 bits.",
            where=f"column {name}",
            hint="Make them decimal.Decimal or strings.",
        ) from error
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, TypeError, ValueError) as error:
        raise InvalidInput(
            "frame.mixed-column",
            f"The values of column {name!r} are not of one type: {str(error).splitlines()[0]}.",
            where=f"column {name}",
            hint="Give them one type, for example with .astype('string').",
        ) from error
