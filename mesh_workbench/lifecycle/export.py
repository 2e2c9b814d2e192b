"""export: a version of a product, with everything that a run of it needs, as one file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mesh_workbench.errors import InvalidInput, Unavailable
from mesh_workbench.lifecycle.bundle import write_bundle
from mesh_workbench.model.bundle import (
    CONTRACTS,
    DATA,
    FILES,
    LOCK,
    NOTEBOOK,
    POLICIES,
    VERSION,
    BundledPort,
    BundledVersion,
)
from mesh_workbench.model.content import digest_of
from mesh_workbench.model.product import Product
from mesh_workbench.model.query import ResolvedPort
from mesh_workbench.model.version import ProductVersion

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry


def export(
    registry: Registry, product: Product, version: ProductVersion, inputs: Sequence[ResolvedPort], *, most_bytes: int
) -> bytes:
    """The bundle of `version`, with the rows of `inputs`.

    Raises InvalidInput `bundle.too-large`, Unavailable `bundle.data-elsewhere` when the rows of an input do not lie on
    this machine.
    """
    get = registry.blobs.get
    members = {NOTEBOOK: get(version.notebook_blob)}
    members |= {f"{FILES}{file.path}": get(file.digest) for file in version.files}
    members |= {f"{CONTRACTS}{port}.odcs.yaml": get(blob) for port, blob in version.contract_blobs.items()}
    members |= {f"{POLICIES}{name}.cedar": get(blob) for name, blob in version.policies.items()}
    if version.environment.lock is not None:
        members[LOCK] = get(version.environment.lock)
    data = [_port(registry, port, members, most_bytes) for port in inputs]
    about = BundledVersion.of(product, version, data)
    members[VERSION] = (about.model_dump_json(indent=1) + "\n").encode()
    _demand_size(members, most_bytes)
    return write_bundle(version.product, version.version, members)


def _port(registry: Registry, port: ResolvedPort, members: dict[str, bytes], most_bytes: int) -> BundledPort:
    """Put the rows and the contract of an input among the `members`."""
    names = []
    for file in port.files:
        try:
            content = Path(file).read_bytes()
        except OSError as error:
            raise Unavailable(
                "bundle.data-elsewhere",
                f"The rows of {port.name} cannot be put into the bundle: {Path(file).name} is not on this machine.",
                hint="Export without data; the importing workbench then reads its own product of that name.",
            ) from error
        name = f"{DATA}{digest_of(content).removeprefix('sha256:')}.parquet"
        members[name] = content
        names.append(name)
        _demand_size(members, most_bytes)
    product = registry.products.by_id(port.product_id)
    source = registry.versions.get(port.product_id, port.version)
    blob = source.contract_blobs.get(port.port) if source else None
    contract = f"{CONTRACTS}{port.product}.{port.port}.odcs.yaml" if blob else None
    if blob and contract:
        members[contract] = registry.blobs.get(blob)
    return BundledPort(
        product=port.product,
        port=port.port,
        version=port.version,
        release=port.release,
        access=product.access if product else "on_request",
        contract=contract,
        data=names,
    )


def _demand_size(members: dict[str, bytes], most_bytes: int) -> None:
    if sum(map(len, members.values())) > most_bytes:
        raise InvalidInput(
            "bundle.too-large",
            f"The bundle would have more than {most_bytes / 1e6:g} MB.",
            hint="Raise the setting bundle_mb, or export without data.",
        )
