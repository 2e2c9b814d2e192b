"""`mesh contract check`: does data keep a contract? Works without a workbench where a place is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mesh_workbench.cli.given import read_text
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Json
from mesh_workbench.errors import Breached, InvalidInput, NotFound

if TYPE_CHECKING:
    from mesh_workbench.model.check import CheckReport

Format = Literal["text", "html", "junit", "json"]


def check(
    what: Annotated[str, typer.Argument(metavar="CONTRACT|DOMAIN.PRODUCT", help="An ODCS file, or a product.")],
    what_data: Annotated[str | None, typer.Argument(metavar="DATA", help="The same as --data.")] = None,
    data: Annotated[
        str | None,
        typer.Option(
            "--data",
            metavar="PATH|URL|DOMAIN.PRODUCT",
            help="What to check against the ODCS file: Parquet, CSV or Arrow, a Delta table, a folder of Parquet "
            "files, each also on object storage (s3://, az://, gs://), or a product.",
        ),
    ] = None,
    name: Annotated[
        str, typer.Option("--object", help="Which object of the contract, when none is called as the data is.")
    ] = "",
    form: Annotated[Format, typer.Option("--format", help="How to write the report.")] = "text",
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write it.")] = None,
    as_json: Json = False,
) -> None:
    """Check data against a contract, or show how a product's release kept its own; exit code 6 when breached."""
    from mesh_workbench.contracts.render import FORMS
    from mesh_workbench.model.check import Verdict

    if data and what_data and data != what_data:
        raise InvalidInput("cli.data", "Two data to check are named.", hint="Leave one of them out.")
    report = _report(what, data or what_data, name)
    written = FORMS["json" if as_json else form](report)
    if output:
        output.write_text(written, encoding="utf-8")
    else:
        typer.echo(written, nl=False)
    if report.verdict is Verdict.BREACHED:
        broken = [result for result in report.results if result.outcome.value in ("failed", "error")]
        raise Breached(
            "contract.breached",
            f"{len(broken)} of {len(report.results)} promises are broken: {broken[0].promise.words}"
            f"{' and others' if len(broken) > 1 else ''}.",
            hint="Correct the data, or the promise if it was wrong.",
        )


def _report(what: str, data: str | None, name: str) -> CheckReport:
    from mesh_workbench.contracts.place import candidate_at, name_of

    if data is None:
        with opened() as bench:
            return bench.contracts.report(bench.releases.get(what).report_id)
    text = read_text(Path(what))
    candidate = candidate_at(data)
    if candidate is None or (_points_elsewhere(text) and _has_workbench()):
        with opened() as bench:
            return bench.contracts.check(text, data, object_name=name)
    from mesh_workbench.contracts.document import parse
    from mesh_workbench.lifecycle.check import check as check_all

    port = parse(text).object_for(name_of(data), name)
    return check_all({port: text}, {port: replace(candidate, object_name=port)})


def _points_elsewhere(text: str) -> bool:
    """Whether foreign keys name other products: only a workbench knows their releases."""
    from mesh_workbench.contracts.document import parse
    from mesh_workbench.contracts.references import foreign_relations

    doc = parse(text)
    return any("." in relation for name in doc.object_names() for relation in foreign_relations(doc, name))


def _has_workbench() -> bool:
    from mesh_workbench.settings import find_root

    try:
        find_root()
    except NotFound:
        return False
    return True
