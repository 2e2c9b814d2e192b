"""Whether a notebook can be promoted, and if not, why: said the same way by plan and promotion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesh_workbench.errors import Conflict, InvalidInput, NotFound, did_you_mean
from mesh_workbench.model.names import ProductName
from mesh_workbench.model.notebook import FindingLevel, InputSpec, NotebookAnalysis
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.version import ProductVersion, SemanticVersion

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry


def demand_promotable(analysis: NotebookAnalysis) -> None:
    for finding in analysis.findings:
        if finding.level is FindingLevel.ERROR:
            where = "" if finding.cell is None else f"cell {finding.cell + 1}, line {finding.line or 1}"
            raise InvalidInput(finding.code, finding.message, where=where, hint=finding.hint)


def why_not(registry: Registry, name: ProductName, request: PromotionRequest, analysis: NotebookAnalysis) -> str:
    try:
        demand_promotable(analysis)
        if registry.domains.get(name.domain) is None and not request.create_domain:
            raise unknown_domain(registry, name.domain)
        demand_free_name(registry, name)
        demand_inputs(registry, analysis, name)
        demand_no_cycle(registry, analysis, name)
    except (Conflict, InvalidInput, NotFound) as reason:
        return str(reason)
    return ""


def demand_free_name(registry: Registry, name: ProductName) -> None:
    """Refuse a name that leads to a renamed product for as long as somebody reads it by that name.

    Raises Conflict `product.name-leads`. Two names never mean two things: a reader must not get other data unseen.
    """
    leads = registry.products.formerly(str(name))
    readers = registry.versions.readers_by_name(str(name)) if leads else []
    if leads and readers:
        raise Conflict(
            "product.name-leads",
            f"{name} is called {leads.full_name} now, and {', '.join(readers)} read it by its old name.",
            hint=f"Promote to {leads.full_name}, or choose another name.",
        )


def demand_inputs(registry: Registry, analysis: NotebookAnalysis, name: ProductName) -> None:
    for read in analysis.inputs:
        domain, product = read.port.split(".")[:2]
        if _present(registry, read) == str(name):
            raise InvalidInput(
                "promote.reads-itself",
                f"{name} reads itself.",
                where=f"cell {read.cell + 1}, line {read.line}",
                hint="Read its inputs instead, or give the output another product.",
            )
        if registry.products.get(domain, product) is None:
            raise NotFound(
                "promote.unknown-input",
                f"The notebook reads {read.port}, and there is no product {domain}.{product}.",
                where=f"cell {read.cell + 1}, line {read.line}",
                hint=did_you_mean(f"{domain}.{product}", registry.products.names()),
            )


def demand_no_cycle(registry: Registry, analysis: NotebookAnalysis, name: ProductName) -> None:
    """Refuse inputs that are made, at whatever distance, from the product itself.

    Raises InvalidInput `promotion.cycle` with the path.
    """
    read_by: dict[str, str] = {}
    """Each product that is found upstream, with the one that reads it."""
    written = {_present(registry, read): read for read in analysis.inputs}
    found = dict.fromkeys(written, str(name))
    while found:
        read_by |= found
        edges = registry.versions.inputs_of(list(found))
        if any(upstream == str(name) for _, upstream in edges):
            raise _cycle(name, next(reader for reader, upstream in edges if upstream == str(name)), read_by, written)
        found = {upstream: reader for reader, upstream in edges if upstream not in read_by}


def _present(registry: Registry, read: InputSpec) -> str:
    """What the product is called now that somebody reads by a name, which may be an old one."""
    written = read.port.split(".")[:2]
    product = registry.products.get(*written)
    return product.full_name if product else ".".join(written)


def _cycle(name: ProductName, last: str, read_by: dict[str, str], written: dict[str, InputSpec]) -> InvalidInput:
    path = [str(name), last]
    while path[-1] != str(name):
        path.append(read_by[path[-1]])
    path.reverse()
    read = written[path[1]]
    return InvalidInput(
        "promotion.cycle",
        f"{name} would be made from itself: {name} reads {', which reads '.join(path[1:])}.",
        where=f"cell {read.cell + 1}, line {read.line}",
        hint=f"Read what {path[1]} is made from instead, or let {path[-2]} not read {name}.",
        details={"path": path},
    )


def unknown_domain(registry: Registry, domain: str) -> NotFound:
    return NotFound(
        "domain.unknown",
        f"There is no domain {domain!r}.",
        hint=f"{did_you_mean(domain, registry.domains.names())} A new one is made with `mesh domain add {domain}`.",
    )


def version_text(version: ProductVersion | None) -> str:
    return version.version if version else ""


def conflict(name: ProductName, seen: str, found: str) -> Conflict:
    return Conflict(
        "promote.conflict",
        f"{name} is at {found or 'no version'} now; you looked at {seen or 'no version'}.",
        hint="Somebody else promoted it meanwhile. Look at what changed, then promote again.",
        details={"expected": seen, "found": found},
    )


def precedes(version: str, other: str) -> bool:
    return SemanticVersion.parse(version) < SemanticVersion.parse(other)


def taken(name: ProductName, wanted: str, newest: str) -> Conflict:
    return Conflict(
        "bundle.version-exists",
        f"The bundle holds version {wanted}, and {name} is at {newest} here.",
        hint="Take it in as another product: --to DOMAIN.PRODUCT.",
        details={"wanted": wanted, "newest": newest},
    )


def demand_expected(name: ProductName, expected: str | None, newest: ProductVersion | None) -> None:
    if expected is not None and expected != version_text(newest):
        raise conflict(name, expected, version_text(newest))
