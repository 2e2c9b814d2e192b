"""Data at a place that a person names: a file or a folder, here or on object storage (`s3://bucket/folder`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mesh_workbench.contracts import delta
from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.engine.objects import Objects, is_url
from mesh_workbench.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    import pyarrow


def candidate_at(name: str) -> Candidate | None:
    """The data at the place `name`; None when it names no place, but perhaps a product.

    Parquet and Delta are read as promises ask for them, the others as a whole. Raises NotFound `file.not-found`,
    InvalidInput `file.not-data`, and what `engine.objects` raises of object storage.
    """
    if is_url(name):
        return _at_url(name)
    file = Path(name)
    if file.is_dir():
        return _folder(name, (file / delta.LOG).is_dir(), sorted(map(str, file.resolve().glob("*.parquet"))), Objects())
    if file.suffix not in _READERS and not file.is_file():
        return None
    if not file.is_file():
        raise _no_file(name)
    if file.suffix == ".parquet":
        return Candidate.from_files([str(file.resolve())])
    return Candidate.from_table(_read(name, file))


def name_of(place: str) -> str:
    """What the data at a place may be called: the last part of the place's name, without its ending."""
    path = place if is_url(place) else Path(place).resolve().as_posix()
    return path.rstrip("/").rpartition("/")[2].split(".")[0]


def _at_url(url: str) -> Candidate:
    url = url.rstrip("/")
    objects = Objects(url)
    kind = objects.kind(url)
    if kind == "nothing":
        raise _no_file(url)
    if kind == "folder":
        is_table = objects.kind(f"{url}/{delta.LOG}") == "folder"
        files = [] if is_table else [file for file in objects.files_in(url) if file.endswith(".parquet")]
        return _folder(url, is_table, files, objects)
    if url.endswith(".parquet"):
        return Candidate.from_files([url], objects=objects)
    return Candidate.from_table(_read(url, objects.open(url)))


def _folder(name: str, is_table: bool, files: list[str], objects: Objects) -> Candidate:
    if is_table:
        return delta.candidate_of(name, objects)
    if not files:
        raise InvalidInput(
            "file.not-data",
            f"{name} is neither a Delta table nor a folder of Parquet files.",
            hint="Name the folder that holds _delta_log, or the .parquet files.",
        )
    return Candidate.from_files(files, objects=objects)


def _no_file(name: str) -> NotFound:
    return NotFound("file.not-found", f"There is no file {name}.", hint="Check the path.")


def _read(name: str, file: object) -> pyarrow.Table:
    import pyarrow

    reader = _READERS.get(Path(name).suffix)
    if reader is None:
        raise InvalidInput(
            "file.not-data", f"{name} is not a file of data.", hint=f"These can be read: {', '.join(sorted(_READERS))}."
        )
    try:
        table: pyarrow.Table = reader(file)
    except (pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError) as error:
        raise InvalidInput(
            "file.not-data", f"{name} cannot be read: {error}.", hint="Check that it is what its name says."
        ) from error
    return table


def _parquet(file: object) -> pyarrow.Table:
    from pyarrow import parquet

    return parquet.read_table(file)


def _csv(file: object) -> pyarrow.Table:
    from pyarrow import csv

    # Nothing between two commas is no value; the empty text is written "".
    empty_is_null = csv.ConvertOptions(strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""])
    return csv.read_csv(file, convert_options=empty_is_null)


def _arrow(file: object) -> pyarrow.Table:
    from pyarrow import feather

    return feather.read_table(file)


_READERS: Mapping[str, Callable[[Any], Any]] = {
    ".parquet": _parquet,
    ".csv": _csv,
    ".arrow": _arrow,
    ".feather": _arrow,
}
"""Ending of a file's name to what reads it."""
