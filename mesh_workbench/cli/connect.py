"""`mesh connect`: how other tools read a product."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Json
from mesh_workbench.errors import NotFound, did_you_mean


def register(app: typer.Typer) -> None:
    app.command("connect")(connect)


def connect(
    name: Annotated[str, typer.Argument(metavar="DOMAIN.PRODUCT[.PORT][@VERSION]", help="What to read.")],
    tool: Annotated[
        str | None, typer.Option("--tool", metavar="TOOL", help="polars, pandas, duckdb, deltalake, pyspark or r.")
    ] = None,
    release: Annotated[int | None, typer.Option("--release", min=1, help="Release; the current one if absent.")] = None,
    slot: Annotated[
        str | None,
        typer.Option(
            "--slot",
            metavar="SLOT",
            help="Read what is about 2013, 2013-01, 2013-01-15, a moment, or A/B; all if absent.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Print code with which other tools read exactly the rows of a release, or of slots of it."""
    with opened() as bench:
        found = bench.query.connect(name, release=release, slot=slot)
    tools = {snippet.tool: snippet for snippet in found.snippets}
    if tool is not None and tool not in tools:
        raise NotFound("connect.unknown-tool", f"There is no snippet for {tool}.", hint=did_you_mean(tool, tools))
    chosen = [tools[tool]] if tool else found.snippets
    if as_json:
        show.as_json(found.model_copy(update={"snippets": chosen}).model_dump(mode="json"))
        return
    for warning in found.warnings:
        show.aside(f"warning: {warning}", style="yellow")
    about = f", slot {found.slot}" if found.slot else ""
    show.aside(f"{found.product}.{found.port} release {found.release} ({found.version}){about}, {found.rows:,} rows.")
    for snippet in chosen:
        show.say("")
        show.aside(" · ".join(part for part in (snippet.tool, snippet.needs and f"needs {snippet.needs}") if part))
        sys.stdout.write(show.plain(snippet.code))
        sys.stdout.flush()
        if snippet.note:
            show.aside(snippet.note)
