"""`%mesh sql STATEMENT`."""

from __future__ import annotations

from collections.abc import MutableMapping

from mesh_workbench.magics.arguments import leading_options
from mesh_workbench.magics.cell import run_cell
from mesh_workbench.magics.verbs.verb import Verb, needed

_USAGE = "%mesh sql [--as-of TIME] [--limit N] SELECT …"


def _run(text: str, variables: MutableMapping[str, object]) -> object:
    options, statement = leading_options(needed(text, _USAGE))
    return run_cell(options, needed(statement, _USAGE), variables)


VERB = Verb(_USAGE, _run)
