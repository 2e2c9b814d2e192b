"""Sunset: that a product is advised against, why, until when it can be read, and what to read instead."""

from __future__ import annotations

from pydantic import Field

from mesh_workbench.model.base import Instant, Value


class Sunset(Value):
    """The end of a product that consumers are told of before it comes."""

    reason: str = Field(examples=["Replaced by network.movements."])
    until: Instant | None = Field(None, description="When reading ends; null while there is no date.")
    successor: str | None = Field(
        None, description="Product to read instead, as domain.product.", examples=["network.movements"]
    )
    since: Instant = Field(description="When it was decided.")
    by: str = Field(description="Who decided.", examples=["ana"])

    def over(self, moment: Instant) -> bool:
        """Whether nothing can be read any more at `moment`."""
        return self.until is not None and self.until <= moment

    @property
    def words(self) -> str:
        """Sentences for consumers."""
        found = [self.reason if self.reason.endswith((".", "!", "?")) else f"{self.reason}."]
        if self.until is not None:
            found.append(f"It can be read until {self.until:%Y-%m-%d %H:%M} UTC.")
        if self.successor:
            found.append(f"Read {self.successor} instead.")
        return " ".join(found)
