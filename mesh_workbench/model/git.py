"""Where a notebook's folder stands in its Git repository."""

from __future__ import annotations

from pydantic import Field

from mesh_workbench.model.base import Value


class GitState(Value):
    """The commit that was checked out when a notebook was promoted."""

    commit: str = Field(examples=["4fe1d6b0c9d2f1a7e35b8d64f0a9c1e2d3b4a5f6"])
    branch: str = Field("", description="Empty when none is checked out.", examples=["main"])
    dirty: bool = Field(description="Whether the notebook's folder, or a project file, was not as in that commit.")

    def __str__(self) -> str:
        place = f" on {self.branch}" if self.branch else ""
        return f"{self.commit[:10]}{place}{', with changes that are not committed' if self.dirty else ''}"
