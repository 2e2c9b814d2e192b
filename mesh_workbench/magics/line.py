"""`%mesh VERB …`: the mesh in one line."""

from __future__ import annotations

from collections.abc import MutableMapping

from mesh_workbench.errors import InvalidInput, did_you_mean
from mesh_workbench.magics.plain_errors import plain_errors
from mesh_workbench.magics.source import workbench
from mesh_workbench.magics.verbs import VERBS
from mesh_workbench.model.search import SearchRequest


def run_line(text: str, variables: MutableMapping[str, object]) -> object:
    """Do what the line says. Raises InvalidInput `magic.unknown-verb`, and what the verb raises."""
    with plain_errors():
        verb, _, rest = text.strip().partition(" ")
        found = VERBS.get(verb or "help")
        if found is None:
            hint = f"{did_you_mean(verb, VERBS)} %mesh help says what each does."
            raise InvalidInput("magic.unknown-verb", f"There is no %mesh {verb}.", hint=hint)
        try:
            return found.run(rest.strip(), variables)
        except InvalidInput as error:
            raise _with_names(error, rest) from error.__cause__


def _with_names(error: InvalidInput, text: str) -> InvalidInput:
    """A name without its domain is often meant; `error` with the products that have it."""
    if error.code not in ("name.not-a-product", "name.not-a-port"):
        return error
    word = text.split()[0].lower()
    hits = workbench().catalog.search(SearchRequest(text=word, limit=5)).items
    near = [
        name for hit in hits if word in (name := hit.product.full_name).split(".") or name == word.rpartition(".")[0]
    ]
    return InvalidInput(error.code, error.message, hint=f"Did you mean {near[0]}?") if near else error
