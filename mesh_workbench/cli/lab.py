"""`mesh lab`: open JupyterLab on a workbench."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.options import Json
from mesh_workbench.errors import Unavailable


def register(app: typer.Typer) -> None:
    app.command("lab", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(lab)


def lab(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Argument(metavar="DIR", help="Folder of the workbench.")] = None,
    as_json: Json = False,
) -> None:
    """Open JupyterLab with the workbench in its sidebar; what follows `--` goes to `jupyter lab`."""
    from mesh_workbench.settings import ROOT_VARIABLE, find_root

    if folder is not None and str(folder).startswith("-"):
        context.args.insert(0, str(folder))
        folder = None
    root = find_root(folder) if folder is not None else find_root()
    if find_spec("jupyterlab") is None:
        raise Unavailable(
            "lab.not-installed",
            "JupyterLab is not installed beside mesh workbench.",
            hint="pip install 'mesh-workbench[lab]'",
        )
    options = [f"--ServerApp.root_dir={root}", "--MeshExtension.open_sidebar=True"]
    command = [sys.executable, "-m", "jupyterlab", *options, *context.args]
    if as_json:
        show.as_json({"root": str(root), "command": command})
    else:
        show.aside(f"Opening JupyterLab on {root}.")
    sys.stdout.flush()
    os.chdir(root)
    # JupyterLab takes this process over: signals and exit code are its own.
    os.execve(sys.executable, command, os.environ | {ROOT_VARIABLE: str(root)})  # noqa: S606  no shell is meant
