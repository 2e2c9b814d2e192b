"""The moment at which everything in this process is read, when one was set: `%mesh as-of` for a whole notebook."""

from __future__ import annotations

from datetime import datetime

from mesh_workbench.model.base import as_utc

_moment: datetime | None = None


def notebook_time() -> datetime | None:
    """The moment; None when products are read as they are now."""
    return _moment


def set_notebook_time(moment: datetime | None) -> None:
    """From now on read everything that has no time of its own as of `moment`; None ends that."""
    global _moment
    _moment = None if moment is None else as_utc(moment)
