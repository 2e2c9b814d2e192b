"""Fixtures of all tests: a fresh registry on SQLite and on PostgreSQL, made by copying a migrated one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mesh_workbench.registry import Registry, open_registry
from tests import postgres
from tests.objectstore import ObjectStore, object_store

BACKENDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        postgres.begin_session()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        postgres.end_session()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite registry with all tables and no rows, to copy."""
    file = tmp_path_factory.mktemp("template") / "registry.db"
    open_registry(f"sqlite:///{file}").close()
    return file


@contextmanager
def _postgresql(*, migrated: bool) -> Iterator[str]:
    if postgres.binaries() is None:
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL is not installed, and CI must test it")
        pytest.skip("PostgreSQL is not installed")
    with postgres.fresh_database(migrated=migrated) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """URL of a fresh SQLite registry."""
    file = tmp_path / "registry.db"
    shutil.copyfile(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """URL of a fresh PostgreSQL registry; skips without PostgreSQL, except in CI."""
    with _postgresql(migrated=True) as url:
        yield url


@pytest.fixture(params=BACKENDS)
def registry_url(request: pytest.FixtureRequest) -> str:
    """URL of a fresh registry, on each database."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def registry(registry_url: str) -> Iterator[Registry]:
    """A fresh registry, on each database."""
    opened = open_registry(registry_url)
    yield opened
    opened.close()


@pytest.fixture(params=BACKENDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database without any tables, on each database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    with _postgresql(migrated=False) as url:
        yield url


@pytest.fixture(scope="session")
def object_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    with object_store(tmp_path_factory.mktemp("s3") / "log") as started:
        yield started


@pytest.fixture
def store(object_server: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    """An S3 that this process reaches by the variables of its environment."""
    for name, value in object_server.environment.items():
        monkeypatch.setenv(name, value)
    return object_server
