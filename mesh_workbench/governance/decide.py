"""`decide`: the one place where it is decided who may do what.

The rules are the Cedar policies in `roles.cedar`; whoever asks hands in the facts. Doors never decide, and nothing
is allowed that no policy permits.
"""

from __future__ import annotations

import functools
import re
from importlib import resources
from typing import TYPE_CHECKING

from mesh_workbench.errors import Broken, Forbidden
from mesh_workbench.model.access import AccessDecision, Action
from mesh_workbench.model.base import Value
from mesh_workbench.model.identity import Identity, Role

if TYPE_CHECKING:
    import cedarpy

WHO_MAY: dict[Action, str] = {
    Action.READ: "Ask an owner of the domain for a grant.",
    Action.RUN: "A producer or owner of the domain may run it.",
    Action.PROMOTE: "A producer or owner of the domain may promote into it.",
    Action.EDIT_PRODUCT: "A producer or owner of the domain may change it.",
    Action.SCHEDULE: "A producer or owner of the domain may schedule it.",
    Action.CREATE_DOMAIN: "A platform administrator or governance may create domains.",
    Action.EDIT_DOMAIN: "The domain's owner or governance may change it.",
    Action.EDIT_MEMBERS: "The domain's owner or governance may change its members.",
    Action.MOVE: "Owners of both domains, or governance, may rename and move products.",
    Action.REVIEW: "Somebody else with a role that the domain asks for may approve it.",
    Action.OVERRIDE: "The product's owner, or the domain's, may do it all the same.",
    Action.GRANT: "The domain's owner or governance may grant access.",
    Action.SEE_AUDIT: "Governance or a platform administrator may see the audit trail.",
    Action.ADMINISTER: "A platform administrator may.",
}


class Facts(Value):
    """What a decision depends on, besides who asks for what."""

    platform_roles: frozenset[Role] = frozenset()
    domain_roles: frozenset[Role] = frozenset()
    domain: str = ""
    access: str = "open"
    granted: bool = False
    owns: bool = False
    reviews: bool = False
    own_work: bool = False


@functools.cache
def in_force() -> dict[str, str]:
    """The text of every policy by which decisions are made, by name."""
    return {"roles": (resources.files(__package__) / "roles.cedar").read_text(encoding="utf-8")}


@functools.cache
def _policies() -> tuple[cedarpy.PolicySet, dict[str, str]]:
    import cedarpy

    text = in_force()["roles"]
    reasons = re.findall(r'^@reason\("(.*)"\)$', text, flags=re.MULTILINE)
    # Cedar names the policies of a text policy0, policy1 … in their order.
    return cedarpy.PolicySet.from_str(text), {f"policy{number}": reason for number, reason in enumerate(reasons)}


@functools.lru_cache(maxsize=4096)
def decide(identity: Identity, action: Action, resource: str, facts: Facts) -> AccessDecision:
    """Whether `identity` may do `action` on `resource` (a name), given `facts`, and why. Pure, hence cached."""
    import cedarpy

    policies, reasons = _policies()
    answer = cedarpy.is_authorized(
        {
            "principal": {"type": "User", "id": identity.name},
            "action": {"type": "Action", "id": action.value},
            "resource": {"type": "Resource", "id": resource},
            "context": {
                "platform_roles": sorted(facts.platform_roles),
                "domain_roles": sorted(facts.domain_roles),
                "access": facts.access,
                "granted": facts.granted,
                "owns": facts.owns,
                "reviews": facts.reviews,
                "own_work": facts.own_work,
            },
        },
        policies,
        [],
    )
    if answer.diagnostics.errors:
        raise Broken(
            "governance.policy-error",
            f"A policy could not be evaluated: {answer.diagnostics.errors[0]}.",
            hint="Report this; the action was refused.",
        )
    permitting = sorted(answer.diagnostics.reasons)
    reason = reasons[permitting[0]] if answer.allowed else "no role, grant or policy allows it"
    return AccessDecision(
        allowed=answer.allowed,
        action=action,
        identity=identity.name,
        resource=resource,
        reason=reason.format(identity=identity.name, domain=facts.domain),
    )


def demand(decision: AccessDecision) -> None:
    """Raise Forbidden `access.denied` unless `decision` allows."""
    if not decision.allowed:
        raise Forbidden(
            "access.denied",
            f"{decision.identity} may not {decision.action.value.replace('_', ' ')} {decision.resource}: "
            f"{decision.reason}.",
            hint=WHO_MAY.get(decision.action, "Ask a platform administrator."),
        )
