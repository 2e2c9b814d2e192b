"""`%mesh sql STATEMENT`."""

from __future__ import annotations

from collections.abc import MutableMapping

from mesh_workbench.magics.arguments import CellArguments
from mesh_workbench.magics.cell import question
from mesh_workbench.magics.result import Result
from mesh_workbench.magics.verbs.verb import Verb, needed

_USAGE = "%mesh sql SELECT …"


def _run(text: str, variables: MutableMapping[str, object]) -> Result:
    return question(needed(text, _USAGE), CellArguments(), variables)


VERB = Verb(_USAGE, "a statement in one line; $name binds a Python variable", _run)
