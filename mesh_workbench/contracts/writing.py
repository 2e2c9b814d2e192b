"""Proposed contracts as ODCS 3.2 text that a person likes to read and edit."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import JsonValue

from mesh_workbench.contracts.evidence import counted
from mesh_workbench.contracts.yamltext import InLine, lines_of

if TYPE_CHECKING:
    from mesh_workbench.contracts.proposed import Proposed

_SAID_BY = {"primaryKey": "key_position", "required": "required"}


def write(
    port: str,
    columns: list[Proposed],
    rows: int,
    *,
    careful: Sequence[str] = (),
    domain: str,
    product: str,
    title: str,
    description: str,
    owner: str,
) -> str:
    """The contract document. The same input gives the same text. `careful` are more promises that only warn."""
    full_name = f"{domain}.{product}" if domain and product else product or port
    document: dict[str, JsonValue] = {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"mesh:{full_name}.{port}")),
        "name": title or port,
        "version": "1.0.0",
        "status": "active",
    }
    if domain:
        document["domain"] = domain
    if product:
        document["dataProduct"] = full_name
    if description:
        document["description"] = {"purpose": description}
    if owner:
        document["team"] = {"members": [{"username": owner, "role": "owner"}]}
    table: dict[str, JsonValue] = {"name": port, "physicalType": "table"}
    table["properties"] = [_property(column) for column in columns]
    warned = [
        *(("enum",) if any(column.values for column in columns) else ()),
        *(("minimum", "maximum") if any(column.minimum is not None for column in columns) else ()),
        *(("pattern",) if any(column.format and column.format.option == "pattern" for column in columns) else ()),
        *(("unique",) if any(column.unique for column in columns) else ()),
        *(name for name in careful if any(getattr(column, _SAID_BY[name]) for column in columns)),
    ]
    if warned:
        table["customProperties"] = [_warns(warned)]
    if rows:
        table["quality"] = [
            {"metric": "rowCount", "mustBeGreaterThan": 0, "dimension": "completeness", "severity": "error"}
        ]
    document["schema"] = [table]
    first = (
        f"# Proposed from {counted(rows, 'row')}. Keep what you promise to readers of {full_name}; change the rest.\n"
    )
    return (first if full_name.isprintable() else "") + "".join(f"{line}\n" for line in lines_of(document))


def _property(column: Proposed) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {"name": column.profile.name, **_typed(column.type)}
    options = InLine(column.type.get("logicalTypeOptions") or {})  # type: ignore[arg-type]
    if column.minimum is not None:
        options |= {"minimum": column.minimum, "maximum": column.maximum}
    if column.format:
        options[column.format.option] = column.format.says
    if options:
        found["logicalTypeOptions"] = options
    if column.key_position:
        found |= {"primaryKey": True, "primaryKeyPosition": column.key_position}
    if column.required:
        found["required"] = True
    if column.unique:
        found["unique"] = True
    if column.format and column.format.option == "format":
        # Formats of numbers, which are types, have the same name, so that this cannot be said once for the table.
        found["customProperties"] = [_warns(["format"])]
    if column.values:
        found["enum"] = [InLine(value=value) for value in column.values]
    return found


def _warns(promises: Sequence[str]) -> dict[str, JsonValue]:
    """What may only be so today warns, and does not hold a release back."""
    return {"property": "severity", "value": InLine(dict.fromkeys(promises, "warning"))}


def _typed(kind: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """What says a type, with options in one line."""
    return {key: _part(key, value) for key, value in kind.items()}


def _part(key: str, value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return InLine(value) if key == "logicalTypeOptions" else _typed(value)
    return [_part("", item) for item in value] if isinstance(value, list) else value
