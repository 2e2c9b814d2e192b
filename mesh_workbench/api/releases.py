"""Releases: what consumers read."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from mesh_workbench.api.access import Bench, Cursor, FullName, Limit
from mesh_workbench.model.base import Page
from mesh_workbench.model.release import Release

router = APIRouter(prefix="/products/{domain}/{product}/releases", tags=["releases"])


@router.get("", operation_id="listReleases", summary="Releases, newest first")
def list_releases(bench: Bench, name: FullName, cursor: Cursor = None, limit: Limit = 50) -> Page[Release]:
    return bench.releases.list(name, cursor=cursor, limit=limit)


@router.get("/{number}", operation_id="getRelease", summary="One release")
def get_release(
    bench: Bench, name: FullName, number: Annotated[int, Path(ge=1, le=2**31 - 1, description="Its number.")]
) -> Release:
    return bench.releases.get(name, number)
