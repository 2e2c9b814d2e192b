"""Publishers, merging, vacuum and readers at the same time: nobody sees an error, half a release, or two moments.

Each of some processes publishes a chain: a row more into its `left`, then a row more into its `right`, then one into a
product that all of them publish. So at every moment `right` has as many rows as `left`, or one less; and release n of
each has n rows. Small files are merged on the way, and a vacuum of few releases and little grace runs all the time.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from deltalake import DeltaTable
from fastapi.testclient import TestClient

import mesh_workbench as mesh
from mesh_workbench.api.app import create_app
from mesh_workbench.api.prefix import PREFIX
from mesh_workbench.lifecycle.vacuum import keep_of, vacuum
from mesh_workbench.model.query import QueryRequest
from mesh_workbench.registry import Registry
from mesh_workbench.storage.base import Storage
from mesh_workbench.storage.compact import AT_LEAST
from mesh_workbench.storage.local import LocalStorage
from mesh_workbench.workbench import create_workbench, open_workbench
from mesh_workbench.workbench.local import LocalWorkbench
from tests.house.test_vacuum import assert_agrees
from tests.storage.world import World, new_world

CHAINS = 2
ROUNDS = AT_LEAST + 4
PATIENCE_S = 240.0
KEPT_S = 10.0
"""So long a release can be read after the next one, and as long again its files stay."""
SETTINGS = f"release_days = {KEPT_S / 86400}\nreleases_kept = 2\nrelease_grace_h = {KEPT_S / 3600}\n"


def opened(registry: Registry, storage: Storage, full_name: str) -> World:
    product = registry.products.get(*full_name.split("."))
    assert product is not None
    version = registry.versions.newest(product.id)
    assert version is not None
    assert isinstance(storage, LocalStorage)
    return World(registry, storage, product, {port.name: port for port in registry.products.ports(product.id)}, version)


def publish_chain(root: Path, chain: int, stop: Any) -> None:
    """Body of a publisher process."""
    bench = open_workbench(root)
    registry, storage = bench.context.registry, bench.context.storage
    left, right = (opened(registry, storage, f"chain.{side}_{chain}") for side in ("left", "right"))
    shared = opened(registry, storage, "chain.shared")
    number = 0
    try:
        while not stop.is_set():
            number += 1
            for world in (left, right, shared):
                row = pl.DataFrame({"n": [number], "made_by": [chain]})
                world.put({next(iter(world.ports)): row})
    finally:
        bench.close()


def vacuum_all_the_time(root: Path, stop: Any, deleted: Any) -> None:
    """Body of a process that keeps house without a pause."""
    bench = open_workbench(root)
    try:
        while not stop.is_set():
            keep = replace(keep_of(bench.context.settings), log_entries=1)
            found = vacuum(bench.context.registry, bench.context.storage, keep, by="vacuum")
            assert found.stuck == []
            with deleted.get_lock():
                deleted.value += found.files
            time.sleep(0.2)
    finally:
        bench.close()


@dataclass
class Readers:
    """Threads that read again and again until told; what went wrong, and how often each read."""

    stop: threading.Event = field(default_factory=threading.Event)
    wrong: list[str] = field(default_factory=list)
    reads: dict[str, int] = field(default_factory=dict)
    threads: list[threading.Thread] = field(default_factory=list)

    def add(self, name: str, read: Callable[[], None]) -> None:
        self.threads.append(threading.Thread(target=self._again, args=(name, read), name=name))
        self.threads[-1].start()

    def _again(self, name: str, read: Callable[[], None]) -> None:
        while not self.stop.is_set() and not self.wrong:
            try:
                read()
            except Exception as error:  # noqa: BLE001 - whatever it is, no reader may see it
                self.wrong.append(f"{name}: {type(error).__name__}: {error}")
            self.reads[name] = self.reads.get(name, 0) + 1

    def end(self) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join(60)


QUESTION = """
SELECT (SELECT count(*) FROM chain.left_{0}), (SELECT count(DISTINCT n) FROM chain.left_{0}),
       (SELECT count(*) FROM chain.right_{0}), (SELECT count(DISTINCT n) FROM chain.right_{0}),
       (SELECT count(*) FROM chain.shared), (SELECT count(DISTINCT (n, made_by)) FROM chain.shared),
       (SELECT count(*) FROM chain.left_{0} JOIN chain.right_{0} USING (n)), {1}
