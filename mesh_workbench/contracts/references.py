"""Names by which a contract points at columns of its own objects or of other products."""

from __future__ import annotations

from pydantic import JsonValue

from mesh_workbench.contracts.document import ContractDocument


def names_of(value: JsonValue | list[str]) -> tuple[str, ...]:
    """A name or a list of names, as a tuple."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list):
        return tuple(str(item) for item in value)
    return ()


def resolve(doc: ContractDocument, reference: str) -> tuple[str, str]:
    """(relation, column) of `object.column`, `domain.product.column` or `schema/<id>/properties/<id>`.

    A reference into another file keeps the file in the relation's name.
    """
    if "/" in reference:
        file, _, path = reference.rpartition("#")
        parts = path.strip("/").split("/")
        if len(parts) >= 4 and parts[0] == "schema":
            relation, column = _by_id(doc, parts[1], parts[3]) if not file else (parts[1], parts[3])
            return (f"{file}#{relation}" if file else relation), column
        return reference, ""
    relation, _, column = reference.rpartition(".")
    return relation, column


def _by_id(doc: ContractDocument, object_id: str, property_id: str) -> tuple[str, str]:
    for item in doc.contract.schema_:
        if object_id in (item.id, item.name):
            for field in item.properties:
                if property_id in (field.id, field.name):
                    return item.name, field.name
            return item.name, property_id
    return object_id, property_id


def foreign_relations(doc: ContractDocument, port: str) -> list[str]:
    """What the foreign keys of `port` point to (`planes`, `fleet.planes`): the keys of `Candidate.foreign`."""
    table = doc.find_object(port)
    if table is None:
        return []
    found: dict[str, None] = {}
    relationships = [*table.relationships, *(one for item in table.properties for one in item.relationships)]
    for relationship in relationships:
        for reference in names_of(relationship.to):
            relation, _ = resolve(doc, reference)
            if relation not in (table.name, ""):
                found[relation] = None
    return list(found)
