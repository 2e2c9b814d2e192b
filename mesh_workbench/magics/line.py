"""`%mesh VERB …`: the mesh in one line."""

from __future__ import annotations

from collections.abc import MutableMapping

from mesh_workbench.errors import InvalidInput, did_you_mean
from mesh_workbench.magics.plain_errors import plain_errors
from mesh_workbench.magics.verbs import VERBS


def run_line(text: str, variables: MutableMapping[str, object]) -> object:
    """Do what the line says. Raises InvalidInput `magic.unknown-verb`, and what the verb raises."""
    with plain_errors():
        verb, _, rest = text.strip().partition(" ")
        found = VERBS.get(verb or "help")
        if found is None:
            raise InvalidInput("magic.unknown-verb", f"There is no %mesh {verb}.", hint=did_you_mean(verb, VERBS))
        return found.run(rest.strip(), variables)
