"""Quality rules that are a query."""

from __future__ import annotations

from mesh_workbench.contracts.measure import Answer, Declined, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.query import Refused, prepare
from mesh_workbench.contracts.rule import Shape


class Sql:
    name = "sql"
    description = (
        "One SELECT over this object that answers one value. It runs over the whole candidate, in a locked engine "
        "with a time limit: no other tables, no files, no settings."
    )
    example = "quality: [{type: sql, query: 'SELECT count(*) FROM {object} WHERE {property} < 0', mustBe: 0}]"

    def step(self, promise: Promise, _shape: Shape) -> Step:
        query = promise.quality.query if promise.quality else None
        if not query or promise.table is None:
            return Declined("it is a rule of type sql without a query", refused=True)
        names = {promise.table.name, promise.table.physical_name or promise.table.name}
        column = promise.columns[0] if promise.columns else None
        try:
            return Answer(prepare(query, table=promise.table.name, column=column, names=names))
        except Refused as refusal:
            return Declined(str(refusal), refused=True)
