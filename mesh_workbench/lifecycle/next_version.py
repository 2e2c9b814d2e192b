"""The next version of a product: computed from what consumers would notice, raised when a person wants it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mesh_workbench.contracts.difference import bump as contract_bump
from mesh_workbench.contracts.document import parse as parse_contract
from mesh_workbench.model.base import Value
from mesh_workbench.model.limits import RunLimits
from mesh_workbench.model.names import ProductName
from mesh_workbench.model.notebook import NotebookAnalysis
from mesh_workbench.model.product import Product, ProductStatus
from mesh_workbench.model.project import file_changes
from mesh_workbench.model.version import Bump, ProductVersion, SemanticVersion

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry

FIRST_VERSION = SemanticVersion(major=1, minor=0, patch=0)
_ORDER: dict[Bump | None, int] = {None: 0, "patch": 1, "minor": 2, "major": 3}


class Known(Value):
    """What the registry knows of a product before a promotion."""

    product: Product | None
    newest: ProductVersion | None
    highest: str | None = None
    """Its highest version, which is another one than `newest` after a rollback."""
    highest_of_major: str | None = None
    """The highest with the major of `newest`."""
    contracts: dict[str, str]
    """Port to contract text of the newest version."""


def known_of(registry: Registry, name: ProductName) -> Known:
    product = registry.products.named(name.domain, name.product)
    newest = registry.versions.newest(product.id) if product else None
    blobs = registry.versions.contract_blobs(newest.id) if newest else {}
    texts = {port: registry.blobs.get(digest).decode() for port, digest in blobs.items()}
    return Known(
        product=product,
        newest=newest,
        highest=registry.versions.highest(newest.product_id) if newest else None,
        highest_of_major=registry.versions.highest(newest.product_id, newest.major) if newest else None,
        contracts=texts,
    )


def bump_for(
    known: Known,
    analysis: NotebookAnalysis,
    contracts: Mapping[str, str],
    *,
    folder: str | None = None,
    limits: RunLimits | None = None,
) -> tuple[Bump | None, list[str]]:
    """The smallest bump that is honest towards consumers, with the reasons; None when nothing changed. A `folder` that
    is not known, and `limits` that are not given, change nothing."""
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
    relied = {spec.port: spec.relies_on for spec in known.newest.inputs}
    for spec in analysis.inputs:
        was = relied.get(spec.port)
        if was is not None and spec.relies_on is not None and was != spec.relies_on:
            found.append(("patch", f"reads {spec.port} {spec.relies_on} instead of {was}"))
    if known.newest.digest != analysis.digest:
        found.append(("patch", "notebook changed"))
    if folder is not None and known.newest.folder != folder:
        found.append(("patch", f"runs work in {'the folder of the workbench' if folder == '.' else folder} now"))
    found += [("patch", change) for change in file_changes(known.newest.files, analysis.files)]
    if known.product is not None and known.product.status is ProductStatus.RETIRED:
        found.append(("patch", "it is brought back"))
    if limits is not None and known.newest.limits != limits:
        found.append(("patch", "limits changed"))
    if not found:
        return None, []
    return max((change for change, _ in found), key=_ORDER.__getitem__), [reason for _, reason in found]


def raised(computed: Bump | None, wanted: Bump | None) -> Bump | None:
    return max(computed, wanted, key=_ORDER.__getitem__)


def next_version(known: Known, change: Bump | None) -> str:
    """The number of the next version: no number comes twice, also after a rollback."""
    if known.newest is None:
        return str(FIRST_VERSION)
    if change is None:
        return known.newest.version
    before = known.highest if change == "major" else known.highest_of_major
    return str(SemanticVersion.parse(before or known.newest.version).bump(change))
