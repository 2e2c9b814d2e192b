"""`mesh contract lint|infer|check|history|diff|explain`: what ports promise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mesh_workbench.cli import contract_check, contract_history, contract_words, show
from mesh_workbench.cli.given import read_text
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Json
from mesh_workbench.errors import InvalidInput

if TYPE_CHECKING:
    from pydantic import JsonValue

Contract = Annotated[Path, typer.Argument(metavar="FILE", help="An ODCS document in YAML.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="What ports promise.")
    group.command("lint")(lint)
    group.command("infer")(infer)
    group.command("check")(contract_check.check)
    group.command("history")(contract_history.history)
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
    data: Annotated[
        str,
        typer.Argument(metavar="PATH|URL|DOMAIN.PRODUCT", help="Parquet, CSV, Arrow, a Delta table or a product."),
    ],
    port: Annotated[str, typer.Option(help="Name of the port; that of the file or product if not given.")] = "",
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write it.")] = None,
    as_json: Json = False,
) -> None:
    """Propose a contract from data. Files and folders need no workbench, and Parquet is not read as a whole."""
    from mesh_workbench.contracts.infer import infer as infer_from
    from mesh_workbench.contracts.place import candidate_at, name_of

    candidate = candidate_at(data)
    if candidate:
        proposal = infer_from(port or name_of(data), candidate)
    else:
        with opened() as bench:
            proposal = bench.contracts.infer(port, data)
    if output:
        output.write_text(proposal.text, encoding="utf-8")
    if as_json:
        show.as_json(proposal)
    elif output:
        show.say(f"Wrote a contract with {len(proposal.promises)} promises to {output}.")
        for about, reason in proposal.suggestions.items():
            show.say(f"Decide on {about}: {reason}.")
        show.next_step(f"mesh contract check {output} {data}")
    else:
        typer.echo(proposal.text, nl=not proposal.text.endswith("\n"))
