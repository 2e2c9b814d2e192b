"""promote: from a notebook document to an immutable product version.

`prepare` finds out what takes its time, `promote` records it in one registry transaction. The next version is computed
from what consumers would notice: contracts first, then outputs and parameters, then the code itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import ConfigDict

from mesh_workbench.contracts.columns import columns_of
from mesh_workbench.contracts.document import parse as parse_contract
from mesh_workbench.contracts.lint import lint
from mesh_workbench.errors import InvalidInput, did_you_mean
from mesh_workbench.governance.decide import in_force
from mesh_workbench.lifecycle.breaking import breaking_plan, demand_acknowledged, old_major, recorded
from mesh_workbench.lifecycle.differ import Side, difference, open_side
from mesh_workbench.lifecycle.next_version import Known, bump_for, known_of, next_version, raised
from mesh_workbench.lifecycle.promotable import (
    conflict,
    demand_expected,
    demand_free_name,
    demand_inputs,
    demand_no_cycle,
    demand_promotable,
    precedes,
    taken,
    unknown_domain,
    version_text,
)
from mesh_workbench.lifecycle.relying import relying
from mesh_workbench.model.base import Value, new_id, now
from mesh_workbench.model.breaking import BreakingPlan
from mesh_workbench.model.difference import VersionDifference
from mesh_workbench.model.git import GitState
from mesh_workbench.model.limits import RunLimits
from mesh_workbench.model.names import ProductName
from mesh_workbench.model.notebook import NotebookAnalysis
from mesh_workbench.model.product import Port, Product, ProductStatus
from mesh_workbench.model.project import ProjectFile
from mesh_workbench.model.promotion import Promotion, PromotionRequest
from mesh_workbench.model.transitions import after
from mesh_workbench.model.version import Bump, Environment, ProductVersion, SemanticVersion
from mesh_workbench.notebooks.analyse import analyse
from mesh_workbench.notebooks.environment import environments
from mesh_workbench.notebooks.freeze import freeze
from mesh_workbench.notebooks.git import git_of
from mesh_workbench.notebooks.local_files import contents_of
from mesh_workbench.registry.search import search_lines

if TYPE_CHECKING:
    from mesh_workbench.notebooks.folder import NotebookFolder
    from mesh_workbench.registry import Registry


def difference_to(
    registry: Registry,
    request: PromotionRequest,
    analysis: NotebookAnalysis,
    contracts: Mapping[str, str],
    newest: ProductVersion | None,
) -> VersionDifference | None:
    if newest is None:
        return None
    parts = analysis.model_dump(include={"parameters", "inputs", "outputs", "files"})
    settings = {"folder": request.folder or newest.folder, "limits": request.limits or newest.limits}
    side = open_side(request.notebook, analysis.kernel, {**parts, **settings, "contracts": contracts})
    return difference(newest.product, Side.of(registry, newest), side)


def breaks_of(
    registry: Registry,
    known: Known,
    request: PromotionRequest,
    differs: VersionDifference | None,
    wanted: Bump | None,
    by: str,
) -> BreakingPlan | None:
    """What it breaks; nobody relies on what was never released."""
    if known.product is None or known.newest is None or differs is None:
        return None
    if wanted != "major" or registry.releases.latest(known.product.id, known.newest.major) is None:
        return None
    return breaking_plan(registry, known.product, known.newest, request, differs, by=by)


class Prepared(Value):
    """What can be found out before anything is written; some of it takes seconds."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    analysis: NotebookAnalysis
    environment: Environment
    lock: bytes
    """What the environment's `lock` is the digest of; empty when it has none."""
    git: GitState | None
    frozen: bytes
    contents: dict[str, bytes]
    """Project files by path."""
    policies: dict[str, str] | None = None
    """Text of the policies that were in force; None for those that are now."""
    number: str | None = None
    """The version that it must become; None for the next."""
    seen: str
    """The newest version when it was found out; empty when there was none."""


