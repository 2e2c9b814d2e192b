"""Rows that broke a promise stay with their run, for those who may read the product."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

import mesh_workbench as mesh
from mesh_workbench.api.app import create_app
from mesh_workbench.api.prefix import PREFIX
from mesh_workbench.cli import make_app
from mesh_workbench.errors import Forbidden, NotFound
from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.identity import Identity
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.run import Run, RunRequest, RunState
from mesh_workbench.workbench import create_workbench, open_workbench
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import contract, notebook
from tests.workbench.conftest import work_until_idle

FRAME = "pl.DataFrame({'id': list(range(40)) + [39], 'fare': [None, float('nan'), *[5.0] * 39], 'at': ['x'] * 41})"
COLUMNS = (
    {"name": "id", "logicalType": "integer", "primaryKey": True},
    {"name": "fare", "required": True},
    {"name": "at", "quality": [
        {"metric": "invalidValues", "arguments": {"validValues": ["y"]}, "mustBe": 0, "severity": "warning"}]},
)  # fmt: skip


@pytest.fixture(scope="module")
def breached(tmp_path_factory: pytest.TempPathFactory) -> tuple[LocalWorkbench, Run]:
    """A workbench with a run whose data broke three promises, of which at most 25 rows each are kept."""
    root = tmp_path_factory.mktemp("quarantine") / "bench"
    made = create_workbench(root)
    made.close()
    file = root / "mesh.toml"
    file.write_text("quarantine_rows = 25\n" + file.read_text(), encoding="utf-8")
    bench = open_workbench(root)
    bench.domains.add(DomainDraft(name="sales", title="Sales"))
    text = notebook(f"import mesh_workbench as mesh\nimport polars as pl\nmesh.output('fares', {FRAME})")
    request = {"notebook": text, "to": "sales.fares", "contracts": {"fares": contract(*COLUMNS, name="fares")}}
    bench.products.promote(PromotionRequest.model_validate(request))
    asked = bench.runs.request(RunRequest(product="sales.fares"))
    with pytest.raises(NotFound) as raised:
        bench.runs.quarantine(asked.id)
    assert raised.value.code == "run.not-checked"
    work_until_idle(bench)
    return bench, bench.runs.get(asked.id)


@pytest.fixture
def here(breached: tuple[LocalWorkbench, Run], monkeypatch: pytest.MonkeyPatch) -> Path:
    root = breached[0].context.settings.root
    monkeypatch.setenv("MESH_WORKBENCH", str(root))
    return root


def test_failing_rows_are_kept_with_promise_key_and_value_up_to_the_limit(
    breached: tuple[LocalWorkbench, Run], here: Path
) -> None:
    run = breached[1]
    assert run.state is RunState.FAILED
    frame = mesh.quarantine(run.id)
    assert frame.columns == ["port", "promise", "words", "outcome", "key", "value"]
    kept: dict[tuple[str, str], list[tuple[object, object]]] = {}
    for row in frame.to_dicts():
        pair = (json.loads(row["key"]), json.loads(row["value"]))
        kept.setdefault((row["promise"], row["outcome"]), []).append(pair)
    assert kept["fares.fare.required", "failed"] == [({"id": 0}, {"fare": None})]
    assert kept["fares.primaryKey", "failed"] == [({"id": 39}, {"id": 39})] * 2
    assert len(kept["fares.at.invalidValues", "warned"]) == 25


def test_the_api_pages_through_it(breached: tuple[LocalWorkbench, Run]) -> None:
    bench, run = breached
    with TestClient(create_app(lambda _request: bench)) as client:
        url = f"{PREFIX}/runs/{run.id}/quarantine"
        first = client.get(url, params={"limit": 20}).json()
        second = client.get(url, params={"limit": 20, "cursor": first["next"]}).json()
        assert (len(first["items"]), len(second["items"]), second["next"]) == (20, 8, None)
        assert {
            "port": "fares",
            "promise": "fares.fare.required",
            "key": {"id": 0},
            "value": {"fare": None},
        }.items() <= (next(row for row in first["items"] if row["promise"] == "fares.fare.required").items())
        assert client.get(url, params={"cursor": "two"}).json()["code"] == "cursor.invalid"


def test_the_command_line_shows_it(breached: tuple[LocalWorkbench, Run], here: Path) -> None:
    shown = CliRunner().invoke(make_app(), ["runs", breached[1].id, "--quarantine"])
    assert "28 rows in quarantine; the first 20 are shown." in shown.output
    assert "fares.fare.required 1" in shown.output
    assert f"mesh runs {breached[1].id} --quarantine" in CliRunner().invoke(make_app(), ["runs", breached[1].id]).output
    as_json = CliRunner().invoke(make_app(), ["runs", breached[1].id, "--quarantine", "--json"])
    assert len(json.loads(as_json.stdout)["items"]) == 28


def test_who_may_not_read_the_product_may_not_see_its_failing_rows(breached: tuple[LocalWorkbench, Run]) -> None:
    bench, run = breached
    product = bench.context.product("sales.fares")
    registry = bench.context.registry
    registry.products.update(product.model_copy(update={"access": "on_request"}), expected_revision=product.revision)
    with pytest.raises(Forbidden):
        bench.as_(Identity(name="stranger")).runs.quarantine(run.id)
    assert bench.runs.quarantine(run.id).num_rows == 28
