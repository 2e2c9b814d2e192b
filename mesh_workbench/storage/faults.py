"""What the file system and the Delta library complain about, said once in our words."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mesh_workbench.errors import Conflict, MeshError, Unavailable

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}


def translate(error: Exception, place: str | Path) -> MeshError:
    """`error` as Unavailable `storage.full`, `storage.read-only` or `storage.failed`, naming `place`."""
    number = getattr(error, "errno", None)
    if number is None:
        found = re.search(r"(?:os error |errno )(\d+)", str(error), re.IGNORECASE)
        number = int(found.group(1)) if found else None
    if number in _FULL:
        return Unavailable(
            "storage.full",
            f"There is no room left to write in {place}.",
            hint="Free some space or raise the limit, then retry; nothing was half published.",
            where=str(place),
        )
    if number in _READ_ONLY:
        return Unavailable(
            "storage.read-only",
            f"{place} cannot be written.",
            hint="Check the permissions and whether the file system is mounted read-only, then retry.",
            where=str(place),
        )
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    return Unavailable(
        "storage.failed",
        f"The storage at {place} answers with an error: {reason}",
        hint="`mesh doctor` examines the storage.",
        where=str(place),
    )


@contextmanager
def translated(place: str | Path) -> Iterator[None]:
    """Raises what goes wrong inside as `translate` says; a lost race of commits as Conflict `storage.moved`."""
    from deltalake.exceptions import CommitFailedError, DeltaError

    try:
        yield
    except CommitFailedError as error:
        fault = translate(error, place)
        if fault.code == "storage.failed":
            raise Conflict(
                "storage.moved",
                f"Somebody else committed to {place} first.",
                hint="Publish again; the table's state is read anew.",
            ) from error
        raise fault from error
    except (OSError, DeltaError) as error:
        raise translate(error, place) from error
