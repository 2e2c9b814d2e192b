"""`mesh promote`: from a notebook to a data product."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.given import confirmed, moment, read_text
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Json, Timezone, Yes
from mesh_workbench.cli.preflight import checklist, demand_passed, watched
from mesh_workbench.cli.product_changes import breaking
from mesh_workbench.cli.product_diff import difference
from mesh_workbench.cli.written_proposal import proposed
from mesh_workbench.errors import Conflict, InvalidInput

if TYPE_CHECKING:
    from mesh_workbench.model.breaking import BreakingChange
    from mesh_workbench.model.limits import RunLimits
    from mesh_workbench.model.promotion import PromotionPlan, PromotionRequest
    from mesh_workbench.workbench.protocol import Workbench


def register(app: typer.Typer) -> None:
    app.command("promote")(promote)


def promote(
    notebook: Annotated[Path, typer.Argument(metavar="NOTEBOOK", help="The .ipynb file.")],
    to: Annotated[str, typer.Option("--to", metavar="DOMAIN.PRODUCT", help="The product that it becomes.")],
    bump: Annotated[
        Literal["major", "minor", "patch"] | None, typer.Option(help="Raise the computed change of the version.")
    ] = None,
    schedule: Annotated[str | None, typer.Option(metavar="CRON", help="Five cron fields: when it runs.")] = None,
    timezone: Timezone = "UTC",
    contract: Annotated[
        list[str] | None,
        typer.Option(metavar="[PORT=]FILE", help="ODCS document of a port; inferred from the first run if not given."),
    ] = None,
    title: Annotated[str, typer.Option(help="Title; the notebook's heading if not given.")] = "",
    description: Annotated[str, typer.Option(help="Description; the first paragraph if not given.")] = "",
    tag: Annotated[list[str] | None, typer.Option(help="A tag; repeat for several.")] = None,
    note: Annotated[str, typer.Option(help="What changed, for the list of versions.")] = "",
    run_timeout: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="How long a run may take; as before if not given.")
    ] = None,
    cell_timeout: Annotated[float | None, typer.Option(metavar="SECONDS", help="How long one cell may take.")] = None,
    memory: Annotated[float | None, typer.Option(metavar="GB", help="Memory that a run may use.")] = None,
    cpus: Annotated[int | None, typer.Option(help="Processors that a run may use.")] = None,
    sunset: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Until when an old major version can be read; 90 days if not given."),
    ] = None,
    announce: Annotated[
        bool, typer.Option("--announce", help="Only tell the consumers of what it would break, and stop.")
    ] = False,
    override: Annotated[
        str,
        typer.Option(metavar="REASON", help="Why it is promoted although not all have acknowledged what it breaks."),
    ] = "",
    create_domain: Annotated[bool, typer.Option("--create-domain", help="Create the domain when missing.")] = False,
    preflight: Annotated[
        bool, typer.Option("--preflight", help="Try it out in a clean kernel before, and stop when that fails.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would happen, and stop.")] = False,
    run: Annotated[bool, typer.Option("--run", help="Request the first run at once.")] = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Promote a notebook to a data product, or to a new version of one."""
    from mesh_workbench.lifecycle.breaking import demand_acknowledged
    from mesh_workbench.model.names import ProductName
    from mesh_workbench.model.promotion import PromotionRequest
    from mesh_workbench.model.schedule import ScheduleDraft

    name = ProductName.parse(to)
    text = read_text(notebook)
    with opened() as bench:
        request = PromotionRequest(
            notebook=text,
            folder=str(notebook.resolve().parent),
            limits=_limits(run_timeout, cell_timeout, memory, cpus),
            to=str(name),
            title=title,
            description=description,
            tags=tag or [],
            bump=bump,
            schedule=ScheduleDraft(cron=schedule, timezone=timezone) if schedule else None,
            note=note,
            sunset=moment(sunset, "--sunset"),
            override=override,
            run=run,
            create_domain=create_domain,
        )
        plan = bench.products.plan(request)
        if contract:
            request = request.model_copy(update={"contracts": _contracts(contract, plan)})
            plan = bench.products.plan(request)
        if not as_json:
            _show_plan(plan)
        if announce and not dry_run:
            _announce(bench.changes.announce(request), as_json=as_json)
            return
        if dry_run:
            if as_json:
                show.as_json(plan)
            return
        if not plan.may_promote:
            if yes:
                bench.products.promote(request)  # refuses with the error that says exactly what is wrong
            raise Conflict("promotion.blocked", plan.blocked, hint="Change that, and try again.")
        if preflight:
            _try_out(bench, request, notebook.name, as_json=as_json)
        if plan.status == "unchanged" and not run and not schedule:
            if as_json:
                show.as_json(plan)
            return
        if plan.breaking is not None:  # nobody is asked to confirm what is refused then
            demand_acknowledged(str(name), plan.breaking, override)
        confirmed(f"Promote {notebook.name} to {to} {plan.next_version}?", yes=yes, as_json=as_json)
        if plan.review:
            proposed(
                bench.reviews.propose(request.model_copy(update={"expected_version": plan.current_version or ""})),
                as_json,
            )
            return
        promotion = bench.products.promote(request.model_copy(update={"expected_version": plan.current_version}))
    if as_json:
        show.as_json(promotion)
        return
    version = promotion.version.version
    show.say(f"Promoted {to} {version}." if promotion.created else f"{to} {version} already says the same.")
    if promotion.run:
        show.next_step(f"mesh runs {promotion.run.id}", "shows its first run")
    else:
        show.next_step(f"mesh run {to} --wait", "makes its first release")


