"""compose: notices as one message, in plain text, as HTML and for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from html import escape
from urllib.parse import quote
from zoneinfo import ZoneInfo

from mesh_workbench.model.delivery import Delivery
from mesh_workbench.model.notice import Notice, NoticeKind
from mesh_workbench.notifiers.base import Message
from mesh_workbench.settings import Settings

_WORDS = {
    NoticeKind.FAILED: "failed",
    NoticeKind.LATE: "is late",
    NoticeKind.BREACHED: "broke its contract",
    NoticeKind.RECOVERED: "is well again",
    NoticeKind.CHANGED: "changes",
    NoticeKind.REVIEW: "is under review",
    NoticeKind.BREAKING: "breaks what you use",
}
_COLOURS = {
    NoticeKind.RECOVERED: "#2e7d32",
    NoticeKind.LATE: "#b26a00",
    NoticeKind.CHANGED: "#1565c0",
    NoticeKind.REVIEW: "#1565c0",
    NoticeKind.BREAKING: "#b26a00",
}
_STYLE = "font-family: system-ui, sans-serif; font-size: 15px; line-height: 1.45; color: #212121; max-width: 40em"
_LISTED = 50
"""Notices that a message spells out; of the others it says how many there are."""


def compose(
    delivery: Delivery, notices: Sequence[Notice], why: Mapping[str, str], settings: Settings, zone: str
) -> Message:
    """The message of a delivery. `why` says by notice why its reader is told; times are shown in `zone`.

    Every attempt makes the same message.
    """
    shown, hidden = notices[:_LISTED], len(notices) - _LISTED
    reasons = sorted({reason for reason in why.values() if reason})
    foot = [f"You are told because {' and '.join(reasons)}."] if reasons else []
    foot.append(
        "`mesh notify mute NAME` silences a product or a domain, `mesh notify subscribe NAME` says what to tell."
    )
    more = [f"And {hidden} more: `mesh notify list` shows all."] if hidden > 0 else []
    told = [[_heading(notice), *_body(notice, settings, zone)] for notice in shown]
    return Message(
        id=delivery.id,
        subject=_subject(notices, settings.title),
        text="\n\n".join(["\n  ".join(lines) for lines in told] + more + ["-- \n" + "\n".join(foot)]) + "\n",
        html=_html(shown, told, more, foot, settings),
        document=_document(delivery, notices, settings),
        created=delivery.created,
    )


def trial(delivery: Delivery, settings: Settings) -> Message:
    """The message by which somebody finds out whether a channel works."""
    text = f"This is a test from {settings.title}. Messages about data products will arrive here."
    return Message(
        id=delivery.id,
        subject=_line(f"[{settings.title}] A test"),
        text=f"{text}\n",
        html=f'<!doctype html><html><body style="{_STYLE}"><p>{escape(text)}</p></body></html>',
        document=_document(delivery, [], settings),
        created=delivery.created,
    )


def _subject(notices: Sequence[Notice], title: str) -> str:
    first = notices[0]
    others = len({notice.product for notice in notices} - {first.product})
    more = f" and {others} more {'product' if others == 1 else 'products'}" if others else ""
    return _line(f"[{title}] {_heading(first)}{more}")


def _heading(notice: Notice) -> str:
    return f"{'Reminder: ' if notice.reminder else ''}{notice.product} {_WORDS[notice.kind]}"


def _body(notice: Notice, settings: Settings, zone: str) -> list[str]:
    lines = [notice.text]
    if notice.kind is NoticeKind.RECOVERED:
        lines.append(f"It was not for {_span(notice.at - notice.since)}, since {_moment(notice.since, zone)}.")
    elif notice.kind not in (NoticeKind.CHANGED, NoticeKind.REVIEW, NoticeKind.BREAKING):
        many = f" {notice.runs} runs ended so." if notice.runs > 1 else ""
        lines.append(f"Since {_moment(notice.since, zone)}.{many}")
    if not settings.lab_url:
        lines.append(f"mesh runs {notice.run_id}" if notice.run_id else f"mesh product show {notice.product}")
    else:
        lines.append(_link(notice, settings))
    return lines


def _link(notice: Notice, settings: Settings) -> str:
    """Opens the run, else the product, in JupyterLab."""
    run = f"&mesh-run={quote(notice.run_id, safe='')}" if notice.run_id else ""
    return f"{settings.lab_url.rstrip('/')}/lab?mesh-product={quote(notice.product, safe='')}{run}"


def _html(
    notices: Sequence[Notice], told: list[list[str]], more: list[str], foot: list[str], settings: Settings
) -> str:
    parts = []
    for notice, (heading, *body) in zip(notices, told, strict=True):
        *sentences, last = body
        colour = _COLOURS.get(notice.kind, "#b71c1c")
        link = (
            f'<a href="{escape(last)}">Open it in JupyterLab</a>'
            if settings.lab_url
            else f"<code>{escape(last)}</code>"
        )
        parts.append(
            f'<h2 style="font-size: 17px; margin: 1.2em 0 0; color: {colour}">{escape(heading)}</h2>'
            f"<p>{'<br>'.join(escape(sentence) for sentence in sentences)}<br>{link}</p>"
        )
    parts += [f"<p>{escape(line)}</p>" for line in more]
    small = "<br>".join(escape(line) for line in foot)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"></head><body style="{_STYLE}">{"".join(parts)}'
        f'<p style="color: #616161; font-size: 13px; margin-top: 2em">{small}</p></body></html>'
    )


def _document(delivery: Delivery, notices: Sequence[Notice], settings: Settings) -> dict[str, object]:
    hidden = {"why", "read", "product_id"}
    return {
        "type": "notices" if notices else "test",
        "timestamp": delivery.created.isoformat(),
        "workbench": settings.title,
        "data": [notice.model_dump(mode="json", exclude=hidden) for notice in notices],
    }


def _moment(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}"


def _span(length: timedelta) -> str:
    minutes = max(1, round(length.total_seconds() / 60))
    for unit, size in (("days", 2880), ("hours", 120)):
        if minutes >= size:
            return f"{minutes * 2 // size} {unit}"
    return f"{minutes} {'minute' if minutes == 1 else 'minutes'}"


def _line(text: str) -> str:
    """On one line and without control characters, as a header of a mail must be."""
    return "".join(character if character.isprintable() else " " for character in text)
