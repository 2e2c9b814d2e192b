"""Contracts: what ports promise."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from mesh_workbench.api.access import Bench, FullName, PortQuery, VersionQuery
from mesh_workbench.api.bodies import ContractText
from mesh_workbench.model.base import Page
from mesh_workbench.model.contract import ContractProblem, ContractView
from mesh_workbench.model.history import ContractHistory

router = APIRouter(tags=["contracts"])


@router.get("/products/{domain}/{product}/contract", operation_id="getContract", summary="The contract of a port")
def get_contract(bench: Bench, name: FullName, port: PortQuery = None, version: VersionQuery = None) -> ContractView:
    return bench.contracts.get(name, port, version)


@router.get(
    "/products/{domain}/{product}/contract/history",
    operation_id="getContractHistory",
    summary="How the promises of a port were kept, check by check, and what changed last",
)
def get_contract_history(
    bench: Bench,
    name: FullName,
    port: PortQuery = None,
    promise: Annotated[
        str | None, Query(max_length=500, description="Id of one promise, or a column; all when absent.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="Checks to look back at.")] = 20,
) -> ContractHistory:
    return bench.contracts.history(name, port, promise=promise, limit=limit)


@router.post("/contracts/lint", operation_id="lintContract", summary="What is wrong with a contract; stores nothing")
def lint_contract(bench: Bench, body: ContractText) -> Page[ContractProblem]:
    return Page[ContractProblem](items=bench.contracts.lint(body.text))
