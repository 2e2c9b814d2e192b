"""No product is made from itself, at whatever distance, also when two are promoted at once."""

from __future__ import annotations

import pytest

from mesh_workbench.errors import InvalidInput
from mesh_workbench.lifecycle import plan as planning
from mesh_workbench.lifecycle import promote
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.version import Environment
from mesh_workbench.notebooks.analyse import analyse
from mesh_workbench.notebooks.freeze import freeze
from mesh_workbench.registry import Registry, open_registry
from tests import records
from tests.builders import notebook
from tests.processes import at_once
from tests.scheduling import known


def reading(*products: str) -> PromotionRequest:
    reads = "\n".join(f"mesh.read('{name}')" for name in products)
    return PromotionRequest(
        notebook=notebook(f"import mesh_workbench as mesh\n{reads}\nmesh.output('out', x)"), to="a.a"
    )


def promoted(registry: Registry, name: str, *products: str) -> str:
    """Promote a notebook without looking for its kernel; what the refusal says, or nothing."""
    request = reading(*products).model_copy(update={"to": name})
    newest = registry.products.get(*name.split("."))
    prepared = promote.Prepared(
        analysis=analyse(request.notebook),
        environment=Environment(kernelspec="python3", python="3.11"),
        frozen=freeze(request.notebook),
        lock=b"",
        git=None,
        contents={},
        seen=newest.version or "" if newest else "",
    )
    try:
        promote.promote(registry, request, prepared, by="ana")
    except InvalidInput as refusal:
        return f"{refusal.code}: {refusal.message}"
    return ""


@pytest.fixture
def chain(registry: Registry) -> Registry:
    """a.a reads nothing, a.b reads a.a, a.c reads a.b, a.d reads a.c and b.x."""
    known(registry, "a.a")
    known(registry, "b.x")
    known(registry, "a.b", reads=("a.a",))
    known(registry, "a.c", reads=("a.b.port",))
    known(registry, "a.d", reads=("a.c", "b.x"))
    for name in ("a.a", "b.x", "a.b", "a.c", "a.d"):
        product = registry.products.get(*name.split("."))
        assert product is not None
        registry.products.change(product.id, version="1.0.0")
    return registry


def test_a_cycle_is_refused_with_its_path(chain: Registry) -> None:
    assert promoted(chain, "a.a", "b.x", "a.d") == (
        "promotion.cycle: a.a would be made from itself: "
        "a.a reads a.d, which reads a.c, which reads a.b, which reads a.a."
    )
    with pytest.raises(InvalidInput) as refusal:
        promote.demand_no_cycle(chain, analyse(reading("a.b").notebook), promote.ProductName.parse("a.a"))
    assert refusal.value.details == {"path": ["a.a", "a.b", "a.a"]}
    assert refusal.value.where.startswith("cell 1, line 2")
    assert "a.b" in refusal.value.hint


def test_a_plan_says_it_before_anything_is_stored(chain: Registry) -> None:
    assert promoted(chain, "a.a", "b.x") == ""
    before = chain.versions.newest_many([product.id for product in chain.products.list().items])
    plan = planning.plan(chain, reading("a.d"), staged=lambda _output: None)
    assert not plan.may_promote
    assert "a.a reads a.d, which reads a.c, which reads a.b, which reads a.a" in plan.blocked
    assert chain.versions.newest_many(list(before)) == before


def test_what_shares_inputs_is_no_cycle(chain: Registry) -> None:
    assert promoted(chain, "a.e", "a.a", "a.b", "a.d", "b.x") == ""
    assert promoted(chain, "b.x", "a.a") == ""


def test_only_what_newest_versions_read_counts(chain: Registry) -> None:
    product = chain.products.get("a", "b")
    assert product is not None
    chain.versions.add(records.version(product, "2.0.0"))  # reads nothing any more
    chain.products.change(product.id, version="2.0.0")
    assert promoted(chain, "a.a", "a.d") == ""


def test_of_two_that_would_close_a_cycle_at_once_one_is_refused(registry_url: str) -> None:
    registry = open_registry(registry_url)
    for name in ("a.a", "a.b"):
        product = known(registry, name)
        registry.products.change(product.id, version="1.0.0")
    registry.close()

    def promote_one(number: int) -> str:
        opened = open_registry(registry_url)
        try:
            return promoted(opened, *(("a.a", "a.b") if number else ("a.b", "a.a")))
        finally:
            opened.close()

    outcomes = sorted(at_once(2, promote_one))
    assert outcomes[0] == ""
    assert outcomes[1].startswith("promotion.cycle: ")
