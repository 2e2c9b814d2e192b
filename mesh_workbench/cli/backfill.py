"""`mesh backfill`: compute a range of slots, watch it, hold it, end it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.given import confirmed, moment, pairs, typed
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Json, Parameters, Preset, Timezone, Yes
from mesh_workbench.errors import InvalidInput

if TYPE_CHECKING:
    from mesh_workbench.model.backfill import Backfill, BackfillPlan, BackfillRequest, BackfillSlot
    from mesh_workbench.workbench.protocol import Workbench

MARKS = {
    "succeeded": "✓",
    "unchanged": "=",
    "failed": "✗",
    "cancelled": "c",
    "skipped": "-",
    "waiting": "·",
    "queued": "q",
}
"""One mark a slot; every other state is work going on."""
_GOING = "▸"
_ROW = 50


def register(app: typer.Typer) -> None:
    app.command("backfill")(backfill)


def backfill(
    which: Annotated[
        str | None, typer.Argument(metavar="DOMAIN.PRODUCT|BACKFILL", help="A product, or the id of a backfill.")
    ] = None,
    start: Annotated[str | None, typer.Option("--from", metavar="TIME", help="Begin of the range.")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="TIME", help="End of the range, not included.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would do.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Slots that are published already, too.")] = False,
    newest: Annotated[bool, typer.Option("--newest-first", help="From the end of the range to its begin.")] = False,
    concurrency: Annotated[int, typer.Option(min=1, max=64, help="How many slots at a time.")] = 1,
    stop_after: Annotated[int, typer.Option(min=0, help="Pause when so many failed in a row; 0 never.")] = 3,
    every: Annotated[str | None, typer.Option(help="How time is cut, where no schedule says it: '1 day'.")] = None,
    cron: Annotated[str | None, typer.Option(help="The same, as five cron fields.")] = None,
    timezone: Timezone = "UTC",
    version: Annotated[str | None, typer.Option(help="Version; the newest when not given.")] = None,
    param: Parameters = None,
    preset: Preset = None,
    force: Annotated[bool, typer.Option("--force", help="Also where nothing changed.")] = False,
    pause: Annotated[bool, typer.Option("--pause", help="With a backfill: begin no more of its runs.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="With a backfill: let it go on.")] = False,
    cancel: Annotated[bool, typer.Option("--cancel", help="With a backfill: end it for good.")] = False,
    reason: Annotated[str, typer.Option(help="Why it is held or ended.")] = "",
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Compute a range of slots of a product; list backfills, or show, hold, resume or end one."""
    with opened() as bench:
        if which is not None and which.startswith("bkf_"):
            _one(bench, which, pause=pause, resume=resume, cancel=cancel, reason=reason, as_json=as_json)
            return
        if start is None and end is None and not dry_run:
            _list(bench, which, as_json)
            return
        request = _request(
            bench, which, start, end, param, every, cron, timezone, version, preset,
            everything=everything, newest=newest, concurrency=concurrency, stop_after=stop_after, force=force,
        )  # fmt: skip
        plan = bench.backfills.plan(request)
        if dry_run:
            _tell_plan(plan, as_json)
            return
        if not as_json:
            _tell_plan(plan, as_json=False)
        confirmed(f"Compute {plan.runs:,} slots of {plan.product}?", yes=yes, as_json=as_json)
        begun = bench.backfills.begin(request)
    if as_json:
        show.as_json(begun)
    else:
        show.say(f"Began {begun.id}.")
        show.next_step(f"mesh backfill {begun.id}")


def _request(
    bench: Workbench,
    name: str | None,
    start: str | None,
    end: str | None,
    param: list[str] | None,
    every: str | None,
    cron: str | None,
    timezone: str,
    version: str | None,
    preset: str | None,
    *,
    everything: bool,
    newest: bool,
    concurrency: int,
    stop_after: int,
    force: bool,
) -> BackfillRequest:
    from mesh_workbench.model.backfill import BackfillRequest
    from mesh_workbench.model.schedule import ScheduleDraft

    first, last = moment(start, "--from"), moment(end, "--to")
    if name is None or first is None or last is None:
        raise InvalidInput(
            "cli.usage",
            "A backfill needs a product, --from and --to.",
            hint="For example: mesh backfill sales.orders --from 2026-01-01 --to 2026-02-01",
        )
    given = pairs(param)
    return BackfillRequest(
        product=name,
        start=first,
        end=last,
        only="all" if everything else "missing",
        order="newest" if newest else "oldest",
        concurrency=concurrency,
        stop_after=stop_after,
        parameters=typed(given, bench.versions.get(name, version).parameters) if given else {},
        preset=preset,
        version=version,
        force=force,
        cut=ScheduleDraft(cron=cron, every=every, timezone=timezone) if cron or every else None,
    )


