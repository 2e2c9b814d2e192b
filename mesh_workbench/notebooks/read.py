"""Read a notebook document, or say clearly why it is none."""

from __future__ import annotations

import json
import re
from typing import Any

from mesh_workbench.errors import InvalidInput
from mesh_workbench.notebooks.document import Cell, Notebook

MAX_CHARACTERS = 64 * 1024 * 1024
"""A larger document is refused: nearly always it carries outputs that nobody needs."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")  # what the format allows


def parse(text: str) -> Notebook:
    """The notebook in `text`, of format 4 whatever its minor version; format 3 is upgraded.

    Every cell has an id: `cell-<index>` where the document has none, so that equal documents give equal notebooks.
    Raises InvalidInput `notebook.not-a-notebook` and `notebook.other-language`.
    """
    document = load(text)
    taken: set[str] = set()
    cells = []
    for index, cell in enumerate(document["cells"]):
        identity = cell.get("id")
        repeated = isinstance(identity, str) and identity in taken
        if not isinstance(identity, str) or not _ID.fullmatch(identity) or identity in taken:
            identity = f"cell-{index}"
        taken.add(identity)
        attached = cell.get("attachments")
        count = cell.get("execution_count")
        cells.append(
            Cell(
                cell["cell_type"],
                source_of(cell),
                identity,
                cell["metadata"],
                attached if isinstance(attached, dict) else {},
                count if isinstance(count, int) else None,
                repeated,
            )
        )
    return _demand_python(Notebook(cells, document["metadata"]))


def load(text: str) -> dict[str, Any]:
    """The notebook in `text` as plain data of format 4, outputs included.

    Raises InvalidInput `notebook.not-a-notebook`.
    """
    document = _decode(text)
    major = document.get("nbformat")
    if major == 3:
        document = _upgrade_3(document)
    elif major != 4:
        raise _refused(
            f"its format is {major!r}" if "nbformat" in document else "it does not say which format it has",
            "The workbench reads notebook formats 3 and 4; save it with a current JupyterLab.",
        )
    _demand_cells(document)
    return document


def source_of(cell: dict[str, Any]) -> str:
    """The source of a cell of `load` as one string with `\\n` line ends."""
    return _one_string(cell["source"]).replace("\r\n", "\n").replace("\r", "\n")


def _refused(why: str, hint: str = "", where: str = "") -> InvalidInput:
    return InvalidInput(
        "notebook.not-a-notebook",
        f"This is not a notebook: {why}.",
        hint=hint or "Give the document of a Jupyter notebook (.ipynb).",
        where=where,
    )


def _decode(text: str) -> dict[str, Any]:
    if len(text) > MAX_CHARACTERS:
        raise _refused(
            f"it has {len(text) / 1e6:.0f} million characters, more than the {MAX_CHARACTERS / 1e6:.0f} that are read",
            "Clear its outputs and save it again.",
        )
    try:
        document = json.loads(text)
        text.encode()
    except json.JSONDecodeError as error:
        what = "the document is empty" if not text.strip() else f"it is not JSON ({error.msg})"
        raise _refused(what, where=f"line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise _refused("its JSON is nested too deeply") from error
    except (ValueError, UnicodeEncodeError) as error:
        raise _refused(f"its text cannot be read ({error})") from error
    if not isinstance(document, dict):
        raise _refused(f"its JSON is a {type(document).__name__}, not an object")
    return document


def _upgrade_3(document: dict[str, Any]) -> dict[str, Any]:
    import nbformat

    try:
        upgraded = nbformat.convert(nbformat.v3.to_notebook_json(document), 4)  # type: ignore[no-untyped-call]
    except (KeyError, AttributeError, TypeError, ValueError) as error:
        raise _refused(f"it says format 3 and is not built so ({error})") from error
    for index, cell in enumerate(upgraded.cells):
        cell["id"] = f"cell-{index}"
    return dict(upgraded)


def _demand_cells(document: dict[str, Any]) -> None:
    cells = document.get("cells")
    if not isinstance(cells, list):
        raise _refused("it has no list of cells")
    if not isinstance(document.setdefault("metadata", {}), dict):
        raise _refused("its metadata is not an object")
    for index, cell in enumerate(cells):
        where = f"cell {index + 1}"
        if not isinstance(cell, dict) or cell.get("cell_type") not in ("code", "markdown", "raw"):
            raise _refused("a cell is neither code, markdown nor raw", where=where)
        source = cell.get("source")
        if not isinstance(source, str) and not (
            isinstance(source, list) and all(isinstance(line, str) for line in source)
        ):
            raise _refused("a cell's source is not text", where=where)
        if not isinstance(cell.setdefault("metadata", {}), dict):
            raise _refused("a cell's metadata is not an object", where=where)
        try:
            _one_string(source).encode()
        except UnicodeEncodeError as error:
            raise _refused("a cell holds half a character (a lone surrogate)", where=where) from error


def _one_string(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


def _demand_python(notebook: Notebook) -> Notebook:
    for key in ("kernelspec", "language_info"):
        if not isinstance(notebook.metadata.get(key, {}), dict):
            raise _refused(f"its {key} is not an object")
    if notebook.language != "python":
        raise InvalidInput(
            "notebook.other-language",
            f"This notebook is written in {notebook.language}; products are made from Python notebooks only.",
            hint="Choose a Python kernel, and move code of other languages into Python cells.",
            details={"language": notebook.language},
        )
    return notebook
