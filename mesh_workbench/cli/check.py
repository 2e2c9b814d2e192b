"""`mesh check`: what stands between a notebook and a product."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.given import read_text
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Json
from mesh_workbench.errors import InvalidInput

if TYPE_CHECKING:
    from mesh_workbench.model.notebook import Finding, NotebookAnalysis


def register(app: typer.Typer) -> None:
    app.command("check")(check)


def check(
    notebook: Annotated[Path, typer.Argument(metavar="NOTEBOOK", help="The .ipynb file.")],
    fix: Annotated[bool, typer.Option("--fix", help="Apply every fix that a finding offers, and save.")] = False,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="With --fix: only findings of this code; repeat for several."),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(metavar="DOMAIN.PRODUCT", help="Look up its inputs, too, where it will be this product."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Look at a notebook without running it; the exit code is 2 when it cannot be promoted.

    Without --to it needs no workbench.
    """
    from mesh_workbench.model.notebook import FindingLevel
    from mesh_workbench.notebooks.fixes import fix_all

    text = read_text(notebook)
    done: list[Finding] = []
    with _looking(to, notebook) as look:
        if fix:
            text, done = fix_all(text, codes=[_whole(code) for code in only or ()], look=look)
            if done:
                notebook.write_text(text, encoding="utf-8")
        analysis = look(text)
    if as_json:
        show.as_json(analysis)
    else:
        for finding in done:
            assert finding.fix is not None
            show.say(f"{place_of(notebook.name, finding)}: fixed[{finding.code}]: {finding.fix.label}.")
        _show(notebook.name, analysis)
    errors = [finding for finding in analysis.findings if finding.level is FindingLevel.ERROR]
    if errors:
        many = f"{len(errors)} thing{'' if len(errors) == 1 else 's'}"
        raise InvalidInput(
            errors[0].code,
            f"{notebook.name} cannot be promoted yet: {many} must be mended.",
            where=place_of(notebook.name, errors[0]),
            hint=errors[0].hint,
        )
    if not as_json:
        show.next_step(f"mesh promote {notebook} --to DOMAIN.PRODUCT")


@contextmanager
def _looking(to: str | None, file: Path) -> Iterator[Callable[[str], NotebookAnalysis]]:
    """How to look at the text of the notebook in `file` that will be the product `to`."""
    if to is None:
        from mesh_workbench.notebooks.analyse import analyse
        from mesh_workbench.workbench.folders import folder_around

        around = folder_around(file)
        yield lambda text: analyse(text, around)
        return
    from mesh_workbench.model.promotion import PromotionRequest

    with opened() as bench:
        yield (
            lambda text: (
                bench.products.plan(
                    PromotionRequest(notebook=text, to=to, folder=str(file.resolve().parent)), staged={}
                ).analysis
            )
        )


def _whole(code: str) -> str:
    return code if "." in code else f"notebook.{code}"


def place_of(name: str, finding: Finding) -> str:
    """`delays.ipynb, cell 3, line 1`."""
    cell = "" if finding.cell is None else f", cell {finding.cell + 1}"
    return f"{name}{cell}" + ("" if finding.line is None else f", line {finding.line}")


def _show(name: str, analysis: NotebookAnalysis) -> None:
    for finding in analysis.findings:
        show.say(f"{place_of(name, finding)}: {finding.level.value}[{finding.code}]: {finding.message}")
        offer = f" Or let --fix do it: {finding.fix.label.lower()}." if finding.fix else ""
        show.say(f"  hint: {finding.hint}{offer}")
    show.facts(
        [
            ("parameters", ", ".join(spec.name for spec in analysis.parameters)),
            ("reads", ", ".join(dict.fromkeys(spec.port for spec in analysis.inputs))),
            ("makes", ", ".join(spec.name for spec in analysis.outputs)),
        ]
    )
