"""`mesh doctor`: whether everything is as it should be, and what to do where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.doctor_looks import look
from mesh_workbench.cli.options import Json
from mesh_workbench.errors import Broken, Damaged, Unavailable

if TYPE_CHECKING:
    from mesh_workbench.model.examination import Finding
    from mesh_workbench.settings import Settings

_SHOWN = 50
"""Problems that are shown to people."""


def register(app: typer.Typer) -> None:
    app.command("doctor")(doctor)


def doctor(
    deep: Annotated[
        bool, typer.Option("--deep", help="Also compare registry, Delta logs, files and processes, one by one.")
    ] = False,
    repair: Annotated[bool, typer.Option("--repair", help="With --deep: put right what can be, and say what.")] = False,
    grace: Annotated[
        float, typer.Option(min=0, metavar="HOURS", help="Files of nothing that are younger are not deleted.")
    ] = 24.0,
    as_json: Json = False,
) -> None:
    """Look whether everything is as it should be.

    The exit code is 0 when it is, or was put right; 6 when released data is missing or wrong; 7 when something does not
    answer, is missing or full; 1 when there are other contradictions.
    """
    from mesh_workbench import settings

    chosen = settings.load(settings.find_root())
    findings = list(look(chosen))
    if deep or repair:
        findings += _examine(chosen, repair=repair, grace_s=grace * 3600)
    if as_json:
        show.items_as_json(findings)
    else:
        _show(findings)
    _raise(findings)
    if not as_json:
        show.say(f"{chosen.root} is well.")


def _examine(chosen: Settings, *, repair: bool, grace_s: float) -> list[Finding]:
    """What only a look at every release shows; nothing when the registry cannot be opened, which is known by then."""
    from mesh_workbench.workbench import open_workbench

    try:
        bench = open_workbench(chosen.root)
    except Unavailable:
        return []
    try:
        return bench.house.examine(repair=repair, grace_s=grace_s)
    finally:
        bench.close()


def _show(findings: list[Finding]) -> None:
    show.table(
        ["", "what", "how it is"],
        [("ok" if finding.ok else "!!", finding.check, finding.detail) for finding in findings],
    )
    problems = [(finding.check, problem) for finding in findings for problem in finding.problems]
    if problems:
        show.table(
            ["check", "where", "problem"],
            [
                (check, problem.subject, f"{problem.message}{f' {problem.repaired}' if problem.repaired else ''}")
                for check, problem in problems[:_SHOWN]
            ],
        )
    if len(problems) > _SHOWN:
        show.say(f"{len(problems) - _SHOWN} more: --json shows all of them.")


def _raise(findings: list[Finding]) -> None:
    wrong = [finding for finding in findings if not finding.ok]
    if not wrong:
        return
    names = f"{len(wrong)} of {len(findings)} checks found something: {', '.join(one.check for one in wrong)}."
    hint = wrong[0].hint
    if any(problem.damage and not problem.repaired for finding in wrong for problem in finding.problems):
        raise Damaged("doctor.damage", f"Released data is missing or wrong. {names}", hint=hint)
    if any(finding.unknown or not finding.problems for finding in wrong):
        raise Unavailable("doctor.not-well", names, hint=hint)
    raise Broken("doctor.contradiction", names, hint=hint)
