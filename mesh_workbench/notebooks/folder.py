"""The folder of a notebook inside the folder of its workbench: what may be read of it, and nothing else."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

MOST_ENTRIES = 20_000
"""How many files and folders are looked at for one pattern."""
_LEFT_OUT = frozenset({"__pycache__", "node_modules", "site-packages"})


class Refused(Exception):
    """A path that is not read; `code` says why, as findings do."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


class TooMany(Exception):
    """A pattern under which more lies than is looked at."""


@dataclass(frozen=True)
class NotebookFolder:
    """Paths are relative to `root`, written with `/`. Everything is looked up again when it is read, links followed."""

    root: Path
    """Folder of the workbench, resolved."""
    name: str
    """The notebook's, relative to it; `.` for the same."""
    kept_out: tuple[Path, ...] = field(default=())
    """What is the workbench's own: registry, tables, secrets. Resolved."""
    file_bytes: int = 20_000_000
    """Bytes that one file may have."""
    all_bytes: int = 100_000_000
    """Bytes that all may have together."""

    def path_of(self, written: str) -> str:
        """`written`, relative to the notebook's folder, relative to the root. Raises Refused."""
        if posixpath.isabs(written) or written.startswith("~"):
            raise Refused("file-outside", "it is an absolute path")
        path = posixpath.normpath(posixpath.join(self.name, written))
        if path == ".." or path.startswith("../"):
            raise Refused("file-outside", "it leads out of the folder of the workbench")
        return path

    def is_file(self, path: str) -> bool:
        """Whether there is a file that may be read."""
        try:
            return self._inside(path).is_file()
        except (Refused, OSError):
            return False

    def is_folder(self, path: str) -> bool:
        try:
            return self._inside(path).is_dir()
        except (Refused, OSError):
            return False

    def read(self, path: str) -> bytes:
        """The content of a file. Raises Refused when it leads elsewhere, is hidden, too large or cannot be read, and
        FileNotFoundError."""
        place = self._inside(path)
        if any(part.startswith(".") for part in (*path.split("/"), *place.relative_to(self.root).parts) if part != "."):
            raise Refused("file-hidden", "hidden files are not packaged, as they often hold secrets")
        try:
            if place.exists() and not place.is_file():
                raise Refused("file-unreadable", "it is no file")
            with place.open("rb") as file:
                content = file.read(self.file_bytes + 1)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise Refused("file-unreadable", f"it cannot be read ({error.strerror or error})") from error
        if len(content) > self.file_bytes:
            raise Refused("file-too-large", f"it has more than {self.file_bytes / 1e6:g} MB")
        return content

    def matching(self, pattern: str) -> list[str]:
        """The files that `pattern`, relative to the root, stands for: `*`, `?`, `[…]` and `**`; a folder stands for
        all that is in it. Hidden ones and caches are left out. Raises TooMany."""
        folder = re.split(r"[*?\[]", pattern, maxsplit=1)[0]
        if folder == pattern:
            return [pattern] if self.is_file(pattern) else list(self._below(pattern))
        try:
            wanted = re.compile(_expression(pattern))
        except re.error:  # such as [z-a]
            return []
        return [path for path in self._below(posixpath.dirname(folder) or ".") if wanted.fullmatch(path)]

    def _below(self, folder: str) -> Iterator[str]:
        if not self.is_folder(folder):
            return
        seen = 0
        for place, folders, files in os.walk(self.root / folder):
            folders[:] = sorted(name for name in folders if _shown(name) and Path(place, name) not in self.kept_out)
            seen += len(folders) + len(files)
            if seen > MOST_ENTRIES:
                raise TooMany
            for name in sorted(files):
                path = Path(place, name).relative_to(self.root).as_posix()
                if _shown(name) and self.is_file(path):
                    yield path

    def _inside(self, path: str) -> Path:
        try:
            place = (self.root / path).resolve()
        except (RuntimeError, ValueError, OSError) as error:  # a circle of links, or no path at all
            raise Refused("file-unreadable", "its links lead in a circle") from error
        if not place.is_relative_to(self.root):
            raise Refused("file-outside", "a link leads out of the folder of the workbench")
        if any(place == own or place.is_relative_to(own) for own in self.kept_out):
            raise Refused("file-outside", "it belongs to the workbench itself")
        return place


def _shown(name: str) -> bool:
    return not name.startswith(".") and name not in _LEFT_OUT


def _expression(pattern: str) -> str:
    """The regular expression of a pattern of paths."""
    found = ""
    for part in re.split(r"(\*\*/|\*\*|\*|\?|\[[^\]/]+\])", pattern):
        if part in ("**/", "**"):
            found += "(?:.*/)?" if part == "**/" else ".*"
        elif part == "*":
            found += "[^/]*"
        elif part == "?":
            found += "[^/]"
        elif part.startswith("[") and part.endswith("]") and len(part) > 2:
            found += "[" + part[1:-1].replace("\\", "\\\\").replace("!", "^", 1 if part[1] == "!" else 0) + "]"
        else:
            found += re.escape(part)
    return found
