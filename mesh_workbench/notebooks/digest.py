"""The digest of what a notebook means: equal digests mean that nothing which matters has changed."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mesh_workbench.notebooks.document import Notebook


def digest(notebook: Notebook) -> str:
    """`sha256:<hex>` over kernel language, parameter metadata and each cell's type, source and tags.

    Outputs, counts, ids and view state do not count. `notebook` comes from `read.parse`.
    """
    meaning = {
        "language": notebook.language,
        "parameters": notebook.metadata.get("mesh"),
        "cells": [
            [cell.cell_type, cell.source, sorted(cell.tags), cell.metadata.get("mesh")] for cell in notebook.cells
        ],
    }
    canonical = json.dumps(meaning, sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"
