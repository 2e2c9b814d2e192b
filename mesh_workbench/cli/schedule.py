"""`mesh schedule set|show|preview|pause|resume|remove|slots`: when products run by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.given import moment, pairs, typed
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Cursor, Json, Limit, Parameters, Preset, Product, Reason, Timezone

if TYPE_CHECKING:
    from mesh_workbench.model.schedule import Schedule, ScheduleDraft, SchedulePreview
    from mesh_workbench.workbench.protocol import Workbench

Cron = Annotated[str | None, typer.Option(metavar="FIELDS", help="Five cron fields, such as '0 6 * * *'.")]
Every = Annotated[str | None, typer.Option(metavar="DURATION", help="An interval: '15 minutes', 'day', PT1H.")]
After = Annotated[
    Literal["any", "all"] | None, typer.Option(help="When any, or each, of the products it reads has a new release.")
]
Debounce = Annotated[
    str | None, typer.Option(metavar="DURATION", help="With --after: wait until none has come for so long.")
]
Carry = Annotated[
    Literal["union", "last", "each"], typer.Option(help="With --after: the slots of the new releases to run for.")
]
Start = Annotated[str | None, typer.Option(metavar="TIME", help="No slot begins before it; --every counts from it.")]
End = Annotated[str | None, typer.Option(metavar="TIME", help="No slot begins at or after it.")]
CatchUp = Annotated[
    Literal["skip", "latest", "all"], typer.Option(help="Which of the slots run that were due while no worker was.")
]
Grace = Annotated[
    str | None, typer.Option(metavar="DURATION", help="A slot that cannot start within this time is missed.")
]
Overlap = Annotated[
    Literal["skip", "queue", "cancel"], typer.Option(help="What to do while the run before still goes on.")
]
Until = Annotated[str | None, typer.Option(metavar="TIME", help="When it goes on by itself.")]
Zone = Annotated[str | None, typer.Option("--zone", metavar="ZONE", help="Show times in this zone.")]
Count = Annotated[int, typer.Option("--count", min=1, max=100, help="How many times to show.")]
Scope = Annotated[str, typer.Argument(metavar="NAME", help="DOMAIN.PRODUCT, or a DOMAIN with those below it.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="When products run by themselves.")
    group.command("set")(set_)
    for command in (show_, preview, pause, resume, remove, slots):
        group.command(command.__name__.rstrip("_"))(command)
    app.add_typer(group, name="schedule")


def set_(
    name: Product,
    cron: Cron = None,
    every: Every = None,
    after: After = None,
    debounce: Debounce = None,
    carry: Carry = "union",
    timezone: Timezone = "UTC",
    param: Parameters = None,
    preset: Preset = None,
    start: Start = None,
    end: End = None,
    catch_up: CatchUp = "latest",
    grace: Grace = None,
    overlap: Overlap = "queue",
    as_json: Json = False,
) -> None:
    """Set when a product runs: one of --cron, --every and --after. It replaces an earlier schedule.

    Parameters may hold the times of the slot: -p month={slot.start:%Y-%m}.
    """
    with opened() as bench:
        draft = _draft(
            bench,
            name,
            param,
            cron=cron,
            every=every,
            after=after,
            debounce=debounce,
            carry=carry,
            timezone=timezone,
            preset=preset,
            start=moment(start, "--start"),
            end=moment(end, "--end"),
            catch_up=catch_up,
            grace=grace,
            overlap=overlap,
        )
        saved = bench.schedules.set(name, draft)
        if as_json:
            show.as_json(saved)
            return
        _say(saved)
        _say_times(bench.schedules.upcoming(name), waits=saved.after is not None)


def show_(name: Product, zone: Zone = None, number: Count = 3, as_json: Json = False) -> None:
    """Show the schedule of a product and what it does next."""
    from mesh_workbench.errors import NotFound

    with opened() as bench:
        schedule = bench.schedules.get(name)
        if schedule is None:
            raise NotFound("schedule.none", f"{name} has no schedule.", hint=f"Set one: mesh schedule set {name} …")
        coming = bench.schedules.upcoming(name, count=number, zone=zone)
    if as_json:
        show.as_json({"schedule": schedule.model_dump(mode="json"), "preview": coming.model_dump(mode="json")})
        return
    _say(schedule)
    show.facts(
        (field.replace("_", " "), getattr(schedule, field))
        for field in (
            "timezone",
            "start",
            "end",
            "catch_up",
            "grace",
            "overlap",
            "preset",
            "parameters",
            "acting_identity",
        )
    )
    _say_times(coming, waits=schedule.after is not None)


def preview(
    cron: Annotated[str | None, typer.Argument(metavar="[CRON]", help="Five cron fields, such as '0 6 * * *'.")] = None,
    every: Every = None,
    after: After = None,
    debounce: Debounce = None,
    carry: Carry = "union",
    timezone: Timezone = "UTC",
    product: Annotated[
        str | None, typer.Option("--for", metavar="DOMAIN.PRODUCT", help="Show the values of its parameters too.")
    ] = None,
    param: Parameters = None,
    preset: Preset = None,
    start: Start = None,
    end: End = None,
    zone: Zone = None,
    number: Count = 3,
    as_json: Json = False,
) -> None:
    """Show the next times at which a schedule would fire; nothing is stored."""
    with opened() as bench:
        draft = _draft(
            bench,
            product,
            param,
            cron=cron,
            every=every,
            after=after,
            debounce=debounce,
            carry=carry,
            timezone=timezone,
            preset=preset,
            start=moment(start, "--start"),
            end=moment(end, "--end"),
        )
        found = bench.schedules.preview(draft, count=number, product=product, zone=zone)
    if as_json:
        show.as_json(found)
        return
    show.say(found.words)
    _say_times(found, waits=after is not None)


def pause(name: Scope, reason: Reason = "", until: Until = None, as_json: Json = False) -> None:
    """Pause a product, or a whole domain: what falls due meanwhile is skipped, and releases are waited with."""
    ends = moment(until, "--until")
    with opened() as bench:
        if "." in name:
            _answer(bench.schedules.pause(name, reason=reason, until=ends), as_json)
            return
        paused = bench.domains.pause(name, reason=reason, until=ends)
    if as_json:
        show.as_json(paused)
        return
    show.say(f"{paused.pause.words() if paused.pause else name} Schedules that it holds: {paused.schedules}.")
    _say_notes(paused.notes)


def resume(name: Scope, as_json: Json = False) -> None:
    """Let a paused product or domain go on."""
    with opened() as bench:
        if "." in name:
            _answer(bench.schedules.resume(name), as_json)
            return
        resumed = bench.domains.resume(name)
    if as_json:
        show.as_json(resumed)
        return
    show.say(f"{name} goes on. Its schedules: {resumed.schedules}.")
    _say_notes(resumed.notes)


def remove(name: Product, as_json: Json = False) -> None:
    """Remove the schedule of a product; slots that wait are skipped, runs that go on are not touched."""
    with opened() as bench:
        removed = bench.schedules.remove(name)
    if as_json:
        show.as_json(removed)
        return
    show.say(f"{name} has no schedule any more.")
    _say_notes(removed.notes)


def slots(name: Product, cursor: Cursor = None, limit: Limit = 20, as_json: Json = False) -> None:
    """List the slots of a product, the newest first, with what became of each and why."""
    with opened() as bench:
        found = bench.schedules.slots(name, cursor=cursor, limit=limit)
    if as_json:
        show.items_as_json(found.items, found.next)
        return
    rows = []
    for slot in found.items:
        last = slot.decisions[-1] if slot.decisions else None
        what = [last.run_id or "", last.reason, last.by] if last else ["", "It waits.", ""]
        rows.append([show.instant(slot.start), show.instant(slot.end), slot.state.value, *what])
    show.table(["from", "to", "state", "run", "why", "by"], rows)


def _draft(bench: Workbench, product: str | None, param: list[str] | None, **fields: object) -> ScheduleDraft:
    """The draft that the options say; texts of parameters are read as their types, slot expressions stay."""
    from mesh_workbench.model.schedule import ScheduleDraft

    given = pairs(param)
    expressions = {name: text for name, text in given.items() if "{" in text}
    plain = {name: text for name, text in given.items() if name not in expressions}
    specs = bench.versions.get(product).parameters if product and plain else []
    return ScheduleDraft.model_validate({**fields, "parameters": typed(plain, specs) | expressions})


def _answer(schedule: Schedule, as_json: bool) -> None:
    if as_json:
        show.as_json(schedule)
        return
    _say(schedule)
    if schedule.next_fire and not schedule.paused:
        show.say(f"Next: {show.instant(schedule.next_fire)}, {show.ago(schedule.next_fire)}.")


def _say(schedule: Schedule) -> None:
    show.say(f"{schedule.product}: {schedule.words or schedule.short}")
    for pause in [schedule.pause] if schedule.paused and schedule.pause else []:
        show.say(f"Paused: {pause.words()}")
    _say_notes(schedule.notes)


def _say_times(found: SchedulePreview, *, waits: bool) -> None:
    for slot in found.slots:
        given = "  ".join(f"{name}={value}" for name, value in slot.parameters.items())
        show.say(f"  {slot.words}   {show.instant(slot.at)}{'   ' + given if given else ''}")
    for awaited in found.waits_for:
        fires = f", runs next {show.instant(awaited.next_fire)}" if awaited.next_fire else ""
        newest, seen = awaited.newest or "none", awaited.seen or "none"
        show.say(f"  {awaited.product}: newest release {newest}, acted on {seen}{fires}")
    if not found.slots:
        show.say("It fires when releases come." if waits else "It will not fire any more.")
    _say_notes(found.notes)


def _say_notes(notes: list[str]) -> None:
    for note in notes:
        show.say(f"Note: {note}")
