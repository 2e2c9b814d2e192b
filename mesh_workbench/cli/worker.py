"""`mesh worker`: execute requested and due runs until stopped."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.options import Json


def register(app: typer.Typer) -> None:
    app.command("worker")(worker)


def worker(
    service: Annotated[bool, typer.Option("--service", help="Take everybody's runs, not only yours.")] = False,
    slots: Annotated[
        int | None, typer.Option(min=1, max=64, help="Runs at the same time; the setting worker_slots if not given.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Work on runs until interrupted; runs in hand are finished or given back."""
    from mesh_workbench.settings import find_root
    from mesh_workbench.workbench import open_workbench
    from mesh_workbench.workbench.worker import run_worker

    root = find_root()
    bench = open_workbench(root)
    name = "*" if service else bench.identity.name
    bench.close()
    stop = threading.Event()

    def asked_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, asked_to_stop)
    if as_json:
        show.as_json({"root": str(root), "identity": name})
    else:
        show.aside(f"Working for {'everybody' if service else name} in {root}. Ctrl+C stops.")
    run_worker(root, service=service, stop=stop, slots=slots)
