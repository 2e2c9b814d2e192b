"""`%%mesh --lazy`: a statement as a lazy frame of Polars.

What is lazy is the work. Names, types, access and the moment are decided when the cell runs. The rows are computed when
they are collected, each time anew: only the columns that are wanted, in portions, and through the same door as every
statement, so that access is decided again. Filters of Polars are applied to each portion.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from mesh_workbench.engine.session import quoted
from mesh_workbench.errors import MeshError
from mesh_workbench.magics.source import ask, inside_run

if TYPE_CHECKING:
    import polars
    import pyarrow

    from mesh_workbench.model.query import Provenance, QueryRequest, ResolvedPort

_ALL = 2**62
"""No limit. The million rows of a request are what a display or a client may hold at once; here rows stream."""

Frames = Mapping[str, "pyarrow.Table | ResolvedPort"]


def lazy_frame(request: QueryRequest, frames: Frames, *, limit: int | None) -> tuple[polars.LazyFrame, Provenance]:
    """The frame, and what it is made from.

    Raises what asking raises.
    """
    import polars
    from polars.io.plugins import register_io_source

    schema, provenance = _known(request, frames)
    # the releases themselves: one that is published at this very moment may have the same time
    releases = {} if inside_run() else provenance.releases
    pinned = request.model_copy(update={"releases": releases, "limit": limit or _ALL})
    empty = polars.from_arrow(schema.empty_table())
    assert isinstance(empty, polars.DataFrame)

    def rows(
        columns: list[str] | None, predicate: polars.Expr | None, most: int | None, _size: int | None
    ) -> Iterator[polars.DataFrame]:
        wanted = ", ".join(map(quoted, schema.names if columns is None else columns))
        asked = pinned.model_copy(update={"statement": _over(request.statement, wanted)})
        left = most
        for batch in ask(asked, frames).reader:
            frame = polars.from_arrow(batch)
            assert isinstance(frame, polars.DataFrame)
            frame = frame if predicate is None else frame.filter(predicate)
            yield frame if left is None else frame.head(left)
            if left is not None:
                left -= frame.height
                if left <= 0:
                    return

    return register_io_source(rows, schema=empty.schema, is_pure=True, explain_name="MESH"), provenance


def _known(request: QueryRequest, frames: Frames) -> tuple[pyarrow.Schema, Provenance]:
    """Names and types of the columns, without computing a row."""
    asked = request.model_copy(update={"statement": f"{_over(request.statement, '*')} LIMIT 0"})
    try:
        answer = ask(asked, frames)
        schema = answer.reader.schema
        answer.reader.read_all()
    except MeshError as error:
        raise _as_written(error) from error.__cause__
    return schema, answer.provenance


def _over(statement: str, columns: str) -> str:
    import sqlglot

    tokens = sqlglot.tokenize(statement, read="duckdb")
    if tokens and tokens[-1].text == ";":  # with a comment behind it
        statement = statement[: tokens[-1].start]
    return f"SELECT {columns} FROM (\n{statement}\n) AS answer"  # noqa: S608 - parsed, and columns are quoted


def _as_written(error: MeshError) -> MeshError:
    """The error with its place in the statement as it was written: without the line that was put before it."""
    line, column = error.details.get("line"), error.details.get("column")
    if isinstance(line, int) and isinstance(column, int):
        error.details["line"] = line - 1
        error.where = f"line {line - 1}, column {column}"
    return error
