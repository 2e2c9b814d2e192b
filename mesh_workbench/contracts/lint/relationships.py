"""What can be wrong in foreign keys."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_workbench.contracts.document import ContractDocument
from mesh_workbench.contracts.lint.problem import Problem
from mesh_workbench.contracts.odcs import Relationship, SchemaObject
from mesh_workbench.contracts.references import names_of, resolve
from mesh_workbench.contracts.source import Path
from mesh_workbench.errors import did_you_mean


def of_object(doc: ContractDocument, table: SchemaObject, path: Path) -> Iterator[Problem]:
    """Problems of the foreign keys that stand at an object."""
    columns = [item.name for item in table.properties]
    for index, relationship in enumerate(table.relationships):
        where = (*path, "relationships", index)
        mine = names_of(relationship.from_)
        for reference in mine:
            name = resolve(doc, reference)[1] or reference
            if name not in columns:
                message = f"the foreign key starts at a column {name} that the contract does not have"
                yield "error", "contract.unknown-column", (*where, "from"), message, did_you_mean(name, columns)
        yield from of_relationship(doc, relationship, len(mine), where)


def of_relationship(doc: ContractDocument, relationship: Relationship, mine: int, path: Path) -> Iterator[Problem]:
    """Problems of a foreign key of `mine` columns on this side."""
    theirs = names_of(relationship.to)
    if not theirs:
        yield "error", "contract.not-odcs", path, "the relationship does not say what it points to", "Add to."
    elif mine != len(theirs):
        message = f"the foreign key has {mine} columns on this side and {len(theirs)} on the other"
        yield "error", "contract.uneven-key", (*path, "to"), message, "Name as many columns in to as in from."
    objects = {item.name: [field.name for field in item.properties] for item in doc.contract.schema_}
    for reference in theirs:
        relation, column = resolve(doc, reference)
        if relation in objects and column not in objects[relation]:
            message = f"{relation} has no column {column}"
            yield "warning", "contract.unknown-column", (*path, "to"), message, did_you_mean(column, objects[relation])
