"""Search, grants, the audit trail and the state of the local workbench."""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import version

from mesh_workbench.discovery.search import search
from mesh_workbench.errors import InvalidInput, NotFound
from mesh_workbench.model.access import Action, AuditRecord, Grant
from mesh_workbench.model.base import Page, new_id
from mesh_workbench.model.search import SearchRequest, SearchResults
from mesh_workbench.model.status import WorkbenchStatus
from mesh_workbench.workbench.context import Context

"""A worker counts as alive for so many heartbeats after its last."""


class LocalCatalog:
    """Implements `protocol.Catalog` on the registry."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def search(self, request: SearchRequest) -> SearchResults:
        return search(self._context.registry, request)

    def audit(self, *, cursor: str | None = None, limit: int = 50) -> Page[AuditRecord]:
        self._context.demand(Action.SEE_AUDIT)
        return self._context.registry.audit.list(cursor=cursor, limit=limit)

    def grants(self, name: str) -> list[Grant]:
        product = self._context.product(name, Action.GRANT)
        return self._context.registry.grants.list(product.id)

    def grant(self, name: str, identity: str, *, purpose: str, until: datetime | None = None) -> Grant:
        """Let `identity` read a product. Raises InvalidInput `grant.past` when `until` has passed."""
        context = self._context
        product = context.product(name, Action.GRANT)
        moment = context.registry.now()
        if until is not None and until <= moment:
            raise InvalidInput("grant.past", "The grant would have ended already.", hint="Give a moment in the future.")
        grant = Grant(
            id=new_id("grt"),
            identity=identity,
            product_id=product.id,
            purpose=purpose,
            until=until,
            granted_by=context.identity.name,
            granted=moment,
        )
        with context.registry.transaction():
            context.registry.grants.add(grant)
            context.audit("access.grant", name, identity=identity, purpose=purpose)
        return grant

    def revoke(self, grant_id: str) -> Grant:
        """End a grant; it takes effect with the next read."""
        context = self._context
        grant = context.registry.grants.get(grant_id)
        product = context.registry.products.by_id(grant.product_id) if grant else None
        if grant is None or product is None:
            raise NotFound("grant.unknown", f"There is no grant {grant_id}.", hint="`mesh access list` shows them.")
        context.demand(Action.GRANT, product=product)
        with context.registry.transaction():
            revoked = context.registry.grants.revoke(grant_id)
            context.audit("access.revoke", product.full_name, identity=grant.identity)
        return revoked

    def status(self) -> WorkbenchStatus:
        context, registry = self._context, self._context.registry
        queued, running = registry.runs.counts()
        return WorkbenchStatus(
            version=version("mesh-workbench"),
            name=context.settings.title,
            location=str(context.settings.root),
            registry=registry.dialect,
            identity=context.identity.name,
            roles=sorted(m.role.value for m in registry.domains.roles_of(context.identity.name) if m.domain is None),
            workers=context.workers(),
            queued=queued,
            running=running,
            domains=registry.domains.count(),
            products=registry.products.count(),
            advisory_access=context.advisory,
        )
