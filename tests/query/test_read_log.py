"""Reads are written down behind the reader's back, and none is lost."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from mesh_workbench.lifecycle.read_log import ReadLog
from mesh_workbench.lifecycle.resolve import Wanted, resolve
from mesh_workbench.model.access import AccessDecision, Action, ReadRecord
from mesh_workbench.model.base import new_id, now
from mesh_workbench.model.product import Product
from mesh_workbench.registry import Registry
from mesh_workbench.storage.local import LocalStorage
from tests.query.conftest import SmallMesh, open_mesh

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def _record(product_id: str, identity: str) -> ReadRecord:
    return ReadRecord(
        id=new_id("red"), at=now(), identity=identity, product_id=product_id, port="t", release=1, how="sql"
    )


def test_many_reads_cost_the_readers_nothing_and_are_all_written(sqlite_url: str, tmp_path: Path) -> None:
    mesh = open_mesh(tmp_path, sqlite_url)
    product = mesh.product("a.t")
    log = ReadLog(mesh.registry)
    started = time.perf_counter()
    for index in range(200):
        log.add([_record(product.id, f"reader {index}")])
    assert time.perf_counter() - started < 1
    log.close()
    assert mesh.registry.reads.readers(product.id, LONG_AGO) == 200
    mesh.registry.close()


def test_a_process_that_just_ends_writes_its_reads_first(sqlite_url: str, tmp_path: Path) -> None:
    mesh = open_mesh(tmp_path, sqlite_url)
    product = mesh.product("a.t")
    code = (
        "from mesh_workbench.registry import open_registry\n"
        "from mesh_workbench.lifecycle.read_log import ReadLog\n"
        "from mesh_workbench.model.access import ReadRecord\n"
        "from mesh_workbench.model.base import new_id, now\n"
        f"log = ReadLog(open_registry({sqlite_url!r}))\n"
        f"log.add([ReadRecord(id=new_id('red'), at=now(), identity='ana', product_id={product.id!r},"
        " port='t', release=1, how='sql')])\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    assert mesh.registry.reads.readers(product.id, LONG_AGO) == 1
    mesh.registry.close()


def test_names_are_resolved_on_every_database(registry: Registry, tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path)
    mesh = SmallMesh(registry, storage, sessions=None)  # type: ignore[arg-type]  # nothing is read here
    for number, version in ((1, "1.0.0"), (2, "1.1.0"), (3, "2.0.0")):
        mesh.publish("a.t", pa.table({"x": [number]}), version=version, keep=True)
    mesh.publish("b.u", pa.table({"x": [1]}))

    def allowed(products: Sequence[Product]) -> dict[str, AccessDecision]:
        yes = AccessDecision(allowed=True, action=Action.READ, identity="ana", resource="", reason="")
        return {product.id: yes for product in products}

    names = ["a.t", "a.t@1", "a.t@1.0.0", "b.u.u", "a.t"]
    found = resolve(registry, storage, [Wanted.parse(name) for name in names], allowed=allowed)
    assert [(port.release, len(port.files)) for port in found.ports] == [(3, 1), (2, 2), (1, 1), (1, 1), (3, 1)]
    assert abs((found.moment - registry.now()).total_seconds()) < 60
