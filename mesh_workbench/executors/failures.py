"""From what happened in a kernel to a Failure: one class, a stable code, a sentence, a hint, the user's own frames."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from mesh_workbench.executors.hints import death_of, hint_for
from mesh_workbench.model.limits import GB
from mesh_workbench.model.run import Failure, FailureClass

MAX_LINES = 15
MAX_MESSAGE = 2_000
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def cell_failed(
    name: str,
    value: str,
    *,
    kernel: str,
    cell: int,
    cells_by_count: Mapping[int, int],
    autopsy: Mapping[str, Any],
    raw_traceback: list[str],
) -> Failure:
    """The failure of a cell that raised. `cell` is its index in the frozen notebook, and `cells_by_count` gives that
    index for an execution count; `autopsy` is what autopsy.describe said, empty when the kernel did not answer."""
    problem = autopsy.get("problem")
    said = plain(f"{name}: {value}" if value else name)
    failure_class: FailureClass = "user_code"
    code, message, hint = "run.cell-failed", said, hint_for(name, value, kernel)
    if problem:
        code, message, hint = str(problem["code"]), str(problem["detail"]), str(problem.get("hint") or hint)
        if problem.get("where"):
            message = f"{message.rstrip('.')} ({problem['where']})."
        failure_class = "infrastructure" if int(problem.get("status", 422)) >= 500 else "user_code"
    elif "No module named 'mesh_workbench" in value:
        failure_class, code = "environment", "run.package-missing"
        hint = f"Install mesh-workbench into the environment of kernel {kernel}, then run again."
    elif name == "MemoryError":
        failure_class = "infrastructure"
    return Failure(
        failure_class=failure_class,
        code=code,
        message=message[:MAX_MESSAGE],
        hint=hint,
        cell=cell,
        traceback=_traceback(autopsy.get("frames") or [], cells_by_count, said, raw_traceback),
    )


def no_kernel(kernel: str, reason: str, *, missing: bool) -> Failure:
    if missing:
        return Failure(
            failure_class="environment",
            code="run.kernel-unknown",
            message=f"There is no kernel {kernel!r} where the worker runs; there is {reason or 'none at all'}.",
            hint=f"Install it there: in the environment that it stands for, `python -m ipykernel install --user --name "
            f"{kernel}`. Or promote the notebook with another kernel.",
        )
    return Failure(
        failure_class="environment",
        code="run.kernel-not-started",
        message=f"The kernel {kernel!r} did not start: {reason}.",
        hint="The log of the run has what it printed; check that ipykernel is installed in its environment.",
    )


def kernel_died(exit_code: int | None, cell: int | None) -> Failure:
    ended_itself = exit_code is not None and exit_code >= 0
    return Failure(
        failure_class="user_code" if ended_itself else "infrastructure",
        code="run.kernel-exited" if ended_itself else "run.kernel-died",
        message=f"The kernel {'ended' if ended_itself else 'died'} while {place(cell)} was running"
        f"{'' if exit_code is None else f' (status {exit_code})'}.",
        hint=death_of(exit_code),
        cell=cell,
    )


def timed_out(what: Literal["run", "cell"], limit_s: float, cell: int | None) -> Failure:
    return Failure(
        failure_class="timeout",
        code=f"run.{'' if what == 'run' else 'cell-'}timeout",
        message=f"The {'run' if what == 'run' else place(cell)} took longer than {limit_s:g} s and was ended"
        f"{f' in {place(cell)}' if what == 'run' else ''}.",
        hint=f"Raise {what}_timeout_s in mesh.toml, or read less.",
        cell=cell,
    )


def too_much_memory(used: int, limit: int, cell: int | None) -> Failure:
    return Failure(
        failure_class="user_code",
        code="run.memory-limit",
        message=f"The run used {used / GB:.1f} GB of {limit / GB:g} GB allowed and was ended in {place(cell)}.",
        hint="Read fewer columns or rows, aggregate in SQL before making a frame, or raise run_memory_gb in mesh.toml.",
        cell=cell,
    )


def not_writable(error: OSError) -> Failure:
    return Failure(
        failure_class="infrastructure",
        code="run.folder-not-writable",
        message=f"The run folder cannot be used: {error.strerror or error}.",
        hint="Free some space in the storage, or make it writable, then run again.",
    )


def bad_folder(reason: str) -> Failure:
    return Failure(
        failure_class="infrastructure",
        code="run.bad-folder",
        message=f"The run folder is not complete: {reason}.",
        hint="Run the product again; this folder cannot be used.",
    )


def place(cell: int | None) -> str:
    """A cell as people count them."""
    return "a cell" if cell is None else f"cell {cell + 1}"


def plain(text: str) -> str:
    """Text without terminal colours."""
    return _COLOUR.sub("", text)


def _traceback(
    frames: list[Mapping[str, Any]], cells_by_count: Mapping[int, int], said: str, raw_traceback: list[str]
) -> str:
    if not frames:
        lines = plain("\n".join(raw_traceback)).splitlines()
        return "\n".join(lines[-MAX_LINES:])
    lines = []
    for frame in frames:
        cell = cells_by_count.get(frame["cell"]) if frame["cell"] is not None else None
        where = place(cell).capitalize() if frame["cell"] is not None else str(frame["file"])
        within = "" if frame["function"] == "<module>" else f", in {frame['function']}"
        lines += [f"{where}, line {frame['line']}{within}", f"    {frame['text']}"]
    last = said.splitlines() or [said]
    room = MAX_LINES - min(len(last), 3)
    kept = lines if len(lines) <= room else [*lines[:2], "    …", *lines[3 - room :]]
    return "\n".join([*kept, *last[:3]])
