"""What is said when something waits for approval, whatever was proposed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesh_workbench.cli import show

if TYPE_CHECKING:
    from mesh_workbench.model.review import Proposal


def proposed(proposal: Proposal, as_json: bool) -> None:
    """Say what it waits for, and where one sees how it stands."""
    if as_json:
        show.as_json(proposal)
        return
    show.say(f"Proposed {proposal.product} {proposal.next_version}: it waits for {proposal.rule.words}.")
    show.next_step(f"mesh review show {proposal.id}", "shows how it stands")
