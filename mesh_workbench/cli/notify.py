"""`mesh notify list|subscribe|…`: what one is told, and about what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from mesh_workbench.cli import notify_how, show
from mesh_workbench.cli.given import moment
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Cursor, Json, Limit
from mesh_workbench.errors import InvalidInput

if TYPE_CHECKING:
    from mesh_workbench.model.subscription import Told

Target = Annotated[str, typer.Argument(metavar="NAME", help="DOMAIN.PRODUCT, or a DOMAIN for all its products.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="What you are told about products, and how.")
    group.command("list")(listed)
    group.command("read")(read)
    group.command("subscribe")(subscribe)
    group.command("unsubscribe")(unsubscribe)
    group.command("subscriptions")(subscriptions)
    group.command("mute")(mute)
    group.command("unmute")(unmute)
    notify_how.register(group)
    app.add_typer(group, name="notify")


def listed(
    unread: Annotated[bool, typer.Option("--unread", help="Only what you have not read.")] = False,
    cursor: Cursor = None,
    limit: Limit = 20,
    as_json: Json = False,
) -> None:
    """List what you were told, the newest first."""
    with opened() as bench:
        page = bench.notices.list(unread=unread, cursor=cursor, limit=limit)
        undelivered = bench.notices.summary().undelivered
    if as_json:
        show.items_as_json(page.items, page.next)
        return
    if not page.items:
        show.say("Nothing to tell you." if not unread else "You have read everything.")
    else:
        show.table(
            ["", "when", "product", "what", "text", "run"],
            [
                (
                    "" if notice.read else "new",
                    show.ago(notice.at),
                    notice.product,
                    f"{notice.kind.value}{f', reminder {notice.reminder}' if notice.reminder else ''}",
                    notice.text,
                    notice.run_id or "",
                )
                for notice in page.items
            ],
        )
    if undelivered:
        show.say(f"{undelivered} messages to you could not be delivered: mesh notify deliveries")
    if page.next:
        show.next_step(f"mesh notify list --cursor {page.next}", "for older ones")


def read(
    notices: Annotated[list[str] | None, typer.Argument(metavar="[NOTICE]...", help="Their ids; all if none.")] = None,
    as_json: Json = False,
) -> None:
    """Mark notices as read."""
    with opened() as bench:
        summary = bench.notices.read(notices or None)
    if as_json:
        show.as_json(summary)
    else:
        show.say(f"{summary.unread} unread.")


def subscribe(
    name: Target,
    on: Annotated[
        list[str] | None,
        typer.Option(help="failed, late, breached or recovered; repeat for several. All if not given."),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(help="lab, email or another channel; repeat for several. All that you have an address for."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Be told about a product, or about all products of a domain."""
    from mesh_workbench.model.notice import NoticeKind
    from mesh_workbench.model.subscription import SubscriptionDraft

    known = [kind.value for kind in NoticeKind]
    for kind in on or []:
        if kind not in known:
            raise InvalidInput(
                "notice.unknown-event", f"There is no event {kind!r}.", where="--on", hint=f"Write {', '.join(known)}."
            )
    draft = SubscriptionDraft(events=[NoticeKind(kind) for kind in on or known], channels=by or [])
    with opened() as bench:
        _say(bench.notices.subscribe(name, draft), as_json)


def unsubscribe(name: Target, as_json: Json = False) -> None:
    """End a subscription."""
    with opened() as bench:
        _say(bench.notices.unsubscribe(name), as_json)


def subscriptions(as_json: Json = False) -> None:
    """List what you are subscribed to. What you own, you are told about without."""
    with opened() as bench:
        found = bench.notices.subscriptions()
    if as_json:
        show.items_as_json(found)
    elif found:
        show.table(
            ["name", "told", "by", "muted"],
            [
                (
                    one.target,
                    ", ".join(one.events),
                    ", ".join(one.channels) or "all",
                    (show.instant(one.muted_until) or "yes") if one.muted else "",
                )
                for one in found
            ],
        )
    else:
        show.say("You are subscribed to nothing.")
        show.next_step("mesh notify subscribe DOMAIN.PRODUCT")


def mute(
    name: Target,
    hours: Annotated[float | None, typer.Option("--for", min=0.01, metavar="HOURS", help="For how long.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Until when; for ever if not given.")] = None,
    as_json: Json = False,
) -> None:
    """Be told nothing about it for a while."""
    then = datetime.now(UTC) + timedelta(hours=hours) if hours is not None else moment(until, "--until")
    with opened() as bench:
        _say(bench.notices.mute(name, until=then), as_json)


def unmute(name: Target, as_json: Json = False) -> None:
    """Be told about it again."""
    with opened() as bench:
        _say(bench.notices.unmute(name), as_json)


def _say(told: Told, as_json: bool) -> None:
    if as_json:
        show.as_json(told)
    elif not told.why:
        show.say(f"You are told nothing about {told.target}.")
    elif told.muted:
        until = f" until {show.instant(told.muted_until)}" if told.muted_until else ""
        show.say(f"{told.target} is muted{until}.")
    else:
        by = f" by {', '.join(told.channels)}" if told.channels else ""
        show.say(f"You are told when {told.target} is {', '.join(told.events)}{by}, because {told.why}.")
