"""The log of a run: what its kernel prints and what the worker notes, up to a size."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from mesh_workbench.executors.failures import plain


class RunLog:
    """Appends to one file."""

    def __init__(self, path: Path | None, most_bytes: int) -> None:
        """Without a path nothing is kept. Raises OSError."""
        self._most_bytes = most_bytes
        self._full = False
        self.file: IO[str] | None = None
        if path is not None:
            self.file = path.open("a", encoding="utf-8", errors="replace")
            self._written = path.stat().st_size

    def printed(self, text: str) -> None:
        """What the kernel printed. The first that finds no room is replaced by a note, later ones are lost."""
        if self.file is None or self._full:
            return
        text = plain(text)
        if self._written + len(text) > self._most_bytes:
            self._full = True
            text = f"\n--- the log is full: it has {self._most_bytes:,} bytes; the rest is lost\n"
        self._written += len(text.encode("utf-8", errors="replace"))
        self.file.write(text)
        self.file.flush()

    def note(self, text: str) -> None:
        """A line of the worker's own, which always finds room."""
        if self.file is not None:
            self.file.write(f"--- {text}\n")
            self.file.flush()

    def close(self) -> None:
        if self.file is not None:
            self.file.close()
