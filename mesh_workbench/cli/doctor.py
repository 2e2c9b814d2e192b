"""`mesh doctor`: whether everything is as it should be, and what to do where it is not."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mesh_workbench.cli import doctor_told, show
from mesh_workbench.cli.options import Json
from mesh_workbench.errors import Broken, Damaged, MeshError, Unavailable

if TYPE_CHECKING:
    from mesh_workbench.model.examination import Finding
    from mesh_workbench.registry import Registry
    from mesh_workbench.settings import Settings

_SHOWN = 50
"""Problems that are shown to people."""
_LITTLE_ROOM = 1 << 30
"""Bytes below which the storage is said to be nearly full."""


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
    findings = list(_look(chosen))
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


def _look(chosen: Settings) -> Iterator[Finding]:
    from mesh_workbench.registry import open_registry

    yield _finding("settings", True, str(chosen.root))
    yield _storage(chosen.storage_root)
    try:
        registry = open_registry(chosen.registry_url, create=False)
    except MeshError as error:
        yield _finding("registry", False, error.message, error.hint)
        return
    try:
        yield _finding("registry", True, f"{registry.dialect}, {registry.place}")
        looks = {
            "workers": _workers,
            "publications": _publications,
            "runs": _runs,
            "late": doctor_told.late_products,
            "messages": doctor_told.messages,
        }
        for check, look in looks.items():
            yield _guarded(check, look, registry, chosen)
    finally:
        registry.close()


def _finding(check: str, ok: bool, detail: str, hint: str = "") -> Finding:
    from mesh_workbench.model.examination import Finding

    return Finding(check=check, ok=ok, detail=detail, hint=hint)


def _guarded(
    check: str, look: Callable[[Registry, Settings], Finding], registry: Registry, chosen: Settings
) -> Finding:
    try:
        return look(registry, chosen)
    except MeshError as error:
        return _finding(check, False, error.message, error.hint)


def _storage(folder: Path) -> Finding:
    if not folder.exists():
        return _finding("storage", True, f"{folder} is made by the first run")
    if not os.access(folder, os.W_OK):
        return _finding("storage", False, f"{folder} cannot be written", "Make the folder yours, or change `storage`.")
    free = shutil.disk_usage(folder).free
    detail = f"{folder}, {free / (1 << 30):,.1f} GiB free"
    return _finding("storage", free > _LITTLE_ROOM, detail, "Make room: publishing needs space for new files.")


def _workers(registry: Registry, chosen: Settings) -> Finding:
    alive = registry.workers.alive(chosen.heartbeat_s * 3)
    queued, _running = registry.runs.counts()
    if alive:
        names = ", ".join(
            f"{worker.host} ({'everybody' if worker.identity == '*' else worker.identity})" for worker in alive
        )
        return _finding("workers", True, f"{len(alive)} alive: {names}")
    return _finding(
        "workers",
        queued == 0,
        f"none alive, {queued} runs waiting",
        "Start one with `mesh worker`, or open JupyterLab.",
    )


def _publications(registry: Registry, _chosen: Settings) -> Finding:
    unfinished = registry.publications.unfinished_products()
    names = [product.full_name if (product := registry.products.by_id(one)) else one for one in unfinished]
    detail = f"unfinished: {', '.join(names)}" if names else "none unfinished"
    return _finding("publications", not names, detail, "The next worker finishes or discards them: `mesh worker`.")


def _runs(registry: Registry, _chosen: Settings) -> Finding:
    lost = registry.runs.expired()
    detail = f"{len(lost)} lost their worker" if lost else "none lost"
    return _finding("runs", not lost, detail, "The next worker resolves them: `mesh worker`.")
