"""`mesh run`: run a product."""

from __future__ import annotations

from typing import Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.given import moment, pairs, retry_policy, typed
from mesh_workbench.cli.one_run import describe, waits
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Json, Parameters, Preset, Product, Retries, RetryOn
from mesh_workbench.cli.runs import broken_promises
from mesh_workbench.cli.waiting import failure_of, somebody_working, watched


def register(app: typer.Typer) -> None:
    app.command("run")(run)


def run(
    name: Product,
    param: Parameters = None,
    preset: Preset = None,
    slot: Annotated[
        str | None, typer.Option(metavar="TIME", help="A moment inside the slot to run, such as 2013-03-15.")
    ] = None,
    version: Annotated[str | None, typer.Option(help="Product version; the newest if not given.")] = None,
    priority: Annotated[
        int | None,
        typer.Option(min=0, max=100, help="The higher, the sooner within its domain; 70 if not given."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Run although nothing changed since the current release.")
    ] = False,
    retries: Retries = None,
    retry_on: RetryOn = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the end; starts a worker when none is alive.")] = False,
    as_json: Json = False,
) -> None:
    """Run a product; with --wait the exit code is 6 when it makes no release."""
    from mesh_workbench.model.run import RunRequest, RunState

    with opened() as bench:
        specs = bench.versions.get(name, version).parameters
        request = RunRequest(
            product=name,
            parameters=typed(pairs(param), specs),
            preset=preset,
            slot=moment(slot, "--slot"),
            version=version,
            priority=priority,
            force=force,
            retry=retry_policy(retries, retry_on),
        )
        requested = bench.runs.request(request)
        if not wait:
            if as_json:
                show.as_json(requested)
                return
            show.say(f"Requested {requested.id}: {name} {requested.version}.")
            if requested.waiting:
                show.say(waits(requested.waiting))
            show.next_step(f"mesh runs {requested.id}")
            return
        with somebody_working(bench):
            final = watched(bench, requested.id, quiet=as_json)
        if as_json:
            show.as_json(final)
        else:
            describe(final)
            if final.report_id:
                broken_promises(bench.contracts.report(final.report_id))
        if final.state not in (RunState.SUCCEEDED, RunState.UNCHANGED):
            raise failure_of(final)
        if not as_json:
            show.next_step(f'mesh sql "SELECT * FROM {name} LIMIT 10"')  # noqa: S608  text to copy
