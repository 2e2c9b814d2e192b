"""Intervals: anchored at their start, in the calendar of the zone from days on, in elapsed time below."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.duration import Duration
from mesh_workbench.model.schedule import ScheduleDraft
from mesh_workbench.scheduling.fires import check, next_fire, next_slot, slot_containing, words

MADRID = ZoneInfo("Europe/Madrid")


def fires(draft: ScheduleDraft, after: datetime, count: int) -> list[datetime]:
    found = []
    moment: datetime | None = after
    while moment is not None and len(found) < count:
        moment = next_fire(draft, moment)
        if moment:
            found.append(moment)
    return found


@pytest.mark.parametrize(
    ("text", "iso", "said"),
    [
        ("15 minutes", "PT15M", "15 minutes"),
        ("PT15M", "PT15M", "15 minutes"),
        ("pt900s", "PT15M", "15 minutes"),
        ("hour", "PT1H", "1 hour"),
        ("1 hour 30 minutes", "PT1H30M", "1 hour 30 minutes"),
        ("1h, 30min and 5s", "PT1H30M5S", "1 hour 30 minutes 5 seconds"),
        ("2 weeks", "P2W", "2 weeks"),
        ("10 days", "P10D", "10 days"),
        ("18 months", "P1Y6M", "1 year 6 months"),
        ("P1Y2M3DT4H5M6S", "P1Y2M3DT4H5M6S", "1 year 2 months 3 days 4 hours 5 minutes 6 seconds"),
        ("0 s", "PT0S", "0 seconds"),
    ],
)
def test_durations_are_read_as_people_and_iso_8601_write_them(text: str, iso: str, said: str) -> None:
    duration = Duration.parse(text)
    assert (duration.iso(), duration.words()) == (iso, said)
    assert Duration.parse(iso) == duration


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "'' is not"),
        ("soon", "'soon' is not"),
        ("15 mintes", "Did you mean minutes?"),
        ("5 minutes 3 minutes", "is not a length"),
        ("-5 minutes", "is not a length"),
        ("1.5 hours", "is not a length"),
        ("PT", "is not a length"),
        ("P1DT", "is not a length"),
        ("PT0.5S", "is not a length"),
        ("٣ days", "is not a length"),
        ("9" * 500 + " days", "is not a length"),
        ("1 day\n1 day", "is not a length"),
    ],
)
def test_what_is_no_duration_says_how_to_write_one(text: str, says: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        Duration.parse(text)
    assert refusal.value.code == "duration.invalid"
    assert says in str(refusal.value)
    assert "Write it like 15 minutes" in refusal.value.hint


@pytest.mark.parametrize(
    ("every", "says"),
    [
        ("0 seconds", "no length"),
        ("P0D", "no length"),
        ("1 day 12 hours", "mixes days and hours or less"),
        ("1 month 1 day", "mixes months and days"),
        ("11 years", "longer than ten years"),
        ("4000 days", "longer than ten years"),
        ("999999999 s", "longer than ten years"),
    ],
)
def test_intervals_of_no_length_absurd_ones_and_mixed_ones_are_refused(every: str, says: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check(ScheduleDraft(every=every))
    assert refusal.value.code == "schedule.bad-interval"
    assert says in refusal.value.message


def test_without_a_start_intervals_begin_where_people_expect_it() -> None:
    moment = datetime(2026, 6, 10, 8, 7, 3, tzinfo=UTC)  # a Wednesday
    expected = {
        "10 seconds": "2026-06-10 10:07:10",
        "15 minutes": "2026-06-10 10:15:00",
        "hour": "2026-06-10 11:00:00",
        "day": "2026-06-11 00:00:00",
        "week": "2026-06-15 00:00:00",
        "month": "2026-07-01 00:00:00",
        "3 months": "2026-07-01 00:00:00",
        "year": "2027-01-01 00:00:00",
    }
    for every, wanted in expected.items():
        fire = next_fire(ScheduleDraft(every=every, timezone="Europe/Madrid"), moment)
        assert fire is not None
        assert f"{fire.astimezone(MADRID):%Y-%m-%d %H:%M:%S}" == wanted


def test_a_day_keeps_its_time_of_the_clock_and_24_hours_do_not() -> None:
    start = datetime(2026, 3, 27, 6, tzinfo=MADRID)
    days = fires(ScheduleDraft(every="1 day", timezone="Europe/Madrid", start=start), start, 4)
    hours = fires(ScheduleDraft(every="24 hours", timezone="Europe/Madrid", start=start), start, 4)
    assert [fire.astimezone(MADRID).hour for fire in days] == [6, 6, 6, 6]
    assert [fire.astimezone(MADRID).hour for fire in hours] == [6, 7, 7, 7]
    assert {b - a for a, b in pairwise(hours)} == {timedelta(hours=24)}


def test_a_month_is_counted_from_the_start_so_that_a_short_one_shortens_no_other() -> None:
    start = datetime(2026, 1, 31, 9, tzinfo=MADRID)
    found = fires(ScheduleDraft(every="month", timezone="Europe/Madrid", start=start), start, 5)
    assert [f"{fire.astimezone(MADRID):%m-%d %H}" for fire in found] == [
        "02-28 09", "03-31 09", "04-30 09", "05-31 09", "06-30 09",
    ]  # fmt: skip


def test_a_day_that_a_zone_skips_fires_at_the_next_valid_instant() -> None:
    start = datetime(2011, 12, 28, 10, tzinfo=ZoneInfo("Pacific/Apia"))
    found = fires(ScheduleDraft(every="day", timezone="Pacific/Apia", start=start), start, 3)
    here = [fire.astimezone(ZoneInfo("Pacific/Apia")) for fire in found]
    assert [f"{fire:%d %H:%M}" for fire in here] == ["29 10:00", "31 00:00", "31 10:00"]


def test_the_first_slot_begins_at_the_start_and_none_at_the_end() -> None:
    start = datetime(2026, 1, 1, 0, 7, tzinfo=UTC)
    draft = ScheduleDraft(every="20 minutes", start=start, end=start + timedelta(minutes=60))
    slots = []
    slot = next_slot(draft, start - timedelta(days=1))
    while slot is not None:
        slots.append(slot)
        slot = next_slot(draft, slot.end)
    assert [(each.start - start).total_seconds() / 60 for each in slots] == [0, 20, 40]


EVERY = st.one_of(
    st.integers(1, 5000).map("{} seconds".format),
    st.integers(1, 3000).map("{} minutes".format),
    st.integers(1, 400).map("{} days".format),
    st.integers(1, 30).map("{} months".format),
)
MOMENTS = st.datetimes(datetime(2005, 1, 1), datetime(2035, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))
ZONES = st.sampled_from(["UTC", "Europe/Madrid", "Australia/Lord_Howe", "America/Havana", "Pacific/Apia"])


@settings(max_examples=150, deadline=None)
@given(EVERY, ZONES, MOMENTS, st.none() | MOMENTS)
def test_slots_of_intervals_follow_each_other_without_gap_or_overlap(
    every: str, zone: str, moment: datetime, start: datetime | None
) -> None:
    draft = ScheduleDraft(every=every, timezone=zone, start=start.replace(microsecond=0) if start else None)
    slot = slot_containing(draft, moment)
    assert slot.start <= moment < slot.end
    following = slot_containing(draft, slot.end)
    assert following.start == slot.end < following.end


def test_intervals_are_said_in_words() -> None:
    assert words(ScheduleDraft(every="PT15M")) == "Every 15 minutes, UTC."
    assert words(ScheduleDraft(every="P1D", timezone="Europe/Madrid")) == "Every day, Europe/Madrid."
    start = datetime(2026, 1, 31, 9, tzinfo=UTC)
    assert words(ScheduleDraft(every="36 hours", start=start)) == (
        "Every 36 hours, counted from 2026-01-31 09:00, UTC."
    )


def test_nothing_breaks_at_the_ends_of_time() -> None:
    for every in ("1 second", "1 day", "1 month"):
        draft = ScheduleDraft(every=every)
        assert next_fire(draft, datetime.max) is None
        with pytest.raises(InvalidInput, match="does not fire around that time"):
            slot_containing(draft, datetime.max)
