"""What every noun of the local workbench works with: registry, storage, settings, who acts, what they may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import JsonValue

from mesh_workbench.errors import NotFound, did_you_mean
from mesh_workbench.governance.decide import Facts, decide, demand
from mesh_workbench.model.access import AccessDecision, Action, AuditRecord
from mesh_workbench.model.base import new_id
from mesh_workbench.model.identity import Identity
from mesh_workbench.model.names import ProductName, check_name
from mesh_workbench.model.product import Product
from mesh_workbench.model.status import Worker
from mesh_workbench.settings import Settings

if TYPE_CHECKING:
    from mesh_workbench.discovery.completion.names import Names
    from mesh_workbench.lifecycle.read_log import ReadLog
    from mesh_workbench.registry import Registry
    from mesh_workbench.storage.base import Storage
    from mesh_workbench.workbench.query_sessions import SessionKeeper

ALIVE_FACTOR = 3
"""Heartbeats that a worker may miss before it counts as gone."""
ADVISORY_NOTE = (
    "People share one registry here, so access rules are advice: "
    "who holds the registry's password can read around them."
)


@dataclass(frozen=True)
class Context:
    """One workbench seen by one identity."""

    registry: Registry
    storage: Storage
    settings: Settings
    identity: Identity
    sessions: SessionKeeper
    read_log: ReadLog
    names: Names

    @property
    def advisory(self) -> bool:
        """Whether access rules cannot be enforced, because people reach registry and storage themselves."""
        return self.registry.dialect == "postgresql"

    def workers(self) -> list[Worker]:
        """Workers that said lately that they are alive."""
        return self.registry.workers.alive(self.settings.heartbeat_s * ALIVE_FACTOR)

    def facts(self, domain: str, product: Product | None = None) -> Facts:
        """What a decision about something in `domain` depends on; roles of a parent domain count in its children."""
        return self._facts_of([(domain, product)])[0]

    def _facts_of(self, asked: Sequence[tuple[str, Product | None]]) -> list[Facts]:
        """The facts for each, in a number of statements that does not grow with them."""
        registry, me = self.registry, self.identity.name
        domains = {domain for domain, _ in asked if domain}
        above = registry.domains.ancestries(domains) if domains else {}
        roles = registry.domains.roles_of(me)
        restricted = {product.id for _, product in asked if product is not None and product.access != "open"}
        granted = registry.grants.granted(me, restricted)
        platform = frozenset(member.role for member in roles if member.domain is None)
        return [
            Facts(
                platform_roles=platform,
                domain_roles=frozenset(member.role for member in roles if member.domain in above.get(domain, ())),
                domain=domain,
                access=product.access if product else "open",
                granted=product is not None and product.id in granted,
                owns=product is not None and product.owner == me,
            )
            for domain, product in asked
        ]

    def decide(
        self, action: Action, *, domain: str = "", product: Product | None = None, **facts: bool
    ) -> AccessDecision:
        """Whether the acting identity may do `action` on the product, else the domain, else the workbench.

        `facts` are those of `Facts` that only who asks knows.
        """
        where = product.domain if product else domain
        name = product.full_name if product else domain or "this workbench"
        known = self.facts(where, product)
        return decide(self.identity, action, name, known.model_copy(update=facts) if facts else known)

    def decide_all(self, action: Action, products: Sequence[Product]) -> dict[str, AccessDecision]:
        """The same about many products at once, by their ids."""
        facts = self._facts_of([(product.domain, product) for product in products])
        return {
            product.id: decide(self.identity, action, product.full_name, known)
            for product, known in zip(products, facts, strict=True)
        }

    def demand(self, action: Action, *, domain: str = "", product: Product | None = None) -> None:
        """Raise Forbidden `access.denied` unless the acting identity may."""
        demand(self.decide(action, domain=domain, product=product))

    def product(self, name: str, action: Action = Action.DISCOVER) -> Product:
        """The product called domain.product, for `action`. Raises NotFound `product.unknown`, Forbidden."""
        parsed = ProductName.parse(name)
        product = self.registry.products.get(parsed.domain, parsed.product)
        if product is None:
            raise NotFound(
                "product.unknown",
                f"There is no product {parsed}.",
                hint=did_you_mean(str(parsed), self.registry.products.names()),
            )
        if action is not Action.DISCOVER:  # everyone may find every product
            self.demand(action, product=product)
        return product

    def product_of(self, product_id: str, action: Action) -> Product:
        """The product with this id, whatever it is called now, for `action`. Raises NotFound, Forbidden."""
        product = self.registry.products.by_id(product_id)
        if product is None:
            raise NotFound(
                "product.unknown", f"There is no product {product_id}.", hint="Look at the list of products."
            )
        self.demand(action, product=product)
        return product

    def domain_name(self, name: str) -> str:
        """`name` if there is such a domain. Raises InvalidInput and NotFound `domain.unknown`."""
        if self.registry.domains.get(check_name(name, "domain name")) is None:
            hint = did_you_mean(name, self.registry.domains.names())
            raise NotFound("domain.unknown", f"There is no domain {name!r}.", hint=hint)
        return name

    def audit(self, action: str, target: str, **detail: JsonValue) -> None:
        """Append to the audit trail; call it inside the transaction of the change."""
        self.registry.audit.add(
            AuditRecord(
                id=new_id("aud"),
                at=self.registry.now(),
                actor=self.identity.name,
                action=action,
                target=target,
                detail=detail,
            )
        )
