"""The first query of a process loads what a query needs, and nothing of promoting, contracts or another database."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mesh_workbench.workbench import create_workbench

ASK = """
import json, sys
from mesh_workbench.model.query import QueryRequest
from mesh_workbench.workbench import open_workbench
bench = open_workbench()
rows = bench.query.rows(QueryRequest(statement="SELECT 1 AS one")).rows
print(json.dumps({"rows": rows, "modules": sorted(sys.modules)}))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The modules of a process that opened a workbench and asked something."""
    root: Path = tmp_path_factory.mktemp("first")
    create_workbench(root).close()
    done = subprocess.run([sys.executable, "-c", ASK], cwd=root, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert told["rows"] == [[1]]
    return set(told["modules"])


@pytest.mark.parametrize(
    "module",
    [
        "mesh_workbench.contracts.document",
        "mesh_workbench.lifecycle.promote",
        "mesh_workbench.workbench.bundles",
        "mesh_workbench.registry.schedules",
        "alembic",
        "deltalake",
        "pandas",
        "polars",
    ],
)
def test_a_first_query_does_not_wait_for(module: str, loaded: set[str]) -> None:
    assert module not in loaded
