"""What can stand at a place of a cell that is being written, and what stands there."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mesh_workbench.model.base import Value

Kind = Literal[
    "domain",
    "product",
    "port",
    "column",
    "relation",
    "version",
    "release",
    "function",
    "keyword",
    "variable",
    "option",
    "verb",
]
MOST_CHARACTERS = 110_000
"""Of a cell: the longest statement with a first line."""


class Mark(Value):
    """One thing by which to trust something, or not."""

    word: str = Field(description="In words, short.", examples=["late"])
    level: Literal["good", "caution", "bad"] = "caution"
    reason: str = Field("", description="Why, in a sentence.", examples=["A scheduled run is due."])


class Variable(Value):
    """A variable of the notebook that a statement can name."""

    name: str = Field(max_length=200, examples=["carriers"])
    type: str = Field("", max_length=200, description="Its Python type.", examples=["list"])
    columns: list[str] | None = Field(
        None, max_length=1000, description="Names of its columns, when it has rows; null when it has none."
    )


class CompletionRequest(Value):
    """A cell, and where the cursor stands in it."""

    text: str = Field(
        max_length=MOST_CHARACTERS, description="The whole cell.", examples=["%%mesh\nSELECT * FROM flight_ops."]
    )
    cursor: int = Field(ge=0, description="Place of the cursor, in Unicode characters from 0.", examples=[32])
    limit: int = Field(200, ge=1, le=1000, description="How many at most.")
    variables: list[Variable] = Field(
        default_factory=list, max_length=1000, description="Variables that `$name`, or a name behind FROM, can mean."
    )
    readers: list[str] = Field(
        default=["mesh", "mesh_workbench"],
        max_length=20,
        description="Names by which the cell knows the module whose `read` takes names of products.",
    )


class Completion(Value):
    """One thing that can stand at the cursor."""

    text: str = Field(description="What to write.", examples=["carrier"])
    kind: Kind
    type: str = Field("", description="Its type, or how to call it.", examples=["VARCHAR", "avg(x)"])
    description: str = ""
    of: str = Field("", description="What it belongs to.", examples=["flight_ops.flights"])
    marks: list[Mark] = Field(default_factory=list)


class Completions(Value):
    """What can stand instead of the characters from `start` to `end`, the likeliest first."""

    start: int
    end: int
    items: list[Completion] = Field(default_factory=list)
    more: bool = Field(False, description="Whether there are more than `limit`.")


class Meaning(Value):
    """What the word at a place of a cell stands for."""

    start: int
    end: int
    kind: Kind
    name: str = Field(description="Its full name.", examples=["flight_ops.flights.carrier"])
    product: str = Field("", description="The product that it is or belongs to.", examples=["flight_ops.flights"])
    type: str = ""
    description: str = ""
    facts: list[str] = Field(default_factory=list, description="Short facts.", examples=[["required", "internal"]])
    promises: list[str] = Field(
        default_factory=list, description="What its contract promises, in words.", examples=[["carrier is never empty"]]
    )
    owner: str = ""
    marks: list[Mark] = Field(default_factory=list)
