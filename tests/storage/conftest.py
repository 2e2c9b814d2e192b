"""A world to publish in, and other processes that publish in it."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from mesh_workbench.registry import Registry, open_registry
from mesh_workbench.storage.local import LocalStorage
from tests.storage.world import World, new_world


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "storage")


@pytest.fixture
def world(registry: Registry, storage: LocalStorage) -> World:
    """A product with the ports flights and summary, on each database."""
    return new_world(registry, storage)


@pytest.fixture
def lite(sqlite_url: str, storage: LocalStorage) -> Iterator[World]:
    """The same on SQLite only."""
    with_registry = new_world(open_registry(sqlite_url), storage)
    yield with_registry
    with_registry.close()


@pytest.fixture
def postgres_world(postgres_url: str, storage: LocalStorage) -> Iterator[World]:
    """The same on PostgreSQL only."""
    with_registry = new_world(open_registry(postgres_url), storage)
    yield with_registry
    with_registry.close()


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    """Processes that have everything imported already when they begin."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.storage.world", "deltalake", "pyarrow.dataset", "sqlalchemy"])
    return context
