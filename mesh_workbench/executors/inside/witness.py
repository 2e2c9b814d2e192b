"""Runs inside the kernel of a preflight: notes which files and variables the notebook asks for.

Its source text is sent to the kernel, which may have another Python and need not have this package: standard library
only, nothing imported from here. It sees what is opened through Python; libraries that open files by themselves, such
as Polars, are not seen.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

_CODE = (".py", ".pyc", ".so")
"""What imports open: they are told by other means."""
_OF_PYTHON = ("/os.py", "<frozen os>", "/_collections_abc.py", "<frozen _collections_abc>")
"""Where `os.getenv` and `os.environ.get` are."""


def watch(file: str) -> None:
    """Append a JSON line to `file` for each new `{"read": path}` and each `{"variable": name}` that is not set."""
    number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    seen: set[tuple[str, str]] = set()
    own: tuple[str, ...] = (
        sys.prefix,
        sys.base_prefix,
        sys.exec_prefix,
        "/usr",
        "/lib",
        "/etc",
        "/proc",
        "/sys",
        "/dev",
        "/run",
        "/var",
    )
    own += (f"{Path.home()}/.", *(path for path in sys.path if "site-packages" in path))

    def note(kind: str, what: str) -> None:
        if (kind, what) not in seen:
            seen.add((kind, what))
            os.write(number, (json.dumps({kind: what}) + "\n").encode())

    def look(event: str, arguments: Any) -> None:
        if event != "open":
            return
        try:
            path, _, flags = arguments
            if isinstance(path, int) or flags & (os.O_WRONLY | os.O_RDWR):
                return
            whole = str(Path(os.fsdecode(path)).resolve())
            if not whole.startswith(own) and not whole.endswith(_CODE) and Path(whole).is_file():
                note("read", whole)
        except (OSError, TypeError, ValueError):
            return

    class Watched(type(os.environ)):  # type: ignore[misc]
        """The environment, which notes what cells miss in it."""

        def __getitem__(self, name: str) -> str:
            try:
                found: str = super().__getitem__(name)
            except KeyError:
                if _asked_by_a_cell():
                    note("variable", name)
                raise
            return found

    os.environ.__class__ = Watched
    sys.addaudithook(look)


def _asked_by_a_cell() -> bool:
    """Whether the code that asks for a variable is a cell's own, not a library's."""
    frame: Any = sys._getframe(2)
    while frame is not None and frame.f_code.co_filename.endswith(_OF_PYTHON):
        frame = frame.f_back
    return frame is not None and "ipykernel_" in frame.f_code.co_filename
