"""Review: what is promoted where a domain asks for approval holds when enough others approved it."""

from __future__ import annotations

import threading

import pytest

from mesh_workbench.errors import Conflict, Forbidden, InvalidInput, MeshError
from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.identity import Identity, Role
from mesh_workbench.model.product import ProductStatus
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.review import ProposalState, ReviewRule
from mesh_workbench.model.schedule import ScheduleDraft
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import notebook

ORDERS = "sales.orders"


@pytest.fixture
def sales(bench: LocalWorkbench) -> LocalWorkbench:
    """`sales` asks for two approvals by owners or governance: olga and gina may, pia and paul produce."""
    bench.domains.set_role("sales", "olga", Role.DOMAIN_OWNER)
    bench.domains.set_role(None, "gina", Role.GOVERNANCE)
    for producer in ("pia", "paul"):
        bench.domains.set_role("sales", producer, Role.PRODUCER)
    bench.domains.set_review("sales", ReviewRule(approvals=2, roles=[Role.DOMAIN_OWNER, Role.GOVERNANCE]))
    return bench


def as_(bench: LocalWorkbench, name: str) -> LocalWorkbench:
    return bench.as_(Identity(name=name))


def orders(words: str = "first", **changes: object) -> PromotionRequest:
    text = notebook(f"# {words.capitalize()}", "import mesh_workbench as mesh\nmesh.output('orders', frame)")
    return PromotionRequest.model_validate({"notebook": text, "to": ORDERS, **changes})


def test_a_promotion_waits_and_nothing_of_it_is_active(sales: LocalWorkbench) -> None:
    pia = as_(sales, "pia")
    plan = pia.products.plan(orders())
    assert plan.review == "2 approvals by domain owner or governance"
    assert plan.steps[0].startswith("It is proposed, and waits for 2 approvals")
    with pytest.raises(Conflict) as refusal:
        pia.products.promote(orders())
    assert refusal.value.code == "promote.needs-review"

    proposal = pia.reviews.propose(orders(schedule=ScheduleDraft(cron="0 6 * * *")))
    product = sales.products.get(ORDERS)
    assert (product.status, product.version, product.owner) == (ProductStatus.PROPOSED, None, "pia")
    assert sales.versions.list(ORDERS).items == []
    assert sales.schedules.get(ORDERS) is None
    assert as_(sales, "olga").reviews.get(proposal.id).cells[0] == "# First"


def test_enough_different_people_of_the_roles_promote_it_on_behalf_of_the_proposer(sales: LocalWorkbench) -> None:
    proposal = as_(sales, "pia").reviews.propose(orders(schedule=ScheduleDraft(cron="0 6 * * *"), note="New"))
    once = as_(sales, "olga").reviews.approve(proposal.id, comment="Good")
    again = as_(sales, "olga").reviews.approve(proposal.id, comment="Really")
    assert [(one.state, one.approvals) for one in (once, again)] == [(ProposalState.OPEN, 1)] * 2
    done = as_(sales, "gina").reviews.approve(proposal.id)
    assert (done.state, done.version) == (ProposalState.PROMOTED, "1.0.0")
    product, [version] = sales.products.get(ORDERS), sales.versions.list(ORDERS).items
    assert (product.status, product.version) == (ProductStatus.DRAFT, "1.0.0")
    assert (version.promoted_by, version.note) == ("pia", "New")
    schedule = sales.schedules.get(ORDERS)
    assert schedule is not None
    assert schedule.acting_identity == "pia"
    trail = {(record.action, record.actor) for record in sales.catalog.audit(limit=100).items}
    assert trail >= {
        ("review.propose", "pia"),
        ("review.approve", "olga"),
        ("review.approve", "gina"),
        ("product.promote", "pia"),
    }


