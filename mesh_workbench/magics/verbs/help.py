"""`%mesh help`."""

from __future__ import annotations

from collections.abc import MutableMapping

from mesh_workbench.magics.arguments import USAGE
from mesh_workbench.magics.shown import Facts
from mesh_workbench.magics.verbs.verb import Verb
from mesh_workbench.model.line_verbs import LINE_VERBS

ALL: dict[str, Verb] = {}
"""Filled by the list of verbs, which knows this one too."""


def _run(text: str, variables: MutableMapping[str, object]) -> Facts:  # noqa: ARG001
    lines = [(USAGE, "SQL over the mesh; $name binds a Python variable")]
    return Facts("The mesh in a notebook", [*lines, *((verb.usage, LINE_VERBS[name]) for name, verb in ALL.items())])


VERB = Verb("%mesh help", _run)
