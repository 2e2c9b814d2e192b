"""`mesh schedule set|pause|resume|preview`: when products run by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.given import moment, pairs, typed
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Json, Parameters, Product, Timezone

if TYPE_CHECKING:
    from mesh_workbench.model.schedule import Schedule


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="When products run by themselves.")
    group.command("set")(set_)
    group.command("pause")(pause)
    group.command("resume")(resume)
    group.command("preview")(preview)
    app.add_typer(group, name="schedule")


def set_(
    name: Product,
    cron: Annotated[str, typer.Option(help="Five cron fields, such as '0 6 * * *'.")],
    timezone: Timezone = "UTC",
    param: Parameters = None,
    start: Annotated[str | None, typer.Option(metavar="TIME", help="No slot begins before it.")] = None,
    end: Annotated[str | None, typer.Option(metavar="TIME", help="No slot begins at or after it.")] = None,
    as_json: Json = False,
) -> None:
    """Set when a product runs; replaces an earlier schedule."""
    from mesh_workbench.model.schedule import ScheduleDraft

    with opened() as bench:
        given = pairs(param)
        parameters = typed(given, bench.versions.get(name).parameters) if given else {}
        draft = ScheduleDraft(
            cron=cron,
            timezone=timezone,
            parameters=parameters,
            start=moment(start, "--start"),
            end=moment(end, "--end"),
        )
        _say(bench.schedules.set(name, draft), as_json)


def pause(
    name: Product, reason: Annotated[str, typer.Option(help="Why, for those who wonder.")] = "", as_json: Json = False
) -> None:
    """Pause a schedule: no slot becomes due meanwhile."""
    with opened() as bench:
        _say(bench.schedules.pause(name, reason=reason), as_json)


def resume(name: Product, as_json: Json = False) -> None:
    """Let a paused schedule go on."""
    with opened() as bench:
        _say(bench.schedules.resume(name), as_json)


def preview(
    cron: Annotated[str, typer.Argument(metavar="CRON", help="Five cron fields, such as '0 6 * * *'.")],
    timezone: Timezone = "UTC",
    number: Annotated[int, typer.Option("--count", min=1, max=100, help="How many times to show.")] = 3,
    as_json: Json = False,
) -> None:
    """Show the next times at which a schedule would fire."""
    from zoneinfo import ZoneInfo

    from mesh_workbench.model.schedule import ScheduleDraft

    with opened() as bench:
        found = bench.schedules.preview(ScheduleDraft(cron=cron, timezone=timezone), count=number)
    if as_json:
        show.as_json(found)
        return
    zone = ZoneInfo(timezone)
    show.say(found.words)
    for time in found.items:
        show.say(f"{time.astimezone(zone):%Y-%m-%d %H:%M %Z}   {show.instant(time)}   {show.ago(time)}")
    if not found.items:
        show.say("It would never fire.")


def _say(schedule: Schedule, as_json: bool) -> None:
    if as_json:
        show.as_json(schedule)
        return
    show.say(f"{schedule.product}: {schedule.words or schedule.cron}")
    if schedule.paused:
        show.say(f"Paused{': ' + schedule.pause_reason if schedule.pause_reason else ''}.")
    elif schedule.next_fire:
        show.say(f"Next: {show.instant(schedule.next_fire)}, {show.ago(schedule.next_fire)}.")
    else:
        show.say("It will not fire any more.")
