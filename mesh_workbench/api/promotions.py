"""Promotion: from a notebook document to a product version."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from mesh_workbench.api.access import Bench
from mesh_workbench.api.idempotency import IdempotencyKey, key_of
from mesh_workbench.api.prefix import location
from mesh_workbench.model.promotion import Promotion, PromotionPlan, PromotionRequest, Standing, StandingRequest

router = APIRouter(prefix="/promotions", tags=["promotion"])


@router.post("/plan", operation_id="planPromotion", summary="What promoting would do; stores nothing")
def plan_promotion(bench: Bench, body: PromotionRequest) -> PromotionPlan:
    return bench.products.plan(body)


@router.post("/standing", operation_id="getStanding", summary="Whether a notebook differs from the newest version")
def get_standing(bench: Bench, body: StandingRequest) -> Standing:
    return bench.products.standing(body)


@router.post("", operation_id="promote", summary="Promote a notebook to a product", status_code=201)
def promote(
    bench: Bench,
    body: PromotionRequest,
    request: Request,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> Promotion:
    key = key_of(bench.identity, idempotency_key)
    promotion: Promotion = request.app.state.replays.once(key, body, lambda: bench.products.promote(body))
    product = promotion.product
    response.headers["Location"] = location(
        request, f"/products/{product.domain}/{product.name}/versions/{promotion.version.version}"
    )
    return promotion
