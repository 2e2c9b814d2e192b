"""consumers: who reads a product, and whom a change of it breaks.

Products say what they read: their newest version declares its inputs, and its SQL shows the columns. Of people, and of
products' runs, the log of reads tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from mesh_workbench.contracts.columns import columns_of
from mesh_workbench.contracts.document import parse as parse_contract
from mesh_workbench.model.consumer import Consumer
from mesh_workbench.model.difference import ContractChange
from mesh_workbench.model.names import PortName
from mesh_workbench.model.product import Product
from mesh_workbench.model.version import ProductVersion
from mesh_workbench.notebooks.reads import columns_of_sql

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry
    from mesh_workbench.registry.reads import Use

WINDOW = timedelta(days=90)
"""For how long who read a product counts as a consumer of it."""


def consumers(registry: Registry, product: Product) -> list[Consumer]:
    """Products that declare it as an input, then people who read it lately, each by name."""
    uses = registry.reads.uses(product.id, registry.now() - WINDOW)
    first, columns = _offered(registry, product)
    found = [
        _product(registry, product, reader, uses, first, columns)
        for reader in registry.versions.newest_many(registry.versions.reader_ids(product.full_name)).values()
    ]
    people = sorted({use.identity for use in uses if use.product is None})
    found.sort(key=lambda consumer: consumer.name)
    return found + [
        _person(name, [use for use in uses if (use.identity, use.product) == (name, None)]) for name in people
    ]


def broken_by(changes: Sequence[ContractChange], major: int, consumers: Sequence[Consumer]) -> list[Consumer]:
    """Those who use what `changes` of major version `major` take away, with what of it concerns them."""
    found = []
    for consumer in consumers:
        concerned = [change.words for change in changes if _concerns(change, consumer)]
        if concerned and consumer.major in (None, major):
            found.append(consumer.model_copy(update={"breaks": concerned}))
    return found


def _concerns(change: ContractChange, consumer: Consumer) -> bool:
    if change.port not in consumer.ports:
        return False
    used = consumer.columns
    return used is None or not change.column or change.column.lower() in {column.lower() for column in used}


def _offered(registry: Registry, product: Product) -> tuple[str, tuple[str, ...]]:
    """The default port, and the columns of all ports as contracts and the current release name them."""
    from mesh_workbench.engine.arrow_text import decode_schema

    version, release = registry.versions.newest(product.id), registry.releases.latest(product.id)
    names: dict[str, None] = {}
    for blob in registry.versions.contract_blobs(version.id).values() if version else ():
        text = registry.blobs.get(blob).decode()
        names |= dict.fromkeys(column.name for column in columns_of(parse_contract(text)))
    for port in release.ports if release else ():
        names |= dict.fromkeys(decode_schema(port.arrow_schema).names)
    ports = registry.products.ports(product.id)
    return ports[0].name if ports else product.name, tuple(names)


def _product(
    registry: Registry,
    product: Product,
    reader: ProductVersion,
    uses: Sequence[Use],
    first: str,
    columns: tuple[str, ...],
) -> Consumer:
    declared = [spec for spec in reader.inputs if ".".join(spec.port.split(".")[:2]) == product.full_name]
    majors = {spec.relies_on for spec in declared}
    used: set[str] | None = None
    if all(spec.how == "sql" for spec in declared):
        notebook = registry.blobs.get(reader.notebook_blob).decode()
        used = columns_of_sql(notebook, product.full_name, columns)
    own = [use for use in uses if use.product == reader.product]
    return Consumer(
        kind="product",
        name=reader.product,
        ports=sorted({PortName.parse(spec.port).port or first for spec in declared}),
        columns=None if used is None else sorted(used),
        major=majors.pop() if len(majors) == 1 else None,
        last_read=max((use.last for use in own), default=None),
        reads=sum(use.reads for use in own),
    )


def _person(name: str, uses: Sequence[Use]) -> Consumer:
    return Consumer(
        kind="person",
        name=name,
        ports=sorted({use.port for use in uses}),
        columns=None
        if any(not use.columns for use in uses)
        else sorted({column for use in uses for column in use.columns}),
        last_read=max(use.last for use in uses),
        reads=sum(use.reads for use in uses),
    )
