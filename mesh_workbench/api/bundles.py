"""Bundles: a version of a product as one file."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Query, Request, Response

from mesh_workbench.api.access import Bench, FullName, VersionPath
from mesh_workbench.api.documents import BYTES, content, media
from mesh_workbench.api.prefix import location
from mesh_workbench.model.bundle import Imported

router = APIRouter(tags=["bundles"])


@router.get(
    "/products/{domain}/{product}/versions/{version}/bundle",
    operation_id="exportVersion",
    summary="The version with everything that a run of it needs, as one file",
    response_class=Response,
    responses=media("The bundle.", BYTES),
)
def export_version(
    bench: Bench,
    name: FullName,
    version: VersionPath,
    data: Annotated[bool, Query(description="Whether to include the current releases that it reads.")] = False,
) -> Response:
    return content(bench.bundles.export(name, version, with_data=data), name=f"{name}-{version}.mesh")


@router.post("/bundles", operation_id="importBundle", summary="Take in a bundle of another workbench", status_code=201)
def import_bundle(
    bench: Bench,
    bundle: Annotated[bytes, Body(media_type=BYTES, description="The file.")],
    request: Request,
    response: Response,
    to: Annotated[str, Query(max_length=130, description="domain or domain.product", examples=["insights"])],
    create_domains: Annotated[bool, Query(description="Whether to create domains that are missing.")] = False,
) -> Imported:
    done = bench.bundles.take_in(bundle, to=to, create_domains=create_domains)
    domain, product = done.product.split(".")
    response.headers["Location"] = location(request, f"/products/{domain}/{product}/versions/{done.version.version}")
    return done
