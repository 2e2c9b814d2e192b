"""`mesh worker`: execute requested and due runs until stopped."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.options import Json
from mesh_workbench.settings import find_root


def register(app: typer.Typer) -> None:
    app.command("worker")(worker)


def worker(
    service: Annotated[bool, typer.Option("--service", help="Take everybody's runs, not only yours.")] = False,
    as_json: Json = False,
) -> None:
    """Work on runs until interrupted; runs in hand are finished or given back."""
    from mesh_workbench.workbench import open_workbench
    from mesh_workbench.workbench.worker import run_worker

    root = find_root()
    bench = open_workbench(root)
    identity = bench.identity
    bench.close()
    stop = threading.Event()

    def asked_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, asked_to_stop)
    whose = "everybody" if service else identity.name
    if as_json:
        show.as_json({"root": str(root), "identity": "*" if service else identity.name})
    else:
        show.aside(f"Working for {whose} in {root}. Ctrl+C stops.")
    run_worker(root, identity, service, stop)
