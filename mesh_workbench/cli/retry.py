"""`mesh retry`: try a failed run again."""

from __future__ import annotations

from typing import Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.one_run import describe, waits
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Json
from mesh_workbench.cli.waiting import failure_of, somebody_working, watched


def register(app: typer.Typer) -> None:
    app.command("retry")(retry)


def retry(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Id of the run.")],
    force: Annotated[
        bool, typer.Option("--force", help="Run although nothing changed since the current release.")
    ] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the end; starts a worker when none is alive.")] = False,
    as_json: Json = False,
) -> None:
    """Try a run that failed or was cancelled again: a new attempt with the same version, slot and parameters."""
    from mesh_workbench.model.run import RunState

    with opened() as bench:
        again = bench.runs.retry(run, force=force)
        if wait:
            with somebody_working(bench):
                again = watched(bench, run, quiet=as_json)
    if as_json:
        show.as_json(again)
    elif wait:
        describe(again)
    else:
        show.say(f"{run} waits for attempt {len(again.attempts) + 1}. {waits(again.waiting) if again.waiting else ''}")
        show.next_step(f"mesh runs {run}")
    if wait and again.state not in (RunState.SUCCEEDED, RunState.UNCHANGED):
        raise failure_of(again)
