"""How other tools read a release: from its files, or over HTTP."""

from __future__ import annotations

from pydantic import Field

from mesh_workbench.model.base import Value


class Snippet(Value):
    """Code that reads exactly the rows of one release, or of slots of it, with one tool."""

    tool: str = Field(examples=["polars"])
    language: str = Field(examples=["python"])
    needs: str = Field("", description="What must be installed.", examples=["polars deltalake"])
    code: str
    note: str = Field("", description="What to know about it, in a sentence.")


class Connection(Value):
    """A port at one release, as other tools read it."""

    product: str = Field(examples=["flight_ops.flights"])
    port: str
    release: int
    version: str
    rows: int
    slot: str = Field("", description="The slots that are read, as asked for; all when empty.", examples=["2013-01"])
    table: str = Field(description="Location of the Delta table.")
    delta_version: int = Field(description="Its version that holds the rows of the release.")
    snippets: list[Snippet] = Field(default_factory=list)
    warnings: list[str] = Field(default_factory=list)
