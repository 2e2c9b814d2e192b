"""disk: what takes room, by kind, found out in bounded time however much there is.

Folders are measured until the time is over, from everywhere in turns; what was not reached is taken to
be like what was.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from mesh_workbench.lifecycle.remains import bytes_of, size_of
from mesh_workbench.model.examination import DiskUse

_TURNS = 64
"""Names sort by time: each turn takes one of so many, from the oldest to the newest."""
_AT_LEAST = 100
"""Folders that are measured even when the time is over."""


def disk_use(storage: Path, scratch: Path, registry: Path | None, *, budget_s: float = 2.0) -> list[DiskUse]:
    """What tables, run folders and what is in them, scratch and a registry in a file (with backups beside it) take, in
    `budget_s` seconds or a little more."""
    runs = [entry for entry in _folders(storage / "runs") if not entry.name.startswith(".")]
    tables = [*_parts_of_tables(storage / "tables")]
    kinds = {
        "run folders": size_of,
        "staging": lambda folder: bytes_of(folder, "staging"),
        "quarantine": lambda folder: bytes_of(folder, "quarantine"),
        "logs": lambda folder: bytes_of(folder, "log"),
    }
    of_runs = _measured(runs, budget_s * 0.5, kinds)
    of_tables = _measured(tables, budget_s * 0.4, {"tables": size_of})
    of_scratch = _measured([*_folders(scratch)], budget_s * 0.1, {"scratch": size_of})
    of_registry = sum(size_of(file) for file in registry.parent.glob(f"{registry.name}*")) if registry else 0
    return [*of_tables, *of_runs, *of_scratch, *([DiskUse(kind="registry", bytes=of_registry)] if registry else [])]


def _measured(folders: list[Path], budget_s: float, kinds: dict[str, Callable[[Path], int]]) -> list[DiskUse]:
    deadline = time.monotonic() + budget_s
    folders.sort()
    taken = dict.fromkeys(kinds, 0)
    done = 0
    for folder in (folder for turn in range(_TURNS) for folder in folders[turn::_TURNS]):
        if done >= _AT_LEAST and time.monotonic() > deadline:
            break
        done += 1
        for kind, size in kinds.items():
            taken[kind] += size(folder)
    share = done / len(folders) if folders else 1.0
    return [
        DiskUse(kind=kind, bytes=round(size / share), folders=len(folders), about=share < 1.0)
        for kind, size in taken.items()
    ]


def _parts_of_tables(tables: Path) -> Iterator[Path]:
    """The log of each table, and the folder of each run in it."""
    for port in _folders(tables):
        for major in _folders(port):
            yield major / "_delta_log"
            yield from _folders(major / "data")


def _folders(place: Path) -> Iterable[Path]:
    try:
        with os.scandir(place) as entries:
            return [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:  # not there yet, or not ours to look into
        return []
