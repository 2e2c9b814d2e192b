"""Data that a person names: a file, or a product of the mesh."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mesh_workbench.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    import polars
    import pyarrow

    from mesh_workbench.contracts.candidate import Candidate
    from mesh_workbench.workbench.protocol import Workbench

_MOST = 1_000_000


def table_of(name: str, bench: Workbench) -> tuple[str, pyarrow.Table]:
    """A name for the data, and the data: of a file, a Delta table or a folder, else of the product called `name`.

    Raises NotFound `file.not-found` and InvalidInput `file.not-data`; what names a product raises as queries do.
    """
    file = Path(name)
    if file.suffix or file.exists():
        if not file.is_file() and file.suffix in _READERS:
            raise NotFound("file.not-found", f"There is no file {name}.", hint="Check the path.")
        if file.is_file():
            return file.name.split(".")[0], _read(file, _READERS)
    if file.is_dir():
        return file.name, _folder(file).collect().to_arrow()
    from mesh_workbench.model.names import PortName
    from mesh_workbench.model.query import QueryRequest

    port = PortName.parse(name)
    relation = f'"{port.domain}"."{port.product}"' + (f'."{port.port}"' if port.port else "")
    answer = bench.query.sql(QueryRequest(statement=f"SELECT * FROM {relation}", limit=_MOST))  # noqa: S608  checked names
    return port.port or port.product, answer.reader.read_all()


def candidate_of(name: str) -> Candidate | None:
    """The data in the file or folder `name`, to be checked without a workbench; None when it names no such place.

    Parquet and Delta are not read as a whole. Raises as `table_of`.
    """
    from mesh_workbench.contracts.candidate import Candidate

    file = Path(name)
    if file.is_dir():
        return Candidate.from_table(_folder(file))
    if file.suffix not in _READERS and not file.is_file():
        return None
    if not file.is_file():
        raise NotFound("file.not-found", f"There is no file {name}.", hint="Check the path.")
    if file.suffix == ".parquet":
        path = str(file.resolve())
        return Candidate("", files=[path], staged=[path])
    return Candidate.from_table(_read(file, _READERS))


def _folder(folder: Path) -> polars.LazyFrame:
    """A Delta table as it is now, or all Parquet files in a folder."""
    import polars
    from deltalake.exceptions import DeltaError

    if (folder / "_delta_log").is_dir():
        try:
            return polars.scan_delta(str(folder))
        except DeltaError as error:
            raise InvalidInput(
                "file.not-data", f"{folder} cannot be read: {error}.", hint="Check that it is a whole Delta table."
            ) from error
    files = sorted(folder.glob("*.parquet"))
    if not files:
        raise InvalidInput(
            "file.not-data",
            f"{folder} is neither a Delta table nor a folder of Parquet files.",
            hint="Name the folder that holds _delta_log, or the .parquet files.",
        )
    return polars.scan_parquet(files)


def _read(file: Path, known: Mapping[str, Callable[[Path], Any]]) -> pyarrow.Table:
    import pyarrow

    reader = known.get(file.suffix)
    if reader is None:
        raise InvalidInput(
            "file.not-data", f"{file} is not a file of data.", hint=f"These can be read: {', '.join(sorted(known))}."
        )
    try:
        table: pyarrow.Table = reader(file)
    except (pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError) as error:
        raise InvalidInput(
            "file.not-data", f"{file} cannot be read: {error}.", hint="Check that it is what its name says."
        ) from error
    return table


def _parquet(file: Path) -> pyarrow.Table:
    from pyarrow import parquet

    return parquet.read_table(file)


def _csv(file: Path) -> pyarrow.Table:
    from pyarrow import csv

    # Nothing between two commas is no value; the empty text is written "".
    empty_is_null = csv.ConvertOptions(strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""])
    return csv.read_csv(file, convert_options=empty_is_null)


def _arrow(file: Path) -> pyarrow.Table:
    from pyarrow import feather

    return feather.read_table(file)


_READERS: Mapping[str, Callable[[Path], Any]] = {
    ".parquet": _parquet,
    ".csv": _csv,
    ".arrow": _arrow,
    ".feather": _arrow,
}
"""Ending of a file's name to what reads it."""
