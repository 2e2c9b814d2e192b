"""`mesh contract diff|explain`: what a contract, or a change of one, means in words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.given import read_text
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Json
from mesh_workbench.errors import NotFound


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The contract as it was.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The contract as it is to be.")],
    as_json: Json = False,
) -> None:
    """Say what a change of contract means to consumers, and how far the version must move; breaking: exit code 6."""
    from mesh_workbench.contracts.difference import bump, changes, is_too_low, next_version
    from mesh_workbench.contracts.document import parse
    from mesh_workbench.errors import Breached

    before, after = parse(read_text(old)), parse(read_text(new))
    step, _ = bump(before, after)
    found = changes(before, after) if step else []
    version = next_version(before, step)
    if as_json:
        items = [{"level": change.level, "grade": change.grade, "words": change.words} for change in found]
        show.as_json({"bump": step, "version": version, "declared": after.contract.version, "changes": items})
    else:
        for change in found:
            show.say(f"{change.level}: {change.words}")
        if step is None:
            show.say("Nothing changed.")
        else:
            show.say(f"This is a {step} change" + (f": the next version is {version}." if version else "."))
            if is_too_low(after, version):
                show.say(f"{new} says {after.contract.version}, which is too low.")
    breaking = [change for change in found if change.level == "breaking"]
    if breaking:
        raise Breached(
            "contract.breaking-change",
            f"{len(breaking)} of {len(found)} changes break consumers: {breaking[0].words}"
            f"{' and others' if len(breaking) > 1 else ''}.",
            hint="Raise the major version, or keep the promise.",
        )


def explain(
    contract: Annotated[
        str, typer.Argument(metavar="FILE|DOMAIN.PRODUCT", help="An ODCS document in YAML, or a product.")
    ],
    name: Annotated[str, typer.Option("--object", help="Which object; needed when there are several.")] = "",
    plan: Annotated[
        str | None,
        typer.Option(metavar="PATH|URL", help="Show instead how it would be evaluated on this file, folder or table."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say in words what each promise of a contract means here."""
    from mesh_workbench.contracts.document import parse
    from mesh_workbench.contracts.explain import explain as explained

    text = _text_of(contract)
    if plan is not None:
        from mesh_workbench.contracts.place import candidate_at
        from mesh_workbench.contracts.plan import plan as plan_on

        candidate = candidate_at(plan)
        if candidate is None:
            raise NotFound("file.not-found", f"There is no file {plan}.", hint="Check the path.")
        lines = plan_on(parse(text), replace(candidate, object_name=name))
        if as_json:
            show.as_json({"items": lines, "next": None})
        for line in [] if as_json else lines:
            show.say(line)
        return
    found = explained(parse(text), name)
    if as_json:
        show.items_as_json(found)
        return
    for one in found:
        show.say(f"{one.promise.id} ({one.promise.severity}): {one.promise.words}")
        for sentence in one.means:
            show.say(f"  {sentence}")


def _text_of(contract: str) -> str:
    """The document in a file, else that of the first port of the product called so."""
    file = Path(contract)
    if file.exists() or file.suffix in (".yaml", ".yml", ".json"):
        return read_text(file)
    with opened() as bench:
        return bench.contracts.get(contract).text
