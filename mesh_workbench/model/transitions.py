"""Transitions: which status of a product may become which, by what, and who may do it."""

from __future__ import annotations

from dataclasses import dataclass

from mesh_workbench.errors import Conflict
from mesh_workbench.model.access import Action
from mesh_workbench.model.product import Product, ProductStatus

_ALL = frozenset(ProductStatus)
_YOUNG = frozenset({ProductStatus.PROPOSED, ProductStatus.DRAFT})
_READABLE = frozenset({ProductStatus.ACTIVE, ProductStatus.DEPRECATED})


@dataclass(frozen=True)
class Transition:
    """From one of `before` to `after` (None: it stays as it is), by who may do `action`."""

    before: frozenset[ProductStatus]
    after: ProductStatus | None
    action: Action
    audit: str
    """What the audit trail calls it."""
    past: str
    """How one says that it was done: "orders cannot be deprecated"."""


TRANSITIONS: dict[str, Transition] = {
    "draft": Transition(
        frozenset({ProductStatus.PROPOSED}), ProductStatus.DRAFT, Action.PROMOTE, "product.promote", "promoted"
    ),
    "revive": Transition(
        frozenset({ProductStatus.RETIRED}), ProductStatus.DRAFT, Action.PROMOTE, "product.promote", "brought back"
    ),
    "release": Transition(_YOUNG, ProductStatus.ACTIVE, Action.RUN, "release.publish", "released"),
    "deprecate": Transition(
        _READABLE, ProductStatus.DEPRECATED, Action.EDIT_PRODUCT, "product.deprecated", "deprecated"
    ),
    "reinstate": Transition(
        frozenset({ProductStatus.DEPRECATED}),
        ProductStatus.ACTIVE,
        Action.EDIT_PRODUCT,
        "product.reinstated",
        "reinstated",
    ),
    "retire": Transition(
        _ALL - {ProductStatus.RETIRED}, ProductStatus.RETIRED, Action.EDIT_PRODUCT, "product.retired", "retired"
    ),
    "rename": Transition(_ALL, None, Action.MOVE, "product.renamed", "renamed"),
    "rollback": Transition(_READABLE, None, Action.PROMOTE, "product.rollback", "rolled back"),
}
"""By verb. `draft` and `revive` happen by promoting, `release` by publishing; nobody asks for them by name."""
ASKED_FOR = ("deprecate", "reinstate", "rename", "retire", "rollback")


def possible(status: ProductStatus) -> list[str]:
    """Verbs that somebody can ask for in this status."""
    return [verb for verb in ASKED_FOR if status in TRANSITIONS[verb].before]


def demand_possible(product: Product, verb: str) -> Transition:
    """The transition called `verb`, if the product's status allows it.

    Raises Conflict `product.wrong-status`, which says what is possible instead.
    """
    transition = TRANSITIONS[verb]
    if product.status in transition.before:
        return transition
    instead = possible(product.status)
    raise Conflict(
        "product.wrong-status",
        f"{product.full_name} is {product.status.value}: it cannot be {transition.past}.",
        hint=f"Possible now: {', '.join(instead)}." if instead else "Promote its notebook anew to bring it back.",
        details={"status": product.status.value, "possible": list(instead)},
    )


def after(product: Product, verb: str) -> dict[str, ProductStatus]:
    """What the verb changes of the status, as fields to set; nothing where it stays as it is."""
    transition = TRANSITIONS[verb]
    if transition.after is None or product.status not in transition.before:
        return {}
    return {"status": transition.after}
