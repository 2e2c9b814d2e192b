"""What the process of a kernel prints past its messages: before it answers, when it crashes, and once more what its
children print, which also comes as messages."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

MOST_BYTES = 1_000_000
LAST_WORDS = 20_000


class Printed:
    """A file that is cut when it gets large: only its end is ever looked at."""

    def __init__(self, path: Path) -> None:
        """Raises OSError."""
        self.file: IO[bytes] = path.open("a+b")

    def trim(self) -> None:
        """Forget all of it when it is large. Who writes goes on writing at its end."""
        if os.fstat(self.file.fileno()).st_size > MOST_BYTES:
            os.ftruncate(self.file.fileno(), 0)

    def last_words(self) -> str:
        """Its end."""
        size = os.fstat(self.file.fileno()).st_size
        return os.pread(self.file.fileno(), LAST_WORDS, max(0, size - LAST_WORDS)).decode("utf-8", errors="replace")

    def close(self) -> None:
        self.file.close()
