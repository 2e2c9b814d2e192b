"""`%mesh help`."""

from __future__ import annotations

from collections.abc import MutableMapping

from mesh_workbench.magics.arguments import USAGE
from mesh_workbench.magics.shown import Facts
from mesh_workbench.magics.verbs.verb import Verb

ALL: dict[str, Verb] = {}
"""Filled by the list of verbs, which knows this one too."""


def _run(text: str, variables: MutableMapping[str, object]) -> Facts:  # noqa: ARG001
    lines = [(USAGE, "SQL over the mesh; $name binds a Python variable")]
    return Facts("The mesh in a notebook", [*lines, *((verb.usage, verb.what) for verb in ALL.values())])


VERB = Verb("%mesh help", "this list", _run)
