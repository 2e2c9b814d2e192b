"""The command `mesh`: one verb a file, one line here."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from mesh_workbench.cli import (
    access,
    audit,
    backfill,
    cancel,
    check,
    connect,
    contract,
    demo,
    doctor,
    domain,
    export,
    init,
    lab,
    lineage,
    notify,
    preflight,
    product,
    promote,
    registry,
    retry,
    review,
    run,
    runs,
    schedule,
    sql,
    take_in,
    tidy,
    worker,
)
from mesh_workbench.cli.boundary import run as run_guarded

VERBS = (
    init,
    demo,
    lab,
    doctor,
    tidy,
    registry,
    domain,
    product,
    check,
    preflight,
    promote,
    review,
    export,
    take_in,
    run,
    runs,
    cancel,
    retry,
    schedule,
    backfill,
    worker,
    notify,
    sql,
    connect,
    lineage,
    contract,
    access,
    audit,
)
"""In the order in which `mesh --help` shows them."""


def make_app() -> typer.Typer:
    """The whole command line as a Typer application."""
    app = typer.Typer(
        name="mesh",
        add_completion=False,
        no_args_is_help=False,
        invoke_without_command=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        callback=_root,
        help="Make, run and use governed data products.",
    )
    for verb in VERBS:
        verb.register(app)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    sys.exit(run_guarded(make_app(), list(sys.argv[1:] if arguments is None else arguments)))


def _version(wanted: bool) -> None:
    if wanted:
        import mesh_workbench

        typer.echo(mesh_workbench.__version__)
        raise typer.Exit


def _root(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001  its callback acts
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and stop.")
    ] = False,
    debug: Annotated[  # noqa: ARG001  boundary.run takes it out, wherever it stands
        bool, typer.Option("--debug", help="Show the whole traceback of an error.")
    ] = False,
) -> None:
    """Make, run and use governed data products."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
