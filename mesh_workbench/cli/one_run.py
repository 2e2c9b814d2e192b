"""How one run is shown: where it is, how long it took, and what it waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesh_workbench.cli import show

if TYPE_CHECKING:
    from mesh_workbench.model.queue import Waiting
    from mesh_workbench.model.run import Run


def took(run: Run) -> str:
    """How long a run took, or nothing while it is not over."""
    if run.started is None or run.finished is None:
        return ""
    return f"{(run.finished - run.started).total_seconds():.1f} s"


def ordinal(number: int) -> str:
    """`3` as `3rd`."""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def waits(waiting: Waiting) -> str:
    """Its place in the queue and what it waits for."""
    place = f"It is {ordinal(waiting.position)} in the queue. " if waiting.position else ""
    return f"{place}{waiting.reason}"


def steps(run: Run) -> str:
    """How long each step of the newest attempt took."""
    took = [(step.step, (step.ended - step.began).total_seconds()) for step in run.steps if step.ended]
    return ", ".join(f"{name} {seconds:.1f} s" for name, seconds in took)


def tried(run: Run) -> None:
    """The attempts of a run that needed more than one."""
    show.table(
        ["attempt", "worker", "began", "ended as", "because"],
        [
            (
                attempt.number,
                attempt.worker,
                show.instant(attempt.started),
                attempt.state.value if attempt.finished else "",
                f"{attempt.failure.failure_class}: {attempt.failure.message}" if attempt.failure else "",
            )
            for attempt in run.attempts
        ],
        right=["attempt"],
    )


def describe(run: Run) -> None:
    """One run in a few lines."""
    ending = run.cancel_requested and not run.state.final
    show.facts(
        [
            ("run", run.id),
            ("product", f"{run.product} {run.version}"),
            ("slot", f"{run.slot.key} to {show.instant(run.slot.end)}" if run.slot else ""),
            ("state", f"{run.state.value}{', to be cancelled' if ending else ''}"),
            ("waits", waits(run.waiting) if run.waiting else ""),
            ("trigger", f"{run.trigger}, as {run.acting_identity}, with priority {run.priority}"),
            ("parameters", ", ".join(f"{name}={value!r}" for name, value in run.parameters.items())),
            ("took", took(run)),
            ("steps", steps(run)),
            ("read", ", ".join(f"{item.port} release {item.release}" for item in run.inputs)),
            ("environment", f"not as promoted: {', '.join(map(str, run.drift))}" if run.drift else ""),
            ("staged", ", ".join(f"{name}: {show.count(rows)} rows" for name, rows in run.rows.items())),
            ("release", run.release),
        ]
    )
    if len(run.attempts) > 1:
        tried(run)
    if run.failure:
        failure = run.failure
        place = f" in cell {failure.cell + 1}" if failure.cell is not None else ""
        show.say(f"Failed{place} ({failure.failure_class}): {failure.message}", style="bold red")
        if failure.traceback:
            show.say(failure.traceback)
        if failure.hint:
            show.say(f"hint: {failure.hint}")
