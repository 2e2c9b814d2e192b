"""What can stand in a cell that is being written, and what stands there."""

from __future__ import annotations

from fastapi import APIRouter

from mesh_workbench.api.access import Bench
from mesh_workbench.model.completion import CompletionRequest, Completions, Meaning

router = APIRouter(tags=["query"])


@router.post("/completions", operation_id="complete", summary="What can stand at the cursor of a cell")
def complete(bench: Bench, request: CompletionRequest) -> Completions:
    return bench.completions.complete(request)


@router.post("/completions/meaning", operation_id="getMeaning", summary="What the word at the cursor stands for")
def get_meaning(bench: Bench, request: CompletionRequest) -> Meaning | None:
    return bench.completions.meaning(request)
