"""Where the API lives."""

from __future__ import annotations

from starlette.requests import Request

PREFIX = "/mesh-workbench/api/v1"


def location(request: Request, path: str) -> str:
    """The path of a resource for the header Location, below whatever the host put in front of the API."""
    return f"{request.scope.get('root_path', '')}{PREFIX}{path}"
