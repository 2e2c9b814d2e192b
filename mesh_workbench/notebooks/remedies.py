"""Fixes for what only shows when a notebook runs: each as an edit of the document, or None where none fits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mesh_workbench.errors import MeshError
from mesh_workbench.model.fix import Edit, Fix, InsertCell, ReplaceSource, SetMetadata
from mesh_workbench.model.notebook import InputSpec
from mesh_workbench.notebooks.sources import Source, sources

if TYPE_CHECKING:
    from mesh_workbench.notebooks.document import Notebook

IMPORT = "import mesh_workbench as mesh\n"
_IMPORTED = re.compile(r"^\s*import mesh_workbench as mesh\b", re.MULTILINE)


def package(notebook: Notebook, files: Sequence[str]) -> Fix:
    """Name files of the notebook's folder as parts of its version."""
    known = (notebook.metadata.get("mesh") or {}).get("files")
    listed = [str(one) for one in known] if isinstance(known, list) else []
    label = "Package this file" if len(files) == 1 else "Package these files"
    return Fix(label=label, edits=[SetMetadata(name="files", value=[*listed, *(f for f in files if f not in listed)])])


def take_as_secret(notebook: Notebook, variable: str) -> Fix | None:
    """Let the notebook ask `mesh.secret` for a variable that it takes from its environment."""
    quoted = rf"""(["']){re.escape(variable)}(["'])"""
    asking = re.compile(rf"os\.environ\[{quoted}\]|os\.(?:environ\.get|getenv)\({quoted}\)")
    edits: list[Edit] = []
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        found = list(asking.finditer(cell.source))
        # From the end, so that the places before stay where they are.
        edits += [
            ReplaceSource(cell=index, start=one.start(), end=one.end(), text=f'mesh.secret("env:{variable}")')
            for one in reversed(found)
        ]
        if found and not _knows_mesh(notebook, index):
            edits.append(ReplaceSource(cell=index, start=0, end=0, text=IMPORT))
    return Fix(label="Take it as a secret", edits=edits) if edits else None


def declare(notebook: Notebook, port: str, cell: int) -> Fix:
    """Name an input as text before the cell that reads it by a name which is computed."""
    head = "" if _knows_mesh(notebook, cell - 1) else IMPORT
    source = f'{head}mesh.read("{port}")  # declared here: the next cell computes the name'
    return Fix(label="Declare this input", edits=[InsertCell(cell=cell, source=source)])


def pin(notebook: Notebook, read: InputSpec, major: str) -> Fix | None:
    """Name the major version of an input where it is read: the name in `mesh.read`, or each one in cells of SQL."""
    if read.how == "sql":
        edits = list(_named_in_sql(notebook, read.port, f'"{read.port}@{major}"'))
        return Fix(label=f"Pin version {major}", edits=edits) if edits else None
    line_start = sum(len(line) + 1 for line in notebook.cells[read.cell].source.split("\n")[: read.line - 1])
    source = notebook.cells[read.cell].source
    places = [at for at in _places(read.port, source) if at >= line_start]
    if not places:
        return None
    end = places[0] + len(read.port)
    if source[places[0] - 1 : places[0]] not in ('"', "'") or source[end : end + 1] not in ('"', "'"):
        return None
    return Fix(
        label=f"Pin version {major}", edits=[ReplaceSource(cell=read.cell, start=end, end=end, text=f"@{major}")]
    )


def _named_in_sql(notebook: Notebook, port: str, written: str) -> Iterator[Edit]:
    """`written` in place of the plain name of a port in `%%mesh` cells, from the end of each."""
    from mesh_workbench.engine.statement import parse

    for source in sources(notebook):
        for magic in source.magics if isinstance(source, Source) else ():
            cell = notebook.cells[source.cell].source
            body = (magic.body or "").rstrip("\n")
            at = cell.rstrip("\n").rfind(body)
            if magic.name != "mesh" or not body or at < 0:
                continue
            try:
                names = parse(body).names
            except MeshError:  # a finding of the analysis says so
                continue
            for place in (name.place for name in reversed(names)):
                if place is not None and body[place.start : place.end] == port:
                    yield ReplaceSource(cell=source.cell, start=at + place.start, end=at + place.end, text=written)


def relative(notebook: Notebook, path: str, home: Path) -> Fix | None:
    """Write the name of a file in the notebook's folder `home` relative to it, so that it is found and packaged."""
    name = path.removeprefix(f"{home}/")
    edits: list[Edit] = [
        ReplaceSource(cell=index, start=at, end=at + len(path), text=name)
        for index, cell in enumerate(notebook.cells)
        if cell.cell_type == "code"
        for at in reversed(list(_places(path, cell.source)))
    ]
    return Fix(label="Name it from the notebook", edits=edits) if edits else None


def _knows_mesh(notebook: Notebook, until: int) -> bool:
    return any(_IMPORTED.search(cell.source) for cell in notebook.cells[: until + 1] if cell.cell_type == "code")


def _places(text: str, source: str) -> Iterator[int]:
    yield from (found.start() for found in re.finditer(re.escape(text), source))
