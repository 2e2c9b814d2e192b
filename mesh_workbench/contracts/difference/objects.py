"""What changed in the objects of a contract, their columns and keys."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_workbench.contracts.difference.change import Change
from mesh_workbench.contracts.difference.columns import of_columns
from mesh_workbench.contracts.difference.described import of_description
from mesh_workbench.contracts.difference.keys import Promised, of_key
from mesh_workbench.contracts.difference.relationships import of_relationships
from mesh_workbench.contracts.difference.renames import renamed
from mesh_workbench.contracts.difference.rules import of_rules
from mesh_workbench.contracts.document import ContractDocument
from mesh_workbench.contracts.odcs import SchemaObject


def of_objects(old: ContractDocument, new: ContractDocument) -> Iterator[Change]:
    """Changes of all objects, in the order of the document."""
    before = {item.name: item for item in old.contract.schema_}
    after = {item.name: item for item in new.contract.schema_}
    names = {"": ""} if len(before) == len(after) == 1 else renamed(before, after)
    if "" in names:  # a renamed port keeps its single object
        before, after = ({"": next(iter(named.values()))} for named in (before, after))
    for name, table in before.items():
        if name in after:
            yield from _object(old, new, table, after[name])
        elif name in names:
            yield Change("breaking", f"object {name} is renamed to {names[name]}")
            yield from _object(old, new, table, after[names[name]])
        else:
            yield Change("breaking", f"object {name} is gone")
    yield from (
        Change("compatible", f"object {name} is new")
        for name in after
        if name not in before and name not in names.values()
    )


def _object(old: ContractDocument, new: ContractDocument, was: SchemaObject, now: SchemaObject) -> Iterator[Change]:
    before, after = ({item.name: item for item in table.properties} for table in (was, now))
    names = renamed(before, after)
    promised = Promised(was, names), Promised(now)
    yield from of_columns(before, after, names, "column", "", promised)
    yield from of_key(*promised)
    yield from of_rules("the table", was.quality, now.quality)
    yield from of_relationships((old, was), (new, now), names)
    if was.physical_name and now.physical_name and was.physical_name != now.physical_name:
        yield Change("breaking", f"the table is stored as {now.physical_name} instead of {was.physical_name}")
    yield from of_description("the table", was, now)
