"""Keeping house through the doors: what `mesh tidy` says, what pages say about what is gone, what workers do alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from mesh_workbench.api.app import create_app
from mesh_workbench.api.prefix import PREFIX
from mesh_workbench.cli import make_app
from mesh_workbench.cli.boundary import run as run_cli
from mesh_workbench.errors import Forbidden, NotFound
from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.identity import Identity
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.run import Run, RunRequest, RunState
from mesh_workbench.workbench import create_workbench, open_workbench
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import contract, notebook
from tests.house.conftest import aged, straight
from tests.workbench.conftest import work_until_idle

FARES = "import mesh_workbench as mesh\nimport polars as pl\nprint('hello')\n"
FARES += "mesh.output('fares', pl.DataFrame({'id': [1, 1] if twice else [1, 2]}))"
SETTINGS = "failed_runs_kept = 0\nfolder_days = 10\nlog_days = 10\nquarantine_days = 10\n"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalWorkbench]:
    """A workbench that keeps things for ten days, with a released and a breached run of a year ago."""
    root = tmp_path_factory.mktemp("house") / "bench"
    create_workbench(root).close()
    file = root / "mesh.toml"
    file.write_text(SETTINGS + file.read_text(), encoding="utf-8")
    bench = open_workbench(root)
    bench.domains.add(DomainDraft(name="sales", title="Sales"))
    bench.products.promote(
        PromotionRequest(
            notebook=notebook(FARES, parameters="twice: bool = False"),
            to="sales.fares",
            contracts={"fares": contract({"name": "id", "primaryKey": True}, name="fares")},
        )
    )
    for twice in (False, True):
        bench.runs.request(RunRequest(product="sales.fares", parameters={"twice": twice}))
    work_until_idle(bench)
    for run in bench.runs.list().items:
        aged(bench.context.settings.registry_url, run, 365)
    yield bench
    bench.close()


@pytest.fixture(autouse=True)
def here(bench: LocalWorkbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MESH_WORKBENCH", str(bench.context.settings.root))


def runs_of(bench: LocalWorkbench) -> dict[RunState, Run]:
    return {run.state: run for run in bench.runs.list().items}


def test_pages_say_that_something_was_removed_and_when_and_why(
    bench: LocalWorkbench, capfd: pytest.CaptureFixture[str]
) -> None:
    released, breached = runs_of(bench)[RunState.SUCCEEDED], runs_of(bench)[RunState.FAILED]
    assert "hello" in bench.runs.log(released.id)
    assert bench.runs.quarantine(breached.id).num_rows > 0
    with pytest.raises(Forbidden):
        bench.as_(Identity(name="stranger")).house.tidy()

    assert run_cli(make_app(), ["tidy", "--dry-run"]) == 0
    said = capfd.readouterr().out
    assert "would be removed" in said
    assert "older than 10 days" in said
    assert "hello" in bench.runs.log(released.id)
    assert run_cli(make_app(), ["tidy", "--json"]) == 0
    assert '"kind": "folder"' in capfd.readouterr().out

    assert "hello" in bench.runs.notebook(released.id), "it is behind a release"
    today = f"{bench.context.registry.now():%Y-%m-%d}"
    with TestClient(create_app(lambda _request: bench)) as client:
        for run, page in ((released, "log"), (breached, "log"), (breached, "notebook"), (breached, "quarantine")):
            answer = client.get(f"{PREFIX}/runs/{run.id}/{page}")
            assert (answer.status_code, answer.json()["code"]) == (404, "run.removed")
            assert f"was removed by retention on {today}: older than 10 days" in answer.json()["detail"]
        assert client.get(f"{PREFIX}/runs/{breached.id}/report").status_code == 200, "reports stay"

    bench.runs.retry(breached.id)
    assert bench.runs.log(breached.id) == "", "it is about to come back"
    work_until_idle(bench)
    assert "hello" in bench.runs.log(breached.id)


def test_a_worker_keeps_house_by_itself_once_in_a_while(bench: LocalWorkbench) -> None:
    url = bench.context.settings.registry_url
    run = bench.runs.request(RunRequest(product="sales.fares"))
    work_until_idle(bench)
    aged(url, run, 365)
    work_until_idle(bench)
    assert "hello" in bench.runs.log(run.id), "it is not yet time again"
    straight(url, "DELETE FROM chore")
    work_until_idle(bench)
    with pytest.raises(NotFound) as gone:
        bench.runs.log(run.id)
    assert gone.value.code == "run.removed"
