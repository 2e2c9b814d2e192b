"""What is otherwise in a version than in one before: for the plan of a promotion, and between any two versions."""

from __future__ import annotations

import pytest

from mesh_workbench.errors import NotFound
from mesh_workbench.model.difference import Changed
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import contract, notebook

OUTPUT = "import mesh_workbench as mesh\nmesh.output('orders', frame)"
COLUMNS = ({"name": "id", "logicalType": "integer"}, {"name": "note", "logicalType": "string"})
FIRST = contract(*COLUMNS, name="orders")
WITHOUT_NOTE = contract(COLUMNS[0], {"name": "amount", "logicalType": "number"}, name="orders")


def ask(*cells: str, parameters: str = "month: int = 1", text: str = FIRST, **more: object) -> PromotionRequest:
    document = notebook(*cells, parameters=parameters)
    return PromotionRequest.model_validate(
        {"notebook": document, "to": "sales.orders", "contracts": {"orders": text}, **more}
    )


@pytest.fixture
def changed(bench: LocalWorkbench) -> PromotionRequest:
    """How the notebook of sales.orders, whose version 1.0.0 exists, would be promoted next."""
    bench.products.promote(ask(OUTPUT))
    bench.products.promote(ask(OUTPUT).model_copy(update={"to": "sales.customers"}))
    cells = [OUTPUT.replace("frame", "frame.head(5)"), "mesh.read('sales.customers', version=1)"]
    return ask(*cells, parameters="month: int = 2", text=WITHOUT_NOTE, limits={"cpus": 2})


def test_the_plan_tells_what_is_otherwise_than_in_the_current_version(
    bench: LocalWorkbench, changed: PromotionRequest
) -> None:
    found = bench.products.plan(changed).difference
    assert found is not None
    assert (found.before, found.after) == ("1.0.0", None)
    assert [(cell.kind, cell.after) for cell in found.cells] == [("changed", 0), ("changed", 1), ("added", 2)]
    assert found.parameters == [Changed(name="month", before="integer = 1", after="integer = 2")]
    assert found.inputs == [Changed(name="sales.customers", before=None, after="version 1")]
    assert found.limits == [Changed(name="processors", before=None, after="2")]
    assert [(change.grade, change.column, change.words) for change in found.contracts] == [
        ("breaking", "note", "column note is gone"),
        ("compatible", "", "column amount is new"),
    ]
    assert found.environment == []


def test_an_output_that_is_gone_breaks_whoever_reads_it(bench: LocalWorkbench, changed: PromotionRequest) -> None:
    renamed = ask(OUTPUT.replace("orders", "bookings"), text=FIRST)
    found = bench.products.plan(renamed.model_copy(update={"contracts": {}})).difference
    assert found is not None
    assert [(change.port, change.words) for change in found.breaking] == [("orders", "output orders is gone")]


def test_any_two_versions_are_compared_the_newest_with_the_one_before_when_none_is_named(
    bench: LocalWorkbench, changed: PromotionRequest
) -> None:
    planned = bench.products.plan(changed).difference
    bench.products.promote(changed)
    bench.products.promote(changed.model_copy(update={"contracts": {}, "limits": {"cpus": 3}}))
    assert planned is not None
    assert bench.versions.difference("sales.orders", "1.0.0", "2.0.0") == planned.model_copy(update={"after": "2.0.0"})
    newest = bench.versions.difference("sales.orders")
    assert (newest.before, newest.after, newest.cells, newest.cells_alike) == ("2.0.0", "2.0.1", [], 3)
    assert newest.limits == [Changed(name="processors", before="2", after="3")]
    assert bench.versions.difference("sales.orders", "2.0.0", "2.0.0").same
    back = bench.versions.difference("sales.orders", "2.0.0", "1.0.0")
    assert [change.words for change in back.breaking] == ["column amount is gone"]


def test_the_first_version_has_none_before_it(bench: LocalWorkbench) -> None:
    bench.products.promote(ask(OUTPUT))
    assert bench.products.plan(ask(OUTPUT)).difference is not None
    with pytest.raises(NotFound, match=r"no version before 1\.0\.0") as nothing:
        bench.versions.difference("sales.orders")
    assert nothing.value.code == "version.no-other"
    with pytest.raises(NotFound, match=r"has no version 7\.0\.0"):
        bench.versions.difference("sales.orders", "7.0.0")
