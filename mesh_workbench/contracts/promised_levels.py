"""The promises that service levels are."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_workbench.contracts.document import ContractDocument
from mesh_workbench.contracts.odcs import SchemaObject, ServiceLevel
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.service_levels import limit_of, name_of
from mesh_workbench.contracts.severity import declared_severity
from mesh_workbench.contracts.wording import of_service_level
from mesh_workbench.model.check import PromiseSpec


def levels_of(doc: ContractDocument, table: SchemaObject | None) -> Iterator[Promise]:
    """One promise per service level; those about other objects than `table` are counted there."""
    others = {item.name for item in doc.contract.schema_} - ({table.name} if table else set())
    for index, level in enumerate(doc.contract.sla_properties):
        elements = [one.strip() for one in (level.element or "").split(",") if one.strip()]
        if elements and all("." in one and one.split(".")[0] in others for one in elements):
            continue  # it is about another object, and counted there
        yield _of_service_level(level, table, index, elements, doc.contract.sla_default_element)


def _of_service_level(
    level: ServiceLevel, table: SchemaObject | None, index: int, elements: list[str], default: str | None
) -> Promise:
    name = name_of(level)
    own = [one for one in elements or ([default.strip()] if default else []) if "." in one or _has(table, one)]
    mine = [
        one for one in own if "." not in one or (table and one.rpartition(".")[0] in (table.name, table.physical_name))
    ]
    target = elements[0] if elements else table.name if table else "contract"
    spec = PromiseSpec(
        id=f"sla.{level.id or level.property}",
        kind=f"sla.{name}",
        target=target,
        words=of_service_level(level),
        severity=declared_severity(name, level, otherwise="warning"),
        dimension="timeliness" if name in ("latency", "freshness", "frequency", "timeOfAvailability") else "",
        path=f"slaProperties[{index}]",
    )
    return Promise(
        spec,
        says=level.value,
        columns=tuple(one.rpartition(".")[2] for one in mine[:1]),
        table=table,
        limit=limit_of(level),
        unit=level.unit or "",
    )


def _has(table: SchemaObject | None, column: str) -> bool:
    return table is not None and any(item.name == column for item in table.properties)
