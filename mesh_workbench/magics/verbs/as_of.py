"""`%mesh as-of MOMENT`: one time for a whole notebook."""

from __future__ import annotations

from collections.abc import MutableMapping
from datetime import datetime

from mesh_workbench.errors import InvalidInput
from mesh_workbench.magics.arguments import moment_of
from mesh_workbench.magics.shown import Facts
from mesh_workbench.magics.source import inside_run
from mesh_workbench.magics.verbs.verb import Verb
from mesh_workbench.model.base import now
from mesh_workbench.workbench.notebook_time import notebook_time, set_notebook_time

_USAGE = "%mesh as-of [MOMENT | $name | now | off]"


def _run(text: str, variables: MutableMapping[str, object]) -> Facts:
    if inside_run():
        raise InvalidInput(
            "run.pinned-input",
            "A run reads the releases that were decided when it began.",
            hint="Leave out %mesh as-of before you promote.",
        )
    word = text.strip().strip("'\"")
    if word:
        set_notebook_time(None if word == "off" else now() if word == "now" else _past(moment_of(word, variables)))
    moment = notebook_time()
    if moment is None:
        return Facts("This notebook reads products as they are now", [])
    facts = [
        (
            "goes for",
            "%%mesh, mesh.read, %mesh sql, explain, sample, profile, connect; what names its own time reads at that",
        )
    ]
    return Facts(
        f"This notebook reads as of {moment:%Y-%m-%d %H:%M:%S} UTC", [*facts, ("ends with", "%mesh as-of off")]
    )


def _past(moment: datetime) -> datetime:
    if moment > now():
        raise InvalidInput(
            "query.future-moment",
            f"{moment:%Y-%m-%d %H:%M:%S} UTC has not come yet, so nobody knows what products are then.",
            hint="%mesh as-of now keeps the present moment.",
        )
    return moment


VERB = Verb(_USAGE, _run)
