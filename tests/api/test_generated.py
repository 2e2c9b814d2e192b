"""What is generated from the API, or must keep up with it: types, OpenAPI document, reference page."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mesh_workbench.api.app import create_app
from mesh_workbench.api.openapi import ERRORS
from mesh_workbench.api.typescript import TARGET, generate, main

REPOSITORY = Path(__file__).parents[2]
DOCUMENT = create_app(lambda _request: None).openapi()
OPERATIONS = [operation for item in DOCUMENT["paths"].values() for operation in item.values()]


def test_the_types_of_the_front_end_are_current():
    assert TARGET.read_text() == generate(), "run: python -m mesh_workbench.api.typescript"


def test_checking_the_types_notices_drift(tmp_path):
    target = tmp_path / "types.ts"
    assert main(["--target", str(target)]) == 0
    assert main(["--check", "--target", str(target)]) == 0
    target.write_text(target.read_text().replace("failing_rows", "failing"))
    assert main(["--check", "--target", str(target)]) == 1


def test_what_is_sent_has_optional_fields_and_what_is_received_has_none():
    text = generate()
    assert "  create_domain?: boolean;" in text
    received = text.split("export interface RowsPage {")[1].split("}")[0]
    assert "?:" not in received
    assert "rows: Json[][];" in received


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation["operationId"])
def test_every_operation_says_what_it_is_for_and_how_it_fails(operation):
    assert operation["summary"]
    assert operation["operationId"][0].islower()
    assert {str(status) for status in ERRORS} <= set(operation["responses"])
    for status in ERRORS:
        content = operation["responses"][str(status)]["content"]
        assert list(content) == ["application/problem+json"], "FastAPI's own error format is not ours"


def test_names_of_operations_are_unique():
    names = [operation["operationId"] for operation in OPERATIONS]
    assert len(names) == len(set(names))


def test_the_reference_page_tells_of_every_route():
    page = (REPOSITORY / "docs/reference/http-api.md").read_text()
    for path, item in DOCUMENT["paths"].items():
        for method in item:
            assert f"`{method.upper()} {path.removeprefix('/mesh-workbench/api/v1')}`" in page
    for route in ("/mesh-workbench/worker", "/mesh-workbench/init", "/mesh-workbench/demo"):
        assert route in page


def test_the_openapi_document_is_json_without_loose_ends():
    text = json.dumps(DOCUMENT)
    assert "HTTPValidationError" not in text
    names = set(DOCUMENT["components"]["schemas"])
    used = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert used <= names


def test_the_server_extension_imports_nothing_until_jupyter_asks():
    code = "import sys, mesh_workbench_server; sys.exit('jupyter_server' in sys.modules or 'fastapi' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
