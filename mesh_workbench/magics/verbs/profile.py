"""`%mesh profile DOMAIN.PRODUCT[.PORT] [--slot SLOT]`."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from mesh_workbench.engine.display import Shown, counted
from mesh_workbench.engine.profile import bounds, counts, profile
from mesh_workbench.engine.schema import type_names
from mesh_workbench.magics.arguments import words_and_slot
from mesh_workbench.magics.progress import told
from mesh_workbench.magics.shown import Listing
from mesh_workbench.magics.source import ask, inside_run
from mesh_workbench.magics.verbs.verb import Verb
from mesh_workbench.model.names import PortName
from mesh_workbench.model.query import QueryRequest
from mesh_workbench.workbench.notebook_time import notebook_time

_USAGE = "%mesh profile DOMAIN.PRODUCT[.PORT] [--slot SLOT]"
_MOST_COLUMNS = 200
_COLUMNS = ("column", "type", "nulls", "distinct", "least", "most", "spread")
_TYPES = ("", "", "BIGINT", "BIGINT", "", "", "")


def _run(text: str, variables: MutableMapping[str, object]) -> Listing:
    words, slot = words_and_slot(text, _USAGE, variables)
    port = PortName.parse(" ".join(words))
    slots = {} if slot is None else {str(port): slot}
    source = f'"{port}"' if port.version else str(port)
    with told():
        moment = None if inside_run() else notebook_time()
        nothing = f"SELECT * FROM {source} LIMIT 0"  # noqa: S608 - parsed
        first = ask(QueryRequest(statement=nothing, as_of=moment, slots=slots), {})
        schema = first.reader.schema
        first.reader.read_all()
        # The release of the first statement is that of all: one that comes meanwhile changes nothing.
        releases = {} if inside_run() else first.provenance.releases
        columns = list(zip(schema.names, type_names(schema), strict=True))[:_MOST_COLUMNS]

        def row(statement: str) -> dict[str, Any]:
            answer = ask(QueryRequest(statement=statement, releases=releases, slots=slots), {})
            [found] = answer.reader.read_all().to_pylist()
            return dict(found)

        known = row(bounds(source, columns))
        found = profile(columns, known, row(counts(source, columns, known)))
    rows = [[one.name, one.type.lower(), one.nulls, one.distinct, one.least, one.most, one.spread] for one in found]
    facts = [counted(known["n"]), "distinct values are estimated"]
    shown = Shown(
        _COLUMNS,
        _TYPES,
        rows,
        total=len(schema),
        provenance=first.provenance,
        unit="column",
        facts=facts,
        of_data=False,
    )
    return Listing(shown, empty=f"{port} has no columns.")


VERB = Verb(_USAGE, _run)
