"""Breaking changes of the local workbench: announced, promoted, acknowledged."""

from __future__ import annotations

from mesh_workbench.errors import Conflict, Forbidden, NotFound
from mesh_workbench.lifecycle.breaking import recorded
from mesh_workbench.lifecycle.tell_breaking import tell_breaking
from mesh_workbench.model.access import Action
from mesh_workbench.model.base import Page
from mesh_workbench.model.breaking import BreakingChange
from mesh_workbench.model.consumer import Acknowledgement, Consumer
from mesh_workbench.model.names import ProductName
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.workbench.context import Context
from mesh_workbench.workbench.products import LocalProducts


class LocalChanges:
    """Implements `protocol.Changes` on the registry."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def list(self, name: str, *, cursor: str | None = None, limit: int = 50) -> Page[BreakingChange]:
        registry, product = self._context.registry, self._context.product(name)
        return registry.breaking_changes.list(product.id, cursor=cursor, limit=limit)

    def get(self, change_id: str) -> BreakingChange:
        """Raises NotFound `change.unknown`."""
        found = self._context.registry.breaking_changes.get(change_id)
        if found is None:
            raise NotFound(
                "change.unknown",
                f"There is no announced change {change_id}.",
                hint="`mesh product changes DOMAIN.PRODUCT` lists them.",
            )
        return found

    def announce(self, request: PromotionRequest) -> BreakingChange:
        """Tell the consumers of what promoting would break; nothing is promoted. Again, it tells them again.

        Raises Conflict `change.not-breaking`, and `promotion.blocked` when it cannot be promoted.
        """
        context, registry = self._context, self._context.registry
        product = context.product(request.to, Action.PROMOTE)
        plan = LocalProducts(context).plan(request, staged={})
        newest = registry.versions.newest(product.id)
        if plan.blocked:
            raise Conflict("promotion.blocked", plan.blocked, hint="Change that, and announce it then.")
        if newest is None or plan.breaking is None or not plan.breaking.changes:
            raise Conflict(
                "change.not-breaking",
                f"Promoting this takes nothing away from consumers of {request.to}: there is nothing to announce.",
                hint="Promote it.",
            )
        with registry.transaction():
            change = recorded(
                registry,
                product,
                newest,
                plan.breaking,
                request,
                version=plan.next_version,
                by=context.identity.name,
                promoted=False,
            )
            tell_breaking(registry, context.settings, product, change)
            context.audit(
                "product.announce",
                product.full_name,
                change=change.id,
                version=change.version,
                waiting=[*change.waiting],
            )
        return self.get(change.id)

    def acknowledge(self, change_id: str, *, note: str = "") -> BreakingChange:
        """Say that one has seen it and will be ready: for oneself, and for the products that one may promote.

        Raises NotFound `change.unknown`, Forbidden `change.not-a-consumer`.
        """
        context, registry = self._context, self._context.registry
        change = self.get(change_id)
        own = [consumer for consumer in change.consumers if self._speaks_for(consumer)]
        if not own:
            raise Forbidden(
                "change.not-a-consumer",
                f"{context.identity.name} is no consumer of what this change of {change.product} takes away, "
                "and may promote none that is.",
                hint=f"It waits for {', '.join(change.waiting)}." if change.waiting else "All have acknowledged it.",
            )
        with registry.transaction():
            said = Acknowledgement(by=context.identity.name, at=registry.now(), note=note)
            registry.breaking_changes.acknowledge(change_id, own, said)
            context.audit(
                "product.acknowledge", change.product, change=change_id, consumers=[one.name for one in own], note=note
            )
        return self.get(change_id)

    def _speaks_for(self, consumer: Consumer) -> bool:
        context = self._context
        if consumer.kind == "person":
            return consumer.name == context.identity.name
        name = ProductName.parse(consumer.name)
        product = context.registry.products.get(name.domain, name.product)
        if product is None:
            return False
        return product.owner == context.identity.name or context.decide(Action.PROMOTE, product=product).allowed
