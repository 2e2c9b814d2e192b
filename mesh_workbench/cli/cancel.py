"""`mesh cancel`: stop a run."""

from __future__ import annotations

from typing import Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Json


def register(app: typer.Typer) -> None:
    app.command("cancel")(cancel)


def cancel(run: Annotated[str, typer.Argument(metavar="RUN", help="Id of the run.")], as_json: Json = False) -> None:
    """Cancel a run that is not over yet; nothing of it is published."""
    with opened() as bench:
        cancelled = bench.runs.cancel(run)
    if as_json:
        show.as_json(cancelled)
    else:
        asked = "is cancelled" if cancelled.state.final else "has been asked to stop"
        show.say(f"{run} of {cancelled.product} {asked}.")
