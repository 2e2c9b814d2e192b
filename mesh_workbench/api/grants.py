"""Grants: who may read a product that is not open."""

from __future__ import annotations

from fastapi import APIRouter

from mesh_workbench.api.access import Bench, FullName, Id
from mesh_workbench.api.bodies import GrantDraft
from mesh_workbench.model.access import Grant
from mesh_workbench.model.base import Page

router = APIRouter(tags=["access"])


@router.get("/products/{domain}/{product}/grants", operation_id="listGrants", summary="Who may read it")
def list_grants(bench: Bench, name: FullName) -> Page[Grant]:
    return Page[Grant](items=bench.catalog.grants(name))


@router.post(
    "/products/{domain}/{product}/grants", operation_id="addGrant", summary="Let somebody read it", status_code=201
)
def add_grant(bench: Bench, name: FullName, body: GrantDraft) -> Grant:
    return bench.catalog.grant(name, body.identity, purpose=body.purpose, until=body.until)


@router.delete("/grants/{grant_id}", operation_id="revokeGrant", summary="Take a grant back")
def revoke_grant(bench: Bench, grant_id: Id) -> Grant:
    return bench.catalog.revoke(grant_id)
