"""The frozen copy of a notebook: what a product version keeps and a run executes."""

from __future__ import annotations

import json
from typing import Any

from mesh_workbench.notebooks.document import Cell
from mesh_workbench.notebooks.parameters import TAG, parameters_cell
from mesh_workbench.notebooks.read import parse


def freeze(text: str) -> bytes:
    """The notebook in `text` without outputs, counts and view state, as bytes that only depend on the rest.

    Cell ids are kept, so that a failing cell can be found again in the notebook that it came from. A parameters cell
    that is marked by a comment only gets its tag, else values would be injected before its defaults. Raises what
    `read.parse` raises.
    """
    notebook = parse(text)
    parameters, _ = parameters_cell(notebook)
    kernelspec = notebook.metadata.get("kernelspec") or {}
    metadata: dict[str, Any] = {
        "kernelspec": {
            "display_name": str(kernelspec.get("display_name") or notebook.kernel),
            "language": notebook.language,
            "name": notebook.kernel,
        },
        "language_info": {"name": notebook.language},
    }
    if "mesh" in notebook.metadata:
        metadata["mesh"] = notebook.metadata["mesh"]
    frozen = {
        "cells": [_cell(cell, index == parameters) for index, cell in enumerate(notebook.cells)],
        "metadata": metadata,
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(frozen, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _cell(cell: Cell, has_parameters: bool) -> dict[str, Any]:
    metadata: dict[str, Any] = {}
    tags = cell.tags
    if has_parameters and TAG not in tags:
        tags = [*tags, TAG]
    if tags:
        metadata["tags"] = tags
    if "mesh" in cell.metadata:
        metadata["mesh"] = cell.metadata["mesh"]
    kept: dict[str, Any] = {
        "cell_type": cell.cell_type,
        "id": cell.id,
        "metadata": metadata,
        "source": cell.source.splitlines(keepends=True),
    }
    if cell.cell_type == "code":
        kept |= {"execution_count": None, "outputs": []}
    elif cell.attachments:
        kept["attachments"] = cell.attachments
    return kept