def _tell_plan(plan: BackfillPlan, as_json: bool) -> None:
    if as_json:
        show.as_json(plan)
        return
    show.say(f"{plan.product} {plan.version}. {plan.words}")
    runs = [item.slot for item in plan.items if not item.skipped]
    if runs:
        show.say(
            f"{plan.runs:,} slots would run, from {show.instant(runs[0].start)} to {show.instant(runs[-1].start)}."
        )
    if plan.skipped:
        show.say(f"{plan.skipped:,} are published already and left alone; --all computes them, too.")
    for note in plan.notes:
        show.say(note)


def _one(
    bench: Workbench, backfill_id: str, *, pause: bool, resume: bool, cancel: bool, reason: str, as_json: bool
) -> None:
    if pause + resume + cancel > 1:
        raise InvalidInput("cli.usage", "Only one of --pause, --resume and --cancel.", hint="Say which.")
    if pause:
        found = bench.backfills.pause(backfill_id, reason=reason or "Paused by hand.")
    elif resume:
        found = bench.backfills.resume(backfill_id)
    elif cancel:
        found = bench.backfills.cancel(backfill_id, reason=reason or "Cancelled by hand.")
    else:
        found = bench.backfills.get(backfill_id)
    if as_json:
        show.as_json(found)
        return
    _describe(found)
    _grid(_slots(bench, backfill_id))


def _slots(bench: Workbench, backfill_id: str) -> list[BackfillSlot]:
    slots: list[BackfillSlot] = []
    cursor: str | None = None
    while True:
        page = bench.backfills.slots(backfill_id, cursor=cursor, limit=1000)
        slots += page.items
        cursor = page.next
        if cursor is None:
            return slots


def _list(bench: Workbench, name: str | None, as_json: bool) -> None:
    page = bench.backfills.list(name)
    if as_json:
        show.as_json(page)
    elif page.items:
        show.table(
            ["backfill", "product", "from", "to", "state", "slots", "left", "failed", "begun"],
            [
                (
                    one.id,
                    one.product,
                    f"{one.start:%Y-%m-%d}",
                    f"{one.end:%Y-%m-%d}",
                    one.state.value,
                    show.count(one.total),
                    show.count(one.left),
                    show.count(one.counts.get("failed", 0)),
                    show.ago(one.created),
                )
                for one in page.items
            ],
            right=["slots", "left", "failed"],
        )
    else:
        show.say("There are no backfills.")
        show.next_step(f"mesh backfill {name or 'DOMAIN.PRODUCT'} --from TIME --to TIME --dry-run")


def _describe(one: Backfill) -> None:
    counted = ", ".join(f"{number:,} {state}" for state, number in sorted(one.counts.items()))
    show.facts(
        [
            ("backfill", one.id),
            ("product", f"{one.product} {one.version}"),
            ("range", f"{show.instant(one.start)} to {show.instant(one.end)}, {one.order} first"),
            ("state", f"{one.state.value}{': ' + one.reason if one.reason else ''}"),
            ("slots", f"{one.total:,}: {counted}"),
        ]
    )


def _grid(slots: list[BackfillSlot]) -> None:
    """A mark for each slot, in the order of time, with the time of the first one before each line."""
    in_time = sorted(slots, key=lambda one: one.slot.start)
    show.say()
    for begin in range(0, len(in_time), _ROW):
        line = in_time[begin : begin + _ROW]
        show.say(f"{line[0].slot.start:%Y-%m-%d %H:%M}  " + "".join(MARKS.get(one.state, _GOING) for one in line))
    seen = {one.state for one in slots}
    legend = [f"{mark} {state}" for state, mark in MARKS.items() if state in seen]
    show.say("  ".join(legend + ([f"{_GOING} going on"] if seen - MARKS.keys() else [])))
