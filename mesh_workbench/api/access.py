"""What a route handler asks for: the workbench bound to the asking identity, and checked names."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Query
from starlette.requests import Request

from mesh_workbench.model.names import NAME_PATTERN, check_name
from mesh_workbench.workbench.protocol import Workbench


def _bench(request: Request) -> Workbench:
    bench: Workbench = request.app.state.bench_for(request)
    return bench


def _domain_name(
    domain: Annotated[
        str,
        Path(description="Name of the domain.", examples=["flight_ops"], json_schema_extra={"pattern": NAME_PATTERN}),
    ],
) -> str:
    return check_name(domain, "domain name")


def _product_name(
    domain: Annotated[str, Depends(_domain_name)],
    product: Annotated[
        str, Path(description="Name of the product.", examples=["flights"], json_schema_extra={"pattern": NAME_PATTERN})
    ],
) -> str:
    return f"{domain}.{check_name(product, 'product name')}"


Bench = Annotated[Workbench, Depends(_bench)]
"""The workbench, bound to who asks. It is resolved in a thread: opening a workbench takes time."""

DomainName = Annotated[str, Depends(_domain_name)]
FullName = Annotated[str, Depends(_product_name)]
"""`domain.product`, each part checked."""

Cursor = Annotated[str | None, Query(max_length=500, description="Cursor of the page, from `next` of the last one.")]
Limit = Annotated[int, Query(ge=1, le=100, description="Items on a page.")]
Id = Annotated[str, Path(min_length=1, max_length=64, examples=["run_01k9…"])]
PortQuery = Annotated[str | None, Query(max_length=63, description="Port; the first one when absent.")]
Slot = Annotated[
    str | None,
    Query(
        max_length=100,
        description="What the rows shall be about: 2013, 2013-01, 2013-01-15, a moment, or A/B of these.",
        examples=["2013-01"],
    ),
]
VersionQuery = Annotated[
    str | None, Query(pattern=r"^\d{1,9}\.\d{1,9}\.\d{1,9}$", description="Version; the newest when absent.")
]
VersionPath = Annotated[str, Path(pattern=r"^\d{1,9}\.\d{1,9}\.\d{1,9}$", description="Version.", examples=["1.2.0"])]
