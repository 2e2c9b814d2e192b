"""`mesh sql`: ask the mesh a question."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.given import guessed, moment, numbers, pairs
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Json, Parameters
from mesh_workbench.errors import InvalidInput

if TYPE_CHECKING:
    from mesh_workbench.model.query import Provenance

Format = Literal["table", "csv", "json", "jsonl", "parquet", "arrow"]
_BINARY = ("parquet", "arrow")
_MOST = 1_000_000


def register(app: typer.Typer) -> None:
    app.command("sql")(sql)


def sql(
    statement: Annotated[str, typer.Argument(metavar='"SELECT …"', help="One SELECT over products of the mesh.")],
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="TIME", help="Read as of this moment.")] = None,
    release: Annotated[
        list[str] | None,
        typer.Option("--release", metavar="NAME=NUMBER", help="Read this release of a product; repeat for several."),
    ] = None,
    slot: Annotated[
        list[str] | None,
        typer.Option(
            "--slot",
            metavar="NAME=SLOT",
            help="Read what a product has about 2013, 2013-01, 2013-01-15, a moment, or A/B; repeat for several.",
        ),
    ] = None,
    param: Parameters = None,
    form: Annotated[Format, typer.Option("--format", help="How to write the answer.")] = "table",
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write it.")] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", "-n", min=1, max=_MOST, help="Rows at most; 40 for tables.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Ask a question in SQL; all products in it are read as of one moment."""
    from mesh_workbench.cli.written import write
    from mesh_workbench.model.query import QueryRequest

    chosen: Format = "json" if as_json else form
    if chosen in _BINARY and output is None and sys.stdout.isatty():
        raise InvalidInput("cli.binary-on-terminal", f"{chosen} is not for reading.", hint="Add --output FILE.")
    most = limit or (40 if chosen == "table" and output is None else _MOST)
    request = QueryRequest(
        statement=statement,
        parameters={name: guessed(text) for name, text in pairs(param).items()},
        as_of=moment(as_of, "--as-of"),
        releases=numbers(release, "--release"),
        slots=pairs(slot, "Write for example --slot flight_ops.flights=2013-01."),
        limit=most,
    )
    with opened() as bench:
        answer = bench.query.sql(request)
        rows = write(answer.reader, chosen, output)
    for warning in answer.provenance.warnings:
        show.aside(f"warning: {warning}", style="yellow")
    if chosen == "table" and output is None:
        show.aside(_read(rows, most, answer.provenance), style="dim")
    elif output is not None:
        show.aside(f"Wrote {show.count(rows)} rows to {output}.")
    if rows == most and limit is None and chosen != "table":
        show.aside(f"warning: only the first {_MOST:,} rows were written.", style="yellow")


def _read(rows: int, most: int, provenance: Provenance) -> str:
    first = "First " if rows == most else ""
    sources = ", ".join(
        f"{source.name} release {source.release}{f' slot {source.slot}' if source.slot else ''}"
        for source in provenance.sources
    )
    end = f", from {sources}" if sources else ""
    return f"{first}{show.count(rows)} row{'' if rows == 1 else 's'}{end}, as of {show.instant(provenance.moment)}."
