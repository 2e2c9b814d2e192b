"""`mesh runs`: what ran, and how one run went."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.one_run import describe, ordinal, took
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Cursor, Json, Limit
from mesh_workbench.cli.watching import watch as watch_runs
from mesh_workbench.errors import InvalidInput

if TYPE_CHECKING:
    import pyarrow
    from pydantic import JsonValue

    from mesh_workbench.model.check import CheckReport
    from mesh_workbench.model.run import Run


def register(app: typer.Typer) -> None:
    app.command("runs")(runs)


def runs(
    which: Annotated[
        str | None, typer.Argument(metavar="DOMAIN.PRODUCT|RUN", help="A product, or the id of one run.")
    ] = None,
    log: Annotated[bool, typer.Option("--log", help="With a run: what it printed.")] = False,
    quarantine: Annotated[
        bool, typer.Option("--quarantine", help="With a run: the rows that broke a promise.")
    ] = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="With a run: write its notebook as a page to read.")
    ] = None,
    code: Annotated[bool, typer.Option("--code", help="With --html: show the code, too.")] = False,
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Show what waits and goes on, until it is over.")
    ] = False,
    cursor: Cursor = None,
    limit: Limit = 20,
    as_json: Json = False,
) -> None:
    """List runs, newest first, or show one run with its checks."""
    one = which is not None and which.startswith("run_")
    for option, given in (("--log", log), ("--quarantine", quarantine), ("--html", html)):
        if given and not one:
            raise InvalidInput("cli.no-run", f"{option} is about one run.", hint=f"Write mesh runs RUN {option}")
    with opened() as bench:
        if watch:
            watch_runs(bench, which, as_json=as_json)
            return
        if one and which:
            if quarantine:
                failing_rows(bench.runs.quarantine(which), limit=limit, as_json=as_json)
                return
            if html:
                html.write_text(bench.runs.page(which, code=code), encoding="utf-8", errors="backslashreplace")
                show.say(f"Wrote {html}.")
                return
            run = bench.runs.get(which)
            if as_json:
                show.as_json(run)
                return
            describe(run)
            report = bench.contracts.report(run.report_id) if run.report_id else None
            if report:
                broken_promises(report)
            if log:
                show.say(bench.runs.log(which))
            if report and any(result.sample for result in report.results):
                show.next_step(f"mesh runs {run.id} --quarantine", "the rows that broke a promise")
            return
        page = bench.runs.list(which, cursor=cursor, limit=limit)
    if as_json:
        show.as_json(page)
    elif page.items:
        listed(page.items, of_one=which is not None)
        if page.next:
            show.say(f"More: --cursor {page.next}")
    else:
        show.say("Nothing has run yet.")
        show.next_step(f"mesh run {which or 'DOMAIN.PRODUCT'} --wait")


def listed(runs: list[Run], *, of_one: bool) -> None:
    """Runs as a table, at least one: with their products, or of one product with the figures of each."""
    lines = [_line(run) for run in runs]
    left_out = {"product"} if of_one else {"rows", "kept"}
    columns = [name for name in lines[0] if name not in left_out]
    show.table(
        columns,
        [[line[name] for name in columns] for line in lines],
        right=[name for name in ("rows", "kept", "release", "took") if name in columns],
    )


def _line(run: Run) -> dict[str, object]:
    from mesh_workbench.model.check import Outcome

    waits = run.waiting and run.waiting.position
    return {
        "run": run.id,
        "product": run.product,
        "version": run.version,
        "slot": run.slot.key[:10] if run.slot else "",
        "state": f"queued ({ordinal(waits)})" if waits else run.state.value,
        "rows": show.count(sum(run.rows.values())) if run.rows else "",
        "kept": f"{run.checks.get(Outcome.PASSED, 0)}/{sum(run.checks.values())}" if run.checks else "",
        "release": run.release,
        "started": show.ago(run.started),
        "took": took(run),
    }


def failing_rows(rows: pyarrow.Table, *, limit: int, as_json: bool) -> None:
    """The first `limit` rows that broke a promise; all of them as JSON."""
    from mesh_workbench.contracts.evidence import counted
    from mesh_workbench.model.check import QuarantinedRow

    shown = rows if as_json else rows.slice(0, limit)
    items = [QuarantinedRow.model_validate(row) for row in shown.to_pylist()]
    if as_json:
        show.items_as_json(items)
        return
    if items:
        show.table(
            ["promise", "outcome", "key", "value"],
            [(item.promise, item.outcome.value, _fields(item.key), _fields(item.value)) for item in items],
        )
    more = f"; the first {limit} are shown" if rows.num_rows > limit else ""
    show.say(f"{counted(rows.num_rows, 'row')} in quarantine{more}.")
    promises = rows["promise"].value_counts().to_pylist()
    if len(promises) > 1:
        each = ", ".join(f"{one['values']} {show.count(one['counts'])}" for one in promises)
        show.say(f"By promise: {each}.")


def _fields(values: dict[str, JsonValue]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in values.items())


def broken_promises(report: CheckReport) -> None:
    """The promises that were not kept, with what was seen; one sentence for all the others."""
    from mesh_workbench.model.check import Outcome

    not_kept = [result for result in report.results if result.outcome is not Outcome.PASSED]
    kept = len(report.results) - len(not_kept)
    show.say(f"{kept} of {len(report.results)} promises kept.")
    if not_kept:
        show.table(
            ["promise", "outcome", "observed", "expected"],
            [
                (
                    result.promise.words,
                    result.outcome.value.replace("_", " "),
                    show.count(result.observed) if isinstance(result.observed, int) else result.observed,
                    result.expected or result.reason,
                )
                for result in not_kept
            ],
        )
