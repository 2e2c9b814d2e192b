"""plan: what promoting a notebook would do, for whoever is about to; stores nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from mesh_workbench.contracts.columns import columns_of
from mesh_workbench.contracts.document import parse as parse_contract
from mesh_workbench.contracts.infer import infer
from mesh_workbench.contracts.promises import promises_of
from mesh_workbench.lifecycle.known_inputs import looked_up
from mesh_workbench.lifecycle.known_kernel import with_kernel
from mesh_workbench.lifecycle.next_version import Known, bump_for, known_of, next_version, raised
from mesh_workbench.lifecycle.promotable import why_not
from mesh_workbench.lifecycle.promote import breaks_of, contracts_of, difference_to
from mesh_workbench.lifecycle.relying import relying
from mesh_workbench.model.breaking import BreakingPlan
from mesh_workbench.model.content import digest_of
from mesh_workbench.model.contract import ContractProposal, ContractView
from mesh_workbench.model.names import ProductName
from mesh_workbench.model.notebook import NotebookAnalysis
from mesh_workbench.model.project import ProjectFile, file_changes
from mesh_workbench.model.promotion import PromotionPlan, PromotionRequest, Standing, StandingRequest
from mesh_workbench.notebooks.analyse import analyse
from mesh_workbench.notebooks.digest import digest
from mesh_workbench.notebooks.folder import Refused
from mesh_workbench.notebooks.read import parse

if TYPE_CHECKING:
    import pyarrow

    from mesh_workbench.notebooks.folder import NotebookFolder
    from mesh_workbench.registry import Registry


Staged = Callable[[str], "pyarrow.Table | None"]
"""Gives the data that somebody staged for an output while trying out the notebook, if any."""


def plan(
    registry: Registry,
    request: PromotionRequest,
    *,
    staged: Staged,
    folder: NotebookFolder | None = None,
    by: str = "",
    frozen: NotebookAnalysis | None = None,
) -> PromotionPlan:
    """What promoting would do; stores nothing.

    Outputs without a contract get one proposed from what is `staged` for them. What the notebook needs from its
    `folder` becomes part of the version; of one that was frozen elsewhere, `frozen` is its analysis. A notebook that
    cannot be promoted gives a plan with `may_promote` false and the reason in `blocked`; one that is none raises
    InvalidInput.
    """
    name = ProductName.parse(request.to)
    analysis = frozen or with_kernel(looked_up(registry, request.notebook, analyse(request.notebook, folder)))
    analysis = relying(registry, analysis)
    known = known_of(registry, name)
    contracts = contracts_of(analysis, request.contracts, known)
    change, reasons = bump_for(known, analysis, contracts, folder=request.folder, limits=request.limits)
    status = "new" if known.newest is None else "unchanged" if change is None else "changed"
    wanted = raised(change, request.bump)
    undecided = [output.name for output in analysis.outputs if output.name not in contracts]
    proposals = {
        port: infer(port, table, domain=name.domain, product=name.product, keys=_keys(analysis, port))
        for port in undecided
        if (table := staged(port)) is not None
    }
    following = next_version(known, wanted)
    blocked = why_not(registry, name, request, analysis)
    differs = difference_to(registry, request, analysis, contracts, known.newest)
    breaking = breaks_of(registry, known, request, differs, wanted, by)
    return PromotionPlan(
        to=str(name),
        status=status,
        current_version=known.newest.version if known.newest else None,
        next_version=following,
        bump=wanted,
        bump_reason="; ".join(reasons),
        difference=differs,
        breaking=breaking,
        analysis=analysis,
        contracts={port: _view(f"{name}.{port}", text) for port, text in contracts.items()},
        proposals=proposals,
        undecided_ports=[port for port in undecided if port not in proposals],
        steps=_steps(name, status, following, undecided, proposals, request, known, analysis.files, breaking),
        may_promote=not blocked,
        blocked=blocked,
    )


def standing(registry: Registry, request: StandingRequest, root: NotebookFolder) -> Standing:
    """How a notebook stands to the newest version of a product: by its digest, and those of the version's files.

    `root` is the folder of the workbench, to which the paths of these are relative. Nothing is analysed: a notebook
    that is the same needs the same files. Raises InvalidInput for what is no notebook.
    """
    name = ProductName.parse(request.to)
    found = digest(parse(request.notebook))
    product = registry.products.get(name.domain, name.product)
    newest = registry.versions.newest(product.id) if product else None
    if newest is None:
        return Standing(status="new", digest=found)
    changes = ["the notebook changed"] if newest.digest != found else []
    if request.folder is not None and request.folder != newest.folder:
        changes.append("it lies in another folder")
    else:
        changes += file_changes(newest.files, [now for file in newest.files if (now := _now(file, root))])
    return Standing(
        status="changed" if changes else "unchanged",
        version=newest.version,
        digest=found,
        changes=changes,
        files=bool(newest.files),
    )


def _now(file: ProjectFile, root: NotebookFolder) -> ProjectFile | None:
    """A project file as it is now; None when it is gone, or may no longer be packaged."""
    try:
        content = root.read(file.path)
    except (Refused, FileNotFoundError):
        return None
    return file.model_copy(update={"digest": digest_of(content), "size": len(content)})


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
    known: Known,
    files: list[ProjectFile],
    breaking: BreakingPlan | None,
) -> list[str]:
    if status == "unchanged" and request.bump is None:
        steps = [f"Nothing to record: {name} is up to date with {version}."]
    else:
        verb = "Create the product" if known.product is None else "Record version"
        steps = [f"{verb} {name} {version}."]
    if breaking is not None:
        steps.append(
            f"{name}@{breaking.major} stays readable beside it until {breaking.sunset:%Y-%m-%d}; "
            "a schedule that it has goes on so long."
        )
        if breaking.consumers:
            steps.append(f"Tell who uses what breaks: {', '.join(one.name for one in breaking.consumers)}.")
    if known.product is None:
        steps.append("It becomes active with its first release.")
    for port in undecided:
        steps.append(
            f"Use the contract proposed for {port} from your data."
            if port in proposals
            else f"Propose a contract for {port} from the first run's data."
        )
    if files:
        steps.append(
            f"Keep {len(files)} file{'s' if len(files) > 1 else ''} of its folder; its runs work in a copy of them."
        )
    elif request.folder is not None:
        steps.append(f"Its runs work in {'the folder of the workbench' if request.folder == '.' else request.folder}.")
    if request.schedule:
        steps.append(f"Run it by schedule: {request.schedule.short}, {request.schedule.timezone}.")
    if request.run:
        steps.append("Run it now; what it makes is checked and then published.")
    return steps