def _announce(change: BreakingChange, *, as_json: bool) -> None:
    if as_json:
        show.as_json(change)
        return
    show.say(f"Told: {', '.join(one.name for one in change.consumers) or 'nobody uses what breaks'}.")
    show.next_step(f"mesh product changes {change.product}", "shows who has acknowledged it")


def _try_out(bench: Workbench, request: PromotionRequest, name: str, *, as_json: bool) -> None:
    from mesh_workbench.model.preflight import PreflightRequest

    asked = PreflightRequest(
        notebook=request.notebook, to=request.to, folder=request.folder, contracts=request.contracts
    )
    tried = watched(bench, asked, quiet=as_json)
    if not as_json:
        checklist(name, tried)
    demand_passed(name, tried)


def _limits(run_s: float | None, cell_s: float | None, memory_gb: float | None, cpus: int | None) -> RunLimits | None:
    """The limits that were given, all together; None when none was."""
    from pydantic import ValidationError

    from mesh_workbench.model.limits import RunLimits

    given = {"run_s": run_s, "cell_s": cell_s, "memory_gb": memory_gb, "cpus": cpus}
    try:
        return RunLimits.model_validate(given) if any(value is not None for value in given.values()) else None
    except ValidationError as error:
        raise InvalidInput(
            "promotion.not-a-limit",
            f"{error.errors()[0]['input']} is no limit: it must be greater than 0.",
            hint="Leave the option away for no limit.",
        ) from error


def _contracts(given: list[str], plan: PromotionPlan) -> dict[str, str]:
    """Contract texts by port; a file without PORT= belongs to the output that it is named after, or to the only one."""
    outputs = [output.name for output in plan.analysis.outputs]
    texts: dict[str, str] = {}
    for entry in given:
        port, separator, path = entry.partition("=")
        file = Path(path if separator else entry)
        text = read_text(file)
        stem = file.name.split(".")[0]
        if not separator:
            if stem not in outputs and len(set(outputs)) != 1:
                raise InvalidInput(
                    "promotion.which-port",
                    f"{file} could belong to any of {', '.join(outputs) or 'no outputs'}.",
                    hint="Write --contract PORT=FILE.",
                )
            port = stem if stem in outputs else outputs[0]
        texts[port] = text
    return texts


def _show_plan(plan: PromotionPlan) -> None:
    heading = {"new": "new product", "changed": f"changes {plan.current_version}", "unchanged": "unchanged"}
    show.say(f"{plan.to}  {plan.next_version}  ({heading[plan.status]})", style="bold")
    if plan.bump_reason:
        show.say(plan.bump_reason)
    for finding in plan.analysis.findings:
        place = f" (cell {finding.cell + 1})" if finding.cell is not None else ""
        show.say(f"  {finding.level.value}: {finding.message}{place} {finding.hint}".rstrip())
    if plan.difference is not None:
        difference(plan.difference)
    if plan.breaking is not None:
        breaking(plan.breaking)
    for number, step in enumerate(plan.steps, 1):
        show.say(f"  {number}. {step}")
    if not plan.may_promote:
        show.say(f"Not possible yet: {plan.blocked}", style="bold red")
