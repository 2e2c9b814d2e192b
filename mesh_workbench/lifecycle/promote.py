"""promote: from a notebook document to an immutable product version.

`plan` says what would happen and stores nothing; `promote` does it in one registry transaction. The next version is
computed from what consumers would notice: contracts first, then outputs and parameters, then the code itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mesh_workbench.contracts.columns import columns_of
from mesh_workbench.contracts.difference import bump as contract_bump
from mesh_workbench.contracts.document import parse as parse_contract
from mesh_workbench.contracts.infer import infer
from mesh_workbench.contracts.lint import lint
from mesh_workbench.contracts.promises import promises_of
from mesh_workbench.errors import Conflict, InvalidInput, NotFound, did_you_mean
from mesh_workbench.model.base import Value, new_id, now
from mesh_workbench.model.contract import ContractProposal, ContractView
from mesh_workbench.model.names import ProductName
from mesh_workbench.model.notebook import FindingLevel, NotebookAnalysis
from mesh_workbench.model.product import Port, Product
from mesh_workbench.model.promotion import Promotion, PromotionPlan, PromotionRequest
from mesh_workbench.model.version import Bump, ProductVersion, SemanticVersion
from mesh_workbench.notebooks.analyse import analyse
from mesh_workbench.notebooks.environment import capture
from mesh_workbench.notebooks.freeze import freeze
from mesh_workbench.registry.blobs import digest_of
from mesh_workbench.registry.search import search_lines

if TYPE_CHECKING:
    import pyarrow

    from mesh_workbench.registry import Registry

FIRST_VERSION = SemanticVersion(major=1, minor=0, patch=0)
_ORDER: dict[Bump | None, int] = {None: 0, "patch": 1, "minor": 2, "major": 3}


class _Known(Value):
    """What the registry knows of a product before a promotion."""

    product: Product | None
    newest: ProductVersion | None
    contracts: dict[str, str]
    """Port to contract text of the newest version."""


def plan(
    registry: Registry, request: PromotionRequest, *, staged: Mapping[str, pyarrow.Table] | None = None
) -> PromotionPlan:
    """What promoting would do; stores nothing.

    `staged` holds, by output, data from which to propose a contract for outputs that have none. A notebook that
    cannot be promoted gives a plan with `may_promote` false and the reason in `blocked`; a notebook that is none
    raises InvalidInput.
    """
    name = ProductName.parse(request.to)
    analysis = analyse(request.notebook)
    known = _known(registry, name)
    contracts = _contracts(analysis, request.contracts, known)
    change, reasons = _bump(known, analysis, contracts)
    status = "new" if known.newest is None else "unchanged" if change is None else "changed"
    wanted = _raise_to(change, request.bump)
    undecided = [output.name for output in analysis.outputs if output.name not in contracts]
    proposals: dict[str, ContractProposal] = {
        port: infer(
            port,
            (staged or {})[port],
            domain=name.domain,
            product=name.product,
            keys=_keys(analysis, port),
        )
        for port in undecided
        if port in (staged or {})
    }
    next_version = _next(known.newest, wanted)
    blocked = _blocked(registry, name, request, analysis)
    return PromotionPlan(
        to=str(name),
        status=status,
        current_version=known.newest.version if known.newest else None,
        next_version=next_version,
        bump=wanted,
        bump_reason="; ".join(reasons),
        analysis=analysis,
        contracts={port: _view(f"{name}.{port}", text) for port, text in contracts.items()},
        proposals=proposals,
        undecided_ports=[port for port in undecided if port not in proposals],
        steps=_steps(name, status, next_version, undecided, proposals, request, known),
        may_promote=not blocked,
        blocked=blocked,
    )


def promote(registry: Registry, request: PromotionRequest, *, by: str) -> Promotion:
    """Record the next version of the product, creating the product if it is new. The domain must exist.

    Raises InvalidInput for what the notebook or a contract lacks (the finding's own code), NotFound
    `domain.unknown` and `promote.unknown-input`, Conflict `promote.conflict` when another version came since the
    asker looked (`request.expected_version`) or while this one was being made.
    """
    name = ProductName.parse(request.to)
    analysis = analyse(request.notebook)
    _demand_promotable(analysis)
    before = _known(registry, name)
    _demand_expected(name, request.expected_version, before.newest)
    environment = capture(analysis.kernel)
    frozen = freeze(request.notebook)
    contracts = _contracts(analysis, request.contracts, before)
    with registry.transaction():
        known = _known(registry, name)
        if _version(known.newest) != _version(before.newest):
            raise _conflict(name, _version(before.newest), _version(known.newest))
        if registry.domains.get(name.domain) is None:
            raise _unknown_domain(registry, name.domain)
        _demand_inputs(registry, analysis, name)
        change, _ = _bump(known, analysis, contracts)
        wanted = _raise_to(change, request.bump)
        if known.product is not None and known.newest is not None and wanted is None:
            return Promotion(product=known.product, version=known.newest, created=False)
        product = known.product or _new_product(registry, name, request, analysis, by)
        _add_ports(registry, product, analysis)
        version_text = _next(known.newest, wanted)
        version = ProductVersion(
            id=new_id("ver"),
            product=str(name),
            product_id=product.id,
            version=version_text,
            major=SemanticVersion.parse(version_text).major,
            digest=analysis.digest,
            notebook_blob=registry.blobs.put(frozen),
            contract_blobs={port: registry.blobs.put(text.encode()) for port, text in contracts.items()},
            parameters=analysis.parameters,
            inputs=analysis.inputs,
            outputs=analysis.outputs,
            environment=environment,
            note=request.note,
            promoted_by=by,
            promoted=now(),
        )
        registry.versions.add(version)
        product = _describe(registry, product, request, version, contracts)
    return Promotion(product=product, version=version, created=True)


def _known(registry: Registry, name: ProductName) -> _Known:
    product = registry.products.get(name.domain, name.product)
    newest = registry.versions.newest(product.id) if product else None
    blobs = registry.versions.contract_blobs(newest.id) if newest else {}
    texts = {port: registry.blobs.get(digest).decode() for port, digest in blobs.items()}
    return _Known(product=product, newest=newest, contracts=texts)


def _contracts(analysis: NotebookAnalysis, given: Mapping[str, str], known: _Known) -> dict[str, str]:
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


def _bump(known: _Known, analysis: NotebookAnalysis, contracts: Mapping[str, str]) -> tuple[Bump | None, list[str]]:
    """The smallest bump that is honest towards consumers, with the reasons; None when nothing changed."""
    if known.newest is None:
        return "major", ["first version"]
    found: list[tuple[Bump | None, str]] = []
    before = {output.name for output in known.newest.outputs}
    after = {output.name for output in analysis.outputs}
    found += [("major", f"output {gone} is gone") for gone in sorted(before - after)]
    found += [("minor", f"output {new} is new") for new in sorted(after - before)]
    for port, text in contracts.items():
        old = known.contracts.get(port)
        if old is None:
            found.append(("minor", f"{port} has a contract now"))
        elif old != text:
            change, reasons = contract_bump(parse_contract(old), parse_contract(text))
            found.append((change or "patch", "; ".join(reasons) or f"contract of {port} reworded"))
    if known.newest.parameters != analysis.parameters:
        found.append(("minor", "parameters changed"))
    if known.newest.digest != analysis.digest:
        found.append(("patch", "notebook changed"))
    if not found:
        return None, []
    return max((change for change, _ in found), key=_ORDER.__getitem__), [reason for _, reason in found]


def _raise_to(computed: Bump | None, wanted: Bump | None) -> Bump | None:
    return max(computed, wanted, key=_ORDER.__getitem__)


def _next(newest: ProductVersion | None, change: Bump | None) -> str:
    if newest is None:
        return str(FIRST_VERSION)
    return str(SemanticVersion.parse(newest.version).bump(change)) if change else newest.version


def _demand_promotable(analysis: NotebookAnalysis) -> None:
    for finding in analysis.findings:
        if finding.level is FindingLevel.ERROR:
            where = "" if finding.cell is None else f"cell {finding.cell + 1}, line {finding.line or 1}"
            raise InvalidInput(finding.code, finding.message, where=where, hint=finding.hint)


def _blocked(registry: Registry, name: ProductName, request: PromotionRequest, analysis: NotebookAnalysis) -> str:
    try:
        _demand_promotable(analysis)
        if registry.domains.get(name.domain) is None and not request.create_domain:
            raise _unknown_domain(registry, name.domain)
        _demand_inputs(registry, analysis, name)
    except (InvalidInput, NotFound) as reason:
        return str(reason)
    return ""


def _demand_inputs(registry: Registry, analysis: NotebookAnalysis, name: ProductName) -> None:
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


def _unknown_domain(registry: Registry, domain: str) -> NotFound:
    return NotFound(
        "domain.unknown",
        f"There is no domain {domain!r}.",
        hint=f"{did_you_mean(domain, registry.domains.names())} A new one is made with `mesh domain add {domain}`.",
    )


def _version(version: ProductVersion | None) -> str:
    return version.version if version else ""


def _conflict(name: ProductName, seen: str, found: str) -> Conflict:
    return Conflict(
        "promote.conflict",
        f"{name} is at {found or 'no version'} now; you looked at {seen or 'no version'}.",
        hint="Somebody else promoted it meanwhile. Look at what changed, then promote again.",
        details={"expected": seen, "found": found},
    )


def _demand_expected(name: ProductName, expected: str | None, newest: ProductVersion | None) -> None:
    if expected is not None and expected != _version(newest):
        raise _conflict(name, expected, _version(newest))


def _new_product(
    registry: Registry, name: ProductName, request: PromotionRequest, analysis: NotebookAnalysis, by: str
) -> Product:
    product = Product(
        id=new_id("prd"),
        domain=name.domain,
        name=name.product,
        title=request.title or analysis.title,
        description=request.description or analysis.description,
        owner=by,
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
) -> Product:
    changed = product.model_copy(
        update={
            "version": version.version,
            "title": request.title or product.title,
            "description": request.description or product.description,
            "tags": request.tags or product.tags,
        }
    )
    updated = registry.products.update(changed, expected_revision=product.revision)
    columns = [column for text in contracts.values() for column in columns_of(parse_contract(text))]
    registry.products.set_search_text(product.id, search_lines(updated, columns))
    return updated


def _keys(analysis: NotebookAnalysis, port: str) -> list[str]:
    return next((output.keys for output in analysis.outputs if output.name == port), [])


def _view(port: str, text: str) -> ContractView:
    document = parse_contract(text)
    return ContractView(
        port=port,
        blob=digest_of(text.encode()),
        text=text,
        columns=columns_of(document),
        promises=promises_of(document, port.rsplit(".", 1)[-1]),
    )


def _steps(
    name: ProductName,
    status: str,
    version: str,
    undecided: list[str],
    proposals: Mapping[str, ContractProposal],
    request: PromotionRequest,
    known: _Known,
) -> list[str]:
    if status == "unchanged" and request.bump is None:
        steps = [f"Nothing to record: {name} is up to date with {version}."]
    else:
        verb = "Create the product" if known.product is None else "Record version"
        steps = [f"{verb} {name} {version}."]
    if known.product is None:
        steps.append("It becomes active with its first release.")
    for port in undecided:
        steps.append(
            f"Use the contract proposed for {port} from your data."
            if port in proposals
            else f"Propose a contract for {port} from the first run's data."
        )
    if request.schedule:
        steps.append(f"Run it by schedule: {request.schedule.cron} in {request.schedule.timezone}.")
    if request.run:
        steps.append("Run it now; what it makes is checked and then published.")
    return steps
