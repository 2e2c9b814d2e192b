"""What the workbench knows: domains, products, versions, runs, slots, releases, grants, audit. SQLite or PostgreSQL."""

from __future__ import annotations

from mesh_workbench.registry.open import open_registry
from mesh_workbench.registry.registry import Registry
from mesh_workbench.registry.search import search_lines

__all__ = ["Registry", "open_registry", "search_lines"]
