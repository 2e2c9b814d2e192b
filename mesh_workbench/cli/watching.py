"""`mesh runs --watch`: a bar for each run that waits or goes on, until none is left."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mesh_workbench.cli import show
from mesh_workbench.cli.one_run import took, waits

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from mesh_workbench.model.run import Run
    from mesh_workbench.workbench.protocol import Workbench

POLL_S = 0.5
_NEWEST = 100


def watch(bench: Workbench, which: str | None, *, as_json: bool) -> None:
    """Show what becomes of a run, of a product's runs or of all, until they are over; Ctrl-C only stops looking.

    On a terminal a bar for each; else a line, or as JSON a document a line, for each change.
    """
    if as_json:
        for run in changes(bench, which):
            print(run.model_dump_json(), flush=True)
        return
    seen = _with_bars(bench, which) if show.console().is_terminal else _line_by_line(bench, which)
    if not seen:
        show.say("Nothing is waiting or going on.")


def changes(bench: Workbench, which: str | None, *, poll_s: float = POLL_S) -> Iterator[Run]:
    """Runs that are not over, and each time that one of them changes; ends when all are over."""
    known: dict[str, Run] = {}
    while True:
        for run in _present(bench, which, list(known)):
            if run.id not in known and run.state.final and run.id != which:
                continue
            if known.get(run.id) != run:
                known[run.id] = run
                yield run
        if all(run.state.final for run in known.values()):
            return
        time.sleep(poll_s)


def said(run: Run) -> str:
    """A run in a line: what it is, where it stands, what it waits for or how it ended."""
    slot = f" {run.slot.key[:16]}" if run.slot else ""
    cell = f", cell {run.progress.cell} of {run.progress.cells}" if run.progress.cells and not run.state.final else ""
    more = run.failure.message if run.failure and run.state.final else waits(run.waiting) if run.waiting else ""
    release = f", release {run.release}" if run.release and run.state.final else ""
    ended = f" in {took(run)}" if run.state.final and took(run) else ""
    return f"{run.product}{slot}: {run.state.value}{ended}{cell}{release}{'. ' + more if more else ''}"


def _present(bench: Workbench, which: str | None, known: list[str]) -> list[Run]:
    if which and which.startswith("run_"):
        return [bench.runs.get(which)]
    listed = {run.id: run for run in bench.runs.list(which, limit=_NEWEST).items}
    others = [bench.runs.get(run_id) for run_id in known if run_id not in listed]
    return [*reversed(listed.values()), *others]


def _line_by_line(bench: Workbench, which: str | None) -> int:
    seen = 0
    for run in changes(bench, which):
        seen += 1
        show.say(f"{show.instant(run.finished or run.started or run.created)} {said(run)}")
    return seen


def _with_bars(bench: Workbench, which: str | None) -> int:
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(bar_width=20),
               TextColumn("{task.fields[line]}", markup=False))  # fmt: skip
    bars: dict[str, TaskID] = {}
    with Progress(*columns, console=show.console()) as progress:
        try:
            for run in changes(bench, which):
                if run.id not in bars:
                    bars[run.id] = progress.add_task(_name(run), total=None, line="")
                _draw(progress, bars[run.id], run)
        except KeyboardInterrupt:
            show.aside("No longer watching; the runs go on.")
    return len(bars)


def _draw(progress: Progress, bar: TaskID, run: Run) -> None:
    cells, cell = run.progress.cells, run.progress.cell
    total = cells or (1 if run.state.final else None)
    done = (total or 0) if run.state.final else max(0, cell - 1)
    line = said(run).partition(": ")[2]
    if not run.state.final and run.progress.line:
        line = f"{line}: {run.progress.line}"
    progress.update(bar, total=total, completed=done, line=show.plain(line)[:100])


def _name(run: Run) -> str:
    return show.plain(f"{run.product} {run.slot.key[:10] if run.slot else run.id[-6:]}")
