"""Makers of test data: each returns a whole, valid thing in one line."""

from __future__ import annotations

import json
import re


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