def prepare(
    registry: Registry, request: PromotionRequest, *, folder: NotebookFolder | None = None, container: str = ""
) -> Prepared:
    """Look at notebook, kernel and registry, so that `promote` holds the registry for a moment only.

    Raises InvalidInput for what the notebook lacks (the finding's own code), NotFound `kernel.unknown`, Unavailable
    `kernel.broken`, and Conflict `promote.conflict` when the asker saw another version (`request.expected_version`) or
    `promote.files-changed` when a file of the notebook's `folder` changes meanwhile.
    """
    name = ProductName.parse(request.to)
    analysis = analyse(request.notebook, folder)
    demand_promotable(analysis)
    analysis = relying(registry, analysis)
    newest = known_of(registry, name).newest
    demand_expected(name, request.expected_version, newest)
    environment, lock = environments.locked(analysis.kernel)
    return Prepared(
        analysis=analysis,
        environment=environment.model_copy(update={"container": container}),
        lock=lock,
        git=git_of(folder.root / folder.name, [folder.root / file.path for file in analysis.files]) if folder else None,
        frozen=freeze(request.notebook),
        contents=contents_of(analysis.files, folder) if folder else {},
        seen=version_text(newest),
    )


def promote(registry: Registry, request: PromotionRequest, prepared: Prepared, *, by: str) -> Promotion:
    """Record the next version of the product, creating the product if it is new. The domain must exist.

    Raises InvalidInput for what a contract lacks and `promotion.cycle`, NotFound `domain.unknown` and
    `promote.unknown-input`, Conflict `promote.conflict` when another version came since it was prepared, and
    `promotion.not-acknowledged` when it breaks consumers who did not say that they are ready, and no reason is given.
    """
    name = ProductName.parse(request.to)
    analysis = prepared.analysis
    with registry.transaction():
        there = registry.products.named(name.domain, name.product)
        if there is not None:
            registry.products.hold(there.id)  # what is found out about its versions stays true
        known = known_of(registry, name)
        if version_text(known.newest) != prepared.seen:
            raise conflict(name, prepared.seen, version_text(known.newest))
        contracts = contracts_of(analysis, request.contracts, known)
        if registry.domains.get(name.domain) is None:
            raise unknown_domain(registry, name.domain)
        demand_free_name(registry, name)
        demand_inputs(registry, analysis, name)
        registry.versions.hold_inputs()
        demand_no_cycle(registry, analysis, name)
        change, _ = bump_for(known, analysis, contracts, folder=request.folder, limits=request.limits)
        wanted = raised(change, request.bump)
        if known.product is not None and known.newest is not None and wanted is None:
            return Promotion(product=known.product, version=known.newest, created=False)
        differs = difference_to(registry, request, analysis, contracts, known.newest) if wanted == "major" else None
        breaking = breaks_of(registry, known, request, differs, wanted, by)
        if breaking is not None:
            demand_acknowledged(str(name), breaking, request.override)
        product = known.product or _new_product(registry, name, request, analysis, by)
        _add_ports(registry, product, analysis)
        number = prepared.number or next_version(known, wanted)
        if prepared.number and known.newest and not precedes(known.newest.version, number):
            raise taken(name, number, known.newest.version)
        if prepared.lock:
            registry.blobs.put(prepared.lock)
        version = ProductVersion(
            id=new_id("ver"),
            product=str(name),
            product_id=product.id,
            version=number,
            major=SemanticVersion.parse(number).major,
            digest=analysis.digest,
            notebook_blob=registry.blobs.put(prepared.frozen),
            contract_blobs={port: registry.blobs.put(text.encode()) for port, text in contracts.items()},
            parameters=analysis.parameters,
            presets=analysis.presets,
            inputs=analysis.inputs,
            outputs=analysis.outputs,
            environment=prepared.environment,
            files=[_kept(registry, file, prepared.contents[file.path]) for file in analysis.files],
            folder=request.folder or (known.newest.folder if known.newest else None),
            git=prepared.git,
            policies={
                called: registry.blobs.put(text.encode())
                for called, text in (in_force() if prepared.policies is None else prepared.policies).items()
            },
            limits=request.limits or (known.newest.limits if known.newest else RunLimits()),
            note=request.note,
            promoted_by=by,
            promoted=now(),
        )
        registry.versions.add(version)
        product = _describe(registry, product, request, version, contracts, breaking)
        broken = None
        if breaking is not None and known.newest is not None:
            broken = recorded(registry, product, known.newest, breaking, request, version=number, by=by, promoted=True)
    return Promotion(product=product, version=version, created=True, breaking=broken)


