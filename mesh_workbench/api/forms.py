"""Which format a client gets: what it names as `format`, else what its `Accept` likes best."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from fastapi import Header, Query

from mesh_workbench.errors import InvalidInput

if TYPE_CHECKING:
    from mesh_workbench.engine.formats import Format

PAGE = "application/json"


FormatName = Literal["json", "jsonl", "csv", "parquet", "arrow"]
"""The formats by name. `json` is a page of rows, with types and provenance."""

Accept = Annotated[str, Header(max_length=1000, description="What one understands, when `format` is not given.")]
Form = Annotated[
    FormatName | None, Query(alias="format", description="Format of the answer, for clients that cannot set headers.")
]

OTHER_FORMATS: dict[str, Any] = {
    "application/x-ndjson": {"schema": {"type": "string", "description": "JSON lines: one object a row."}},
    "text/csv": {"schema": {"type": "string"}},
    "application/vnd.apache.parquet": {"schema": {"type": "string", "format": "binary"}},
    "application/vnd.apache.arrow.stream": {"schema": {"type": "string", "format": "binary"}},
}
"""For the OpenAPI document: what there is beside a page."""

ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "Rows: a page as JSON, or a stream.", "content": OTHER_FORMATS},
    304: {"description": "What one has, by If-None-Match, is still right."},
}


def chosen(accept: str, form: FormatName | None) -> Format | None:
    """The format to stream, or None for a page as JSON. Raises InvalidInput `request.not-acceptable`."""
    from mesh_workbench.engine.formats import FORMATS

    streams = {name: one for name, one in FORMATS.items() if name != "json"}
    if form is not None:
        return streams.get(form)
    by_media = {media: one for one in streams.values() for media in one.media_types}
    for media in _liked(accept):
        if media in by_media:
            return by_media[media]
        if media in (PAGE, "application/*", "*/*"):
            return None
        if media == "text/*":
            return streams["csv"]
    raise InvalidInput(
        "request.not-acceptable",
        f"None of {accept!r} can be had here.",
        hint=f"There is {', '.join([PAGE, *(one.media_type for one in streams.values())])}; or write "
        f"format={'|'.join(get_args(FormatName))} into the address.",
        where="header.accept",
        details={"available": [PAGE, *by_media]},
    )


def _liked(accept: str) -> list[str]:
    """The media types of an Accept header, best first; those with q=0 are left out."""
    found = []
    for part in accept.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = next((_number(text[2:]) for text in parameters if text.startswith("q=")), 1.0)
        if media and weight > 0:
            found.append((weight, media))
    return [media for _, media in sorted(found, key=lambda one: -one[0])]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
