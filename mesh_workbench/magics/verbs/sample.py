"""`%mesh sample DOMAIN.PRODUCT[.PORT] [ROWS] [--slot SLOT]`."""

from __future__ import annotations

from collections.abc import MutableMapping

from mesh_workbench.engine.display import Shown
from mesh_workbench.errors import InvalidInput
from mesh_workbench.magics.arguments import words_and_slot
from mesh_workbench.magics.shown import Listing
from mesh_workbench.magics.source import workbench
from mesh_workbench.magics.verbs.verb import Verb
from mesh_workbench.workbench.notebook_time import notebook_time

_USAGE = "%mesh sample DOMAIN.PRODUCT[.PORT] [ROWS] [--slot SLOT]"
_MOST = 1000


def _run(text: str, variables: MutableMapping[str, object]) -> Listing:
    (name, *rest), slot = words_and_slot(text, _USAGE, variables)
    count = " ".join(rest) or "10"
    if not count.isdecimal() or not 1 <= int(count) <= _MOST:
        raise InvalidInput("magic.arguments", f"{count} is not from 1 to {_MOST:,}.", hint=f"Usage: {_USAGE}")
    page = workbench().query.sample(name, limit=int(count), as_of=notebook_time(), slot=slot)
    shown = Shown(page.columns, page.types, page.rows, total=page.total, provenance=page.provenance)
    return Listing(shown, empty=f"{name} has no rows.")


VERB = Verb(_USAGE, _run)
