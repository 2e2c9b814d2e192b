"""`mesh preflight`: a notebook tried out as a worker would run it, and a checklist."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.check import place_of
from mesh_workbench.cli.given import pairs, read_text, typed
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Json, Parameters, Preset
from mesh_workbench.errors import RunFailed

if TYPE_CHECKING:
    from mesh_workbench.model.preflight import Preflight, PreflightRequest
    from mesh_workbench.workbench.protocol import Workbench

POLL_S = 0.1
_SIGNS = {"passed": "✓", "warned": "!", "failed": "✕", "not_checked": "–"}
_STYLES = {"failed": "bold red", "warned": "yellow"}


def register(app: typer.Typer) -> None:
    app.command("preflight")(preflight)


def preflight(
    notebook: Annotated[Path, typer.Argument(metavar="NOTEBOOK", help="The .ipynb file.")],
    to: Annotated[
        str, typer.Option("--to", metavar="DOMAIN.PRODUCT", help="The product whose contracts it must keep.")
    ] = "",
    param: Parameters = None,
    preset: Preset = None,
    as_json: Json = False,
) -> None:
    """Try a notebook out in a clean kernel and an empty folder, as a worker would run it; publishes nothing.

    The exit code is 6 when it does not run, produce what it declares and keep its contracts.
    """
    from mesh_workbench.model.preflight import PreflightRequest
    from mesh_workbench.notebooks.analyse import analyse

    text = read_text(notebook)
    values = typed(pairs(param), analyse(text).parameters)
    request = PreflightRequest(
        notebook=text, to=to, folder=str(notebook.resolve().parent), preset=preset, parameters=values
    )
    with opened() as bench:
        tried = watched(bench, request, quiet=as_json)
    if as_json:
        show.as_json(tried)
    else:
        checklist(notebook.name, tried)
    demand_passed(notebook.name, tried)
    if not as_json:
        show.next_step(f"mesh promote {notebook} --to {to or 'DOMAIN.PRODUCT'}")


def watched(bench: Workbench, request: PreflightRequest, *, quiet: bool) -> Preflight:
    """Begin it, show which cell is executed, and give what came of it. Ctrl-C ends it."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    screen = show.console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(bar_width=24),
               TextColumn("{task.fields[line]}", markup=False), TimeElapsedColumn())  # fmt: skip
    found = bench.preflights.start(request)
    with Progress(*columns, console=screen, transient=True, disable=quiet or not screen.is_terminal) as bar:
        task = bar.add_task("starting", total=None, line="")
        try:
            while found.state == "running":
                time.sleep(POLL_S)
                found = bench.preflights.get(found.id)
                step = found.progress
                line = show.plain(step.line or step.message)[:60]
                bar.update(task, description=step.step, completed=step.cell, total=step.cells or None, line=line)
        except KeyboardInterrupt:
            bench.preflights.cancel(found.id)
            raise
    return found


def checklist(name: str, tried: Preflight) -> None:
    """One line a check, and below it what to do."""
    for check in tried.checks:
        show.say(f"{_SIGNS[check.outcome]} {check.message}", style=_STYLES.get(check.outcome, ""))
        for finding in check.findings:
            show.say(f"    {place_of(name, finding)}: {finding.level.value}[{finding.code}]: {finding.message}")
            if finding.hint:
                show.say(f"      hint: {finding.hint}")


def demand_passed(name: str, tried: Preflight) -> None:
    """Raise RunFailed `preflight.failed` unless nothing failed."""
    if tried.passed:
        return
    worst = next((check for check in tried.checks if check.outcome == "failed"), None)
    raise RunFailed(
        "preflight.failed",
        f"{name} is not ready: {worst.message if worst else f'its preflight is {tried.state}.'}",
        hint="Mend what the checklist names, and try again. JupyterLab's promote dialog offers fixes.",
    )
