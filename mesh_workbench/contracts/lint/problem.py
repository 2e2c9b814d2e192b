"""One thing that is wrong with a contract."""

from __future__ import annotations

from mesh_workbench.contracts.source import Path

Problem = tuple[str, str, Path, str, str]
"""level, code, path, message, hint"""
