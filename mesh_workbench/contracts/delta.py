"""A Delta table as a candidate: its files where they alone tell the rows, else a lazy frame.

The values of partition columns and deleted rows are known to the log only; then Polars, which reads them, streams the
table. Whoever wrote it: it need not be one of ours.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.engine.objects import PATIENCE, Objects, is_url, split, translated
from mesh_workbench.errors import InvalidInput

if TYPE_CHECKING:
    from deltalake import DeltaTable

LOG = "_delta_log"
_DELETED = "deletionVectors"
_READ = {_DELETED, "timestampNtz", "v2Checkpoint", "vacuumProtocolCheck", "variantType", "variantType-preview"}
"""What a table may ask of its readers so that its Parquet files, without the deleted rows, are what it holds."""


def candidate_of(place: str, objects: Objects) -> Candidate:
    """The table as it is now. Raises InvalidInput `file.not-data`, and what `engine.objects` raises."""
    import polars
    import pyarrow
    from deltalake.exceptions import DeltaError

    try:
        table = _opened(place)
        _refuse_unknown(table, place)
        schema = pyarrow.schema(table.schema().to_arrow())
        if table.metadata().partition_columns or _DELETED in (table.protocol().reader_features or ()):
            # By its address, because Polars would not take the options that the table was opened with.
            return Candidate("", table=polars.scan_delta(_address(place)), objects=objects)
        added = pyarrow.table(table.get_add_actions()).select(["path", "size_bytes"]).to_pylist()
    except DeltaError as error:
        raise InvalidInput(
            "file.not-data",
            f"{place} cannot be read: {str(error).splitlines()[0]}.",
            hint="Check that it is a whole Delta table.",
        ) from error
    sizes = {_location(place, str(file["path"])): int(file["size_bytes"]) for file in added}
    if is_url(place):
        objects.know(sizes)
    return Candidate.from_files(sorted(sizes), arrow_schema=schema, objects=objects)


def _opened(place: str) -> DeltaTable:
    from deltalake import DeltaTable

    if not is_url(place):
        return DeltaTable(place)
    with translated(place):
        return DeltaTable(_address(place), storage_options=PATIENCE)


def _address(place: str) -> str:
    """`place` as Delta's library takes it: in the encoding of addresses where it is one."""
    return "".join((split(place)[0], quote(split(place)[1]))) if is_url(place) else place


def _refuse_unknown(table: DeltaTable, place: str) -> None:
    unknown = set(table.protocol().reader_features or ()) - _READ
    if (table.metadata().configuration or {}).get("delta.columnMapping.mode", "none") != "none":
        unknown.add("columnMapping")
    if unknown:
        raise InvalidInput(
            "file.not-data",
            f"{place} cannot be read: it uses {', '.join(sorted(unknown))} of Delta.",
            hint="Write it anew without, or name Parquet files.",
        )


def _location(place: str, logged: str) -> str:
    """Where a file lies that the log names relative to the table, in the encoding of addresses."""
    path = unquote(logged)
    if is_url(path):
        return path
    return f"{place}/{path}" if is_url(place) else str(Path(place).resolve() / path)
