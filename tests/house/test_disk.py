"""What takes room is told by kind, quickly however much there is, and before there is none."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from mesh_workbench.lifecycle.disk import disk_use
from mesh_workbench.model.runfolder import LOG_FILE, QUARANTINE_FILE, STAGED_FOLDER
from mesh_workbench.registry import open_registry
from mesh_workbench.storage.local import LocalStorage
from tests import records
from tests.storage.test_crashes import frames
from tests.storage.world import month, new_world

KIB = 1024


def run_folders(storage: LocalStorage, number: int) -> None:
    for one in range(number):
        folder = storage.create_run_folder(f"run_{one:026}")
        (folder / STAGED_FOLDER).mkdir()
        (folder / STAGED_FOLDER / "part.parquet").write_bytes(b"x" * 64 * KIB)
        (folder / QUARANTINE_FILE).write_bytes(b"x" * 16 * KIB)
        (folder / LOG_FILE).write_bytes(b"x" * 8 * KIB)


def test_everything_is_told_by_kind(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path / "storage")
    run_folders(storage, 3)
    table = storage.table_folder("prt_1", 1) / "data" / "run_1"
    table.mkdir(parents=True)
    (table / "part.parquet").write_bytes(b"x" * 128 * KIB)
    (tmp_path / "scratch" / "ana").mkdir(parents=True)
    (tmp_path / "scratch" / "ana" / "part.parquet").write_bytes(b"x" * 32 * KIB)
    (tmp_path / "registry.db").write_bytes(b"x" * 4 * KIB)
    (tmp_path / "registry.db-wal").write_bytes(b"x" * 4 * KIB)
    uses = {use.kind: use for use in disk_use(storage.root, tmp_path / "scratch", tmp_path / "registry.db")}
    assert not any(use.about for use in uses.values())
    assert uses["run folders"].folders == 3
    least = {
        "tables": 128,
        "run folders": 3 * 88,
        "staging": 3 * 64,
        "quarantine": 3 * 16,
        "logs": 3 * 8,
        "scratch": 32,
        "registry": 8,
    }
    assert {kind: use.bytes // KIB for kind, use in uses.items() if use.bytes < least[kind] * KIB} == {}
    assert all(uses[kind].bytes < (size + 60) * KIB for kind, size in least.items())


def test_when_there_is_too_much_to_measure_a_part_of_it_tells(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path / "storage")
    run_folders(storage, 250)
    exact = {use.kind: use for use in disk_use(storage.root, tmp_path, None, budget_s=60)}
    began = time.monotonic()
    quick = {use.kind: use for use in disk_use(storage.root, tmp_path, None, budget_s=0)}
    assert time.monotonic() - began < 2
    assert quick["run folders"].about
    assert not exact["run folders"].about
    for kind in ("run folders", "staging", "quarantine", "logs"):
        assert quick[kind].bytes == pytest.approx(exact[kind].bytes, rel=0.02)


def test_a_workbench_without_anything_yet_takes_nothing(tmp_path: Path) -> None:
    assert sum(use.bytes for use in disk_use(tmp_path / "none", tmp_path / "neither", None)) == 0


def test_what_releases_added_is_counted(sqlite_url: str, tmp_path: Path) -> None:
    world = new_world(open_registry(sqlite_url), LocalStorage(tmp_path / "storage"))
    world.put(frames(1, 2), mode="replace_slot", slot=month(1))
    middle = world.registry.now()
    assert world.registry.releases.bytes_since(middle) == 0
    world.put(frames(3, 4), mode="replace_slot", slot=month(2))
    newest = world.registry.releases.latest(world.product.id)
    assert newest is not None
    added = sum(port.bytes for port in newest.ports)
    assert 0 < world.registry.releases.bytes_since(middle) < added
    records.known_product(world.registry, "flight_ops.other")
    world.close()
