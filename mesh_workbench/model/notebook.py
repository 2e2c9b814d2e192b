"""What can be known of a notebook without running it."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field, JsonValue

from mesh_workbench.model.base import Value
from mesh_workbench.model.fix import Fix
from mesh_workbench.model.project import ProjectFile

ParameterType = Literal[
    "string", "integer", "number", "boolean", "date", "timestamp", "list", "object", "secret", "any"
]
OutputMode = Literal["replace_slot", "replace", "append", "merge"]


class ParameterSpec(Value):
    """One parameter of a product version: from it come form, CLI options, REST schema and validation."""

    name: str = Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", examples=["month"])
    type: ParameterType = Field("any", description="Type that a value must have.")
    default: JsonValue = Field(None, description="Value when none is given; see `required`.")
    required: bool = Field(False, description="True when the notebook gives no default.")
    choices: list[JsonValue] | None = Field(
        None, description="The only values allowed. Of a secret: the references that the notebook names."
    )
    minimum: float | None = None
    maximum: float | None = None
    help: str = Field("", description="The comment behind the assignment.")
    nullable: bool = Field(False, description="Whether null is a value.")


class ParameterPreset(Value):
    """Values for several parameters under one name, kept in the notebook's metadata as `mesh.presets`."""

    name: str = Field(examples=["whole year"])
    values: dict[str, JsonValue] = Field(description="Parameters that it leaves out keep their defaults.")


class InputSpec(Value):
    """An upstream port that the notebook reads."""

    port: str = Field(description="domain.product[.port] as written, without version.", examples=["fleet.planes"])
    version: str | None = Field(None, description="Version as written after @, if any.", examples=["2"])
    relies_on: int | None = Field(
        None, description="Major version that is read: as written, else the one that counted at promotion."
    )
    cell: int = Field(description="Index of the cell that reads it, from 0.")
    line: int = Field(1, description="Line in that cell, from 1.")
    how: Literal["read", "sql"] = "read"


class OutputSpec(Value):
    """An output that the notebook declares with `mesh.output`."""

    name: str = Field(examples=["daily_delays"])
    mode: OutputMode | None = Field(None, description="As written; null means the default.")
    keys: list[str] = Field(default_factory=list)
    cell: int
    line: int = 1


class FindingLevel(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Finding(Value):
    """Something seen in a notebook that a person should know before promoting it."""

    code: str = Field(examples=["notebook.no-parameters-cell"])
    level: FindingLevel
    message: str
    hint: str = ""
    cell: int | None = Field(None, description="Index of the cell, from 0.")
    line: int | None = Field(None, description="Line in that cell, from 1.")
    fix: Fix | None = Field(None, description="What would do away with it; null when a person has to.")


class NotebookAnalysis(Value):
    """Everything known of a notebook without running it."""

    language: str = Field("python", examples=["python"])
    kernel: str = Field("python3", description="Name of the kernelspec.")
    cells: int
    code_cells: int
    parameters_cell: int | None = Field(None, description="Index of the cell tagged `parameters`.")
    parameters: list[ParameterSpec] = Field(default_factory=list)
    presets: list[ParameterPreset] = Field(default_factory=list)
    inputs: list[InputSpec] = Field(default_factory=list)
    outputs: list[OutputSpec] = Field(default_factory=list)
    files: list[ProjectFile] = Field(
        default_factory=list, description="What it needs from its folder, when that is known."
    )
    findings: list[Finding] = Field(default_factory=list)
    digest: str = Field(description="Digest of what matters (design: cells, tags, parameters, language).")
    title: str = Field("", description="First heading of the notebook.")
    description: str = Field("", description="First paragraph below that heading.")