def test_nobody_approves_own_work_and_nobody_without_a_role_that_is_asked_for(sales: LocalWorkbench) -> None:
    proposal = as_(sales, "olga").reviews.propose(orders())
    for decide in (
        lambda: as_(sales, "olga").reviews.approve(proposal.id),
        lambda: as_(sales, "olga").reviews.send_back(proposal.id, comment="Mine"),
    ):
        with pytest.raises(Forbidden) as refusal:
            decide()
        assert refusal.value.code == "review.own-work"
    sales.domains.set_role(None, "adam", Role.PLATFORM_ADMIN)
    for name in ("paul", "rita", "adam"):
        with pytest.raises(Forbidden) as refusal:
            as_(sales, name).reviews.approve(proposal.id)
        assert refusal.value.code == "access.denied"
    with pytest.raises(Forbidden):
        as_(sales, "rita").reviews.get(proposal.id)
    assert sales.reviews.list().items[0].votes == []


def test_what_is_sent_back_ends_with_a_comment_for_the_proposer(sales: LocalWorkbench) -> None:
    proposal = as_(sales, "pia").reviews.propose(orders())
    with pytest.raises(InvalidInput, match="Say why"):
        as_(sales, "olga").reviews.send_back(proposal.id, comment=" ")
    sent = as_(sales, "olga").reviews.send_back(proposal.id, comment="Name the column")
    assert sent.state is ProposalState.SENT_BACK
    [notice] = as_(sales, "pia").notices.list().items
    assert (notice.text, notice.why) == ("olga sent it back: Name the column", "you proposed it")
    with pytest.raises(Conflict, match="sent back already"):
        as_(sales, "gina").reviews.approve(proposal.id)


def test_a_new_proposal_replaces_an_older_one_and_its_approvals(sales: LocalWorkbench) -> None:
    first = as_(sales, "pia").reviews.propose(orders())
    as_(sales, "olga").reviews.approve(first.id)
    second = as_(sales, "paul").reviews.propose(orders("second"))
    assert [(one.id, one.state, one.approvals) for one in sales.reviews.list(product=ORDERS).items] == [
        (second.id, ProposalState.OPEN, 0),
        (first.id, ProposalState.REPLACED, 1),
    ]


def test_what_waits_for_me_is_what_i_may_decide_and_did_not(sales: LocalWorkbench) -> None:
    proposal = as_(sales, "pia").reviews.propose(orders())

    def waiting(name: str) -> list[str]:
        return [one.id for one in as_(sales, name).reviews.list(waiting=True).items]

    assert {name: waiting(name) for name in ("olga", "gina", "pia", "paul", "rita")} == {
        "olga": [proposal.id],
        "gina": [proposal.id],
        "pia": [],
        "paul": [],
        "rita": [],
    }
    assert [notice.kind for notice in as_(sales, "olga").notices.list().items] == ["review"]
    as_(sales, "olga").reviews.approve(proposal.id)
    assert waiting("olga") == []


def test_a_proposal_that_was_overtaken_is_a_conflict_and_no_approval(sales: LocalWorkbench) -> None:
    proposal = as_(sales, "pia").reviews.propose(orders())
    sales.domains.set_review("sales", None)
    sales.products.promote(orders("faster"))
    with pytest.raises(Conflict, match=r"is at 1\.0\.0 now; this builds on none") as refusal:
        as_(sales, "olga").reviews.approve(proposal.id)
    assert refusal.value.code == "promote.conflict"
    detail = as_(sales, "olga").reviews.get(proposal.id)
    assert (detail.votes, bool(detail.outdated), detail.state) == ([], True, ProposalState.OPEN)


def test_what_the_domain_asks_for_now_holds_also_for_what_was_proposed_before(sales: LocalWorkbench) -> None:
    proposal = as_(sales, "pia").reviews.propose(orders())
    sales.domains.set_review("sales", ReviewRule(approvals=1, roles=[Role.GOVERNANCE]))
    with pytest.raises(Forbidden):
        as_(sales, "olga").reviews.approve(proposal.id)
    assert as_(sales, "gina").reviews.approve(proposal.id).state is ProposalState.PROMOTED


def test_a_domain_below_asks_for_what_the_one_above_it_asks(sales: LocalWorkbench) -> None:
    sales.domains.add(DomainDraft(name="sales_eu", parent="sales"))
    plan = sales.products.plan(orders(to="sales_eu.orders"))
    assert plan.review == "2 approvals by domain owner or governance"


