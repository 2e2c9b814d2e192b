"""remains: what a run that is over left on disk, and taking it away so that no reader sees half of it.

Things are renamed into the folder `.removed` beside the run folders first, which is one step however large they are,
and deleted there. Who has a file open goes on reading it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mesh_workbench.errors import Conflict
from mesh_workbench.model.retention import Remains
from mesh_workbench.model.runfolder import LOG_FILE, MERGED_FOLDER, QUARANTINE_FILE, STAGED_FOLDER, WORK_FOLDER

PARTS: dict[Remains, tuple[str, ...]] = {
    "quarantine": (QUARANTINE_FILE,),
    "staging": (STAGED_FOLDER, MERGED_FOLDER, WORK_FOLDER),
    "log": (LOG_FILE,),
    "folder": (".",),
}
"""What belongs to which kind, as paths in the run folder."""
REMOVED = ".removed"


def holds(run_folder: Path, kind: Remains) -> bool:
    """Whether there is anything of this kind, empty folders not counted."""
    return any(_any_file(run_folder / part) for part in PARTS[kind])


def bytes_of(run_folder: Path, kind: Remains) -> int:
    """What all of this kind takes on disk."""
    return sum(size_of(run_folder / part) for part in PARTS[kind])


def size_of(path: Path | os.DirEntry[str]) -> int:
    """What a file, or a folder with everything in it, takes on disk. Links are not followed; what vanishes meanwhile
    and what cannot be looked at counts as nothing."""
    try:
        found = os.lstat(path)
        taken = found.st_blocks * 512
        if stat.S_ISDIR(found.st_mode):
            with os.scandir(path) as entries:
                taken += sum(size_of(entry) for entry in entries)
    except OSError:
        return 0
    return taken


@contextmanager
def bin_of(runs: Path) -> Iterator[Path]:
    """The folder `.removed` for one process at a time. Raises Conflict `tidy.busy` while another one has it."""
    place = runs / REMOVED
    place.mkdir(parents=True, exist_ok=True)
    handle = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield place
    except BlockingIOError as error:
        raise Conflict(
            "tidy.busy", "Somebody else is keeping house here at this moment.", hint="Try again when it is done."
        ) from error
    finally:
        os.close(handle)


def take_away(run_folder: Path, kind: Remains, place: Path) -> list[Path]:
    """Renames all of this kind into the bin `place`; where it is then. Raises OSError; then all of it is back."""
    taken: list[tuple[Path, Path]] = []
    try:
        for part in PARTS[kind]:
            origin = run_folder / part
            target = place / f"{run_folder.name}+{kind}+{part.lstrip('.')}"
            if os.path.lexists(origin):
                delete(target)
                origin.rename(target)
                taken.append((origin, target))
    except OSError:
        for origin, target in taken:
            target.rename(origin)
        raise
    return [target for _, target in taken]


def origin_of(entry: Path, runs: Path) -> tuple[str, Remains, Path] | None:
    """Run, kind and former place of something in the bin; None for what we did not put there."""
    run_id, _, rest = entry.name.partition("+")
    kind, _, part = rest.partition("+")
    for known, parts in PARTS.items():
        if kind == known and (part or ".") in parts:
            return run_id, known, runs / run_id / part
    return None


def delete(path: Path) -> None:
    """Deletes a file or a folder, also when a notebook took away its own right to. What is not there is no error.

    Raises OSError.
    """

    def insist(_function: object, name: str, problem: tuple[object, BaseException, object]) -> None:
        if isinstance(problem[1], FileNotFoundError):
            return
        stubborn = Path(name)
        stubborn.parent.chmod(0o700)
        if stubborn.is_dir() and not stubborn.is_symlink():
            stubborn.chmod(0o700)
            shutil.rmtree(stubborn)
        else:
            stubborn.unlink(missing_ok=True)

    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, onerror=insist)
    else:
        path.unlink(missing_ok=True)


def _any_file(path: Path) -> bool:
    if not path.is_dir() or path.is_symlink():
        return os.path.lexists(path)
    return any(files for _, _, files in os.walk(path))
