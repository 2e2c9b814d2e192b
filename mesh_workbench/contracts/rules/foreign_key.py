"""Foreign keys point to rows that exist."""

from __future__ import annotations

from mesh_workbench.contracts.measure import Declined, Known, Orphans, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape
from mesh_workbench.errors import did_you_mean


class ForeignKey:
    name = "foreign_key"
    description = (
        "Each row of the candidate has its counterpart in the other object or product; rows in which a part of the "
        "key is null point to nothing. Evaluated where the other data is at hand."
    )
    example = "relationships: [{to: fleet.planes.tailnum}]"

    def step(self, promise: Promise, shape: Shape) -> Step:
        relations = {relation for relation, _ in promise.references}
        columns = tuple(column for _, column in promise.references)
        if len(relations) != 1 or not all(columns):
            return Declined("it does not name columns of one other object", refused=True)
        if len(columns) != len(promise.columns):
            return Declined(
                f"it has {len(promise.columns)} columns on this side and {len(columns)} on the other", refused=True
            )
        relation = relations.pop()
        if promise.table and relation in (promise.table.name, promise.table.physical_name):
            relation = ""
        elif relation not in shape.foreign:
            return Declined(f"the data of {relation} is not at hand here")
        there = shape.foreign[relation] if relation else list(shape.columns)
        for column in columns:
            if column not in there:
                hint = did_you_mean(column, there)
                return Known(False, None, promise.spec.words, f"{relation} has no column {column}. {hint}")
        return Orphans(promise.columns, relation, columns)