"""


class Asked:
    """Questions that nobody asked before: known answers would be given without reading."""

    def __init__(self) -> None:
        self._number = 0

    def next(self, chain: int) -> str:
        self._number += 1
        return QUESTION.format(chain, self._number)


def assert_whole(row: list[int], releases: list[int] | None = None) -> None:
    left, left_values, right, right_values, shared, shared_values, both, _ = row
    assert (left, right, shared) == (left_values, right_values, shared_values), row
    assert right <= left <= right + 1, f"two moments: {row}"
    assert both == right, row
    if releases is not None:
        assert [left, right, shared] == releases, f"not the releases of the provenance: {row}, {releases}"


@pytest.fixture
def root(registry_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A workbench on each database, with a release of each product."""
    folder = tmp_path / "bench"
    create_workbench(folder, registry=registry_url).close()
    file = folder / "mesh.toml"
    file.write_text(SETTINGS + file.read_text(), encoding="utf-8")
    monkeypatch.setenv("MESH_WORKBENCH", str(folder))
    bench = open_workbench(folder)
    names = [f"{side}_{chain}" for chain in range(CHAINS) for side in ("left", "right")]
    for name in (*names, "shared"):
        world = new_world(bench.context.registry, bench.context.storage, name, full_name=f"chain.{name}")
        world.put({name: pl.DataFrame({"n": [0], "made_by": [-1]})})
    bench.close()
    return folder


def reading(bench: LocalWorkbench, client: TestClient, readers: Readers) -> None:
    """A thread for each door."""
    by_sql, by_api = Asked(), Asked()

    def sql() -> None:
        for chain in range(CHAINS):
            answer = bench.query.sql(QueryRequest(statement=by_sql.next(chain)))
            table = answer.reader.read_all()
            number = {source.name: source.release for source in answer.provenance.sources}
            wanted = [number[f"chain.left_{chain}"], number[f"chain.right_{chain}"], number["chain.shared"]]
            assert_whole([column[0].as_py() for column in table.columns], wanted)

    def api() -> None:
        for chain in range(CHAINS):
            got = client.post(f"{PREFIX}/query", json={"statement": by_api.next(chain)})
            assert got.status_code == 200, got.text
            assert_whole(got.json()["rows"][0])

    def frames() -> None:
        for name in ("chain.shared", "chain.left_0", "chain.right_1"):
            relation = mesh.read(name)
            [source] = relation.provenance.sources
            for frame in (relation.polars(), pl.from_arrow(relation.arrow())):
                assert isinstance(frame, pl.DataFrame)
                assert frame.height == frame.unique().height == source.release

    def earlier() -> None:
        """As of a moment a little while ago, which must show one state too."""
        moment = bench.context.registry.now()
        time.sleep(0.5)
        for _ in range(2):
            question = QueryRequest(statement=by_sql.next(0), as_of=moment)
            table = bench.query.sql(question).reader.read_all()
            assert_whole([column[0].as_py() for column in table.columns])

    def rows() -> None:
        got = client.get(f"{PREFIX}/products/chain/shared/ports/shared/rows?limit=1000")
        assert got.status_code == 200, got.text
        found = [tuple(row) for row in got.json()["rows"]]
        assert len(found) == len({*found}) == got.json()["provenance"]["sources"][0]["release"]

    def bare() -> None:
        """What other tools do: the Delta table at the version of a release, while its log gets shorter."""
        for name in ("chain.shared", "chain.left_0"):
            [port] = bench.query.resolve([name])
            table = DeltaTable(port.table, version=port.delta_version).to_pyarrow_table()
            assert table.num_rows == port.release
            assert DeltaTable(port.table).to_pyarrow_table().num_rows >= port.release

    for door in (sql, api, frames, earlier, rows, bare):
        readers.add(door.__name__, door)


def test_publishers_mergers_vacuum_and_readers_do_not_hurt_each_other(root: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    stop, deleted = context.Event(), context.Value("i", 0)
    workers = [context.Process(target=publish_chain, args=(root, chain, stop)) for chain in range(CHAINS)]
    workers.append(context.Process(target=vacuum_all_the_time, args=(root, stop, deleted)))
    bench, readers = open_workbench(root), Readers()
    try:
        with TestClient(create_app(lambda _request: bench)) as client:
            for worker in workers:
                worker.start()
            reading(bench, client, readers)
            until = time.monotonic() + PATIENCE_S
            while time.monotonic() < until and not readers.wrong and all(worker.is_alive() for worker in workers):
                made = [
                    bench.releases.get(f"chain.{side}_{chain}").number
                    for side in ("left", "right")
                    for chain in range(CHAINS)
                ]
                if min(made) > ROUNDS and deleted.value > AT_LEAST:
                    break
                time.sleep(0.2)
            readers.end()
            stop.set()
            for worker in workers:
                worker.join(60)
        assert readers.wrong == []
        assert [worker.exitcode for worker in workers] == [0] * len(workers)
        assert min(made) > ROUNDS, "enough was published for files to be merged"
        assert deleted.value > AT_LEAST, "and deleted"
        assert min(readers.reads.values()) >= 3, readers.reads
        shared = opened(bench.context.registry, bench.context.storage, "chain.shared")
        assert_agrees(shared)
        commits = sorted((shared.table("shared") / "_delta_log").glob("*.json"))
        assert int(commits[0].stem) > 0, "the log got shorter meanwhile"
    finally:
        readers.end()
        stop.set()
        bench.close()
