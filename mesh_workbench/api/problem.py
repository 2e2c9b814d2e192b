"""Errors as RFC 9457 problem documents: the one place where an exception becomes an answer."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from starlette.exceptions import HTTPException
from starlette.responses import Response

from mesh_workbench.api.silence import Silence
from mesh_workbench.errors import Broken, Conflict, InvalidInput, MeshError, NotFound, Unavailable

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger("mesh_workbench.api")

_STATUS_OF_CODE = {
    "request.method-not-allowed": 405,
    "request.not-acceptable": 406,
    "request.precondition-failed": 412,
    "request.too-large": 413,
    "request.precondition-required": 428,
}
"""Codes that HTTP has a sharper word for than their class has."""


class Problem(BaseModel):
    """An error, as RFC 9457 wants it. `code` is stable; the text may change."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(examples=["urn:mesh-workbench:error:product.unknown"])
    title: str = Field(examples=["Not found"])
    status: int = Field(examples=[404])
    detail: str = Field(description="One sentence.", examples=["There is no product flight_ops.flihgts."])
    code: str = Field(description="Stable, area.what-happened.", examples=["product.unknown"])
    hint: str = Field("", description="What to do next.", examples=["Did you mean flight_ops.flights?"])
    where: str | None = Field(None, description="What it is about: file, cell, line, field.", examples=["body.cron"])
    instance: str | None = Field(None, description="Path of the request.")
    details: dict[str, JsonValue] | None = Field(None, description="Facts for machines.")


def response_of(error: MeshError, instance: str = "") -> Response:
    """The answer for an error raised on purpose."""
    document = error.problem(instance)
    status = _STATUS_OF_CODE.get(error.code, error.status)
    if status != error.status:
        document |= {"status": status, "title": HTTPStatus(status).phrase}
    headers = {"Cache-Control": "no-store"}
    retry_after = error.details.get("retry_after_s")
    if isinstance(retry_after, int | float):
        headers["Retry-After"] = str(max(1, round(retry_after)))
    body = json.dumps(document, ensure_ascii=True, default=str)  # ASCII: a lone surrogate in a name stays sendable
    return Response(body, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def response_to(error: Exception, instance: str = "") -> Response:
    """The answer for any exception; one that nobody foresaw is logged, and its text stays in the log."""
    if isinstance(error, MeshError):
        return response_of(error, instance)
    if isinstance(error, RequestValidationError):
        return response_of(_invalid(error), instance)
    if isinstance(error, HTTPException):
        return response_of(_of_routing(error, instance), instance)
    log.error("unforeseen error at %s", instance, exc_info=error)
    return response_of(
        Broken(
            "internal.error",
            "Something failed that should not have.",
            hint="The server's log has the details; please report it.",
        ),
        instance,
    )


def install(app: FastAPI) -> None:
    """Make `app` answer every error with a problem document."""

    silence = Silence()

    async def handle(request: Request, error: Exception) -> Response:
        told = silence.told(error) if isinstance(error, Unavailable) else error
        return response_to(told, request.url.path)

    for kind in (MeshError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, handle)


def _invalid(error: RequestValidationError) -> InvalidInput:
    problems = [_words(entry) for entry in error.errors()[:10]]
    where, message = problems[0]
    return InvalidInput(
        "request.invalid",
        message,
        where=where,
        hint="Compare the request with the schema at openapi.json.",
        details={"problems": [{"where": place, "message": words} for place, words in problems]},
    )


def _words(entry: Mapping[str, Any]) -> tuple[str, str]:
    location = list(entry.get("loc", ()))
    message = str(entry.get("msg", "invalid")).removeprefix("Value error, ")
    if entry.get("type") == "json_invalid":
        return "body", f"The body is not JSON: {entry.get('ctx', {}).get('error', message)}."
    where = ".".join(str(part) for part in location)
    return where, f"{where}: {message}{'' if message.endswith(('.', '?')) else '.'}"


def _of_routing(error: HTTPException, path: str) -> MeshError:
    if error.status_code == HTTPStatus.NOT_FOUND:
        return NotFound(
            "request.unknown-route", f"There is nothing at {path}.", hint="The routes are listed at openapi.json."
        )
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = (error.headers or {}).get("Allow", "")
        return Conflict("request.method-not-allowed", f"{path} cannot be asked so.", hint=f"Allowed: {allowed}.")
    if error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return InvalidInput("request.invalid", f"{error.detail}.", hint="Compare the request with openapi.json.")
    return Broken("internal.error", f"{error.detail}.")