def test_a_proposer_who_may_no_longer_promote_is_refused_at_the_end(sales: LocalWorkbench) -> None:
    proposal = as_(sales, "pia").reviews.propose(orders())
    sales.domains.set_role("sales", "pia", Role.CONSUMER)
    as_(sales, "olga").reviews.approve(proposal.id)
    with pytest.raises(Forbidden, match="pia may not promote"):
        as_(sales, "gina").reviews.approve(proposal.id)
    assert sales.reviews.list().items[0].approvals == 1


def test_two_who_approve_at_once_promote_once(sales: LocalWorkbench) -> None:
    proposal = as_(sales, "pia").reviews.propose(orders())
    barrier, outcomes = threading.Barrier(2), []

    def approve(name: str) -> None:
        barrier.wait()
        try:
            outcomes.append(as_(sales, name).reviews.approve(proposal.id).state.value)
        except MeshError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=approve, args=(name,)) for name in ("olga", "gina")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["open", "promoted"]
    assert len(sales.versions.list(ORDERS).items) == 1


def test_nobody_proposes_what_needs_no_approval_or_changes_nothing(sales: LocalWorkbench) -> None:
    proposal = as_(sales, "pia").reviews.propose(orders())
    as_(sales, "olga").reviews.approve(proposal.id)
    as_(sales, "gina").reviews.approve(proposal.id)
    with pytest.raises(Conflict, match="up to date"):
        as_(sales, "paul").reviews.propose(orders())
    sales.domains.set_review("sales", None)
    with pytest.raises(Conflict, match="asks for no approval"):
        as_(sales, "paul").reviews.propose(orders("second"))


def test_who_proposed_it_takes_it_back_and_those_whom_it_waited_for_are_told(sales: LocalWorkbench) -> None:
    pia = as_(sales, "pia")
    proposal = pia.reviews.propose(orders())
    as_(sales, "olga").reviews.approve(proposal.id)
    assert pia.reviews.get(proposal.id).may_withdraw
    assert not as_(sales, "gina").reviews.get(proposal.id).may_withdraw
    assert pia.reviews.withdraw(proposal.id, comment="The key is wrong").state is ProposalState.WITHDRAWN
    assert not pia.reviews.get(proposal.id).may_withdraw
    assert as_(sales, "gina").reviews.list(waiting=True).items == []
    told = [notice.text for notice in as_(sales, "gina").notices.list().items]
    assert "pia withdrew the proposal of version 1.0.0: The key is wrong" in told
    with pytest.raises(Conflict, match="withdrawn already") as refusal:
        as_(sales, "gina").reviews.approve(proposal.id)
    assert refusal.value.code == "review.decided"
    assert pia.reviews.propose(orders()).state is ProposalState.OPEN


def test_nobody_withdraws_what_somebody_else_proposed(sales: LocalWorkbench) -> None:
    proposal = as_(sales, "pia").reviews.propose(orders())
    for name in ("paul", "olga", "rita"):
        with pytest.raises(Forbidden) as refusal:
            as_(sales, name).reviews.withdraw(proposal.id)
        assert refusal.value.code == "review.not-yours"
    assert sales.reviews.list().items[0].state is ProposalState.OPEN


def test_of_withdrawing_and_the_last_approval_at_once_only_one_happens(sales: LocalWorkbench) -> None:
    proposal = as_(sales, "pia").reviews.propose(orders())
    as_(sales, "olga").reviews.approve(proposal.id)
    barrier, outcomes = threading.Barrier(2), []

    def act(name: str) -> None:
        reviews = as_(sales, name).reviews
        barrier.wait()
        try:
            done = reviews.withdraw(proposal.id) if name == "pia" else reviews.approve(proposal.id)
            outcomes.append(done.state.value)
        except MeshError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=act, args=(name,)) for name in ("pia", "gina")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) in (["promoted", "review.decided"], ["review.decided", "withdrawn"])
    assert len(sales.versions.list(ORDERS).items) == (1 if "promoted" in outcomes else 0)
