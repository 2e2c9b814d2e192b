"""Domains and their members."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from mesh_workbench.api.access import Bench, Cursor, DomainName, Limit
from mesh_workbench.api.bodies import ReviewSetting, RoleDraft
from mesh_workbench.model.base import Page
from mesh_workbench.model.domain import Domain, DomainDetail, DomainDraft
from mesh_workbench.model.identity import Member
from mesh_workbench.model.pause import DomainPause, PauseDraft

router = APIRouter(tags=["domains"])


@router.get("/domains", operation_id="listDomains", summary="Domains, with how many products each has")
def list_domains(bench: Bench, cursor: Cursor = None, limit: Limit = 100) -> Page[Domain]:
    return bench.domains.list(cursor=cursor, limit=limit)


@router.post("/domains", operation_id="addDomain", summary="Create a domain", status_code=201)
def add_domain(bench: Bench, draft: DomainDraft) -> Domain:
    return bench.domains.add(draft)


@router.get("/domains/{domain}", operation_id="getDomain", summary="A domain with its members")
def get_domain(bench: Bench, domain: DomainName) -> DomainDetail:
    return bench.domains.get(domain)


@router.put("/domains/{domain}/members/{identity}", operation_id="setMember", summary="Give somebody a role")
def set_member(
    bench: Bench,
    domain: DomainName,
    identity: Annotated[str, Path(min_length=1, max_length=255, examples=["rita"])],
    body: RoleDraft,
) -> Member:
    return bench.domains.set_role(domain, identity, body.role)


@router.put("/domains/{domain}/review", operation_id="setReview", summary="Say who approves promotions into it")
def set_review(bench: Bench, domain: DomainName, body: ReviewSetting) -> DomainDetail:
    return bench.domains.set_review(domain, body.rule)


@router.post("/domains/{domain}/pause", operation_id="pauseDomain", summary="Let none of its schedules start anything")
def pause_domain(bench: Bench, domain: DomainName, body: PauseDraft) -> DomainPause:
    return bench.domains.pause(domain, reason=body.reason, until=body.until)


@router.post("/domains/{domain}/resume", operation_id="resumeDomain", summary="Let its schedules go on")
def resume_domain(bench: Bench, domain: DomainName) -> DomainPause:
    return bench.domains.resume(domain)
