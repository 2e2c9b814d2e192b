"""`mesh audit list`: what was changed and decided, by whom."""

from __future__ import annotations

import json

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Cursor, Json, Limit


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="What was changed and decided, by whom.")
    group.callback()(_group)
    group.command("list")(listed)
    app.add_typer(group, name="audit")


def _group() -> None:
    """What was changed and decided, by whom."""


def listed(cursor: Cursor = None, limit: Limit = 50, as_json: Json = False) -> None:
    """List audit records, newest first."""
    with opened() as bench:
        page = bench.catalog.audit(cursor=cursor, limit=limit)
    if as_json:
        show.as_json(page)
        return
    show.table(
        ["when", "who", "what", "on", "detail"],
        [
            (
                show.instant(record.at),
                record.actor,
                record.action,
                record.target,
                json.dumps(record.detail, ensure_ascii=False)[:80] if record.detail else "",
            )
            for record in page.items
        ],
    )
    if page.next:
        show.say(f"More: --cursor {page.next}")
