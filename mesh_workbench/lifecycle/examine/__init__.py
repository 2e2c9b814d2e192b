"""examine: whether registry, Delta logs, files and processes agree, and putting right what can be.

One noun a file, one line here for each check, in the order in which repairing makes sense. A check that finds nothing
writes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

from mesh_workbench.errors import MeshError
from mesh_workbench.lifecycle.examine import (
    care,
    files,
    leftovers,
    processes,
    publications,
    releases,
    runs,
    slots,
    tables,
)
from mesh_workbench.lifecycle.examine.check import Check, Scene
from mesh_workbench.model.examination import Finding, Problem

CHECKS: tuple[Check, ...] = (
    Check("publications.finished", "none is left half way", publications.unfinished, publications.finish),
    Check("publications.released", "each that is done has its release", publications.without_release),
    Check("runs.leased", "each is waiting, leased or over", runs.unleased, runs.lose),
    Check("runs.ended", "each that is over has no attempt that goes on", runs.half_ended, runs.close),
    Check("runs.released", "each that succeeded made its release", runs.without_their_release),
    Check("slots.decided", "each that fell due is decided", slots.undecided),
    Check("slots.once", "none was decided twice", slots.decided_twice),
    Check("slots.agree", "each agrees with its decisions and runs", slots.disagreeing, slots.agree),
    Check("releases.whole", "numbered without gaps, one a run, each with run and report", releases.wrong),
    Check("releases.newest", "each product names its newest", releases.not_newest, releases.name_newest),
    Check("releases.files", "each has as many files and rows as it says", releases.other_files, releases.register),
    Check("files.there", "every file of every release is there", files.missing, files.bring),
    Check("files.whole", "every file has its size and rows", files.broken),
    Check("tables.current", "each Delta table holds its newest release", tables.astray, tables.bring_back),
    Check("tables.history", "each release is the Delta version that it names", tables.other_history),
    Check("tables.cared-for", "none has many small files or a long log", care.neglected, care.checkpoint),
    Check("leftovers.files", "no file belongs to nothing", leftovers.files, leftovers.delete),
    Check("leftovers.folders", "no folder belongs to nothing", leftovers.folders),
    Check("processes.gone", "no process of a run that is over is left", processes.left, processes.kill),
)

_log = logging.getLogger(__name__)


def examine(scene: Scene, *, repair: bool = False, checks: Sequence[Check] = CHECKS) -> Iterator[Finding]:
    """One finding a check. With `repair` what can be put right is, and the problems say what was done."""
    for check in checks:
        try:
            problems = [*check.look(scene)]
            if repair and check.repair is not None:
                problems = _repaired(scene, check, problems)
        except MeshError as error:
            yield Finding(check=check.name, ok=False, detail=error.message, hint=error.hint, unknown=True)
        else:
            yield _finding(check, problems)


def _repaired(scene: Scene, check: Check, problems: list[Problem]) -> list[Problem]:
    """The problems with what was done, and whatever is still found afterwards."""
    done = [after for problem in problems if problem.repairable and (after := _repair(scene, check, problem)).repaired]
    if not done:
        return problems
    again = [*check.look(scene)]
    still = {(problem.subject, problem.message) for problem in again}
    return [*(problem for problem in done if (problem.subject, problem.message) not in still), *again]


def _repair(scene: Scene, check: Check, problem: Problem) -> Problem:
    assert check.repair is not None
    try:
        return problem.model_copy(update={"repaired": check.repair(scene, problem)})
    except MeshError as fault:
        _log.warning("%s of %s could not be put right: %s", check.name, problem.subject, fault)
        return problem


def _finding(check: Check, problems: list[Problem]) -> Finding:
    left = [problem for problem in problems if not problem.repaired]
    repaired = len(problems) - len(left)
    parts = [f"{len(left)} wrong: {left[0].message}"] if left else []
    parts += [f"{repaired} put right"] if repaired else []
    hint = ""
    if any(problem.damage and not problem.repairable for problem in left):
        hint = "Restore these files from a backup, or run the slot again and release anew."
    elif any(problem.repairable for problem in left):
        hint = "`mesh doctor --deep --repair` puts it right."
    return Finding(
        check=check.name, ok=not left, detail="; ".join(parts) or check.sentence, hint=hint, problems=problems
    )
