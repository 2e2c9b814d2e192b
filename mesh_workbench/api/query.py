"""Reading with SQL: rows for display as JSON, or all of them as a stream."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from mesh_workbench.api import answers
from mesh_workbench.api.access import Bench
from mesh_workbench.api.forms import ANSWERS, Accept, Form, chosen
from mesh_workbench.model.query import QueryRequest, RowsPage

router = APIRouter(tags=["query"])


@router.post(
    "/query",
    operation_id="query",
    summary="Ask in SQL; Accept, or `format`, decides between a page of rows as JSON and streams",
    response_model=RowsPage,
    responses=ANSWERS,
)
async def query(
    bench: Bench, body: QueryRequest, request: Request, accept: Accept = "*/*", form: Form = None
) -> Response:
    format_ = chosen(accept, form)
    if format_ is not None:
        return await answers.stream(request, format_, lambda known: bench.query.sql(body, known=known))
    answers.check_page(body.limit, "body.limit")
    longer = body.model_copy(update={"limit": body.limit + 1})
    return await answers.page(request, body.limit, lambda known: bench.query.sql(longer, known=known))
