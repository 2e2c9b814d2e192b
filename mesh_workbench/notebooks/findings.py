"""Findings in one line each: what was seen, where, and what to do."""

from __future__ import annotations

from mesh_workbench.model.notebook import Finding, FindingLevel


def error(code: str, message: str, *, hint: str, cell: int | None = None, line: int | None = None) -> Finding:
    """Something that must be mended before the notebook can be promoted."""
    return Finding(code=f"notebook.{code}", level=FindingLevel.ERROR, message=message, hint=hint, cell=cell, line=line)


def warning(code: str, message: str, *, hint: str, cell: int | None = None, line: int | None = None) -> Finding:
    """Something that will probably hurt a run."""
    return Finding(
        code=f"notebook.{code}", level=FindingLevel.WARNING, message=message, hint=hint, cell=cell, line=line
    )


def info(code: str, message: str, *, hint: str, cell: int | None = None, line: int | None = None) -> Finding:
    """Something worth knowing."""
    return Finding(code=f"notebook.{code}", level=FindingLevel.INFO, message=message, hint=hint, cell=cell, line=line)
