"""Whether a notebook can be promoted, and if not, why: said the same way by plan and promotion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesh_workbench.errors import Conflict, InvalidInput, NotFound, did_you_mean
from mesh_workbench.model.names import ProductName
from mesh_workbench.model.notebook import FindingLevel, NotebookAnalysis
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.version import ProductVersion

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
        demand_inputs(registry, analysis, name)
    except (InvalidInput, NotFound) as reason:
        return str(reason)
    return ""


def demand_inputs(registry: Registry, analysis: NotebookAnalysis, name: ProductName) -> None:
    for read in analysis.inputs:
        domain, product = read.port.split(".")[:2]
        if (domain, product) == (name.domain, name.product):
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


def demand_expected(name: ProductName, expected: str | None, newest: ProductVersion | None) -> None:
    if expected is not None and expected != version_text(newest):
        raise conflict(name, expected, version_text(newest))
