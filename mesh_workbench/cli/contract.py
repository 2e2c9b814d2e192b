"""`mesh contract lint|infer|check|diff|explain`: what ports promise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mesh_workbench.cli import contract_words, show
from mesh_workbench.cli.given import read_text
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Json
from mesh_workbench.cli.runs import broken_promises
from mesh_workbench.errors import Breached, InvalidInput

if TYPE_CHECKING:
    from pydantic import JsonValue

    from mesh_workbench.model.check import CheckReport

Contract = Annotated[Path, typer.Argument(metavar="FILE", help="An ODCS document in YAML.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="What ports promise.")
    group.command("lint")(lint)
    group.command("infer")(infer)
    group.command("check")(check)
    group.command("diff")(contract_words.diff)
    group.command("explain")(contract_words.explain)
    app.add_typer(group, name="contract")


def lint(
    contract: Contract,
    strict: Annotated[
        bool, typer.Option("--strict", help="Also what the standard's schema forgets; every problem is an error.")
    ] = False,
    variable: Annotated[
        list[str] | None, typer.Option("--variable", metavar="NAME=VALUE", help="Fills ${NAME}; may be repeated.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say what is wrong with a contract; the exit code is 2 when it cannot be used."""
    from mesh_workbench.contracts.lint import lint as problems_of

    problems = problems_of(read_text(contract), strict=strict, variables=variables_of(variable or []))
    if as_json:
        show.items_as_json(problems)
    for problem in [] if as_json else problems:
        place = f":{problem.line}:{problem.column or 1}" if problem.line else ""
        show.say(f"{contract}{place}: {problem.level}[{problem.code}]: {problem.message}")
        if problem.hint:
            show.say(f"  hint: {problem.hint}")
    errors = [problem for problem in problems if problem.level == "error"]
    if errors:
        raise InvalidInput(
            errors[0].code,
            f"{contract} has {len(errors)} error{'' if len(errors) == 1 else 's'}.",
            where=errors[0].path,
            hint=errors[0].hint or "Correct them and lint again.",
        )
    if not as_json:
        show.say(f"{contract} can be used.")


def variables_of(given: list[str]) -> dict[str, JsonValue]:
    """`NAME=VALUE` as a mapping. Raises InvalidInput `cli.variable`."""
    wrong = [one for one in given if not one.partition("=")[0] or "=" not in one]
    if wrong:
        raise InvalidInput("cli.variable", f"{wrong[0]!r} gives no variable.", hint="Write --variable NAME=VALUE.")
    return {name: value for name, _, value in (one.partition("=") for one in given)}


def infer(
    data: Annotated[str, typer.Argument(metavar="FILE|DOMAIN.PRODUCT", help="Parquet, CSV, Arrow or a product.")],
    port: Annotated[str, typer.Option(help="Name of the port; the file's name if not given.")] = "",
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write it.")] = None,
    as_json: Json = False,
) -> None:
    """Propose a contract from data."""
    from mesh_workbench.cli.datafile import table_of

    with opened() as bench:
        name, table = table_of(data, bench)
        proposal = bench.contracts.infer(port or name, table)
    if output:
        output.write_text(proposal.text, encoding="utf-8")
    if as_json:
        show.as_json(proposal)
    elif output:
        show.say(f"Wrote a contract with {len(proposal.promises)} promises to {output}.")
        show.next_step(f"mesh contract check {output} {data}")
    else:
        typer.echo(proposal.text, nl=not proposal.text.endswith("\n"))


def check(
    what: Annotated[str, typer.Argument(metavar="CONTRACT|DOMAIN.PRODUCT", help="An ODCS file, or a product.")],
    data: Annotated[
        str | None, typer.Argument(metavar="FILE|DOMAIN.PRODUCT", help="What to check against the ODCS file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check data against a contract, or show how a product's release kept its own; exit code 6 when breached."""
    from mesh_workbench.cli.datafile import table_of
    from mesh_workbench.model.check import Verdict

    with opened() as bench:
        if data is None:
            report = bench.contracts.report(bench.releases.get(what).report_id)
        else:
            text = read_text(Path(what))
            report = bench.contracts.check(text, table_of(data, bench)[1])
    if as_json:
        show.as_json(_answer(report))
    else:
        broken_promises(report)
    if report.verdict is Verdict.BREACHED:
        broken = [result for result in report.results if result.outcome.value in ("failed", "error")]
        raise Breached(
            "contract.breached",
            f"{len(broken)} of {len(report.results)} promises are broken: {broken[0].promise.words}"
            f"{' and others' if len(broken) > 1 else ''}.",
            hint="Correct the data, or the promise if it was wrong.",
        )


def _answer(report: CheckReport) -> dict[str, object]:
    return {
        "outcome": report.verdict.value,
        "results": [
            {
                "promise": result.promise.id,
                "target": result.promise.target,
                "words": result.promise.words,
                "outcome": result.outcome.value,
                "reason": result.reason,
                "observed": result.observed,
                "expected": result.expected,
                "severity": result.promise.severity,
            }
            for result in report.results
        ],
    }
