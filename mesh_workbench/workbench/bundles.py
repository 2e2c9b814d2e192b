"""Bundles of the local workbench: a version of a product goes out as a file, and comes in from one."""

from __future__ import annotations

from mesh_workbench.errors import Conflict, InvalidInput
from mesh_workbench.lifecycle import plan as planning
from mesh_workbench.lifecycle.export import export
from mesh_workbench.lifecycle.promote import Prepared, promote
from mesh_workbench.lifecycle.take_in import TakenIn, open_bundle, prepared_from, snapshots_from
from mesh_workbench.model.access import Action
from mesh_workbench.model.bundle import Imported
from mesh_workbench.model.content import digest_of
from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.names import ProductName, check_name
from mesh_workbench.model.product import Access
from mesh_workbench.model.promotion import Promotion, PromotionPlan, PromotionRequest
from mesh_workbench.model.run import RunRequest
from mesh_workbench.notebooks.environment import capture
from mesh_workbench.scheduling.fitting import demand_schedule_fits
from mesh_workbench.workbench.context import Context
from mesh_workbench.workbench.domains import LocalDomains
from mesh_workbench.workbench.notices import LocalNotices
from mesh_workbench.workbench.promoting import review_rule
from mesh_workbench.workbench.query import LocalQuery
from mesh_workbench.workbench.runs import LocalRuns
from mesh_workbench.workbench.schedules import LocalSchedules
from mesh_workbench.workbench.versions import LocalVersions


class _Undo(Exception):
    """Ends a transaction that was only a trial."""


