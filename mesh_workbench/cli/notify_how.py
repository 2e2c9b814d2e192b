"""`mesh notify settings|address|quiet|test|deliveries|sweep`: how one is told, and whether it arrives."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Cursor, Json, Limit, Timezone
from mesh_workbench.errors import InvalidInput

if TYPE_CHECKING:
    from mesh_workbench.model.preferences import Preferences, PreferencesDraft

Channel = Annotated[str, typer.Argument(metavar="CHANNEL", help="email, webhook, apprise, or one that a plugin adds.")]


def register(group: typer.Typer) -> None:
    group.command("settings")(settings)
    group.command("address")(address)
    group.command("quiet")(quiet)
    group.command("test")(try_)
    group.command("deliveries")(deliveries)
    group.command("sweep")(sweep)


def settings(as_json: Json = False) -> None:
    """Show by which channels you are told, and when it is quiet."""
    with opened() as bench:
        chosen, channels = bench.notices.preferences(), bench.notices.channels()
    if as_json:
        show.as_json(chosen)
        return
    show.table(
        ["channel", "your address", "what it is"],
        [
            (
                channel.name,
                chosen.addresses[channel.name].to if channel.name in chosen.addresses else "",
                channel.description,
            )
            for channel in channels
        ],
    )
    _say_quiet(chosen)


def address(
    channel: Channel,
    to: Annotated[
        str | None, typer.Argument(metavar="ADDRESS", help="Where; env:NAME and file:NAME name secrets.")
    ] = None,
    secret: Annotated[str, typer.Option(metavar="REFERENCE", help="What signs a webhook: env:NAME or file:NAME.")] = "",
    remove: Annotated[bool, typer.Option("--remove", help="Forget the address.")] = False,
    as_json: Json = False,
) -> None:
    """Set your address of a channel, or remove it."""
    from mesh_workbench.model.preferences import Address

    if (to is None) is not remove:
        raise InvalidInput(
            "cli.usage", "Give an address, or --remove.", hint="mesh notify address email ana@example.org"
        )

    def changed(draft: PreferencesDraft) -> PreferencesDraft:
        others = {name: known for name, known in draft.addresses.items() if name != channel}
        mine = {} if to is None else {channel: Address(to=to, secret=secret)}
        return draft.model_copy(update={"addresses": {**others, **mine}})

    _change(changed, as_json)


def quiet(
    start: Annotated[str | None, typer.Argument(metavar="[START]", help="From when, such as 22:00.")] = None,
    end: Annotated[str | None, typer.Argument(metavar="[END]", help="Until when, such as 07:00.")] = None,
    timezone: Timezone = "UTC",
    urgent: Annotated[
        list[str] | None, typer.Option(help="What is told nevertheless: failed, late, breached, recovered; repeatable.")
    ] = None,
    off: Annotated[bool, typer.Option("--off", help="No quiet hours any more.")] = False,
    as_json: Json = False,
) -> None:
    """Let messages wait in some hours of every day."""
    from pydantic import ValidationError

    from mesh_workbench.model.preferences import PreferencesDraft, QuietHours

    if (start is None or end is None) is not off:
        raise InvalidInput("cli.usage", "Give start and end, or --off.", hint="mesh notify quiet 22:00 07:00")
    try:
        hours = None if start is None or end is None else QuietHours(start=start, end=end)
        more = PreferencesDraft.model_validate({"urgent": urgent or []})
    except ValidationError as error:
        problem = error.errors()[0]
        raise InvalidInput(
            "notice.not-hours",
            f"{problem['input']!r} cannot be taken: {problem['msg']}.",
            hint="Write hours like 22:00, and events like failed.",
        ) from error
    _change(
        lambda draft: draft.model_copy(update={"quiet": hours, "timezone": timezone, "urgent": more.urgent}), as_json
    )


def try_(channel: Channel, as_json: Json = False) -> None:
    """Send yourself a message, now, and say whether it was taken."""
    with opened() as bench:
        delivery = bench.notices.test(channel)
    if as_json:
        show.as_json(delivery)
    else:
        show.say(f"The message {delivery.id} was taken by {channel}.")


def deliveries(
    everybody: Annotated[bool, typer.Option("--all", help="To everybody; for platform administrators.")] = False,
    cursor: Cursor = None,
    limit: Limit = 20,
    as_json: Json = False,
) -> None:
    """List messages and what became of them, the newest first."""
    with opened() as bench:
        page = bench.notices.deliveries(everybody=everybody, cursor=cursor, limit=limit)
    if as_json:
        show.items_as_json(page.items, page.next)
        return
    if not page.items:
        show.say("No message yet.")
        return
    show.table(
        ["message", "when", "to", "by", "state", "tries", "why"],
        [
            (
                one.id,
                show.ago(one.created),
                one.identity or "the platform",
                one.channel,
                one.state.value.replace("_", " ") if one.ended else f"waiting, {show.ago(one.due)}",
                one.attempts,
                one.error,
            )
            for one in page.items
        ],
        right=["tries"],
    )
    if page.next:
        show.next_step(f"mesh notify deliveries --cursor {page.next}", "for older ones")


def sweep(as_json: Json = False) -> None:
    """Look for what is to be told and send what is due, once: for a timer where no worker is always alive."""
    with opened() as bench:
        swept = bench.notices.sweep()
    if as_json:
        show.as_json(swept)
    else:
        show.say(f"{swept.told} new notices, {swept.tried} messages tried.")


def _change(change: Callable[[PreferencesDraft], PreferencesDraft], as_json: bool) -> None:
    from mesh_workbench.model.preferences import PreferencesDraft

    with opened() as bench:
        known = bench.notices.preferences()
        draft = PreferencesDraft.model_validate(known.model_dump(exclude={"identity", "revision"}))
        saved = bench.notices.set_preferences(change(draft))
    if as_json:
        show.as_json(saved)
        return
    reached = ", ".join(f"{name} {known.to}" for name, known in saved.addresses.items())
    show.say(f"You are told by {reached}." if reached else "You are told in JupyterLab and by mesh notify list only.")
    _say_quiet(saved)
    for name in saved.addresses:
        show.next_step(f"mesh notify test {name}", "to see whether it arrives")
        break


def _say_quiet(chosen: Preferences) -> None:
    if chosen.quiet:
        urgent = f", except for {', '.join(chosen.urgent)}" if chosen.urgent else ""
        show.say(f"Messages wait from {chosen.quiet.start} to {chosen.quiet.end}, {chosen.timezone}{urgent}.")
