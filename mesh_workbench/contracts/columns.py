"""The columns of a port as its contract describes them."""

from __future__ import annotations

from collections.abc import Iterable

from mesh_workbench.contracts.document import ContractDocument
from mesh_workbench.contracts.odcs import Property
from mesh_workbench.model.product import Column


def columns_of(doc: ContractDocument, port: str = "") -> list[Column]:
    """The columns of the object `port`, or of the first object; none when the contract has no object."""
    table = doc.find_object(port) or next(iter(doc.contract.schema_), None)
    return [_column(item) for item in table.properties] if table else []


def sorting_of(doc: ContractDocument, port: str) -> list[str]:
    """The columns by which readers look rows up, as the contract hints: partitions first, then the primary key."""
    table = doc.find_object(port)
    return [*dict.fromkeys(item.name for item in (*table.partitions(), *table.key()))] if table else []


def unpromised(doc: ContractDocument, port: str, names: Iterable[str]) -> list[str]:
    """Those of `names` (columns of the data) of which the contract says nothing. They are allowed."""
    table = doc.find_object(port)
    known = {name for item in (table.properties if table else []) for name in (item.name, item.physical_name)}
    return [name for name in names if name not in known]


def _column(item: Property) -> Column:
    return Column(
        name=item.name,
        type=item.logical_type or item.physical_type or "",
        physical_type=item.physical_type or "",
        description=" ".join((item.description or item.business_name or "").split()),
        required=bool(item.required),
        unique=bool(item.unique),
        primary_key=bool(item.primary_key),
        classification=item.classification or "",
        rules=len(item.quality) + len(item.logical_type_options or {}) + bool(item.enum),
    )
