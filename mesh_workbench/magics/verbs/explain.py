"""`%mesh explain SELECT …` and `%mesh explain DOMAIN.PRODUCT`."""

from __future__ import annotations

from collections.abc import MutableMapping

from mesh_workbench.engine.display import Shown, counted, origin_words
from mesh_workbench.magics.arguments import CellArguments
from mesh_workbench.magics.cell import plan
from mesh_workbench.magics.shown import Facts, Listing
from mesh_workbench.magics.source import workbench
from mesh_workbench.magics.verbs.verb import Verb, needed

_USAGE = "%mesh explain SELECT … | DOMAIN.PRODUCT"
_COLUMNS = ("promise", "severity", "what it means")


def _run(text: str, variables: MutableMapping[str, object]) -> Facts | Listing:
    if len(needed(text, _USAGE).split()) == 1:
        return _contract(text)
    found = plan(text, CellArguments(), variables)
    facts = [("origin", origin_words(found.provenance))]
    for number, scan in enumerate(found.scans, start=1):
        filters = f"; only rows where {', '.join(scan.filters)}" if scan.filters else ""
        rows = f"; some {counted(scan.rows)}" if scan.rows is not None else ""
        facts.append((f"{number}. {scan.what}", f"{', '.join(scan.columns) or 'no column'}{filters}{rows}"))
    facts.append(("answer", "some number of rows" if found.rows is None else f"some {counted(found.rows)}, estimated"))
    facts += [("warning", warning) for warning in found.provenance.warnings]
    return Facts("What the statement would read; nothing was computed", facts)


def _contract(name: str) -> Listing:
    from mesh_workbench.contracts.document import parse
    from mesh_workbench.contracts.explain import explain

    explained = explain(parse(workbench().contracts.get(name).text))
    rows = [[one.promise.words, one.promise.severity, " ".join(one.means)] for one in explained]
    return Listing(
        Shown(_COLUMNS, [""] * len(_COLUMNS), rows, total=len(rows), unit="promise", of_data=False),
        empty=f"{name} promises nothing.",
    )


VERB = Verb(_USAGE, _run)
