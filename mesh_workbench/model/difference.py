"""Difference: what is otherwise in one version of a product than in another, or in the open notebook."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mesh_workbench.model.base import Value


class CellChange(Value):
    """One cell that is not as it was."""

    kind: Literal["added", "removed", "changed", "moved"]
    cell_type: Literal["code", "markdown", "raw"] = "code"
    before: int | None = Field(None, description="Its index before, from 0; null when it is new.")
    after: int | None = Field(None, description="Its index now, from 0; null when it is gone.")
    lines: list[str] = Field(
        default_factory=list,
        description="The lines that changed, with some around; each begins with `+`, `-`, a space, or `…` for a gap.",
        examples=[["-limit = 5", "+limit = 10"]],
    )
    tags: list[str] = Field(
        default_factory=list, description="Tags that came (`+`) and went (`-`).", examples=[["+parameters"]]
    )


class Changed(Value):
    """One named thing that is not as it was, in words."""

    name: str = Field(examples=["month"])
    before: str | None = Field(None, description="Null when it is new.", examples=["integer = 1"])
    after: str | None = Field(None, description="Null when it is gone.", examples=["integer = 2"])


class ContractChange(Value):
    """One change of a contract, graded from the consumer's view."""

    port: str = Field(examples=["daily_delays"])
    grade: Literal["breaking", "warning", "compatible", "wording"]
    words: str = Field(examples=["column tailnum is gone"])
    column: str = Field("", description="The column that it is about, as it was called; empty for the whole port.")


class VersionDifference(Value):
    """Everything in which a version, or the open notebook, differs from a version before."""

    product: str
    before: str = Field(description="The version that is compared with.", examples=["1.2.0"])
    after: str | None = Field(None, description="The version that is compared; null for the open notebook.")
    cells: list[CellChange] = Field(default_factory=list, description="In the order in which one reads them now.")
    cells_alike: int = Field(0, description="Cells that are as they were.")
    parameters: list[Changed] = Field(default_factory=list)
    contracts: list[ContractChange] = Field(default_factory=list, description="The gravest first.")
    files: list[Changed] = Field(
        default_factory=list, description="Project files, each with the digest of its content."
    )
    inputs: list[Changed] = Field(default_factory=list)
    outputs: list[Changed] = Field(default_factory=list)
    environment: list[Changed] = Field(default_factory=list, description="Interpreter and distributions.")
    limits: list[Changed] = Field(default_factory=list, description="What a run may use, and where it works.")

    @property
    def breaking(self) -> list[ContractChange]:
        """What consumers can no longer rely on."""
        return [change for change in self.contracts if change.grade == "breaking"]

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not (
            self.cells
            or self.parameters
            or self.contracts
            or self.files
            or self.inputs
            or self.outputs
            or self.environment
            or self.limits
        )
