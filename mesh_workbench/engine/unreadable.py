"""What is said when files of a release cannot be read: of which product and release, and what to do.

Each library says it in words of its own, and some of another trouble: DuckDB's lock takes a missing file for a
forbidden one. So whether files are there is looked at here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from mesh_workbench.errors import MeshError, Unavailable
from mesh_workbench.model.query import ResolvedPort

CODE = "query.file-unreadable"


def missing(ports: Sequence[ResolvedPort]) -> Unavailable | None:
    """The error for the first of these ports of which files are gone; None when all are there."""
    for port in ports:
        gone = [file for file in port.files if "://" not in file and not Path(file).exists()]
        if gone:
            return Unavailable(
                CODE,
                f"{len(gone)} of {len(port.files)} files of {_release(port)} are gone from the storage.",
                hint="If it was opened a while ago, read it anew: retention may have removed this release meanwhile. "
                f"`mesh doctor --deep` tells what is missing; `mesh run {port.product}` makes a new release.",
            )
    return None


def unreadable(ports: Sequence[ResolvedPort], reason: str) -> Unavailable:
    """The error for what went wrong, in somebody else's words, while files of these ports were read."""
    gone = missing(ports)
    if gone is not None:
        return gone
    of = [port for port in ports if any(file in reason for file in port.files)] or ports
    return Unavailable(
        CODE,
        f"A file of {' or '.join(dict.fromkeys(map(_release, of)))} cannot be read: {_first(reason)}",
        hint="`mesh doctor --deep` tells which files are damaged.",
    )


def speaks_of_a_file(ports: Sequence[ResolvedPort], message: str) -> bool:
    """Whether an error's text names a file of these ports."""
    return any(file in message for port in ports for file in port.files)


@contextmanager
def reading(port: ResolvedPort) -> Iterator[None]:
    """Raises what goes wrong while files of `port` are read as Unavailable `query.file-unreadable`.

    Not for what depends on an expression of the reader's own, which may be wrong itself.
    """
    import pyarrow

    try:
        yield
    except (MeshError, MemoryError, pyarrow.ArrowCancelled):
        raise
    except Exception as error:
        raise unreadable([port], str(error)) from error


def _release(port: ResolvedPort) -> str:
    return f"release {port.release} of {port.product}.{port.port}"


def _first(reason: str) -> str:
    line = (reason.strip().splitlines() or ["no reason was given"])[0].strip()
    return line if line.endswith((".", "!")) else f"{line}."
