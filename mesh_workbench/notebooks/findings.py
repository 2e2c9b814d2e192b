"""Findings in one line each: what was seen, where, and what to do."""

from __future__ import annotations

import functools
from typing import Protocol

from mesh_workbench.model.fix import Fix
from mesh_workbench.model.notebook import Finding, FindingLevel


class Say(Protocol):
    """Makes a finding of one level; `code` is without its area."""

    def __call__(
        self,
        code: str,
        message: str,
        *,
        hint: str,
        cell: int | None = None,
        line: int | None = None,
        fix: Fix | None = None,
    ) -> Finding: ...


def _finding(
    level: FindingLevel,
    code: str,
    message: str,
    *,
    hint: str,
    cell: int | None = None,
    line: int | None = None,
    fix: Fix | None = None,
) -> Finding:
    return Finding(code=f"notebook.{code}", level=level, message=message, hint=hint, cell=cell, line=line, fix=fix)


error: Say = functools.partial(_finding, FindingLevel.ERROR)
"""Something that must be mended before the notebook can be promoted."""
warning: Say = functools.partial(_finding, FindingLevel.WARNING)
"""Something that will probably hurt a run."""
info: Say = functools.partial(_finding, FindingLevel.INFO)
"""Something worth knowing."""
