"""Pauses: a product, or a whole domain, runs nothing by schedule for a while."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from mesh_workbench.model.base import Instant, Value


class PauseDraft(Value):
    """What one says to pause schedules."""

    reason: str = Field("", max_length=2000, description="Why, for those who wonder.", examples=["The source moves."])
    until: Instant | None = Field(None, description="When they go on by themselves; null when somebody has to say.")


class Pause(PauseDraft):
    """A pause of a product, or of a domain with those below it. Slots that fall due in it are skipped."""

    scope: str = Field(description="Product or domain.", examples=["flight_ops"])
    by: str = Field("", description="Who paused it.", examples=["ana"])
    since: Instant

    def holds(self, moment: datetime) -> bool:
        """Whether what falls due at `moment` is held."""
        return self.since <= moment and (self.until is None or moment < self.until)

    def words(self) -> str:
        """The pause in a sentence."""
        by = f" by {self.by}" if self.by else ""
        until = f" until {self.until:%Y-%m-%d %H:%M} UTC" if self.until else ""
        reason = self.reason.rstrip(".")
        return f"{self.scope} was paused{by}{until}{': ' + reason if reason else ''}."


class DomainPause(Value):
    """What pausing or resuming a domain did."""

    domain: str
    pause: Pause | None = Field(None, description="Null when it goes on.")
    schedules: int = Field(description="Schedules of the domain and of those below it.")
    notes: list[str] = Field(default_factory=list, description="What became of slots that were due, in words.")
