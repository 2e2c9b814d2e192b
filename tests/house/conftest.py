"""A registry and run folders of runs that ended long ago, without kernels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from mesh_workbench.model.product import Product
from mesh_workbench.model.run import Run, RunState
from mesh_workbench.model.runfolder import (
    EXECUTED_FILE,
    LOG_FILE,
    QUARANTINE_FILE,
    RUN_FILE,
    STAGED_FOLDER,
    WORK_FOLDER,
)
from mesh_workbench.model.version import ProductVersion
from mesh_workbench.registry import Registry, open_registry
from mesh_workbench.storage.local import LocalStorage
from tests import records


@dataclass(frozen=True)
class Past:
    """Runs that are over, with their folders."""

    url: str
    registry: Registry
    storage: LocalStorage

    def version(self, product: str = "sales.orders") -> ProductVersion:
        owner, name = product.split(".")
        known = self.registry.products.get(owner, name)
        newest = self.registry.versions.newest(known.id) if known else None
        return newest or records.known_version(self.registry, product)

    def product(self, name: str = "sales.orders") -> Product:
        found = self.registry.products.get(*name.split("."))
        assert found is not None
        return found

    def run(
        self,
        state: RunState = RunState.FAILED,
        *,
        days: float = 0.0,
        product: str = "sales.orders",
        staged_bytes: int = 10_000,
    ) -> Run:
        """A run that ended `days` ago and left one thing of each kind behind."""
        queued = self.registry.runs.add(records.run(self.version(product)))
        run = self.registry.runs.claim("wrk_1", None, 60.0)
        assert run is not None
        assert run.id == queued.id
        folder = self.storage.create_run_folder(run.id)
        for name in (RUN_FILE, EXECUTED_FILE, LOG_FILE, QUARANTINE_FILE):
            (folder / name).write_text(f"{name} of {run.id}\n" * 20)
        for name in (STAGED_FOLDER, WORK_FOLDER):
            (folder / name / "orders").mkdir(parents=True)
            (folder / name / "orders" / "part.parquet").write_bytes(b"x" * staged_bytes)
        ended = self.registry.runs.finish(run.id, worker_id="wrk_1", attempt=1, state=state)
        aged(self.url, ended, days)
        return ended

    def released(self, run: Run, number: int) -> None:
        """As if `run` had made the release `number` of its product."""
        product = self.registry.products.by_id(run.product_id)
        assert product is not None
        self.registry.releases.add(records.release(product, [], number, run_id=run.id), {}, {})

    def folder(self, run: Run) -> Path:
        return self.storage.run_folder(run.id)

    def left(self, run: Run) -> set[str]:
        """What is in the folder of the run; nothing when it is gone."""
        folder = self.folder(run)
        return {entry.name for entry in folder.iterdir()} if folder.exists() else set()


def straight(url: str, statement: str, **values: object) -> None:
    """Something that the workbench itself never does, straight into its database."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text(statement), values)
    engine.dispose()


def aged(url: str, run: Run, days: float) -> None:
    """As if `run` had ended `days` ago."""
    sqlite = f"strftime('%Y-%m-%d %H:%M:%f000', 'now', '-{days} days')"
    ago = sqlite if url.startswith("sqlite") else f"now() - interval '{days} days'"
    straight(url, f"UPDATE run SET finished = {ago} WHERE id = :id", id=run.id)


@pytest.fixture
def past(sqlite_url: str, tmp_path: Path) -> Iterator[Past]:
    """On SQLite: what is decided by files and settings."""
    registry = open_registry(sqlite_url)
    yield Past(sqlite_url, registry, LocalStorage(tmp_path / "storage"))
    registry.close()


@pytest.fixture
def past_on_each(registry_url: str, registry: Registry, tmp_path: Path) -> Past:
    """On each database: what is decided by the registry."""
    return Past(registry_url, registry, LocalStorage(tmp_path / "storage"))
