"""Proposed contracts as ODCS 3.2 text that a person likes to read and edit."""

from __future__ import annotations

import io
import re
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mesh_workbench.contracts.proposed import Proposed

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*([ ./@+-][A-Za-z0-9_]+)*")
_WORDS_OF_YAML = frozenset("null true false yes no on off y n inf nan".split())


def write(
    port: str,
    columns: list[Proposed],
    rows: int,
    *,
    domain: str,
    product: str,
    title: str,
    description: str,
    owner: str,
) -> str:
    """The contract document. The same input gives the same text."""
    from ruamel.yaml import YAML

    full_name = f"{domain}.{product}" if domain and product else product or port
    document: dict[str, Any] = {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"mesh:{full_name}.{port}")),
        "name": _text(title or port),
        "version": "1.0.0",
        "status": "active",
    }
    if domain:
        document["domain"] = _text(domain)
    if product:
        document["dataProduct"] = _text(full_name)
    if description:
        document["description"] = {"purpose": _text(description)}
    if owner:
        document["team"] = {"members": [{"username": _text(owner), "role": "owner"}]}
    table: dict[str, Any] = {"name": _text(port), "physicalType": "table"}
    table["properties"] = [_property(column) for column in columns]
    options = sorted({column.format.option for column in columns if column.format})
    if options or any(column.values or column.minimum is not None for column in columns):
        # What may only be so today warns, and does not hold a release back.
        careful = _in_one_line(dict.fromkeys(("enum", "minimum", "maximum", *options), "warning"))
        table["customProperties"] = [{"property": "severity", "value": careful}]
    if rows:
        table["quality"] = [
            {"metric": "rowCount", "mustBeGreaterThan": 0, "dimension": "completeness", "severity": "error"}
        ]
    document["schema"] = [table]
    yaml = YAML(typ="rt", pure=True)
    yaml.width = 1_000_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    yaml.dump(document, stream)
    first = f"# Proposed from {rows:,} rows. Keep what you promise to readers of {full_name}; change the rest.\n"
    return (first if full_name.isprintable() else "") + stream.getvalue()


def _property(column: Proposed) -> dict[str, Any]:
    found: dict[str, Any] = {"name": _text(column.profile.name)}
    if column.logical_type:
        found["logicalType"] = column.logical_type
    if column.physical_type:
        found["physicalType"] = _text(column.physical_type)
    if column.minimum is not None:
        found["logicalTypeOptions"] = _in_one_line({"minimum": column.minimum, "maximum": column.maximum})
    if column.format:
        says: Any = column.format.says
        found["logicalTypeOptions"] = _in_one_line({column.format.option: _text(says)})
    if column.key_position:
        found |= {"primaryKey": True, "primaryKeyPosition": column.key_position}
    if column.required:
        found["required"] = True
    if column.values:
        found["enum"] = [_in_one_line({"value": _text(str(value))}) for value in column.values]
    return found


def _in_one_line(values: dict[str, Any]) -> Any:
    from ruamel.yaml.comments import CommentedMap

    line = CommentedMap(values)
    line.fa.set_flow_style()
    return line


def _text(value: str) -> Any:
    """Text as it is where no reader of YAML can take it for anything else, in double quotes elsewhere."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS_OF_YAML:
        return value
    return DoubleQuotedScalarString(value)
