"""Serving what people wrote (notebooks, logs) so that a browser can never run it in our origin."""

from __future__ import annotations

from starlette.responses import Response

NOTEBOOK, BYTES, JSON = "application/x-ipynb+json", "application/octet-stream", "application/json"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-cache",
}


def notebook(text: str) -> Response:
    """A notebook as its JSON text."""
    return Response(_encoded(text), media_type=NOTEBOOK, headers=_HEADERS)


def content(found: bytes, *, name: str = "") -> Response:
    """Any bytes, to be saved and never shown."""
    saved = f'attachment; filename="{name}"' if name else "attachment"
    return Response(found, media_type=BYTES, headers={**_HEADERS, "Content-Disposition": saved})


def json_text(text: str) -> Response:
    """JSON as it is kept."""
    return Response(_encoded(text), media_type=JSON, headers=_HEADERS)


def plain(text: str) -> Response:
    """Plain text, never sniffed as anything else."""
    return Response(_encoded(text), media_type="text/plain; charset=utf-8", headers=_HEADERS)


def html(text: str) -> Response:
    """A page that shows itself and can do nothing: no script, nothing from outside, no origin."""
    from mesh_workbench.notebooks.page import POLICY

    return Response(
        _encoded(text),
        media_type="text/html; charset=utf-8",
        headers={**_HEADERS, "Content-Security-Policy": f"{POLICY}; sandbox"},
    )


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", errors="backslashreplace")  # what a program printed may hold lone surrogates


def media(description: str, *types: str) -> dict[int | str, dict[str, object]]:
    """The OpenAPI `responses` of a route that answers 200 with one of these media types."""
    return {200: {"description": description, "content": {name: {"schema": {"type": "string"}} for name in types}}}
