"""Rolling products of the local workbench back."""

from __future__ import annotations

from mesh_workbench.errors import InvalidInput
from mesh_workbench.lifecycle import rollback
from mesh_workbench.lifecycle.announce import consumers
from mesh_workbench.model.rollback import RollbackPlan
from mesh_workbench.model.transitions import TRANSITIONS, demand_possible
from mesh_workbench.workbench.context import Context


class LocalRollbacks:
    """Plans and does it, for who may promote: it decides what runs."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def plan(self, name: str, *, release: int | None, version: str | None) -> RollbackPlan:
        _demand_one(release, version)
        product = self._context.product(name)
        demand_possible(product, "rollback")
        return rollback.plan(self._context.registry, product, release=release, version=version)

    def rollback(self, name: str, *, reason: str, release: int | None, version: str | None) -> None:
        """Raises what `lifecycle.rollback` raises, InvalidInput `rollback.one`, Conflict `product.wrong-status`."""
        _demand_one(release, version)
        context, registry = self._context, self._context.registry
        product = context.product(name, TRANSITIONS["rollback"].action)
        demand_possible(product, "rollback")
        rollback.rollback(
            registry,
            context.storage,
            product,
            release=release,
            version=version,
            reason=reason,
            by=context.identity.name,
            holder=f"rollback by {context.identity.name}",
            lease_s=context.settings.publish_lease_s,
            audience=consumers(registry, context.settings, product),
        )


def _demand_one(release: int | None, version: str | None) -> None:
    if (release is None) == (version is None):
        raise InvalidInput(
            "rollback.one",
            "Say either a release or a version to go back to.",
            hint="--release 3 brings back its data, --version 1.1.0 the newest of that version.",
        )
