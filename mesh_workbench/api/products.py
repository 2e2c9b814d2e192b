"""Products, and the end of their life."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from mesh_workbench.api.access import Bench, Cursor, FullName, Limit, VersionQuery
from mesh_workbench.api.bodies import Deprecation, MovedSunset, Reason, Renaming, Retirement, RollbackRequest
from mesh_workbench.api.etag import IfMatch, IfNoneMatch, demand, tagged
from mesh_workbench.model.base import Page
from mesh_workbench.model.names import check_name
from mesh_workbench.model.product import ProductDetail, ProductSummary
from mesh_workbench.model.rollback import RollbackPlan

router = APIRouter(tags=["products"])
DomainFilter = Annotated[str | None, Query(max_length=63, description="Only of this domain.", examples=["flight_ops"])]


@router.get("/products", operation_id="listProducts", summary="Products, by name")
def list_products(
    bench: Bench, domain: DomainFilter = None, cursor: Cursor = None, limit: Limit = 100
) -> Page[ProductSummary]:
    if domain is not None:
        check_name(domain, "domain name")
    return bench.products.list(domain=domain, cursor=cursor, limit=limit)


@router.get(
    "/products/{domain}/{product}",
    operation_id="getProduct",
    summary="Everything the product's page shows",
    response_model=ProductDetail,
    responses={304: {"description": "The client has it already."}},
)
def get_product(bench: Bench, name: FullName, if_none_match: IfNoneMatch = None) -> Response:
    product = bench.products.get(name)
    return tagged(product, product.revision, if_none_match)


@router.post("/products/{domain}/{product}/deprecate", operation_id="deprecateProduct", summary="Advise against it")
def deprecate_product(bench: Bench, name: FullName, body: Deprecation, if_match: IfMatch = None) -> ProductDetail:
    demand(if_match, bench.products.get(name).revision, name)
    return bench.products.deprecate(name, reason=body.reason, until=body.until, successor=body.successor)


@router.post("/products/{domain}/{product}/reinstate", operation_id="reinstateProduct", summary="Advise it again")
def reinstate_product(bench: Bench, name: FullName, body: Reason, if_match: IfMatch = None) -> ProductDetail:
    demand(if_match, bench.products.get(name).revision, name)
    return bench.products.reinstate(name, reason=body.reason)


@router.post("/products/{domain}/{product}/rename", operation_id="renameProduct", summary="Call it otherwise")
def rename_product(bench: Bench, name: FullName, body: Renaming, if_match: IfMatch = None) -> ProductDetail:
    demand(if_match, bench.products.get(name).revision, name)
    return bench.products.rename(name, to=body.to, reason=body.reason)


@router.post(
    "/products/{domain}/{product}/majors/{major}/sunset",
    operation_id="moveSunset",
    summary="Until when an older major version can be read",
)
def move_sunset(
    bench: Bench,
    name: FullName,
    major: Annotated[int, Path(ge=0, le=2**31 - 1, description="The older major version.")],
    body: MovedSunset,
    if_match: IfMatch = None,
) -> ProductDetail:
    demand(if_match, bench.products.get(name).revision, name)
    return bench.products.move_sunset(name, major, reason=body.reason, until=body.until)


@router.get(
    "/products/{domain}/{product}/rollback", operation_id="planRollback", summary="What going back would change"
)
def plan_rollback(
    bench: Bench,
    name: FullName,
    release: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Release to go back to.")] = None,
    version: VersionQuery = None,
) -> RollbackPlan:
    return bench.products.plan_rollback(name, release=release, version=version)


@router.post("/products/{domain}/{product}/rollback", operation_id="rollbackProduct", summary="Go back")
def rollback_product(bench: Bench, name: FullName, body: RollbackRequest, if_match: IfMatch = None) -> ProductDetail:
    demand(if_match, bench.products.get(name).revision, name)
    return bench.products.rollback(name, reason=body.reason, release=body.release, version=body.version)


@router.post("/products/{domain}/{product}/retire", operation_id="retireProduct", summary="End it")
def retire_product(bench: Bench, name: FullName, body: Retirement, if_match: IfMatch = None) -> ProductDetail:
    demand(if_match, bench.products.get(name).revision, name)
    return bench.products.retire(name, reason=body.reason, force=body.force)
