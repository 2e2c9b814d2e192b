"""Access is decided in one place, and nothing is allowed that no policy permits."""

from __future__ import annotations

import pytest

from mesh_workbench.errors import Forbidden
from mesh_workbench.governance.decide import Facts, decide, demand
from mesh_workbench.model.access import Action
from mesh_workbench.model.identity import Identity, Role

RITA = Identity(name="rita")
WRITES = [action for action in Action if action not in (Action.DISCOVER, Action.READ)]


@pytest.mark.parametrize("action", WRITES)
def test_somebody_without_a_role_may_change_nothing(action: Action) -> None:
    assert not decide(RITA, action, "fleet.planes", Facts(domain="fleet")).allowed


@pytest.mark.parametrize("action", [action for action in Action if action is not Action.REVIEW])
def test_a_platform_administrator_may_do_everything_but_approve_out_of_turn(action: Action) -> None:
    facts = Facts(platform_roles=frozenset({Role.PLATFORM_ADMIN}), access="on_request")
    assert decide(RITA, action, "fleet.planes", facts).allowed


def test_everyone_finds_every_product_and_reads_the_open_ones() -> None:
    assert decide(RITA, Action.DISCOVER, "fleet.planes", Facts(access="on_request")).allowed
    assert decide(RITA, Action.READ, "fleet.planes", Facts(access="open")).allowed
    assert not decide(RITA, Action.READ, "fleet.planes", Facts(access="on_request")).allowed


def test_a_grant_opens_a_product_that_is_not_open() -> None:
    decision = decide(RITA, Action.READ, "fleet.planes", Facts(access="on_request", granted=True))
    assert decision.allowed
    assert decision.reason == "rita has a grant"


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.DOMAIN_OWNER, {Action.PROMOTE, Action.RUN, Action.GRANT, Action.EDIT_MEMBERS, Action.SCHEDULE}),
        (Role.PRODUCER, {Action.PROMOTE, Action.RUN, Action.SCHEDULE}),
        (Role.CONSUMER, set()),
    ],
)
def test_a_domain_role_counts_in_that_domain(role: Role, may: set[Action]) -> None:
    facts = Facts(domain_roles=frozenset({role}), domain="fleet", access="on_request")
    allowed = {action for action in WRITES if decide(RITA, action, "fleet.planes", facts).allowed}
    assert may <= allowed
    assert Action.CREATE_DOMAIN not in allowed
    assert Action.SEE_AUDIT not in allowed
    assert decide(RITA, Action.READ, "fleet.planes", facts).allowed


def test_governance_sees_and_grants_but_does_not_run_or_promote() -> None:
    facts = Facts(platform_roles=frozenset({Role.GOVERNANCE}))
    assert decide(RITA, Action.SEE_AUDIT, "workbench", facts).allowed
    assert not decide(RITA, Action.PROMOTE, "fleet.planes", facts).allowed
    assert not decide(RITA, Action.RUN, "fleet.planes", facts).allowed


def test_a_refusal_says_who_what_and_whom_to_ask() -> None:
    with pytest.raises(Forbidden) as refused:
        demand(decide(RITA, Action.PROMOTE, "fleet.planes", Facts(domain="fleet")))
    assert refused.value.code == "access.denied"
    assert "rita may not promote fleet.planes" in str(refused.value)
    assert "producer" in refused.value.hint


@pytest.mark.parametrize("role", [None, Role.PLATFORM_ADMIN, Role.GOVERNANCE])
def test_only_the_roles_that_a_domain_names_approve_and_nobody_own_work(role: Role | None) -> None:
    facts = Facts(platform_roles=frozenset({role} if role else ()), domain="fleet")
    allowed = {
        (reviews, own): decide(
            RITA, Action.REVIEW, "fleet", facts.model_copy(update={"reviews": reviews, "own_work": own})
        ).allowed
        for reviews in (True, False)
        for own in (True, False)
    }
    assert allowed == {(True, False): True, (True, True): False, (False, False): False, (False, True): False}
