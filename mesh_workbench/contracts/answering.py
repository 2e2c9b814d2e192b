"""The process that answers queries for `apart.py`: what to read on the first line of its input, then a query a line.

Each line of its output is an answer; the first one says that it is ready.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

import duckdb
import pyarrow
from pydantic import JsonValue

from mesh_workbench.contracts.answer import sentence, value_of
from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.contracts.database import Database, open_database
from mesh_workbench.errors import MeshError

_ROOM = 1 << 30
"""Bytes of addresses beside the engine's memory: for its threads, and for Python."""


def main() -> None:
    work = json.loads(sys.stdin.readline())
    candidate = _candidate(work)
    _bound(work["memory_bytes"] + (Path(work["table"]).stat().st_size if "table" in work else 0))
    with open_database(candidate, memory_limit=f"{work['memory_bytes']} bytes") as database:
        _say({})
        for line in sys.stdin:
            asked = json.loads(line)
            _say(_answered(database, asked["query"], asked["timeout_s"]))


def _candidate(work: dict[str, Any]) -> Candidate:
    if "table" in work:
        return Candidate.from_table(pyarrow.ipc.open_file(pyarrow.memory_map(work["table"])).read_all())
    columns = pyarrow.ipc.read_schema(pyarrow.py_buffer(bytes.fromhex(work["columns"]))) if "columns" in work else None
    return Candidate("", work["files"], work["staged"], columns)


def _bound(size: int) -> None:
    """Let this process take `size` bytes more than it has, and no more; where the system can tell what it has."""
    status = Path("/proc/self/statm")
    if status.exists():
        most = int(status.read_text().split()[0]) * resource.getpagesize() + size + _ROOM
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _answered(database: Database, query: str, timeout_s: float) -> dict[str, JsonValue]:
    try:
        return {"value": value_of(database.answer(query, timeout_s=timeout_s))}
    except duckdb.InterruptException:
        return {"late": True}
    except duckdb.Error as error:
        return {"error": sentence(error)}
    except MeshError as error:
        return {"error": error.message}


def _say(what: dict[str, JsonValue]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
