"""The catalog: products as lines and as pages, in a constant number of registry statements."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from mesh_workbench.contracts.columns import columns_of
from mesh_workbench.contracts.document import parse
from mesh_workbench.contracts.promises import promises_of
from mesh_workbench.model.health import health_of
from mesh_workbench.model.product import Column, Health, Port, PortDetail, Product, ProductDetail, ProductSummary
from mesh_workbench.model.release import Release, ReleasePort
from mesh_workbench.model.version import ProductVersion

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry

READERS_WINDOW = timedelta(days=30)


def summaries(registry: Registry, products: Sequence[Product]) -> list[ProductSummary]:
    """One line of the catalog for each product, in their order."""
    ids = [product.id for product in products]
    ports = registry.products.ports_of(ids)
    releases = registry.releases.latest_many(ids)
    health = healths(registry, ids, releases)
    lines = []
    for product in products:
        release = releases.get(product.id)
        own = ports.get(product.id, [])
        lines.append(
            ProductSummary(
                domain=product.domain,
                name=product.name,
                full_name=product.full_name,
                title=product.title,
                description=product.description,
                owner=product.owner,
                status=product.status,
                tags=product.tags,
                version=product.version,
                sunset=product.sunset,
                release=release.number if release else None,
                released=release.published if release else None,
                rows=_rows(release, own[0].name) if release and own else None,
                health=health[product.id],
                ports=[port.name for port in own],
            )
        )
    return lines


def healths(
    registry: Registry, product_ids: Sequence[str], releases: Mapping[str, Release] | None = None
) -> dict[str, Health]:
    """Health of each product, by id; `releases` are the current ones where they are known already."""
    current = registry.releases.latest_many(product_ids) if releases is None else releases
    runs = registry.runs.latest_for(product_ids, current=True)
    schedules = registry.schedules.many(product_ids)
    moment = registry.now()
    return {
        product: health_of(current.get(product), runs.get(product), schedules.get(product), moment)
        for product in product_ids
    }


def detail(
    registry: Registry, product: Product, *, may: list[str], transitions: list[str], notes: list[str]
) -> ProductDetail:
    """Everything that the page of one product shows first. What one may and `notes` come from who asks and where."""
    [line] = summaries(registry, [product])
    version = registry.versions.newest(product.id)
    release = registry.releases.latest(product.id)
    since = registry.now() - READERS_WINDOW
    return ProductDetail(
        **line.model_dump(),
        id=product.id,
        access=product.access,
        majors=product.majors,
        created=product.created,
        revision=product.revision,
        port_details=port_details(registry, product, version, release),
        schedule=registry.schedules.get(product.id),
        inputs=sorted({read.port for read in version.inputs}) if version else [],
        consumers=registry.versions.consumers_of(product.full_name),
        readers=registry.reads.readers(product.id, since),
        may=may,
        transitions=transitions,
        notes=notes,
    )


def port_details(
    registry: Registry, product: Product, version: ProductVersion | None, release: Release | None
) -> list[PortDetail]:
    """The ports of a product with their columns, as its version promises them and its release has them."""
    blobs = registry.versions.contract_blobs(version.id) if version else {}
    return [_port_detail(registry, port, blobs.get(port.name), release) for port in registry.products.ports(product.id)]


def _rows(release: Release, port: str) -> int | None:
    return next((published.rows for published in release.ports if published.port == port), None)


def _port_detail(registry: Registry, port: Port, blob: str | None, release: Release | None) -> PortDetail:
    published = next((one for one in release.ports if one.port == port.name), None) if release else None
    columns, promises = contract_facts(registry.blobs.get(blob), port.name) if blob else ((), 0)
    physical = physical_columns(published) if published else ()
    return PortDetail(
        **port.model_dump(),
        columns=_joined(columns, physical),
        rows=published.rows if published else None,
        bytes=published.bytes if published else None,
        contract_promises=promises,
    )


@functools.lru_cache(maxsize=512)
def contract_facts(content: bytes, port: str) -> tuple[tuple[Column, ...], int]:
    """Columns and number of promises of a contract; contracts never change, so this is computed once."""
    document = parse(content.decode())
    return tuple(columns_of(document)), len(promises_of(document, port))


def physical_columns(published: ReleasePort) -> tuple[Column, ...]:
    """The columns that a release really has."""
    from mesh_workbench.engine.arrow_text import decode_schema

    return tuple(
        Column(name=field.name, type=str(field.type), physical_type=str(field.type))
        for field in decode_schema(published.arrow_schema)
    )


def _joined(promised: Sequence[Column], physical: Sequence[Column]) -> list[Column]:
    """Promised columns with their physical types, then those of which the contract does not speak."""
    types = {column.name: column.physical_type for column in physical}
    named = {column.name for column in promised}
    return [
        column.model_copy(update={"physical_type": types.get(column.name, column.physical_type)}) for column in promised
    ] + [column for column in physical if column.name not in named]
