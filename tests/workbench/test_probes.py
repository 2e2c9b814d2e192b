"""Availability is measured: a worker probes what promises it, and the next check says how often it was reached."""

from __future__ import annotations

from datetime import timedelta

from mesh_workbench.lifecycle.probe import Prober
from mesh_workbench.model.check import Outcome, PromiseResult
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.run import RunRequest
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import contract, notebook
from tests.workbench.conftest import work_until_idle

AVAILABLE = [{"property": "availability", "value": 99.9, "unit": "percent"}]


def promote(bench: LocalWorkbench, name: str, **about: object) -> None:
    text = notebook(
        f"import mesh_workbench as mesh\nimport polars as pl\nmesh.output('{name}', pl.DataFrame({{'n': [1, 2]}}))"
    )
    made = {name: contract("n", name=name, **about)}  # type: ignore[arg-type]
    bench.products.promote(
        PromotionRequest.model_validate({"notebook": text, "to": f"sales.{name}", "contracts": made})
    )
    bench.runs.request(RunRequest(product=f"sales.{name}"))


def availability(bench: LocalWorkbench, name: str) -> PromiseResult:
    report = bench.contracts.report(bench.releases.get(name).report_id)
    return next(result for result in report.results if result.promise.kind == "sla.availability")


def break_a_file(bench: LocalWorkbench, name: str) -> None:
    release = bench.releases.get(name)
    port = release.ports[0]
    (file,) = bench.context.registry.releases.files(port.port_id, port.major, release.number)
    (bench.context.storage.table_folder(port.port_id, port.major) / file.path).write_bytes(b"gone wrong")


def test_a_worker_probes_what_promises_to_be_available_once_an_interval(busy_bench: LocalWorkbench) -> None:
    bench, registry = busy_bench, busy_bench.context.registry
    for name in ("well", "broken"):
        promote(bench, name, slaProperties=AVAILABLE)
    promote(bench, "silent")
    work_until_idle(bench)  # this worker had nothing to probe yet when it began
    assert availability(bench, "sales.well").outcome is Outcome.NOT_EVALUATED
    break_a_file(bench, "sales.broken")

    prober = Prober(registry, bench.context.storage)
    assert prober.probe() == 2
    assert prober.probe() == 0  # the same interval
    since = registry.now() - timedelta(hours=1)
    found = {
        name: [reached for _, reached in registry.probes.since(bench.products.get(f"sales.{name}").id, since)]
        for name in ("well", "broken", "silent")
    }
    assert found == {"well": [True], "broken": [False], "silent": []}

    for name in ("well", "broken"):
        bench.runs.request(RunRequest(product=f"sales.{name}"))
    work_until_idle(bench)
    well, broken = availability(bench, "sales.well"), availability(bench, "sales.broken")
    assert (well.outcome, well.observed) == (Outcome.PASSED, 100)
    assert (broken.outcome, broken.observed) == (Outcome.WARNED, 0)
    assert "0 of 1 probes" in broken.reason


def test_probes_are_forgotten_when_nothing_looks_back_so_far(busy_bench: LocalWorkbench) -> None:
    probes, product = busy_bench.context.registry.probes, busy_bench.products.list().items[0].full_name
    product_id = busy_bench.products.get(product).id
    probes.add(product_id, reached=True, every_s=0.001)
    assert probes.forget(days=31) == 0
    assert probes.forget(days=0) >= 1
