"""`mesh init`: make a workbench in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.options import Json


def register(app: typer.Typer) -> None:
    app.command("init")(init)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder; created when missing.")] = Path(),
    registry: Annotated[str | None, typer.Option(help="URL of the registry; SQLite in DIR if not given.")] = None,
    storage: Annotated[str | None, typer.Option(help="Folder of tables and runs; inside DIR if not given.")] = None,
    as_json: Json = False,
) -> None:
    """Make a workbench: a folder with mesh.toml, a registry and a storage."""
    from mesh_workbench.workbench import create_workbench

    bench = create_workbench(folder, registry=registry, storage=storage)
    try:
        status = bench.catalog.status()
    finally:
        bench.close()
    if as_json:
        show.as_json(status)
        return
    show.say(f"Made a workbench in {status.location}, with a {status.registry} registry.")
    show.next_step(f"cd {folder}", "then `mesh lab` to open it, or `mesh domain add NAME` to name who owns data")
