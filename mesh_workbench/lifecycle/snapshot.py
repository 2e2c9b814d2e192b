"""The notebook of a product that only holds the rows of a release from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence


def snapshot_notebook(product: str, kernel: str, ports: Mapping[str, Sequence[str]]) -> str:
    """A notebook that publishes, for every port, the rows of the Parquet files beside it; as JSON text."""
    code = ["import mesh_workbench as mesh\nimport polars as pl"]
    for port, files in ports.items():
        read = f'pl.concat([pl.read_parquet(file) for file in {json.dumps(list(files))}], how="diagonal_relaxed")'
        code.append(f'mesh.output("{port}", {read}, mode="replace")')
    empty: dict[str, object] = {"cell_type": "code", "execution_count": None, "outputs": [], "metadata": {}}
    cells = [{**empty, "id": f"cell-{number}", "source": text} for number, text in enumerate(code, 1)]
    about = f"# Snapshot of {product}\n\nRows of one release, taken in with a bundle of another workbench."
    return json.dumps(
        {
            "cells": [{"cell_type": "markdown", "id": "cell-0", "metadata": {}, "source": about}, *cells],
            "metadata": {"kernelspec": {"name": kernel, "display_name": kernel, "language": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )
