"""Proposals: promotions that wait for approval."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, insert, select, update

from mesh_workbench.errors import Conflict
from mesh_workbench.model.base import Page
from mesh_workbench.model.review import Proposal, ProposalState
from mesh_workbench.registry.cursor import page
from mesh_workbench.registry.repository import Repository, document_of
from mesh_workbench.registry.tables.proposal import proposals


class Proposals(Repository):
    """What was proposed, and what became of it."""

    def add(self, proposal: Proposal) -> Proposal:
        """Record a proposal; one of the same product that is open is replaced by it."""
        known = self.open_of(proposal.product_id)
        row = {
            "id": proposal.id,
            "product_id": proposal.product_id,
            "state": proposal.state.value,
            "created": proposal.created,
            "revision": proposal.revision,
            "document": document_of(proposal, "revision"),
        }
        with self._db.write() as connection:
            if known is not None:
                self.update(known.model_copy(update={"state": ProposalState.REPLACED, "decided": proposal.created}))
            connection.execute(insert(proposals).values(row))
        return proposal

    def get(self, proposal_id: str) -> Proposal | None:
        """The proposal, or None."""
        with self._db.read() as connection:
            row = connection.execute(select(proposals).where(proposals.c.id == proposal_id)).first()
        return _proposal(row) if row else None

    def open_of(self, product_id: str) -> Proposal | None:
        """The open proposal of a product, or None."""
        statement = select(proposals).where(
            proposals.c.product_id == product_id, proposals.c.state == ProposalState.OPEN.value
        )
        with self._db.read() as connection:
            row = connection.execute(statement).first()
        return _proposal(row) if row else None

    def update(self, proposal: Proposal) -> Proposal:
        """Store what somebody said; `proposal.revision` is the one that was seen.

        Raises Conflict `review.changed` when somebody else said something meanwhile.
        """
        statement = (
            update(proposals)
            .where(proposals.c.id == proposal.id, proposals.c.revision == proposal.revision)
            .values(
                state=proposal.state.value,
                revision=proposals.c.revision + 1,
                document=document_of(proposal, "revision"),
            )
            .returning(proposals.c.revision)
        )
        with self._db.write() as connection:
            revision = connection.execute(statement).scalar()
        if revision is None:
            raise Conflict(
                "review.changed",
                f"Somebody else decided about the proposal for {proposal.product} at this moment.",
                hint="Look at it again.",
            )
        return proposal.model_copy(update={"revision": revision})

    def list(
        self,
        state: ProposalState | None = None,
        product_id: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[Proposal]:
        """Proposals, the newest first."""
        statement = select(proposals)
        if state is not None:
            statement = statement.where(proposals.c.state == state.value)
        if product_id is not None:
            statement = statement.where(proposals.c.product_id == product_id)
        with self._db.read() as connection:
            return page(
                connection,
                statement,
                proposals.c.id,
                lambda rows: [_proposal(row) for row in rows],
                cursor=cursor,
                limit=limit,
                descending=True,
            )


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal.model_validate({**row.document, "revision": row.revision})
