"""Lineage: from what each column is made, and how surely that is known."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from mesh_workbench.model.base import Value


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
