"""The executed notebook on disk: papermill's format, written atomically and seldom.

papermill writes the whole notebook 2N+3 times for N cells, in place. Here a write goes to a file beside it that is
then renamed, so a reader sees a whole notebook always; and writes are at least `save_every_s` apart.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from nbformat import NotebookNode, v4
from papermill.engines import NotebookExecutionManager

_SHARE = 20.0
"""Writing may take a twentieth of the time; a notebook that takes longer to write is written less often."""


class SeldomSaved(NotebookExecutionManager):  # type: ignore[misc]
    """Keeps papermill's metadata (times, status, exception a cell) while a notebook is executed."""

    def __init__(self, notebook: NotebookNode, path: Path | None, save_every_s: float) -> None:
        super().__init__(notebook, output_path=str(path) if path else None, progress_bar=False, autosave_cell_every=0)
        self._path = path
        self._every_s = save_every_s
        self._saved = time.monotonic()

    def save(self, **_: Any) -> None:
        """Write it if the last write is long enough ago."""
        if time.monotonic() - self._saved >= self._every_s:
            self.write()

    def notebook_complete(self, **kwargs: Any) -> None:
        """Finish the metadata, and write it now."""
        super().notebook_complete(**kwargs)
        self.write()

    def write(self) -> None:
        """Write it now. Raises OSError."""
        began = time.monotonic()
        if self._path is not None:
            part = self._path.with_name(f".{self._path.name}.{os.getpid()}.part")
            try:
                text: str = v4.writes(self.nb)  # type: ignore[no-untyped-call]
                part.write_text(text, encoding="utf-8", errors="backslashreplace")
                part.replace(self._path)
            finally:
                part.unlink(missing_ok=True)
        self._saved = time.monotonic()
        self._every_s = max(self._every_s, _SHARE * (self._saved - began))
