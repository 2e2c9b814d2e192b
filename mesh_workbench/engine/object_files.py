"""Object storage as a file system of DuckDB, so that it reads objects as it reads files.

Its own extensions for that cannot be had everywhere, and here nothing loads extensions. It takes fsspec's kind of
file systems; this one only reads, and only what the connection's `allowed_paths` name.
"""

from __future__ import annotations

import datetime
import re
from typing import Any

from fsspec.spec import AbstractFileSystem

from mesh_workbench.engine.objects import SCHEMES, ObjectFile, Objects

_ESCAPED = re.compile(r"\[([\[*?])\]")
_AT_ANY_TIME = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)


class ObjectFiles(AbstractFileSystem):  # type: ignore[misc]
    """Handles every address with a scheme of object storage."""

    protocol = SCHEMES
    cachable = False

    def __init__(self, objects: Objects) -> None:
        super().__init__()
        self._objects = objects

    def open(self, path: str, mode: str = "rb", **_: Any) -> ObjectFile:
        if mode != "rb":
            raise PermissionError(f"{path} is only read here")
        return self._objects.open(path)

    def size(self, path: str) -> int:
        return self._objects.size(path)

    def modified(self, _path: str) -> datetime.datetime:
        """Always the same: what is checked is taken not to change meanwhile, so footers are read once."""
        return _AT_ANY_TIME

    def glob(self, path: str, **_: Any) -> list[str]:
        """The one object that is meant: wildcards are always escaped here."""
        return [_ESCAPED.sub(r"\1", path)]
