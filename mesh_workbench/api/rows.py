"""Rows of a port for people without SQL."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from mesh_workbench.api import answers
from mesh_workbench.api.access import Bench, Cursor, FullName, Slot
from mesh_workbench.api.forms import ANSWERS, Accept, Form, chosen
from mesh_workbench.model.base import Instant
from mesh_workbench.model.names import NAME_PATTERN, check_name
from mesh_workbench.model.query import Answer, RowsPage
from mesh_workbench.model.rows import RowsRequest

router = APIRouter(tags=["query"])

MOST = 1_000_000
_Text = Annotated[str, Query(max_length=2000)]


@router.get(
    "/products/{domain}/{product}/ports/{port}/rows",
    operation_id="listRows",
    summary="Rows of a port, chosen without SQL",
    response_model=RowsPage,
    responses=ANSWERS,
)
async def list_rows(
    bench: Bench,
    name: FullName,
    port: Annotated[str, Path(description="Name of the port.", json_schema_extra={"pattern": NAME_PATTERN})],
    request: Request,
    select: Annotated[
        str | None, Query(max_length=10_000, description="Columns, with commas between; all when absent.")
    ] = None,
    filter_: Annotated[
        list[Annotated[str, Query(max_length=2000)]] | None,
        Query(
            alias="filter",
            max_length=50,
            description="COLUMN:OPERATOR:VALUE, several of which must all hold. Operators: eq, ne, lt, le, gt, ge, in "
            "(values with commas between), contains, starts, is (null or present).",
            examples=["carrier:eq:UA"],
        ),
    ] = None,
    order: Annotated[
        str | None,
        Query(max_length=2000, description="Columns to sort by, with commas between; descending with a minus before."),
    ] = None,
    limit: Annotated[
        int | None, Query(ge=1, le=MOST, description="Rows at most; 100 on a page, else as many as there may be.")
    ] = None,
    cursor: Cursor = None,
    release: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Release; the current one if absent.")] = None,
    version: Annotated[
        str | None,
        Query(pattern=r"^\d{1,9}(\.\d{1,9}\.\d{1,9})?$", description="Major or full version; the newest if absent."),
    ] = None,
    as_of: Annotated[Instant | None, Query(description="Moment to read at; now if absent.")] = None,
    slot: Slot = None,
    accept: Accept = "*/*",
    form: Form = None,
) -> Response:
    format_ = chosen(accept, form)
    full = f"{name}.{check_name(port, 'port name')}{f'@{version}' if version else ''}"
    asked = RowsRequest(
        port=full,
        select=columns(select),
        filter=filter_ or [],
        order=columns(order),
        limit=limit or (100 if format_ is None else MOST),
        cursor=cursor,
        release=release,
        as_of=as_of,
        slot=slot,
    )
    if format_ is not None:
        return await answers.stream(
            request,
            format_,
            lambda known: bench.query.port_rows(asked, known=known),
            lambda answer: _link(asked, answer, request),
        )
    answers.check_page(asked.limit, "query.limit")
    longer = asked.model_copy(update={"limit": asked.limit + 1})
    return await answers.page(
        request, asked.limit, lambda known: bench.query.port_rows(longer, known=known), lambda page: _paged(asked, page)
    )


def columns(text: str | None) -> list[str]:
    """Names with commas between; one that holds a comma stands in double quotes."""
    import csv

    return [name for name in next(csv.reader([text or ""], skipinitialspace=True), []) if name]


def _paged(asked: RowsRequest, page: RowsPage) -> RowsPage:
    [source] = page.provenance.sources
    following = asked.after(source.release, len(page.rows)) if page.truncated else None
    return page.model_copy(update={"next": following, "total": None if asked.filter or asked.cursor else source.rows})


def _link(asked: RowsRequest, answer: Answer, request: Request) -> str | None:
    """The address of the rows that may follow: a stream does not know beforehand how many rows it has."""
    [source] = answer.provenance.sources
    if asked.begin()[1] + asked.limit >= source.rows:
        return None
    cursor = asked.after(source.release, asked.limit)
    return str(request.url.include_query_params(cursor=cursor, limit=asked.limit))
