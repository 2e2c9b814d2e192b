"""Makers of test data: each returns a whole, valid thing in one line."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mesh_workbench.model.query import ResolvedPort


def notebook(
    *cells: str,
    parameters: str | None = None,
    kernel: str = "python3",
    metadata: dict[str, object] | None = None,
) -> str:
    """A notebook document as JSON text. A cell that begins with `# ` and a capital is markdown; `parameters` comes
    first, tagged so."""

    def cell(number: int, source: str, tags: list[str]) -> dict[str, object]:
        about: dict[str, object] = {"id": f"c{number}", "metadata": {"tags": tags} if tags else {}, "source": source}
        if re.match(r"#+ [A-Z]", source):
            return {"cell_type": "markdown", **about}
        return {"cell_type": "code", "execution_count": None, "outputs": [], **about}

    sources = [(source, []) for source in cells]
    tagged: list[tuple[str, list[str]]] = [] if parameters is None else [(parameters, ["parameters"])]
    return json.dumps(
        {
            "cells": [cell(number, source, tags) for number, (source, tags) in enumerate([*tagged, *sources])],
            "metadata": metadata
            if metadata is not None
            else {"kernelspec": {"name": kernel, "display_name": kernel, "language": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


def contract(
    *properties: dict[str, object] | str,
    name: str = "data",
    quality: list[dict[str, object]] | None = None,
    relationships: list[dict[str, object]] | None = None,
    objects: list[dict[str, object]] | None = None,
    **head: object,
) -> str:
    """A contract document as JSON text (which is YAML) with one object; a property that is only a name stays so."""
    table: dict[str, object] = {
        "name": name,
        "properties": [{"name": item} if isinstance(item, str) else item for item in properties],
        "quality": quality or [],
        "relationships": relationships or [],
    }
    document: dict[str, object] = {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": "c-1",
        "version": "1.0.0",
        "status": "active",
        "schema": [table, *(objects or [])],
    }
    return json.dumps({**document, **head}, ensure_ascii=False)


def run_folder(
    folder: Path, *cells: str, parameters: str | None = None, given: dict[str, Any] | None = None, **document: Any
) -> Path:
    """A run folder with run.json (`document` over harmless defaults) and a frozen notebook of `cells`, whose
    parameters cell is `parameters` and for which the values `given` are given."""
    from mesh_workbench.model.runfolder import NOTEBOOK_FILE, RUN_FILE, RunFolder
    from mesh_workbench.notebooks.freeze import freeze
    from mesh_workbench.notebooks.literals import encode_all

    values = given or {}
    about = {"run_id": "run_1", "product": "insights.delays", "version": "1.0.0"}
    about |= {"parameters": values, "literals": encode_all([], values)}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / RUN_FILE).write_text(RunFolder(**{**about, **document}).model_dump_json(), encoding="utf-8")
    (folder / NOTEBOOK_FILE).write_bytes(freeze(notebook(*cells, parameters=parameters)))
    return folder


def resolved_port(folder: Path, product: str, frame: Any, *, release: int = 3, version: str = "1.2.0") -> ResolvedPort:
    """A release of the first port of `product`, of one Parquet file in `folder`, ready to be read."""
    from mesh_workbench.model.base import now
    from mesh_workbench.model.query import ResolvedPort
    from mesh_workbench.storage.normalise import to_arrow
    from mesh_workbench.storage.parquet import write_staged

    written = write_staged(to_arrow(frame), folder / "table" / product)
    return ResolvedPort(
        name=product,
        product=product,
        product_id="prd_1",
        port=product.split(".")[1],
        release=release,
        version=version,
        published=now(),
        rows=written.rows,
        bytes=written.bytes,
        table=str(folder / "table" / product),
        delta_version=release,
        files=[str(path) for path in written.paths],
        arrow_schema=written.arrow_schema,
    )
