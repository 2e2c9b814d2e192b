"""What a finding offers to do about itself: edits of the notebook, as data, for every door to apply."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from mesh_workbench.model.base import Value


class SetTags(Value):
    """Give a cell these tags, and no others."""

    kind: Literal["set_tags"] = "set_tags"
    cell: int = Field(description="Index of the cell, from 0.")
    tags: list[str]


class ReplaceSource(Value):
    """Put other text in place of a part of a cell's source."""

    kind: Literal["replace_source"] = "replace_source"
    cell: int = Field(description="Index of the cell, from 0.")
    start: int = Field(ge=0, description="First character, from 0; characters are Unicode code points.")
    end: int = Field(ge=0, description="The character behind the last one; as `start` to insert only.")
    text: str = Field(description="What stands there then.")


class InsertCell(Value):
    """Put a new cell before the one at an index, or at the end."""

    kind: Literal["insert_cell"] = "insert_cell"
    cell: int = Field(ge=0, description="Index that the new cell has then.")
    cell_type: Literal["code", "markdown"] = "code"
    source: str
    tags: list[str] = Field(default_factory=list)


class RemoveCell(Value):
    """Take a cell out."""

    kind: Literal["remove_cell"] = "remove_cell"
    cell: int = Field(description="Index of the cell, from 0.")


class SetMetadata(Value):
    """Set one thing in the notebook's own `mesh` metadata."""

    kind: Literal["set_metadata"] = "set_metadata"
    name: str = Field(description="Key below `mesh`.", examples=["presets"])
    value: JsonValue = Field(description="Null removes the key.")


Edit = Annotated[SetTags | ReplaceSource | InsertCell | RemoveCell | SetMetadata, Field(discriminator="kind")]


class Fix(Value):
    """A change to the notebook that does away with a finding.

    It belongs to the document in which the finding was seen, and to no later one.
    """

    label: str = Field(description="What a button says.", examples=["Tag this cell"])
    edits: list[Edit] = Field(description="In order: each sees the notebook as those before it left it.")
