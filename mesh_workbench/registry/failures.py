"""Translation of what the database says into our errors, done once, at the edge of a transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from mesh_workbench.errors import Broken, InvalidInput, MeshError, Unavailable

BUSY, FULL, READ_ONLY, UNREACHABLE = "registry.busy", "registry.full", "registry.read-only", "registry.unreachable"
DAMAGED = "registry.damaged"

_SQLITE_CODES = {
    5: BUSY,  # SQLITE_BUSY
    6: BUSY,  # SQLITE_LOCKED
    8: READ_ONLY,  # SQLITE_READONLY
    11: DAMAGED,  # SQLITE_CORRUPT
    13: FULL,  # SQLITE_FULL
    26: DAMAGED,  # SQLITE_NOTADB
    778: FULL,  # SQLITE_IOERR_WRITE: quota or limit of file size
}
_POSTGRESQL_STATES = {
    "25006": READ_ONLY,
    "42501": READ_ONLY,  # insufficient privilege
    "53100": FULL,
    "53300": BUSY,  # too many connections
    "55P03": BUSY,  # lock not available in time
    "40001": BUSY,
    "40P01": BUSY,  # deadlock
    "25P03": BUSY,  # idle in transaction for too long
}
_SENTENCES = {
    BUSY: ("is busy: another process holds it for too long", "Try again in a moment."),
    FULL: ("cannot be written: the disk is full, or a limit of file size is reached", "Make room, then try again."),
    READ_ONLY: ("can only be read", "Check the permissions of the file and its folder, or of the database user."),
    DAMAGED: ("is damaged, or is not a registry", "Restore it from a backup, or name another registry in mesh.toml."),
    UNREACHABLE: ("does not answer", "Check that it exists and runs, and the address in mesh.toml."),
}


def unavailable(code: str, place: str, reason: str = "") -> Unavailable:
    """The error for `code`. `place` says which registry without its password."""
    sentence, hint = _SENTENCES[code]
    return Unavailable(code, f"The registry {place} {sentence}{f' ({reason})' if reason else ''}.", hint=hint)


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Turn errors of SQLAlchemy and its drivers into ours; let ours and everybody else's pass."""
    try:
        yield
    except exc.SQLAlchemyError as error:
        raise _translate(error, place) from error


def _translate(error: exc.SQLAlchemyError, place: str) -> MeshError:
    if isinstance(error, exc.TimeoutError):
        return unavailable(BUSY, place)
    if isinstance(error, exc.DBAPIError):
        code = _code_of(error)
        if code is not None:
            return unavailable(code, place, _first_line(error))
        if isinstance(error, exc.DataError):
            return InvalidInput(
                "registry.value-refused",
                f"The registry cannot hold a value: {_first_line(error)}.",
                hint="Numbers fit into 64 bits and moments into the years 1 to 9999.",
            )
    return Broken(
        "registry.broken-rule",
        f"The registry {place} refused a change: {_first_line(error)}.",
        hint="This is a fault of the workbench; the change was undone.",
    )


def _code_of(error: exc.DBAPIError) -> str | None:
    if isinstance(error, exc.IntegrityError):
        return None
    number = getattr(error.orig, "sqlite_errorcode", None)
    if number == 1:  # SQLITE_ERROR: the statement is wrong, not the database
        return None
    if isinstance(number, int):
        known = _SQLITE_CODES.get(number) or _SQLITE_CODES.get(number & 0xFF)
        if known:
            return known
    state = getattr(error.orig, "sqlstate", None)
    if isinstance(state, str) and state in _POSTGRESQL_STATES:
        return _POSTGRESQL_STATES[state]
    if error.connection_invalidated or isinstance(error, exc.OperationalError | exc.InterfaceError):
        return UNREACHABLE
    return None


def _first_line(error: exc.SQLAlchemyError) -> str:
    cause = getattr(error, "orig", None) or error
    lines = str(cause).strip().splitlines()
    return lines[0].strip().rstrip(".") if lines else type(cause).__name__
