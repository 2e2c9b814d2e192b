"""What `import mesh_workbench as mesh` offers in a notebook.

The same line works in two situations. In front of a person, `mesh.read` asks the workbench and `mesh.output` stages
into a scratch place. Inside a run (the kernel has MESH_RUN_FOLDER), `mesh.read` knows only what the run folder lists,
and what `mesh.output` stages there is what gets checked and published.
"""

from __future__ import annotations

from typing import Any

from mesh_workbench.session.inference import infer
from mesh_workbench.session.quarantine import quarantine
from mesh_workbench.session.reading import read
from mesh_workbench.session.secret import secret
from mesh_workbench.session.slots import Slot, current_slot
from mesh_workbench.session.staging import output

__all__ = ["infer", "output", "quarantine", "read", "secret", "slot"]

slot: Slot
"""The interval of time that this run is about; false, with None as start and end, when there is none."""


def __getattr__(name: str) -> Any:
    if name == "slot":
        return current_slot()
    raise AttributeError(f"module 'mesh_workbench.session' has no attribute {name!r}")
