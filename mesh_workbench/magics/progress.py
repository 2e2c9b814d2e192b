"""How far a long query is, while somebody waits for it.

In a notebook one line that changes and says in the end how long it took; on a terminal one that vanishes; inside a run,
whose notebook is kept, and where nobody could see it, nothing.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from mesh_workbench.engine.patience import watched
from mesh_workbench.model.runfolder import RUN_FOLDER_VARIABLE

AFTER_S = 1.0
"""What is quicker says nothing."""

_EVERY_S = 0.5
_SLOWER = 0.05
"""The pause grows with the time that has passed: an hour of waiting is some 150 changes of the line."""


@contextmanager
def told() -> Iterator[None]:
    """Whoever waits within the block is told how far the work is, once it takes longer than a second."""
    line = _line()
    if line is None:
        yield
        return
    telling = _Telling(line)
    with watched(telling.look):
        try:
            yield
        except KeyboardInterrupt:
            telling.end("interrupted after")
            raise
        except BaseException:
            telling.end("failed after")
            raise
    telling.end("took")


class _Line(Protocol):
    def change(self, text: str, done: float | None) -> None: ...

    def end(self, text: str) -> None: ...


class _Telling:
    def __init__(self, line: _Line) -> None:
        self._line = line
        self._began = time.monotonic()
        self._next = AFTER_S
        self._begun = False
        self._done = 0.0

    def look(self, done: float | None) -> None:
        """Say how far it is, when it is time to."""
        passed = time.monotonic() - self._began
        if passed < self._next:
            return
        self._next = passed + max(_EVERY_S, passed * _SLOWER)
        self._begun = True
        self._done = max(self._done, done or 0.0)  # DuckDB's guess goes back at times
        percent = f"{self._done:.0%} · " if self._done >= 0.01 else ""
        self._line.change(f"reading … {percent}{passed:.0f} s", self._done if percent else None)

    def end(self, how: str) -> None:
        if self._begun:
            self._line.end(f"{how} {time.monotonic() - self._began:.1f} s")


def _line() -> _Line | None:
    if os.environ.get(RUN_FOLDER_VARIABLE):
        return None
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None and hasattr(shell, "kernel"):
        return _NotebookLine()
    return _TerminalLine() if sys.stderr.isatty() else None


class _NotebookLine:
    """One output of the cell, changed in place."""

    def __init__(self) -> None:
        self._handle: Any = None

    def change(self, text: str, done: float | None) -> None:
        value = "" if done is None else f' value="{done:.2f}"'
        bar = f'<progress max="1"{value} aria-label="{text}" style="vertical-align:middle"></progress>'
        self._show(text, f"{bar} {text}")

    def end(self, text: str) -> None:
        self._show(text, text)

    def _show(self, text: str, html: str) -> None:
        from IPython.display import display

        shown = (
            f'<span style="color:var(--jp-ui-font-color2,#616161);font-size:var(--jp-ui-font-size0,11px)">{html}</span>'
        )
        bundle = {"text/plain": text, "text/html": shown}
        if self._handle is None:
            self._handle = display(bundle, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._handle.update(bundle, raw=True)


class _TerminalLine:
    """The last line of a terminal, gone in the end."""

    def change(self, text: str, done: float | None) -> None:  # noqa: ARG002 - the text says it
        sys.stderr.write(f"\r\x1b[2K{text}")
        sys.stderr.flush()

    def end(self, text: str) -> None:  # noqa: ARG002 - a terminal needs no trace
        sys.stderr.write("\r\x1b[2K")
        sys.stderr.flush()
