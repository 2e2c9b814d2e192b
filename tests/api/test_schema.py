"""Whatever the OpenAPI document allows, and much that it does not, is answered as the document says."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from mesh_workbench.api.app import create_app
from mesh_workbench.model.identity import Identity
from mesh_workbench.workbench import open_workbench
from tests.api.serving import served

SCHEMA = schemathesis.openapi.from_dict(create_app(lambda _request: None).openapi())
CHECKS = [
    schemathesis.checks.CHECKS.get_one(name)
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
    )
]


@pytest.fixture(scope="module")
def base(mesh, tmp_path_factory):
    """A copy of the workbench, whose administrator does everything that the schema allows."""
    root = tmp_path_factory.mktemp("fuzzed") / "workbench"
    shutil.copytree(mesh.root, root, ignore=shutil.ignore_patterns("registry.db*"))
    with (
        closing(sqlite3.connect(mesh.root / "registry.db")) as old,
        closing(sqlite3.connect(root / "registry.db")) as new,
    ):
        old.backup(new)
    bench = open_workbench(root, Identity(name="ana"))
    with served(create_app(lambda _request: bench)) as url:
        yield url
    bench.close()


@SCHEMA.exclude(operation_id="watchRuns").parametrize()
@settings(
    max_examples=5,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_as_described_and_every_error_a_problem(case, base):
    response = case.call(base_url=base, timeout=20)
    case.validate_response(response, checks=CHECKS)
    if response.status_code >= 400:
        assert response.headers["content-type"] == ["application/problem+json"], response.text
        assert set(response.json()) >= {"type", "title", "status", "detail", "code", "hint"}
