"""A real workbench in a folder of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.workbench import create_workbench
from mesh_workbench.workbench.local import LocalWorkbench
from mesh_workbench.workbench.worker import run_worker


def work_until_idle(bench: LocalWorkbench) -> None:
    """Do everything that is queued, with real kernels."""
    run_worker(bench.context.settings.root, stop=threading.Event(), until_idle=True)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[LocalWorkbench]:
    """An empty workbench with the domain `sales`."""
    made = create_workbench(tmp_path / "bench")
    made.domains.add(DomainDraft(name="sales", title="Sales"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def busy_bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalWorkbench]:
    """A workbench whose tests run notebooks; shared by the tests of a file, each with products of its own."""
    made = create_workbench(tmp_path_factory.mktemp("busy") / "bench")
    made.domains.add(DomainDraft(name="sales", title="Sales"))
    yield made
    made.close()
