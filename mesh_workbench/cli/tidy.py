"""`mesh tidy`: remove what runs left behind and nobody needs any more."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Json

if TYPE_CHECKING:
    from mesh_workbench.model.retention import Tidied

_WORDS = {
    "folder": "folders of runs without a release",
    "staging": "working directories and rows that were not published",
    "quarantine": "rows that broke a promise",
    "log": "logs",
}


def register(app: typer.Typer) -> None:
    app.command("tidy")(tidy)


def tidy(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    as_json: Json = False,
) -> None:
    """Remove what runs left behind, and old releases, past the limits in mesh.toml. Workers do it once an hour."""
    with opened() as bench:
        tidied = bench.house.tidy(dry_run=dry_run)
    if as_json:
        show.as_json(tidied)
        return
    if tidied.items:
        _table(tidied)
    verb = "would be removed" if dry_run else "removed"
    more = tidied.releases or tidied.files or tidied.log_entries
    nothing = "" if more else "Nothing is past its limit."
    show.say(f"{show.size(tidied.bytes)} {verb}." if tidied.items else nothing)
    if tidied.releases:
        _releases(tidied)
    if tidied.files:
        size = show.size(tidied.file_bytes)
        show.say(f"{show.count(tidied.files)} files that no release needs any more {verb}: {size}.")
    if tidied.log_entries:
        show.say(f"{show.count(tidied.log_entries)} entries of Delta logs that no release needs any more {verb}.")
    if tidied.reads:
        show.say(f"{show.count(tidied.reads)} records of the log of reads {verb}; their sums by day stay.")
    if tidied.spared:
        show.say(f"{tidied.spared} more are past a limit and stay: they are of the newest failed runs of a product.")
    for problem in tidied.stuck:
        show.aside(f"Not removed: {problem}")
    if dry_run and (tidied.items or more):
        show.next_step("mesh tidy")


def _table(tidied: Tidied) -> None:
    found = Counter((removal.kind, removal.reason) for removal in tidied.items)
    taken: Counter[tuple[str, str]] = Counter()
    for removal in tidied.items:
        taken[removal.kind, removal.reason] += removal.bytes
    show.table(
        ["what", "why", "runs", "size"],
        [
            (_WORDS[kind], reason, show.count(number), show.size(taken[kind, reason]))
            for (kind, reason), number in found.items()
        ],
        right=["runs", "size"],
    )


def _releases(tidied: Tidied) -> None:
    """Which releases can no longer be read, by product."""
    numbers: dict[tuple[str, str], list[int]] = {}
    for one in tidied.releases:
        numbers.setdefault((one.product, one.reason), []).append(one.release)
    show.table(
        ["releases of", "why", "number", "oldest", "newest"],
        [
            (product, reason, show.count(len(found)), str(min(found)), str(max(found)))
            for (product, reason), found in numbers.items()
        ],
        right=["number", "oldest", "newest"],
    )
    end = "would no longer be readable" if tidied.dry_run else "can no longer be read"
    show.say(f"{show.count(len(tidied.releases))} releases {end}; their files go later (release_grace_h).")
