"""Every zone over ten years, against an implementation that looks at every minute."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from mesh_workbench.model.schedule import ScheduleDraft
from mesh_workbench.scheduling.cron import fire_before, next_fire
from mesh_workbench.scheduling.fires import next_fire as next_fire_of
from tests.runs.minutes import BEGIN, DAYS, every_zone, fires

WINDOW = timedelta(days=2)


def ours(draft: ScheduleDraft, begin: datetime, end: datetime) -> list[datetime]:
    found = []
    fire = next_fire_of(draft, begin - timedelta(microseconds=1))
    while fire is not None and fire < end:
        found.append(fire)
        fire = next_fire_of(draft, fire)
    return found


def cron_near(hour: int, chance: random.Random) -> str:
    """A schedule with times around an hour of the clock, or of every hour."""
    minute = chance.choice(["0", "30", "*/15", "5,35", str(chance.randrange(60))])
    near = [(hour + by) % 24 for by in (-2, -1, 0, 1)]
    hours = chance.choice(["*", "*/2", "0", "0-5", str(chance.choice(near)), ",".join(map(str, sorted(near)))])
    return f"{minute} {hours} {chance.choice(['* * *', '* * *', '*/2 * *', '* * 0,6', '1-15 * 1-5'])}"


def test_around_changes_of_clocks_in_every_zone_fires_are_those_of_a_walk_over_every_minute() -> None:
    chance = random.Random(20200101)
    zones = every_zone()
    assert len(zones) > 60
    for zone, changed in zones.items():
        windows = chance.sample(changed, min(4, len(changed))) or [BEGIN + timedelta(days=chance.randrange(DAYS))]
        for begin in windows:
            local = (begin + timedelta(hours=12)).astimezone(ZoneInfo(zone))
            cron = cron_near(local.hour, chance)
            draft = ScheduleDraft(cron=cron, timezone=zone)
            expected = fires(cron, zone, begin, begin + WINDOW)
            assert ours(draft, begin, begin + WINDOW) == expected, (zone, cron, begin)
            for earlier, later in pairwise(expected):
                assert fire_before(cron, zone, later) == earlier, (zone, cron, later)


def test_every_day_is_the_same_as_a_time_of_the_clock_in_every_zone() -> None:
    chance = random.Random(7)
    for zone, changed in every_zone().items():
        for begin in chance.sample(changed, min(3, len(changed))):
            hour, minute = chance.randrange(5), chance.choice([0, 15, 30])
            start = datetime(2019, 12, 1, hour, minute, tzinfo=ZoneInfo(zone))
            daily = ScheduleDraft(every="day", timezone=zone, start=start)
            cron = ScheduleDraft(cron=f"{minute} {hour} * * *", timezone=zone)
            end = begin + 3 * WINDOW
            assert ours(daily, begin, end) == ours(cron, begin, end), (zone, begin)


def test_no_zone_and_no_moment_of_ten_years_stops_a_schedule() -> None:
    chance = random.Random(11)
    for zone in sorted(available_timezones()):
        for cron in ("30 2 * * *", "*/15 * * * *", "0 0 1 * *", "0 0 29 2 *"):
            moment = BEGIN + timedelta(seconds=chance.randrange(DAYS * 86_400))
            fire = next_fire(cron, zone, moment)
            assert fire is not None
            assert fire > moment