def contracts_of(analysis: NotebookAnalysis, given: Mapping[str, str], known: Known) -> dict[str, str]:
    """Contract text by output: the given one, else the one that the newest version has."""
    outputs = [output.name for output in analysis.outputs]
    for port, text in given.items():
        if port not in outputs:
            raise InvalidInput(
                "promote.unknown-port",
                f"There is a contract for {port!r}, and the notebook has no output of that name.",
                hint=did_you_mean(port, outputs),
            )
        problems = [problem for problem in lint(text) if problem.level == "error"]
        if problems:
            first = problems[0]
            place = f"line {first.line}" if first.line else first.path
            raise InvalidInput(
                first.code, first.message, where=f"contract of {port}, {place}", hint=first.hint or "Correct it."
            )
    return {
        port: given.get(port, known.contracts.get(port, "")) for port in outputs if port in {*given, *known.contracts}
    }


def known_product(registry: Registry, request: PromotionRequest, prepared: Prepared, *, by: str) -> Product:
    """The product that is promoted to; one that is not there is added as proposed, with nothing in it."""
    name = ProductName.parse(request.to)
    known = registry.products.named(name.domain, name.product)
    if known is not None:
        return known
    made = _new_product(registry, name, request, prepared.analysis, by, ProductStatus.PROPOSED)
    registry.products.set_search_text(made.id, search_lines(made, []))
    return made


def _new_product(
    registry: Registry,
    name: ProductName,
    request: PromotionRequest,
    analysis: NotebookAnalysis,
    by: str,
    status: ProductStatus = ProductStatus.DRAFT,
) -> Product:
    product = Product(
        id=new_id("prd"),
        domain=name.domain,
        name=name.product,
        title=request.title or analysis.title,
        description=request.description or analysis.description,
        owner=by,
        status=status,
        tags=request.tags,
        created=now(),
    )
    registry.products.add(product, "")
    return product


def _add_ports(registry: Registry, product: Product, analysis: NotebookAnalysis) -> None:
    existing = {port.name for port in registry.products.ports(product.id)}
    for output in analysis.outputs:
        if output.name not in existing:
            registry.products.add_port(
                Port(id=new_id("prt"), product_id=product.id, name=output.name, position=len(existing))
            )
            existing.add(output.name)


def _describe(
    registry: Registry,
    product: Product,
    request: PromotionRequest,
    version: ProductVersion,
    contracts: Mapping[str, str],
    breaking: BreakingPlan | None,
) -> Product:
    """The product as its newest version says; the major version before goes on beside it."""
    others = [one for one in product.majors if breaking is None or one.major != breaking.major]
    old = [old_major(breaking, version.version, by=version.promoted_by, moment=version.promoted)] if breaking else []
    changed = product.model_copy(
        update={
            "version": version.version,
            **after(product, "revive"),
            **after(product, "draft"),
            "sunset": None if product.status is ProductStatus.RETIRED else product.sunset,
            "majors": [*others, *old],
            "title": request.title or product.title,
            "description": request.description or product.description,
            "tags": request.tags or product.tags,
        }
    )
    updated = registry.products.update(changed, expected_revision=product.revision)
    columns = [column for text in contracts.values() for column in columns_of(parse_contract(text))]
    registry.products.set_search_text(product.id, search_lines(updated, columns))
    return updated


def _kept(registry: Registry, file: ProjectFile, content: bytes) -> ProjectFile:
    registry.blobs.put(content)
    return file
