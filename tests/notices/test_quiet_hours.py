"""Quiet hours are wall-clock times of a person's zone, also when its clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh_workbench.model.preferences import QuietHours

NIGHT = QuietHours(start="22:00", end="07:00")
NOON = QuietHours(start="12:00", end="13:30")
MINUTES = st.integers(0, 24 * 60 - 1).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("quiet", "zone", "moment", "over"),
    [
        (NIGHT, "UTC", "2026-06-15T21:59", "2026-06-15T21:59"),
        (NIGHT, "UTC", "2026-06-15T22:00", "2026-06-16T07:00"),
        (NIGHT, "UTC", "2026-06-16T03:00", "2026-06-16T07:00"),
        (NIGHT, "UTC", "2026-06-16T07:00", "2026-06-16T07:00"),
        (NIGHT, "Europe/Madrid", "2026-06-15T20:30", "2026-06-16T05:00"),
        (NIGHT, "America/New_York", "2026-06-15T20:30", "2026-06-15T20:30"),
        (NOON, "Asia/Kolkata", "2026-06-15T07:00", "2026-06-15T08:00"),
        # the night in which clocks in Madrid go forward, and the one in which they go back
        (NIGHT, "Europe/Madrid", "2026-03-28T21:30", "2026-03-29T05:00"),
        (NIGHT, "Europe/Madrid", "2026-10-24T20:30", "2026-10-25T06:00"),
        # an end that does not exist that night, and one that comes twice
        (QuietHours(start="22:00", end="02:30"), "Europe/Madrid", "2026-03-28T23:00", "2026-03-29T01:30"),
        (QuietHours(start="22:00", end="02:30"), "Europe/Madrid", "2026-10-24T23:00", "2026-10-25T01:30"),
        (QuietHours(start="09:00", end="09:00"), "UTC", "2026-06-15T09:00", "2026-06-15T09:00"),
    ],
)
def test_a_message_waits_until_quiet_hours_are_over(quiet: QuietHours, zone: str, moment: str, over: str) -> None:
    assert quiet.over(utc(moment), zone) == utc(over)


@settings(max_examples=300, deadline=None)
@given(
    start=MINUTES,
    end=MINUTES,
    zone=st.sampled_from(["UTC", "Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC)),
)
def test_it_never_waits_into_the_past_nor_longer_than_a_day_and_ends_when_nothing_is_quiet(
    start: str, end: str, zone: str, moment: datetime
) -> None:
    quiet = QuietHours(start=start, end=end)
    over = quiet.over(moment, zone)
    assert moment <= over <= moment + timedelta(hours=26)
    assert quiet.over(over, zone) == over
