"""Reads of a product's own files: whoever takes them past `mesh.read` knows neither release nor access."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from mesh_workbench.model.notebook import Finding
from mesh_workbench.notebooks.findings import warning
from mesh_workbench.notebooks.sources import Source

if TYPE_CHECKING:
    from mesh_workbench.notebooks.document import Notebook

_TABLE = re.compile(r"\btables[/\\]+prt_[0-9a-z]{26}\b")
"""The folder of a port's table, as every storage of the workbench lays it out."""


def bypassed(notebook: Notebook, sources: Iterable[Source]) -> Iterator[Finding]:
    """A warning for each line of code, SQL included, that names the folder of a product's table."""
    for source in sources:
        for line, text in enumerate(notebook.cells[source.cell].source.split("\n"), 1):
            if not text.lstrip().startswith("#") and _TABLE.search(text):
                yield warning(
                    "bypasses-read",
                    "It takes the files of a product itself, so nobody sees that it reads it, and a run gets whatever "
                    "files are there, also those of releases that were taken back.",
                    hint='Read it with mesh.read("DOMAIN.PRODUCT") or %%mesh; paths are for programs outside.',
                    cell=source.cell,
                    line=line,
                )
