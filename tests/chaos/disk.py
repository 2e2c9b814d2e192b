"""A small disk of one's own, which can be filled and made read-only."""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import suppress
from pathlib import Path


class Disk:
    """A file system in memory at `place`. Raises CalledProcessError without the rights of an administrator."""

    def __init__(self, place: Path, size_mb: int = 256) -> None:
        place.mkdir(parents=True)
        self.place = place
        self._filler = place / "filler"
        self._mount("-t", "tmpfs", "-o", f"size={size_mb}m,mode=0777", "tmpfs", str(place))

    def fill(self) -> None:
        """Leave no room."""
        room = os.statvfs(self.place)
        with suppress(OSError), self._filler.open("wb") as filler:
            filler.write(bytes(room.f_bavail * room.f_frsize))

    def empty(self) -> None:
        self._filler.unlink(missing_ok=True)

    def read_only(self, yes: bool) -> None:
        """Nobody may have a file of it open for writing when it becomes read-only."""
        deadline = time.monotonic() + 20
        while True:
            try:
                self._mount("-o", "remount,ro" if yes else "remount,rw", str(self.place))
                return
            except subprocess.CalledProcessError:
                assert time.monotonic() < deadline, f"somebody still writes in {self.place}"
                time.sleep(0.05)

    def close(self) -> None:
        subprocess.run(["umount", "-l", str(self.place)], check=True)

    def _mount(self, *arguments: str) -> None:
        subprocess.run(["mount", *arguments], check=True, capture_output=True)
