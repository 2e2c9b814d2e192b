"""The OpenAPI document: every error is a problem document, on every route."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mesh_workbench.api.problem import MEDIA_TYPE, Problem

if TYPE_CHECKING:
    from fastapi import FastAPI

_REFERENCE = {"$ref": "#/components/schemas/Problem"}
_WORDS = {
    400: "The request cannot be read.",
    401: "Nobody is known to be asking.",
    403: "The asking identity may not do this, or the request lacks its token.",
    404: "What was named does not exist.",
    406: "No format that the client understands.",
    409: "Somebody else was first, or the present state does not allow it.",
    412: "It was changed since the client saw it.",
    413: "The body is too large.",
    422: "What was given cannot be accepted; `where` says what.",
    428: "The header If-Match is missing.",
    500: "Our own fault; the server's log has the details.",
    503: "Something we depend on does not answer; Retry-After says when to ask again.",
}

ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"description": words, "content": {MEDIA_TYPE: {"schema": _REFERENCE}}} for status, words in _WORDS.items()
}
"""What any route may answer beside its own answer."""


def install(app: FastAPI) -> None:
    """Make `app.openapi()` know the problem document, and nothing of FastAPI's own error format."""
    make = app.openapi

    def openapi() -> dict[str, Any]:
        document = make()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas.pop("HTTPValidationError", None)
        schemas.pop("ValidationError", None)
        schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        return document

    app.openapi = openapi  # type: ignore[method-assign]
