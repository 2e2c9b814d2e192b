"""Queries answered in a process of their own (`answering.py`), which is ended when it takes too long or too much."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from pydantic import JsonValue

from mesh_workbench.contracts.query import Refused

if TYPE_CHECKING:
    import pyarrow

    from mesh_workbench.contracts.candidate import Candidate

_START_S, _GRACE_S, _LOOK_S = 60.0, 2.0, 0.2
"""How long the process may take to start, to end a query after its time by itself; how often one looks meanwhile."""


class Apart:
    """Starts the process at the first query, and anew after one that had to be ended.

    It sees the rows of `candidate`, may use `memory_bytes` beside what it needs to live, and keeps what it must in
    `folder`. `given_up` tells that nobody waits for an answer any more.
    """

    def __init__(self, candidate: Candidate, folder: Path, memory_bytes: int, given_up: Callable[[], bool]) -> None:
        self._candidate, self._folder = candidate, folder
        self._memory_bytes, self._given_up = memory_bytes, given_up
        self._process: subprocess.Popen[bytes] | None = None
        self._work: dict[str, JsonValue] = {}

    def answer(self, query: str, *, timeout_s: float) -> JsonValue:
        """Raises Refused with the reason, and duckdb.InterruptException after `timeout_s`."""
        if self._process is None:
            self._process = self._started()
            self._line(_START_S)
        said = self._told({"query": query, "timeout_s": timeout_s}, timeout_s + _GRACE_S)
        if "value" in said:
            value: JsonValue = said["value"]
            return value
        if said.get("late"):
            raise duckdb.InterruptException("the time is over")
        raise Refused(str(said.get("error")))

    def close(self) -> None:
        """End the process, whatever it does."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _started(self) -> subprocess.Popen[bytes]:
        self._work = self._work or self._described()
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "mesh_workbench.contracts.answering"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, "TMPDIR": str(self._folder)},
        )  # fmt: skip
        _write(process, self._work)
        return process

    def _described(self) -> dict[str, JsonValue]:
        candidate = self._candidate
        work: dict[str, JsonValue] = {
            "files": list(candidate.files), "staged": list(candidate.staged), "memory_bytes": self._memory_bytes,
        }  # fmt: skip
        if candidate.arrow_schema is not None:
            work["columns"] = candidate.arrow_schema.serialize().to_pybytes().hex()
        rows = candidate.reader()
        if rows is not None:
            work["table"] = str(_kept(rows, self._folder / "rows.arrow"))
        return work

    def _told(self, asked: dict[str, JsonValue], patience_s: float) -> dict[str, Any]:
        assert self._process is not None
        _write(self._process, asked)
        line = self._line(patience_s)
        found: dict[str, Any] = json.loads(line)
        return found

    def _line(self, patience_s: float) -> bytes:
        """What the process says next. When it does not in time, or no more, it is ended."""
        process = self._process
        assert process is not None
        assert process.stdout is not None
        until, line = time.monotonic() + patience_s, b""
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while not line.endswith(b"\n"):
                if self._given_up() or time.monotonic() > until:
                    self.close()
                    raise duckdb.InterruptException("the time is over")
                if selector.select(_LOOK_S):
                    piece = os.read(process.stdout.fileno(), 1 << 16)
                    if not piece:
                        self.close()
                        raise Refused(
                            f"the query was ended, because it needs more than the {self._memory_bytes >> 20:,} MiB of "
                            "memory that queries with such functions may use"
                        )
                    line += piece
        return line


def _write(process: subprocess.Popen[bytes], work: dict[str, JsonValue]) -> None:
    assert process.stdin is not None
    try:
        process.stdin.write(json.dumps(work).encode() + b"\n")
        process.stdin.flush()
    except BrokenPipeError:
        return  # it is gone, which is seen when it is to be read


def _kept(rows: pyarrow.RecordBatchReader, file: Path) -> Path:
    import pyarrow

    with pyarrow.ipc.new_file(file, rows.schema) as writer:
        for batch in rows:
            writer.write_batch(batch)
    return file
