"""Versions of products, and their notebooks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from mesh_workbench.api.access import Bench, Cursor, FullName, Limit, VersionPath
from mesh_workbench.api.documents import BYTES, JSON, NOTEBOOK, content, json_text, media, notebook
from mesh_workbench.model.base import Page
from mesh_workbench.model.difference import VersionDifference
from mesh_workbench.model.version import ProductVersion

router = APIRouter(prefix="/products/{domain}/{product}/versions", tags=["versions"])


@router.get("", operation_id="listVersions", summary="Versions, newest first")
def list_versions(bench: Bench, name: FullName, cursor: Cursor = None, limit: Limit = 100) -> Page[ProductVersion]:
    return bench.versions.list(name, cursor=cursor, limit=limit)


@router.get("/{version}", operation_id="getVersion", summary="One version")
def get_version(bench: Bench, name: FullName, version: VersionPath) -> ProductVersion:
    return bench.versions.get(name, version)


@router.get(
    "/{version}/difference", operation_id="getVersionDifference", summary="What is otherwise than in a version before"
)
def get_version_difference(
    bench: Bench,
    name: FullName,
    version: VersionPath,
    since: Annotated[
        str | None,
        Query(pattern=r"^\d+\.\d+\.\d+$", description="The version to compare with; the one before if not given."),
    ] = None,
) -> VersionDifference:
    return bench.versions.difference(name, since, version)


@router.get(
    "/{version}/notebook",
    operation_id="getVersionNotebook",
    summary="The frozen notebook, as JSON text",
    response_class=Response,
    responses=media("The notebook.", NOTEBOOK),
)
def get_version_notebook(bench: Bench, name: FullName, version: VersionPath) -> Response:
    return notebook(bench.versions.notebook(name, version))


@router.get(
    "/{version}/file",
    operation_id="getVersionFile",
    summary="A project file, for who may read the product",
    response_class=Response,
    responses=media("Its content.", BYTES),
)
def get_version_file(
    bench: Bench,
    name: FullName,
    version: VersionPath,
    path: Annotated[str, Query(max_length=4096, description="As in `files`.", examples=["notebooks/helpers.py"])],
) -> Response:
    return content(bench.versions.file(name, version, path))


@router.get(
    "/{version}/lock",
    operation_id="getVersionLock",
    summary="The lock of its environment: every distribution with version, digest of its files, and origin",
    response_class=Response,
    responses=media("The lock.", JSON),
)
def get_version_lock(bench: Bench, name: FullName, version: VersionPath) -> Response:
    return json_text(bench.versions.lock(name, version))
