"""Entity tags: what a client saw, so that it neither fetches it twice nor overwrites what it did not see.

A tag is `"<revision>.<digest of the answer>"`. Reading compares all of it, because what a page shows (health,
release, readers) changes without an edit; editing compares only the revision, because those changes are nobody's
edit. `If-Match: "<revision>"` alone is accepted too.
"""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import Header
from pydantic import BaseModel
from starlette.responses import Response

from mesh_workbench.errors import Conflict, InvalidInput

IfMatch = Annotated[str | None, Header(max_length=1000, description="ETag, or the quoted revision, that one saw.")]
IfNoneMatch = Annotated[str | None, Header(max_length=1000, description="ETag that one has.")]


def tagged(value: BaseModel, revision: int, if_none_match: str | None) -> Response:
    """`value` with its tag, or 304 when the client has it already."""
    body = value.model_dump_json().encode()
    tag = f'"{revision}.{hashlib.sha256(body).hexdigest()[:16]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if if_none_match and (if_none_match.strip() == "*" or tag in _tags(if_none_match)):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def demand(if_match: str | None, revision: int, what: str) -> None:
    """Go on only when the client saw this revision of `what`.

    Raises InvalidInput `request.precondition-required` without the header, Conflict `request.precondition-failed`
    when it names another revision.
    """
    if not if_match:
        raise InvalidInput(
            "request.precondition-required",
            f"Say which state of {what} you saw.",
            hint="Send its ETag in the header If-Match.",
            where="header.if-match",
        )
    seen = {tag.removeprefix("W/").strip('"').partition(".")[0] for tag in _tags(if_match)}
    if if_match.strip() != "*" and str(revision) not in seen:
        raise Conflict(
            "request.precondition-failed",
            f"{what} was changed meanwhile: it is at revision {revision}.",
            hint="Load it again and decide anew.",
            details={"revision": revision},
        )


def seen(if_none_match: str) -> list[str]:
    """The opaque parts of the tags in an If-None-Match header."""
    return [tag.removeprefix("W/").strip('"') for tag in _tags(if_none_match)]


def _tags(header: str) -> list[str]:
    return [tag.strip() for tag in header.split(",")]
