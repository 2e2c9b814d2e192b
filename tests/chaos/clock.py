"""A clock that can be set, for processes that are started with `environment`; real time goes on for everybody else."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("clock.c")


def compiler() -> str | None:
    """What compiles the few lines of C that this takes, if it is installed."""
    return shutil.which("cc")


class Clock:
    """`folder` must be readable for everybody who is to have this clock."""

    def __init__(self, folder: Path) -> None:
        library, self._ahead = folder / "clock.so", folder / "clock"
        command = [str(compiler()), "-O2", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"]
        subprocess.run(command, check=True)
        self._ahead.write_bytes(struct.pack("d", 0.0))
        self.environment = {"LD_PRELOAD": str(library), "CHAOS_CLOCK": str(self._ahead)}

    def set(self, ahead_s: float) -> None:
        """Let the clock be so far ahead of real time from now on, or behind it."""
        with self._ahead.open("r+b") as file:
            file.write(struct.pack("d", ahead_s))
