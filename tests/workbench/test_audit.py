"""Every change is in the audit trail, with who did it; and a workbench asks and answers only in values of the model."""

from __future__ import annotations

import inspect
import typing
from datetime import timedelta
from types import UnionType
from typing import Any

import pyarrow
import pytest
from pydantic import BaseModel

from mesh_workbench.errors import Forbidden
from mesh_workbench.model.base import now
from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.identity import Identity, Role
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.query import Answer
from mesh_workbench.model.run import RunRequest
from mesh_workbench.model.schedule import ScheduleDraft
from mesh_workbench.workbench import protocol
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import notebook
from tests.workbench.conftest import work_until_idle

OUTPUT = "import mesh_workbench as mesh\nimport polars as pl\nmesh.output('orders', pl.DataFrame({'id': [1, 2]}))"


def test_every_change_is_recorded_with_who_did_it(bench: LocalWorkbench) -> None:
    bench.domains.add(DomainDraft(name="finance"))
    bench.domains.set_role("finance", "ana", Role.PRODUCER)
    asked = bench.products.promote(PromotionRequest(notebook=notebook(OUTPUT), to="sales.orders", run=True)).run
    assert asked is not None
    work_until_idle(bench)
    bench.runs.cancel(bench.runs.request(RunRequest(product="sales.orders")).id)
    cancelled = bench.runs.list("sales.orders").items[0]
    bench.runs.retry(cancelled.id)
    bench.runs.cancel(cancelled.id)
    bench.schedules.set("sales.orders", ScheduleDraft(cron="0 6 * * *"))
    bench.schedules.pause("sales.orders", reason="audit")
    bench.schedules.resume("sales.orders")
    grant = bench.catalog.grant("sales.orders", "rita", purpose="audit", until=now() + timedelta(days=1))
    bench.catalog.revoke(grant.id)
    bench.products.deprecate("sales.orders", reason="replaced")
    bench.products.retire("sales.orders", reason="gone")

    records = bench.catalog.audit(limit=100).items
    assert {record.actor for record in records} == {bench.identity.name}
    assert {record.action for record in records} == {
        "workbench.create",
        "domain.add",
        "member.set",
        "product.promote",
        "run.request",
        "contract.adopt",
        "release.publish",
        "run.cancel",
        "run.retry",
        "schedule.set",
        "schedule.pause",
        "schedule.resume",
        "access.grant",
        "access.revoke",
        "product.deprecated",
        "product.retired",
    }
    with pytest.raises(Forbidden):
        bench.as_(Identity(name="rita")).catalog.audit()


NOUNS = [
    noun
    for _, noun in inspect.getmembers(protocol, inspect.isclass)
    if noun.__module__ == protocol.__name__ and noun is not protocol.Workbench
]


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.__name__)
def test_a_workbench_asks_and_answers_in_values_of_the_model(noun: type) -> None:
    for name, method in inspect.getmembers(noun, inspect.isfunction):
        if name.startswith("_"):
            continue
        known = {**vars(protocol), "pyarrow": pyarrow, "datetime": __import__("datetime").datetime}
        for kind in typing.get_type_hints(method, globalns=known, localns={"list": list}).values():
            assert _travels(kind), f"{noun.__name__}.{name}: {kind}"


def _travels(kind: Any) -> bool:
    """Whether something can go through HTTP: a value of the model, a scalar, a file, Arrow, or several."""
    if isinstance(kind, type) and not typing.get_args(kind):
        scalars = (str, bytes, int, float, bool, type(None), pyarrow.Table, Answer, __import__("datetime").datetime)
        return issubclass(kind, BaseModel) or kind in scalars or issubclass(kind, Role)
    origin = typing.get_origin(kind)
    if origin is typing.Literal:
        return all(_travels(type(word)) for word in typing.get_args(kind))
    if origin in (UnionType, typing.Union) or origin is not None:
        return all(_travels(part) for part in typing.get_args(kind))
    return False


def test_the_local_workbench_is_one(bench: LocalWorkbench) -> None:
    for name in (
        "domains",
        "products",
        "versions",
        "contracts",
        "runs",
        "releases",
        "schedules",
        "query",
        "catalog",
        "house",
    ):
        promised = typing.get_type_hints(vars(protocol.Workbench)[name].fget, globalns=vars(protocol))["return"]
        for method, _ in inspect.getmembers(promised, inspect.isfunction):
            if not method.startswith("_"):
                assert callable(getattr(getattr(bench, name), method)), f"{name}.{method}"
