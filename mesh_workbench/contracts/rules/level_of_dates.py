"""Service levels that are dates: general availability, end of support, end of life."""

from __future__ import annotations

from datetime import UTC, datetime

from mesh_workbench.contracts.durations import words
from mesh_workbench.contracts.measure import Declined, Known, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape
from mesh_workbench.contracts.service_levels import moment_of


class LevelOfDates:
    """A date in the life of a product, compared with the calendar."""

    def __init__(self, level: str, description: str, example: str) -> None:
        self.name = f"sla.{level}"
        self.description = description
        self.example = example
        self._begins = level == "generalAvailability"

    def step(self, promise: Promise, shape: Shape) -> Step:
        if promise.limit.problem:
            return Declined(promise.limit.problem, refused=True)
        facts = shape.facts
        date, now = moment_of(promise.says), facts.now or datetime.now(UTC)
        away = words((date - now).total_seconds())
        expected = f"{'from' if self._begins else 'until'} {promise.says}"
        if not self._begins:
            kept = now < date
            return Known(
                kept, now.date().isoformat(), expected, f"It ends in {away}." if kept else f"It ended {away} ago."
            )
        if now < date:
            return Known(True, now.date().isoformat(), expected, f"It begins in {away}.")
        if facts.releases is None and not facts.publishing:
            return Declined("nothing is known of releases here")
        kept = facts.publishing or bool(facts.releases)
        return Known(
            kept, now.date().isoformat(), expected, "" if kept else f"It was due {away} ago; there is no release."
        )


LEVELS_OF_DATES = (
    LevelOfDates(
        "generalAvailability",
        "From that date on there is a release.",
        "slaProperties: [{property: generalAvailability, value: '2026-01-01'}]",
    ),
    LevelOfDates(
        "endOfSupport",
        "That date has not come.",
        "slaProperties: [{property: endOfSupport, value: '2030-01-01'}]",
    ),
    LevelOfDates(
        "endOfLife",
        "That date has not come.",
        "slaProperties: [{property: endOfLife, value: '2031-01-01'}]",
    ),
)
