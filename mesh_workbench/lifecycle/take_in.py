"""take_in: a bundle of another workbench becomes a version here, with the number, digest and files that it had.

What is included of the data that it reads becomes products of their own where there are none of that name: their
notebook reads the rows from project files, so that they are run, checked and published as any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import ValidationError

from mesh_workbench.errors import InvalidInput
from mesh_workbench.lifecycle.bundle import manipulated, not_a_bundle, read_bundle
from mesh_workbench.lifecycle.next_version import known_of
from mesh_workbench.lifecycle.promotable import version_text
from mesh_workbench.lifecycle.promote import Prepared
from mesh_workbench.lifecycle.snapshot import snapshot_notebook
from mesh_workbench.model.base import Value
from mesh_workbench.model.bundle import (
    CONTRACTS,
    FILES,
    LOCK,
    NOTEBOOK,
    POLICIES,
    VERSION,
    BundledPort,
    BundledVersion,
    Manifest,
)
from mesh_workbench.model.content import digest_of
from mesh_workbench.model.names import PortName, ProductName
from mesh_workbench.model.product import Access
from mesh_workbench.model.project import ProjectFile, is_plain
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.version import SemanticVersion
from mesh_workbench.notebooks.analyse import analyse
from mesh_workbench.notebooks.freeze import freeze

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry


class TakenIn(Value):
    """A bundle that was read and found to be in order: ready to be promoted from."""

    manifest: Manifest
    version: BundledVersion
    members: dict[str, bytes]


def open_bundle(content: bytes) -> TakenIn:
    """Read a bundle, trusting none of it. Raises what `read_bundle` raises, and `bundle.manipulated` too when the
    version does not say what its members hold."""
    manifest, members = read_bundle(content)
    for name in (VERSION, NOTEBOOK):
        if name not in members:
            raise not_a_bundle(f"it has no {name}")
    try:
        version = BundledVersion.model_validate_json(members[VERSION])
        ProductName.parse(manifest.product)
        SemanticVersion.parse(manifest.version)
        for port in version.data:
            PortName.parse(f"{port.product}.{port.port}")
            SemanticVersion.parse(port.version)
    except (ValidationError, InvalidInput) as error:
        why = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error.message
        raise not_a_bundle(f"its {VERSION} cannot be read ({why})") from error
    _demand_whole(version, members)
    return TakenIn(manifest=manifest, version=version, members=members)


def prepared_from(registry: Registry, bundle: TakenIn, to: str) -> tuple[PromotionRequest, Prepared]:
    """What `promote` needs to record the version as the product `to`."""
    version, members = bundle.version, bundle.members
    text = members[NOTEBOOK].decode()
    declared = {name: getattr(version, name) for name in ("parameters", "presets", "inputs", "outputs", "files")}
    request = PromotionRequest(
        notebook=text,
        to=to,
        contracts=_contracts(version, members),
        folder=version.folder,
        limits=version.limits,
        title=version.title,
        description=version.description,
        tags=version.tags,
        note=version.note,
    )
    return request, Prepared(
        analysis=analyse(text).model_copy(update=declared),
        environment=version.environment,
        lock=members.get(LOCK, b""),
        git=version.git,
        frozen=members[NOTEBOOK],
        contents={file.path: members[f"{FILES}{file.path}"] for file in version.files},
        policies={name: members[f"{POLICIES}{name}.cedar"].decode() for name in version.policies},
        number=bundle.manifest.version,
        seen=_seen(registry, to),
    )


def snapshots_from(registry: Registry, bundle: TakenIn) -> list[tuple[PromotionRequest, Prepared, Access]]:
    """What `promote` needs for each product whose data is included and that is not here, and who may read it."""
    ports: dict[str, list[BundledPort]] = {}
    for port in bundle.version.data:
        ports.setdefault(port.product, []).append(port)
    made = []
    for product, parts in ports.items():
        name = ProductName.parse(product)
        if registry.products.get(name.domain, name.product) is None:
            made.append((*_snapshot(bundle, product, parts), parts[0].access))
    return made


def _snapshot(bundle: TakenIn, product: str, parts: list[BundledPort]) -> tuple[PromotionRequest, Prepared]:
    files = {path: content for part in parts for path, content in _rows(bundle, part).items()}
    ports = {part.port: [*_rows(bundle, part)] for part in parts}
    text = snapshot_notebook(product, bundle.version.environment.kernelspec, ports)
    contracts = {part.port: bundle.members[part.contract].decode() for part in parts if part.contract}
    request = PromotionRequest(notebook=text, to=product, contracts=contracts, folder=".", note=_snapshot_of(parts))
    kept = [ProjectFile(path=path, size=len(files[path]), digest=digest_of(files[path])) for path in sorted(files)]
    return request, Prepared(
        analysis=analyse(text).model_copy(update={"files": kept}),
        environment=bundle.version.environment,
        lock=bundle.members.get(LOCK, b""),
        git=None,
        frozen=freeze(text),
        contents=files,
        number=parts[0].version,
        seen="",
    )


def _rows(bundle: TakenIn, port: BundledPort) -> Mapping[str, bytes]:
    """The files of a port by path, in their order."""
    return {f"{port.port}/{number:05}.parquet": bundle.members[name] for number, name in enumerate(port.data)}


def _snapshot_of(parts: list[BundledPort]) -> str:
    return f"Rows of release {parts[0].release}, taken in with a bundle."


def _contracts(version: BundledVersion, members: Mapping[str, bytes]) -> dict[str, str]:
    names = {output.name: f"{CONTRACTS}{output.name}.odcs.yaml" for output in version.outputs}
    return {port: members[name].decode() for port, name in names.items() if name in members}


def _seen(registry: Registry, to: str) -> str:
    return version_text(known_of(registry, ProductName.parse(to)).newest)


def _demand_whole(version: BundledVersion, members: Mapping[str, bytes]) -> None:
    """That every member is what the version says, and the other way round."""
    needed = {f"{FILES}{file.path}": file.digest for file in version.files}
    needed |= {f"{POLICIES}{name}.cedar": digest for name, digest in version.policies.items()}
    if version.environment.lock is not None:
        needed[LOCK] = version.environment.lock
    needed |= {name: f"sha256:{name[5:-8]}" for port in version.data for name in port.data}
    for name, digest in needed.items():
        if name not in members:
            raise manipulated(f"it lacks {name}")
        if digest_of(members[name]) != digest:
            raise manipulated(f"{name} is not what its version froze")
    contracts = {f"{CONTRACTS}{output.name}.odcs.yaml" for output in version.outputs}
    contracts |= {port.contract for port in version.data if port.contract}
    for name in members:
        if name not in needed and name not in contracts and name not in (NOTEBOOK, VERSION):
            raise manipulated(f"it holds {name}, which its version does not have")
    if any(port.contract and port.contract not in members for port in version.data):
        raise manipulated("a contract of its inputs is gone")
    for path in [file.path for file in version.files] + ([version.folder] if version.folder not in (None, ".") else []):
        if path is None or not is_plain(path):
            raise manipulated(f"{path!r} leads out of the folder of a run")
    _demand_text(members)
    if analyse(members[NOTEBOOK].decode()).digest != version.digest:
        raise manipulated("its notebook is not the one that was frozen")


def _demand_text(members: Mapping[str, bytes]) -> None:
    for name, content in members.items():
        if name.startswith((CONTRACTS, POLICIES)) or name in (NOTEBOOK, LOCK):
            try:
                content.decode()
            except UnicodeDecodeError as error:
                raise not_a_bundle(f"{name} is no text") from error
