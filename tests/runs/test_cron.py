"""When cron schedules fire, and which slots that makes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.schedule import ScheduleDraft
from mesh_workbench.scheduling.cron import next_fire, words
from mesh_workbench.scheduling.fires import next_slot, slot_at, slot_containing

ZONES = st.sampled_from(
    """UTC Europe/Madrid America/New_York Australia/Lord_Howe America/Havana Asia/Beirut Pacific/Apia Asia/Kathmandu
    Africa/Casablanca Antarctica/Troll""".split()
)
MINUTES = st.one_of(st.just("*"), st.just("*/15"), st.integers(0, 59).map(str), st.just("5,35"))
HOURS = st.one_of(st.just("*"), st.just("*/6"), st.integers(0, 23).map(str), st.just("0-4"))
DAYS = st.sampled_from(["* * *", "1 * *", "* * 1-5", "L * *", "29 2 *", "1,15 * 0", "* 1-3 *"])
CRONS = st.builds("{} {} {}".format, MINUTES, HOURS, DAYS)
MOMENTS = st.datetimes(datetime(2005, 1, 1), datetime(2035, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))


@settings(max_examples=80, deadline=None)
@given(CRONS, ZONES, MOMENTS)
def test_slots_follow_each_other_without_gap_or_overlap(cron: str, zone: str, moment: datetime) -> None:
    draft = ScheduleDraft(cron=cron, timezone=zone)
    slot = slot_containing(draft, moment)
    assert slot.start <= moment < slot.end
    assert next_fire(cron, zone, slot.start) == slot.end
    following = next_fire(cron, zone, slot.end)
    assert following is not None
    assert slot_at(draft, following).start == slot.end


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 23), st.integers(0, 59), ZONES, st.integers(2006, 2034), st.booleans())
def test_a_daily_time_fires_once_a_day_at_the_first_instant_that_reaches_it(
    hour: int, minute: int, zone: str, year: int, spring: bool
) -> None:
    here = ZoneInfo(zone)
    begin = datetime(year, 3 if spring else 9, 1, tzinfo=UTC)
    fires = []
    fire = next_fire(f"{minute} {hour} * * *", zone, begin)
    while fire is not None and fire < begin + timedelta(days=70):
        fires.append(fire)
        fire = next_fire(f"{minute} {hour} * * *", zone, fire)
    for fire in fires:
        local = _wall(fire, here)
        before = _wall(fire - timedelta(minutes=1), here)
        days_wanted = [datetime(day.year, day.month, day.day, hour, minute) for day in (before, local)]
        reached = [wanted for wanted in days_wanted if before < wanted <= local]
        assert reached  # the clock shows the time now, or jumps over it
        for back in range(1, 180):  # and on no clock of that day did it do so before
            assert _wall(fire - timedelta(minutes=back), here) not in reached
    days = [fire.astimezone(here).date() for fire in fires]
    assert len(set(days)) >= len(days) - 1  # a day that is skipped whole fires at the beginning of the next


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def test_a_skipped_hour_fires_at_the_next_valid_instant_and_a_doubled_one_once() -> None:
    madrid = "Europe/Madrid"
    skipped = next_fire("30 2 * * *", madrid, datetime(2026, 3, 28, 12, tzinfo=UTC))
    assert skipped == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)  # 03:00 CEST
    assert next_fire("*/15 2 * * *", madrid, skipped) == datetime(2026, 3, 30, 0, 0, tzinfo=UTC)
    first = next_fire("30 2 * * *", madrid, datetime(2026, 10, 24, 12, tzinfo=UTC))
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 CEST, not 02:30 CET
    assert next_fire("30 2 * * *", madrid, first) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)
    between = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)  # the second 02:10
    assert next_fire("30 2 * * *", madrid, between) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_a_schedule_for_every_hour_goes_by_elapsed_time() -> None:
    fires = [datetime(2026, 10, 24, 21, 59, tzinfo=UTC)]
    while len(fires) < 27:
        following = next_fire("0 0-23 * * *", "Europe/Madrid", fires[-1])
        assert following is not None
        fires.append(following)
    assert {b - a for a, b in pairwise(fires[1:])} == {timedelta(hours=1)}
    assert [fire.astimezone(ZoneInfo("Europe/Madrid")).date() for fire in fires[1:]].count(date(2026, 10, 25)) == 25


def test_a_naive_moment_is_utc() -> None:
    assert next_fire("0 6 * * *", "UTC", datetime(2026, 1, 1, 5)) == datetime(2026, 1, 1, 6, tzinfo=UTC)


def test_months_in_new_york_are_twelve_slots_between_start_and_end() -> None:
    here = ZoneInfo("America/New_York")
    draft = ScheduleDraft(
        cron="0 0 1 * *",
        timezone="America/New_York",
        start=datetime(2013, 1, 1, tzinfo=here),
        end=datetime(2014, 1, 1, tzinfo=here),
    )
    starts = []
    slot = next_slot(draft, datetime(2000, 1, 1, tzinfo=UTC))
    while slot is not None:
        starts.append(slot.start.astimezone(here))
        slot = next_slot(draft, slot.end)
    assert [(start.month, start.day, start.hour) for start in starts] == [(month, 1, 0) for month in range(1, 13)]
    assert {start.year for start in starts} == {2013}


def test_schedules_are_said_in_words() -> None:
    assert words("0 6 * * *", "Europe/Madrid") == "At 06:00 every day, Europe/Madrid."
    assert words(" 0   0 1  * * ", "America/New_York") == "At 00:00 on the first day of every month, America/New_York."
    assert words("*/15 9-17 * * mon-fri", "UTC").startswith("Every 15th minute from 09:00 through 17:59 on Monday")


@pytest.mark.parametrize(
    ("cron", "says"),
    [
        ("", "0 fields"),
        ("0 6 * *", "4 fields"),
        ("* * * * * *", "6 fields"),
        ("61 * * * *", "its minute is wrong"),
        ("0 0 30 2 *", "its day-of-month is wrong"),
        ("0 0 * * fri#9", "its day-of-week is wrong"),
        ("@daily", "Write 0 0 * * * for it"),
        ("9" * 5000 + " * * * *", "longer than 200"),
        ("٣ * * * *", "its minute is wrong"),
    ],
)
def test_a_wrong_cron_says_what_is_wrong(cron: str, says: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        next_fire(cron, "UTC", datetime(2026, 1, 1))
    assert refusal.value.code == "schedule.invalid-cron"
    assert says in str(refusal.value)


@pytest.mark.parametrize("zone", ["Europe/Madrod", "Madrid", "", "../../etc/passwd", "America", "\0", "x" * 3000])
def test_an_unknown_zone_is_refused_with_the_nearest_one(zone: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        words("0 6 * * *", zone)
    assert refusal.value.code == "schedule.unknown-zone"
    if "Madr" in zone:
        assert "Did you mean Europe/Madrid?" in str(refusal.value)


@pytest.mark.parametrize("moment", [datetime.min, datetime.max, datetime(1, 1, 2, tzinfo=UTC)])
def test_moments_at_the_ends_of_time_do_not_break_anything(moment: datetime) -> None:
    assert next_fire("0 6 * * *", "America/New_York", datetime.max) is None
    with pytest.raises(InvalidInput, match="does not fire around that time"):
        slot_containing(ScheduleDraft(cron="0 0 29 2 *", timezone="America/New_York"), moment)
