"""Private folders in the system's temporary one, that go with their process, also when it is killed.

Who makes one holds a lock on it. A killed process cannot remove its folder, but it holds no lock any more: that, and
not a number that another process may have by now, says that nobody needs it.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import tempfile
import time
import weakref
from pathlib import Path

_PREFIX = "mesh.tmp-"
_YOUNG_S = 3600.0
"""A folder is made before it is locked, so young ones are left alone."""
_log = logging.getLogger(__name__)


class TemporaryFolder:
    """A folder for what `kind` says, removed by `close()`, at the end of the process, or by `remove_abandoned`."""

    def __init__(self, kind: str, place: str | Path | None = None) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{kind}-", dir=place))
        handle = os.open(self.path, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_SH)
        self._end = weakref.finalize(self, _remove, self.path, handle, os.getpid())

    def close(self) -> None:
        """Remove it with all that is in it."""
        self._end()


def _remove(path: Path, handle: int, owner: int) -> None:
    if os.getpid() == owner:  # and not a process that was forked from it
        shutil.rmtree(path, ignore_errors=True)
    os.close(handle)


def remove_abandoned(place: str | Path | None = None, *, young_s: float = _YOUNG_S) -> int:
    """Removes folders of this person whose process was killed, and says how many."""
    removed = 0
    for path in Path(place or tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            about = path.lstat()
            if about.st_uid != os.getuid() or time.time() - about.st_mtime < young_s:
                continue
            handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:  # gone meanwhile, or no folder
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path)
            removed += 1
        except BlockingIOError:
            continue  # its process lives
        except OSError as error:
            _log.warning("%s could not be removed: %s", path, error)
        finally:
            os.close(handle)
    return removed
