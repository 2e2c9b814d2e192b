"""`mesh review list|show|approve|send-back|withdraw`: promotions that wait for approval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.given import confirmed
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Cursor, Json, Limit, Yes
from mesh_workbench.cli.product_diff import difference

if TYPE_CHECKING:
    from mesh_workbench.model.review import Proposal

ProposalId = Annotated[str, typer.Argument(metavar="PROPOSAL", help="Id, from `mesh review list`.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Approve promotions, where a domain asks for it.")
    group.command("list")(listed)
    group.command("show")(shown)
    group.command("approve")(approve)
    group.command("send-back")(send_back)
    group.command("withdraw")(withdraw)
    app.add_typer(group, name="review")


def listed(
    product: Annotated[str | None, typer.Option(metavar="DOMAIN.PRODUCT", help="Only of this product.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what does not wait for you.")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List the proposals that wait for your word."""
    with opened() as bench:
        page = bench.reviews.list(product=product, waiting=not everything, cursor=cursor, limit=limit)
    if as_json:
        show.as_json(page)
    elif page.items:
        show.table(
            ["proposal", "product", "version", "by", "state", "approvals", "since"],
            [
                (
                    one.id,
                    one.product,
                    f"{one.current_version or 'new'} → {one.next_version}",
                    one.by,
                    one.state.value.replace("_", " "),
                    f"{one.approvals} of {one.rule.approvals}",
                    show.ago(one.created),
                )
                for one in page.items
            ],
        )
        if page.next:
            show.say(f"More: --cursor {page.next}")
        show.next_step(f"mesh review show {page.items[0].id}")
    else:
        show.say("Nothing was proposed." if everything else "Nothing waits for you.")


def shown(proposal_id: ProposalId, as_json: Json = False) -> None:
    """Show a proposal: what would change, and who said what."""
    with opened() as bench:
        proposal = bench.reviews.get(proposal_id)
    if as_json:
        show.as_json(proposal)
        return
    show.say(f"{proposal.product}  {proposal.current_version or 'new'} → {proposal.next_version}", style="bold")
    show.facts(
        [
            ("by", f"{proposal.by}, {show.ago(proposal.created)}"),
            ("state", proposal.state.value.replace("_", " ")),
            ("needs", f"{proposal.rule.words}; {proposal.missing} missing"),
            ("note", proposal.note),
            ("why", proposal.plan.bump_reason),
            ("outdated", proposal.outdated),
        ]
    )
    for vote in proposal.votes:
        show.say(f"  {vote.by} {'approved' if vote.approves else 'sent it back'} {show.ago(vote.at)}. {vote.comment}")
    if proposal.plan.difference is not None:
        difference(proposal.plan.difference)
    else:
        for number, source in enumerate(proposal.cells, 1):
            show.say(f"  [{number}]")
            show.say("\n".join(f"    {line}" for line in source.splitlines()))
    for number, step in enumerate(proposal.plan.steps, 1):
        show.say(f"  {number}. {step}")
    if proposal.may_decide:
        show.next_step(f"mesh review approve {proposal.id}", "or `mesh review send-back`")
    elif proposal.why_not:
        show.say(proposal.why_not)


def approve(
    proposal_id: ProposalId,
    comment: Annotated[str, typer.Option(help="A word to it.")] = "",
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Approve a proposal; with enough approvals it is promoted."""
    with opened() as bench:
        proposal = bench.reviews.get(proposal_id)
        confirmed(f"Approve {proposal.product} {proposal.next_version} by {proposal.by}?", yes=yes, as_json=as_json)
        _said(bench.reviews.approve(proposal_id, comment=comment), as_json)


def send_back(
    proposal_id: ProposalId,
    comment: Annotated[str, typer.Option(help="What has to be otherwise.")],
    as_json: Json = False,
) -> None:
    """Send a proposal back to who made it."""
    with opened() as bench:
        _said(bench.reviews.send_back(proposal_id, comment=comment), as_json)


def withdraw(
    proposal_id: ProposalId,
    comment: Annotated[str, typer.Option(help="Why, for those whom it waited for.")] = "",
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Take a proposal of yours back."""
    with opened() as bench:
        proposal = bench.reviews.get(proposal_id)
        confirmed(f"Withdraw {proposal.product} {proposal.next_version}?", yes=yes, as_json=as_json)
        done = bench.reviews.withdraw(proposal_id, comment=comment)
    if as_json:
        show.as_json(done)
        return
    show.say(f"Withdrawn: {done.product} {done.next_version} waits for nobody any more.")


def _said(proposal: Proposal, as_json: bool) -> None:
    if as_json:
        show.as_json(proposal)
    elif proposal.version:
        show.say(f"{proposal.product} {proposal.version} is promoted, on behalf of {proposal.by}.")
    elif proposal.decided:
        show.say(f"The proposal for {proposal.product} is back with {proposal.by}.")
    else:
        show.say(f"Approved: {proposal.approvals} of {proposal.rule.approvals}.")
