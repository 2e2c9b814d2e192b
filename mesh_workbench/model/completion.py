"""What can stand at a place of a cell that is being written, and what stands there."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mesh_workbench.model.base import Value
from mesh_workbench.model.product import Health

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
SaidCode = Literal[
    # by what to trust a name: what is wanted, else nothing
    "deprecated",  # why; until when, or ""; what to read instead, or ""
    "superseded",  # the newest version; until when the old one can be read, or ""
    "on_request",
    "key",
    "required",
    "classified",  # as what
    "kept",  # how many promises of a release were checked, of how many
    "kept_partly",
    # facts
    "products",
    "version",
    "release",
    "rows",
    "columns",
    "newest",
    "promoted",
    "published",
    "slot",
    "example",
    # promises of a contract: the column, else the names of the rule
    "exists",
    "logical_type",
    "physical_type",
    "never_empty",
    "unique",
    "one_of",
    "option",  # the column, which option, its value
    "identifies",
    "found_in",  # where, then what
    "measured",  # of what, which metric, by which operator, in percent or "", its numbers
    "described",  # in the words of the contract
    "rule",
    "more",
]
MOST_CHARACTERS = 110_000
"""Of a cell: the longest statement with a first line."""


class Said(Value):
    """Something that is said of a name: a code, which whoever shows it puts in words, and what the words hold."""

    code: SaidCode
    values: list[str | int] = Field(default_factory=list, description="Names, numbers, and moments in ISO 8601.")


class Mark(Said):
    """One thing by which to trust something, or not."""

    level: Literal["good", "caution", "bad"] = "caution"


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
        default_factory=list,
        max_length=40,
        description="How the notebook is known to call the function that reads products, beside what imports say.",
        examples=[["m.read"]],
    )
    imports: list[Annotated[str, Field(max_length=MOST_CHARACTERS)]] = Field(
        default_factory=list,
        max_length=50,
        description="Other cells of the notebook that import the workbench: they say how reading is called.",
        examples=[["import mesh_workbench as m"]],
    )


class Completion(Value):
    """One thing that can stand at the cursor."""

    text: str = Field(description="What to write.", examples=["carrier"])
    kind: Kind
    type: str = Field("", description="Its type, or how to call it.", examples=["VARCHAR", "avg(x)"])
    description: str = ""
    of: str = Field("", description="What it belongs to.", examples=["flight_ops.flights"])
    facts: list[Said] = Field(default_factory=list)
    health: Health | None = Field(None, description="Whether the product keeps its promises now.")
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
    facts: list[Said] = Field(default_factory=list)
    promises: list[Said] = Field(default_factory=list, description="What its contract promises.")
    owner: str = ""
    health: Health | None = Field(None, description="Whether the product keeps its promises now.")
    marks: list[Mark] = Field(default_factory=list)
