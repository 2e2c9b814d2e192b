"""`mesh doctor`: what it says and with which exit code it ends."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from mesh_workbench.cli import make_app
from mesh_workbench.cli.boundary import run as run_cli
from mesh_workbench.errors import Forbidden
from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.identity import Identity
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.run import RunRequest
from mesh_workbench.workbench import create_workbench
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import notebook
from tests.workbench.conftest import work_until_idle

OUTPUT = "import mesh_workbench as mesh\nimport polars as pl\nmesh.output('orders', pl.DataFrame({'id': [1, 2]}))"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalWorkbench]:
    """A workbench with one release."""
    made = create_workbench(tmp_path_factory.mktemp("doctor") / "bench")
    made.domains.add(DomainDraft(name="sales", title="Sales"))
    made.products.promote(PromotionRequest(notebook=notebook(OUTPUT), to="sales.orders"))
    made.runs.request(RunRequest(product="sales.orders"))
    work_until_idle(made)
    assert made.releases.get("sales.orders").number == 1
    yield made
    made.close()


@pytest.fixture(autouse=True)
def here(bench: LocalWorkbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MESH_WORKBENCH", str(bench.context.settings.root))


def doctor(*options: str) -> tuple[int, dict[str, dict]]:
    """Exit code, and findings by check."""
    said = CliRunner().invoke(make_app(), ["doctor", "--json", *options])
    code = getattr(said.exception, "exit_code", 0)
    return code, {finding["check"]: finding for finding in json.loads(said.stdout)["items"]}


def test_a_workbench_that_is_well_ends_with_0(bench: LocalWorkbench, capfd: pytest.CaptureFixture[str]) -> None:
    code, findings = doctor("--deep")
    assert code == 0
    assert all(finding["ok"] for finding in findings.values())
    assert {"storage", "registry", "files.whole", "tables.current"} <= set(findings)
    assert run_cli(make_app(), ["doctor", "--deep"]) == 0
    assert "is well" in capfd.readouterr().out
    assert "files.whole" not in doctor()[1]


def test_a_contradiction_ends_with_1_and_is_put_right(bench: LocalWorkbench) -> None:
    product = bench.context.product("sales.orders")
    bench.context.registry.products.change(product.id, release=None)
    code, findings = doctor("--deep")
    assert code == 1
    assert [name for name, finding in findings.items() if not finding["ok"]] == ["releases.newest"]
    assert findings["releases.newest"]["hint"] == "`mesh doctor --deep --repair` puts it right."
    code, findings = doctor("--repair")
    assert code == 0
    assert findings["releases.newest"]["problems"][0]["repaired"] == "It says 1 now."
    [record] = [record for record in bench.catalog.audit().items if record.action == "house.repair"]
    assert record.detail == {"repaired": 1, "found": {"releases.newest": 1}}
    assert doctor("--deep")[0] == 0


def test_damage_to_released_data_ends_with_6(bench: LocalWorkbench, capfd: pytest.CaptureFixture[str]) -> None:
    [port] = bench.query.resolve(["sales.orders"])
    file = next(bench.context.storage.root.glob("tables/*/v1/data/*/*.parquet"))
    content = file.read_bytes()
    file.write_bytes(content[:-1])
    try:
        code, findings = doctor("--deep", "--repair")
        assert code == 6
        assert findings["files.whole"]["problems"][0]["subject"] == str(file)
        assert run_cli(make_app(), ["doctor", "--deep"]) == 6
        said = capfd.readouterr()
        assert "is not what was released" in said.out.replace("\n", " ")
        assert "error[doctor.damage]" in said.err
        assert port.files == [str(file)]
    finally:
        file.write_bytes(content)


def test_what_cannot_be_looked_at_ends_with_7(bench: LocalWorkbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MESH_REGISTRY", "postgresql://nobody@127.0.0.1:9/mesh")
    code, findings = doctor("--deep")
    assert code == 7
    assert not findings["registry"]["ok"]


def test_only_an_administrator_repairs(bench: LocalWorkbench) -> None:
    stranger = bench.as_(Identity(name="stranger"))
    assert all(finding.ok for finding in stranger.house.examine())
    with pytest.raises(Forbidden):
        stranger.house.examine(repair=True)
