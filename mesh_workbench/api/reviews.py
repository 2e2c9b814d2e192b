"""Reviews: promotions that wait for approval."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Query

from mesh_workbench.api.access import Bench, Cursor, Id, Limit
from mesh_workbench.api.bodies import Comment
from mesh_workbench.api.documents import BYTES
from mesh_workbench.model.base import Page
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.review import Proposal, ProposalDetail

router = APIRouter(prefix="/reviews", tags=["reviews"])


@router.get("", operation_id="listReviews", summary="Proposals, newest first")
def list_reviews(
    bench: Bench,
    product: Annotated[str | None, Query(max_length=127, description="Only of this product.")] = None,
    waiting: Annotated[bool, Query(description="Only those that wait for whoever asks.")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Proposal]:
    return bench.reviews.list(product=product, waiting=waiting, cursor=cursor, limit=limit)


@router.post(
    "/bundles", operation_id="proposeBundle", summary="Ask for approval of what a bundle holds", status_code=201
)
def propose_bundle(
    bench: Bench,
    bundle: Annotated[bytes, Body(media_type=BYTES, description="The file.")],
    to: Annotated[str, Query(max_length=130, description="domain or domain.product", examples=["insights"])],
    create_domains: Annotated[bool, Query(description="Whether to create domains that are missing.")] = False,
) -> Proposal:
    return bench.reviews.propose_bundle(bundle, to=to, create_domains=create_domains)


@router.post("", operation_id="propose", summary="Ask for approval of a promotion", status_code=201)
def propose(bench: Bench, body: PromotionRequest) -> Proposal:
    return bench.reviews.propose(body)


@router.get("/{proposal_id}", operation_id="getReview", summary="A proposal with what one needs to decide")
def get_review(bench: Bench, proposal_id: Id) -> ProposalDetail:
    return bench.reviews.get(proposal_id)


@router.post("/{proposal_id}/approve", operation_id="approveReview", summary="Approve it; promotes it when enough do")
def approve_review(bench: Bench, proposal_id: Id, body: Comment) -> Proposal:
    return bench.reviews.approve(proposal_id, comment=body.comment)


@router.post("/{proposal_id}/send-back", operation_id="sendBackReview", summary="Say what has to be otherwise")
def send_back_review(bench: Bench, proposal_id: Id, body: Comment) -> Proposal:
    return bench.reviews.send_back(proposal_id, comment=body.comment)


@router.post("/{proposal_id}/withdraw", operation_id="withdrawReview", summary="Take an own proposal back")
def withdraw_review(bench: Bench, proposal_id: Id, body: Comment) -> Proposal:
    return bench.reviews.withdraw(proposal_id, comment=body.comment)
