"""What a document says of how it was worked with: cells run out of order, ids that two cells share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mesh_workbench.model.notebook import Finding
from mesh_workbench.notebooks.findings import info

if TYPE_CHECKING:
    from mesh_workbench.notebooks.document import Notebook


def played(notebook: Notebook) -> Iterator[Finding]:
    """At most one finding of each kind, at the first place."""
    latest, where = 0, 0
    for index, cell in enumerate(notebook.cells):
        if cell.count is None:
            continue
        if cell.count < latest:
            yield info(
                "ran-out-of-order",
                f"Cell {index + 1} was run before cell {where + 1}, which stands above it; a run from the top "
                "may give other results.",
                hint="Restart the kernel and run all cells once.",
                cell=index,
            )
            break
        latest, where = cell.count, index
    repeated = next((index for index, cell in enumerate(notebook.cells) if cell.repeats_id), None)
    if repeated is not None:
        yield info(
            "duplicate-cell-ids",
            "Several cells have the same id, as copies of cells outside Jupyter do; the later ones get others here.",
            hint="Save the notebook in JupyterLab once: it gives each its own.",
            cell=repeated,
        )
