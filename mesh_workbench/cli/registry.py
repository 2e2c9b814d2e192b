"""`mesh registry upgrade|backup`: care for what the workbench knows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.options import Json
from mesh_workbench.errors import Unavailable


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Care for what the workbench knows.")
    group.command("upgrade")(upgrade)
    group.command("backup")(backup)
    app.add_typer(group, name="registry")


def upgrade(as_json: Json = False) -> None:
    """Bring the registry's tables to this version; a SQLite file is copied first."""
    from mesh_workbench import settings
    from mesh_workbench.registry import open_registry

    url = settings.load(settings.find_root()).registry_url
    upgraded = False
    try:
        registry = open_registry(url, create=False)
    except Unavailable as error:
        if error.code != "registry.outdated":
            raise
        registry = open_registry(url)
        upgraded = True
    place = registry.place
    registry.close()
    if as_json:
        show.as_json({"registry": place, "upgraded": upgraded})
    else:
        show.say(f"Upgraded the registry {place}." if upgraded else f"The registry {place} is up to date.")


def backup(
    target: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Where to; beside the registry if not given.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Copy a SQLite registry to a file, also while it is in use."""
    from mesh_workbench import settings
    from mesh_workbench.registry.backup import back_up

    chosen = settings.load(settings.find_root())
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    file = back_up(chosen.registry_url, target or chosen.root / f"registry-{moment}.backup")
    if as_json:
        show.as_json({"file": str(file), "bytes": file.stat().st_size})
    else:
        show.say(f"Copied the registry to {file}.")
