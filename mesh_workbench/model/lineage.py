"""Lineage: from what each column is made, and how surely that is known."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from mesh_workbench.model.base import Instant, Value
from mesh_workbench.model.product import Health


class Transformation(StrEnum):
    """What happens to a value on its way; of several steps, the one that changes it most."""

    IDENTITY = "identity"
    RENAMED = "renamed"
    CAST = "cast"
    EXPRESSION = "expression"
    WINDOW = "window"
    AGGREGATE = "aggregate"
    INDIRECT = "indirect"
    """Decides which rows there are: filters, joins, groups, limits."""
    UNKNOWN = "unknown"
    """There is a way, and nobody can say which."""


class Confidence(StrEnum):
    CERTAIN = "certain"
    """The text of a statement shows it."""
    LIKELY = "likely"
    """Names and the flow of a notebook's variables say so."""
    POSSIBLE = "possible"
    """Nothing speaks against it."""


class ColumnSource(Value):
    """One column of a port from which something is made."""

    port: str = Field(description="domain.product.port.", examples=["flight_ops.flights.flights"])
    column: str | None = Field(description="Null for the port as a whole, or the number of its rows.")
    kind: Transformation
    confidence: Confidence = Confidence.CERTAIN


class ColumnLineage(Value):
    """From what one column is made; from nothing when it is constant."""

    column: str = Field(examples=["mean_delay"])
    sources: list[ColumnSource] = Field(default_factory=list)


class TableLineage(Value):
    """From what the columns of a result, or of a port, are made."""

    columns: list[ColumnLineage] = Field(default_factory=list)
    influences: list[ColumnSource] = Field(
        default_factory=list, description="What decides which rows there are, and so concerns every column."
    )
    complete: bool = Field(True, description="Whether these are all columns.")


class LineageNode(Value):
    """A product in a lineage."""

    id: str = Field(description="What edges call it: its name, or hidden-1 for one that the asker may not see.")
    name: str | None = Field(description="domain.product; null for one that the asker may not see.")
    title: str = ""
    status: str = ""
    release: int | None = Field(None, description="The release that is meant; null while it has none.")
    depth: int = Field(description="Steps from the product that was asked for: upstream below 0, downstream above.")
    health: Health | None = Field(None, description="How it is now; null for one that the asker may not see.")


class LineageEdge(Value):
    """That a product is made from a port of another one."""

    source: str
    target: str
    port: str = Field(description="Port of the source.", examples=["flights"])
    release: int | None = Field(None, description="Newest release of the source that is in the target.")
    first: int | None = Field(None, description="Oldest one: a target may keep rows of earlier runs.")
    made: int | None = Field(
        None, description="Newest release of the target that was made so; null when it is only declared."
    )


class ColumnEdge(Value):
    """That a column is made from another one, or its rows are chosen by it."""

    source: str
    port: str
    column: str | None = Field(description="Null for the port as a whole.")
    target: str
    target_port: str
    target_column: str | None = Field(description="Null for every column.")
    kind: Transformation
    confidence: Confidence


class Lineage(Value):
    """From what a product is made, and what is made from it."""

    product: str = Field(examples=["flight_ops.flights"])
    release: int | None = None
    column: str | None = Field(None, description="The column whose ways alone are shown; null for all.")
    nodes: list[LineageNode] = Field(default_factory=list, description="The farthest upstream first.")
    edges: list[LineageEdge] = Field(default_factory=list)
    columns: list[ColumnEdge] = Field(default_factory=list)
    truncated: bool = Field(False, description="Whether there are more products than are shown.")


class ImpactedProduct(Value):
    """A product that a change of a column would reach."""

    name: str | None = Field(description="domain.product; null for one that the asker may not see.")
    depth: int = Field(description="Steps away.")
    owner: str = ""
    columns: list[str] = Field(default_factory=list, description="port.column that are made from it.")
    every: bool = Field(False, description="Whether it may concern every column.")
    kinds: list[Transformation] = Field(default_factory=list)
    confidence: Confidence


class ImpactedPerson(Value):
    """Somebody who read what a change would reach."""

    name: str
    product: str = Field(description="What was read.")
    columns: list[str] | None = Field(description="Those concerned that were read; null for all columns.")
    last_read: Instant
    reads: int


class Impact(Value):
    """Whom a change of a column would hit."""

    product: str
    column: str = Field(examples=["tailnum"])
    products: list[ImpactedProduct] = Field(default_factory=list, description="The nearest first.")
    people: list[ImpactedPerson] = Field(
        default_factory=list,
        description="Those who read it in the last 90 days; only those of products whose readers the asker may see.",
    )
    people_count: int = Field(description="How many people, those not named included.")
