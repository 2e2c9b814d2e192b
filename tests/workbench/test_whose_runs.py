"""On whose behalf runs act: whoever asks for the work, and a worker that a person started does nobody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from mesh_workbench.model.access import AuditRecord
from mesh_workbench.model.identity import Identity, Role
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.run import Run, RunRequest, RunState
from mesh_workbench.model.schedule import ScheduleDraft
from mesh_workbench.scheduling.tick import Ticker
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import notebook

OUTPUT = "import mesh_workbench as mesh\nimport polars as pl\nmesh.output('orders', pl.DataFrame({'id': [1, %d]}))"


@pytest.fixture
def ana(bench: LocalWorkbench) -> LocalWorkbench:
    """Ana's view of a workbench in which she and Ben produce in the domain `sales`; `sales.orders` is hers."""
    for person in ("ana", "ben"):
        bench.domains.set_role("sales", person, Role.PRODUCER)
    hers = bench.as_(Identity(name="ana"))
    hers.products.promote(PromotionRequest(notebook=notebook(OUTPUT % 2), to="sales.orders"))
    return hers


@pytest.fixture
def ben(ana: LocalWorkbench) -> LocalWorkbench:
    return ana.as_(Identity(name="ben"))


def claimed_by(bench: LocalWorkbench, identity: str | None) -> Run | None:
    return bench.context.registry.runs.claim("wrk_1", identity, 60)


def test_a_run_acts_for_who_asked_whoever_owns_the_product(ana: LocalWorkbench, ben: LocalWorkbench) -> None:
    asked = ben.runs.request(RunRequest(product="sales.orders"))
    assert asked.acting_identity == "ben"
    assert claimed_by(ana, "ana") is None
    taken = claimed_by(ana, "ben")
    assert taken is not None
    assert taken.attempts[0].acting_identity == "ben"


def test_nobody_can_say_for_whom_a_run_acts(ben: LocalWorkbench) -> None:
    for forged in ({"acting_identity": "ana"}, {"identity": "ana"}, {"trigger": "ana"}):
        with pytest.raises(ValidationError):
            RunRequest.model_validate({"product": "sales.orders", **forged})
    with pytest.raises(ValidationError):
        ScheduleDraft.model_validate({"cron": "0 6 * * *", "acting_identity": "ana"})


def test_who_tries_a_run_again_acts_in_the_new_attempt(ana: LocalWorkbench, ben: LocalWorkbench) -> None:
    hers = ana.runs.request(RunRequest(product="sales.orders"))
    assert claimed_by(ana, "ana") is not None
    ana.context.registry.runs.finish(hers.id, worker_id="wrk_1", attempt=1, state=RunState.CANCELLED)
    assert ben.runs.retry(hers.id).acting_identity == "ben"
    assert claimed_by(ana, "ana") is None
    again = claimed_by(ana, "ben")
    assert again is not None
    assert [attempt.acting_identity for attempt in again.attempts] == ["ana", "ben"]


def test_a_schedule_acts_for_who_changed_it_last(ana: LocalWorkbench, ben: LocalWorkbench) -> None:
    ana.schedules.set("sales.orders", ScheduleDraft(cron="0 * * * *"))
    changed = ben.schedules.set("sales.orders", ScheduleDraft(cron="0 * * * *", parameters={}))
    assert changed.acting_identity == "ben"
    _fall_due(ana)
    [run] = Ticker(ana.context.registry, by="a worker of ana").tick()
    assert run.acting_identity == "ben"
    assert claimed_by(ana, "ana") is None


def test_a_schedule_acts_for_who_wrote_the_version_that_it_runs(ana: LocalWorkbench, ben: LocalWorkbench) -> None:
    ana.schedules.set("sales.orders", ScheduleDraft(cron="0 * * * *"))
    ben.products.promote(PromotionRequest(notebook=notebook(OUTPUT % 3), to="sales.orders"))
    schedule = ana.schedules.get("sales.orders")
    assert schedule is not None
    assert (schedule.acting_identity, schedule.cron) == ("ben", "0 * * * *")
    [record] = [each for each in _audit(ana) if each.action == "schedule.take-over"]
    assert (record.actor, record.detail) == ("ben", {"before": "ana"})
    _fall_due(ana)
    [run] = Ticker(ana.context.registry, by="a worker of ana").tick()
    assert claimed_by(ana, "ana") is None
    service = claimed_by(ana, None)
    assert service is not None
    assert service.id == run.id


def test_a_run_says_why_it_waits(ana: LocalWorkbench) -> None:
    run = ana.runs.request(RunRequest(product="sales.orders"))
    assert run.waiting is not None
    assert run.waiting.position == 1
    assert "No worker is alive that takes runs of ana" in run.waiting.reason


def _fall_due(bench: LocalWorkbench) -> None:
    registry = bench.context.registry
    for schedule in registry.schedules.many([bench.products.get("sales.orders").id]).values():
        assert schedule.next_fire is not None
        registry.schedules.set(schedule.model_copy(update={"next_fire": schedule.next_fire - timedelta(hours=1)}))


def _audit(bench: LocalWorkbench) -> list[AuditRecord]:
    return bench.context.registry.audit.list().items