class LocalBundles:
    """Implements `protocol.Bundles` on the registry."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def export(self, name: str, version: str | None = None, *, with_data: bool = False) -> bytes:
        """Raises NotFound, Forbidden `access.denied` for who may not read it or its inputs, and what
        `lifecycle.export` raises."""
        context = self._context
        product = context.product(name, Action.READ)
        found = LocalVersions(context).get(name, version)
        ports = dict.fromkeys(f"{read.port}@{read.version}" if read.version else read.port for read in found.inputs)
        inputs = LocalQuery(context).resolve(list(ports)) if with_data and ports else []
        content = export(
            context.registry, product, found, inputs, most_bytes=int(context.settings.bundle_mb * 1_000_000)
        )
        with context.registry.transaction():
            context.audit("product.export", name, version=found.version, bundle=digest_of(content), data=with_data)
        return content

    def take_in(self, content: bytes, *, to: str, create_domains: bool = False, reviewed: str = "") -> Imported:
        """All or nothing; into the domain `reviewed` also where it asks for approval, for that was given.

        Raises InvalidInput `bundle.…`, Conflict `bundle.version-exists` and `promote.needs-review`, Forbidden, NotFound
        `kernel.unknown`, `domain.unknown` and `promote.unknown-input`.
        """
        context = self._context
        bundle, name = self._opened(content, to)
        here = capture(bundle.version.environment.kernelspec)
        with context.registry.transaction():
            snapshots = self._snapshots(bundle, content, create_domains, reviewed)
            self._domain(name, create_domains, reviewed)
            request, prepared = prepared_from(context.registry, bundle, str(name))
            promotion = promote(context.registry, request, prepared, by=context.identity.name)
            if promotion.created:
                self._imported(promotion, content, bundle.version.access if prepared.seen == "" else None)
                demand_schedule_fits(context.registry, name, prepared.analysis)
                LocalSchedules(context).take_over(promotion.product)
            elif promotion.version.version != bundle.manifest.version:
                raise Conflict(
                    "bundle.version-exists",
                    f"{name} {promotion.version.version} says the same as the bundle's {bundle.manifest.version}.",
                    hint="There is nothing to take in.",
                )
        return Imported(
            product=str(name),
            version=promotion.version,
            created=promotion.created,
            snapshots=snapshots,
            environment=bundle.version.environment.differences(here),
        )

    def tried(
        self, content: bytes, *, to: str, create_domains: bool
    ) -> tuple[PromotionRequest, Prepared, PromotionPlan, bool]:
        """What taking in a bundle does, found out by doing it as if it was approved, and undoing all of it; and whether
        it would record anything. Raises as `take_in`."""
        context = self._context
        bundle, name = self._opened(content, to)
        try:
            with context.registry.transaction():
                snapshots = self._snapshots(bundle, content, create_domains, name.domain)
                request, prepared = prepared_from(context.registry, bundle, str(name))
                plan = planning.plan(
                    context.registry,
                    request,
                    staged=lambda _: None,
                    by=context.identity.name,
                    frozen=prepared.analysis,
                )
                done = self.take_in(content, to=str(name), create_domains=create_domains, reviewed=name.domain)
                raise _Undo
        except _Undo:
            number = bundle.manifest.version
            steps = [f"Take in {name} {number} from a bundle of {bundle.manifest.product}, as it was frozen there."]
            steps += [f"Make {one} of the data that is included, and run it." for one in snapshots]
            update = {"next_version": number, "steps": steps, "told": LocalNotices(context).recipients(name)}
            return request, prepared, plan.model_copy(update=update), done.created

    def _opened(self, content: bytes, to: str) -> tuple[TakenIn, ProductName]:
        """The bundle, found to be in order, and the product that it becomes."""
        context = self._context
        domain = check_name(to.partition(".")[0], "domain name")
        if context.registry.domains.get(domain) is not None:
            context.demand(Action.PROMOTE, domain=domain)  # who may not need not be told what is wrong with it
        most = context.settings.bundle_mb * 1_000_000
        if len(content) > most:
            raise InvalidInput(
                "bundle.too-large",
                f"The bundle has more than {most / 1e6:g} MB.",
                hint="Raise the setting bundle_mb if you trust it.",
            )
        bundle = open_bundle(content)
        return bundle, _target(to, bundle)

    def _snapshots(self, bundle: TakenIn, content: bytes, create_domains: bool, reviewed: str) -> list[str]:
        """Record a product for each whose data is included and that is not here; their names."""
        context, made = self._context, []
        for request, prepared, access in snapshots_from(context.registry, bundle):
            self._domain(ProductName.parse(request.to), create_domains, reviewed)
            promotion = promote(context.registry, request, prepared, by=context.identity.name)
            self._imported(promotion, content, access)
            LocalRuns(context).request(RunRequest(product=request.to, trigger="promotion"))
            made.append(request.to)
        return made

    def _domain(self, name: ProductName, create: bool, reviewed: str) -> None:
        if create and self._context.registry.domains.get(name.domain) is None:
            LocalDomains(self._context).add(DomainDraft(name=name.domain))
        self._context.demand(Action.PROMOTE, domain=name.domain)
        rule = None if name.domain == reviewed else review_rule(self._context, name.domain)
        if rule is not None:
            raise Conflict(
                "promote.needs-review",
                f"What is promoted into {name.domain} needs {rule.words}.",
                hint="Propose it: `mesh import` does for the product of the bundle, and POST /reviews/bundles.",
            )

    def _imported(self, promotion: Promotion, content: bytes, access: Access | None) -> None:
        """Write it down; a new product is read by whom `access` says."""
        version, product = promotion.version, promotion.product
        if access is not None and access != product.access:
            changed = product.model_copy(update={"access": access})
            self._context.registry.products.update(changed, expected_revision=product.revision)
        self._context.audit(
            "product.import",
            product.full_name,
            version=version.version,
            digest=version.digest,
            bundle=digest_of(content),
        )


def _target(to: str, bundle: TakenIn) -> ProductName:
    """The product that `to` names; in a domain, the one that is called as it was."""
    if "." in to:
        return ProductName.parse(to)
    return ProductName.parse(f"{check_name(to, 'domain name')}.{ProductName.parse(bundle.manifest.product).product}")
