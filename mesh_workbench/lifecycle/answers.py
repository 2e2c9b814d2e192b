"""Answers that were given before, so that the same question is answered without work.

They are found by their tag, in which everything stands that an answer depends on: statement, values, releases, who
asks and with what decision. So nothing ever needs to be taken out because it is no longer right.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow

MOST_BYTES = 64 * 2**20
"""Of all answers that are kept."""
_PART = 8
"""One answer takes this part of it at most."""


class Answers:
    """The answers asked for last, at most `most_bytes` of them. Safe to share between threads."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._kept: OrderedDict[str, tuple[pyarrow.Table, int]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    @property
    def bytes(self) -> int:
        """What they take in memory."""
        return self._bytes

    def get(self, tag: str) -> pyarrow.Table | None:
        """The answer with this tag, when it is kept."""
        with self._lock:
            if tag not in self._kept:
                return None
            self._kept.move_to_end(tag)
            return self._kept[tag][0]

    def keeping(self, tag: str, reader: pyarrow.RecordBatchReader) -> pyarrow.RecordBatchReader:
        """The same stream, which is kept when it was read to its end and is small enough."""
        import pyarrow

        def batches() -> Iterator[pyarrow.RecordBatch]:
            seen: list[pyarrow.RecordBatch] = []
            size = 0
            for batch in reader:
                # What a slice holds in memory is what it was cut from.
                size += batch.get_total_buffer_size()
                seen = [*seen, batch] if size <= self._most // _PART else []
                yield batch
            if size <= self._most // _PART:
                self._keep(tag, pyarrow.Table.from_batches(seen, reader.schema), size)

        return pyarrow.RecordBatchReader.from_batches(reader.schema, batches())

    def _keep(self, tag: str, table: pyarrow.Table, size: int) -> None:
        with self._lock:
            self._bytes += size - self._kept.pop(tag, (None, 0))[1]
            self._kept[tag] = table, size
            while self._bytes > self._most:
                self._bytes -= self._kept.popitem(last=False)[1][1]
