"""`mesh review`: who proposed a promotion takes it back."""

from __future__ import annotations

from pathlib import Path

import pytest

from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.identity import Identity, Role
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.review import ReviewRule
from mesh_workbench.workbench import open_workbench
from tests.builders import notebook
from tests.cli.conftest import Mesh


@pytest.fixture
def proposed(bench_folder: Path) -> dict[str, str]:
    """Proposals by who made them: one of mine, one of pia's."""
    bench = open_workbench(bench_folder)
    bench.domains.add(DomainDraft(name="sales"))
    bench.domains.set_role("sales", "pia", Role.PRODUCER)
    bench.domains.set_review("sales", ReviewRule(roles=[Role.GOVERNANCE, Role.DOMAIN_OWNER]))
    made = {}
    for who, product in ((bench, "orders"), (bench.as_(Identity(name="pia")), "refunds")):
        text = notebook("# Sales", f"import mesh_workbench as mesh\nmesh.output('{product}', [])")
        made[product] = who.reviews.propose(PromotionRequest(notebook=text, to=f"sales.{product}")).id
    bench.close()
    return made


def test_an_own_proposal_is_withdrawn(proposed, mesh: Mesh):
    said = mesh("review", "withdraw", proposed["orders"], "--yes")
    assert said.code == 0
    assert "Withdrawn: sales.orders 1.0.0" in said.out
    states = {one["product"]: one["state"] for one in mesh("review", "list", "--all", "--json").json["items"]}
    assert states == {"sales.orders": "withdrawn", "sales.refunds": "open"}


def test_a_proposal_of_somebody_else_is_not(proposed, mesh: Mesh):
    said = mesh("review", "withdraw", proposed["refunds"], "--yes")
    assert said.code == 5
    assert "pia proposed this" in said.err
