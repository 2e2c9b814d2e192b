"""32 people read over HTTP at the same time, from a real Jupyter server: no error, fair, in bounded memory."""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from tests.api.serving import API, Jupyter, jupyter_server
from tests.bench.figure import Figure, median
from tests.builders import notebook

READERS = 32
ROUNDS = 6
ROWS = 2_000_000
STREAMED = 200_000
MAKE = """
import numpy as np, polars as pl, mesh_workbench as mesh
n = {rows}
mesh.output("events", pl.DataFrame({{"id": np.arange(n), "kind": np.arange(n) % 97, "value": np.random.random(n)}}))
"""
MOST_MEMORY_GB = 1.0
MOST_UNFAIR = 2.0


@dataclass
class Reader:
    """One client with its own connection: an aggregate, a stream and a page in turn."""

    client: httpx.Client
    number: int
    rows: int
    streamed: int
    taken: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def read(self, rounds: int) -> None:
        for turn in range(rounds):
            began = time.perf_counter()
            try:
                (self._aggregate, self._stream, self._page)[(turn + self.number) % 3]()
            except (httpx.HTTPError, AssertionError, ValueError, KeyError) as error:
                self.errors.append(f"{type(error).__name__}: {error}")
            self.taken.append(time.perf_counter() - began)

    def _aggregate(self) -> None:
        statement = f"SELECT count(*) AS n, count(DISTINCT kind) FROM load.events WHERE id >= {self.number}"
        answer = self.client.post(f"{API}/query", json={"statement": statement})
        assert answer.status_code == 200, answer.text
        assert answer.json()["rows"] == [[self.rows - self.number, 97]], answer.text

    def _stream(self) -> None:
        statement = f"SELECT * FROM load.events WHERE id >= {self.number}"
        body = {"statement": statement, "limit": self.streamed}
        form = ("csv", "jsonl", "arrow", "parquet")[self.number % 4]
        lines, last = 0, b""
        with self.client.stream("POST", f"{API}/query", params={"format": form}, json=body) as stream:
            assert stream.status_code == 200, stream.read()
            for piece in stream.iter_bytes():
                lines += piece.count(b"\n")
                last = piece
        assert last, "the stream came to its end"
        if form in ("csv", "jsonl"):
            assert lines == self.streamed + (form == "csv"), lines

    def _page(self) -> None:
        asked = {"filter": f"kind:eq:{self.number}", "order": "-id", "limit": 100}
        answer = self.client.get(f"{API}/products/load/events/ports/events/rows", params=asked)
        assert answer.status_code == 200, answer.text
        assert {row[1] for row in answer.json()["rows"]} == {self.number}


def build(root: Path, rows: int, few: int = 0) -> None:
    """A workbench with one released table, `load.events`, and `load.few` with so many rows."""
    from mesh_workbench.model.domain import DomainDraft
    from mesh_workbench.model.promotion import PromotionRequest
    from mesh_workbench.workbench import create_workbench
    from mesh_workbench.workbench.worker import run_worker

    bench = create_workbench(root)
    bench.domains.add(DomainDraft(name="load"))
    for name, count in {"few": few, "events": rows}.items():
        document = notebook("# Events", MAKE.format(rows=count))
        if count:
            promotion = bench.products.promote(PromotionRequest(notebook=document, to=f"load.{name}", run=True))
    run_worker(root, stop=threading.Event(), until_idle=True)
    assert promotion.run is not None
    assert bench.runs.get(promotion.run.id).state == "succeeded"
    bench.close()


def read_together(server: Jupyter, *, rows: int, streamed: int, rounds: int) -> tuple[list[Reader], float]:
    """All readers at the same time, and by how many GB the memory of the server grew at most meanwhile."""
    process = psutil.Process(server.process.pid)
    readers = [Reader(server.client(), number, rows, streamed) for number in range(READERS)]
    for reader in readers:
        reader.client.timeout = httpx.Timeout(300)
    before = peak = process.memory_info().rss
    threads = [threading.Thread(target=reader.read, args=(rounds,)) for reader in readers]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        peak = max(peak, process.memory_info().rss)
        time.sleep(0.02)
    for reader in readers:
        reader.client.close()
    return readers, (peak - before) / 1e9


def figures() -> list[Figure]:
    """The rows of docs/benchmarks.md."""
    return list(_figures())


def _figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="mesh-readers-") as folder:
        root = Path(folder) / "bench"
        build(root, ROWS)
        with jupyter_server(root) as server:
            began = time.perf_counter()
            readers, grown = read_together(server, rows=ROWS, streamed=STREAMED, rounds=ROUNDS)
            whole = time.perf_counter() - began
    errors = [error for reader in readers for error in reader.errors]
    totals = sorted(sum(reader.taken) for reader in readers)
    ratio = totals[-1] / totals[0]
    each = median([taken for reader in readers for taken in reader.taken])
    yield Figure(
        f"{READERS} readers over HTTP at once, each {ROUNDS} answers of {ROWS:,} rows: errors",
        "none",
        f"{len(errors)} of {READERS * ROUNDS} ({whole:.0f} s in all, median {each:.1f} s)",
        not errors,
    )
    yield Figure(
        "The same: the slowest reader over the fastest",
        f"at most {MOST_UNFAIR:g} times",
        f"{ratio:.2f} times ({totals[-1]:.1f} by {totals[0]:.1f} s)",
        ratio <= MOST_UNFAIR,
    )
    yield Figure(
        "The same: memory of the server over that at rest",
        f"at most {MOST_MEMORY_GB:g} GB",
        f"{grown:.2f} GB",
        grown <= MOST_MEMORY_GB,
    )


if __name__ == "__main__":
    for figure in figures():
        sys.stdout.write(figure.row() + "\n")
