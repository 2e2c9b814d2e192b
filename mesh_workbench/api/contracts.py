"""Contracts: what ports promise."""

from __future__ import annotations

from fastapi import APIRouter

from mesh_workbench.api.access import Bench, FullName, PortQuery, VersionQuery
from mesh_workbench.api.bodies import ContractText
from mesh_workbench.model.base import Page
from mesh_workbench.model.contract import ContractProblem, ContractView

router = APIRouter(tags=["contracts"])


@router.get("/products/{domain}/{product}/contract", operation_id="getContract", summary="The contract of a port")
def get_contract(bench: Bench, name: FullName, port: PortQuery = None, version: VersionQuery = None) -> ContractView:
    return bench.contracts.get(name, port, version)


@router.post("/contracts/lint", operation_id="lintContract", summary="What is wrong with a contract; stores nothing")
def lint_contract(bench: Bench, body: ContractText) -> Page[ContractProblem]:
    return Page[ContractProblem](items=bench.contracts.lint(body.text))
