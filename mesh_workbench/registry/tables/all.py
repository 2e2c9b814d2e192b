"""Every table, for migrations; `METADATA` knows them all. Whoever reads a table imports its own file."""

from __future__ import annotations

import importlib
import pkgutil

from mesh_workbench.registry import tables
from mesh_workbench.registry.tables.base import RowBase

__all__ = ["METADATA"]

for _module in pkgutil.iter_modules(tables.__path__, f"{tables.__name__}."):
    if _module.name != __name__:
        importlib.import_module(_module.name)

METADATA = RowBase.metadata
