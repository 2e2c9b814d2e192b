"""`%mesh search TEXT`."""

from __future__ import annotations

from collections.abc import MutableMapping

from mesh_workbench.engine.display import Shown
from mesh_workbench.magics.shown import Listing
from mesh_workbench.magics.source import workbench
from mesh_workbench.magics.verbs.verb import Verb
from mesh_workbench.model.search import SearchRequest

_COLUMNS = ("product", "health", "rows", "description")
_TYPES = ("", "", "BIGINT", "")


def _run(text: str, variables: MutableMapping[str, object]) -> Listing:  # noqa: ARG001
    found = workbench().catalog.search(SearchRequest(text=text, limit=20))
    rows = [
        [
            hit.product.full_name,
            hit.product.health.reason or hit.product.health.state.value,
            hit.product.rows,
            hit.product.title or hit.product.description.split("\n")[0],
        ]
        for hit in found.items
    ]
    shown = Shown(_COLUMNS, _TYPES, rows, total=found.total, unit="product", of_data=False)
    return Listing(shown, empty=f"Nothing found for {text!r}. %mesh search alone lists what there is.")


VERB = Verb("%mesh search TEXT", _run)
