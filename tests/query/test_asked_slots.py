"""The times that data can be about, as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.asked_slot import AskedSlot, slot_text
from mesh_workbench.model.schedule import SlotTime

ZONES = ["UTC", "America/New_York", "Europe/Madrid", "Asia/Kathmandu", "America/Sao_Paulo", "Pacific/Apia"]


def day(number: int, zone: str = "America/New_York", hour: int = 0) -> SlotTime:
    """A day of January 2013, from an hour on."""
    start = datetime(2013, 1, number, hour, tzinfo=ZoneInfo(zone))
    return SlotTime(start=start, end=start + timedelta(days=1), timezone=zone)


@pytest.mark.parametrize(
    ("asked", "days"),
    [
        ("2013", [14, 15, 16]),
        ("2013-01", [14, 15, 16]),
        ("2013-01-15", [15]),
        (" 2013-01-15 ", [15]),
        ("2013-02", []),
        ("2012", []),
        ("2013-01-15T00:00", [15]),
        ("2013-01-15 23:59:59.999999", [15]),
        ("2013-01-15T04:59:59Z", [14]),
        ("2013-01-15T05:00Z", [15]),
        ("2013-01-15T00:00-05:00", [15]),
        ("2013-01-14/2013-01-15", [14, 15]),
        ("2013-01-14T12:00/2013-01-15", [14, 15]),
        ("2013-01-15T05:00Z/2013-01-16T05:00Z", [15]),
        ("2013-01-15T05:00Z/2013-01-16T05:00:01Z", [15, 16]),
        ("2012/2013", [14, 15, 16]),
        ("2013-01-15/..", [15, 16]),
        ("../2013-01-14", [14]),
        ("../..", [14, 15, 16]),
    ],
)
def test_slots_are_read_that_overlap_what_is_asked(asked: str, days: list[int]) -> None:
    wanted = AskedSlot.parse(asked)
    assert [number for number in (14, 15, 16) if not wanted.gap(day(number))] == days


def test_a_date_is_that_of_the_clocks_of_each_slot() -> None:
    wanted = AskedSlot.parse("2013-01-15")
    assert not wanted.gap(day(15, "Asia/Kathmandu"))
    assert not wanted.gap(day(15, "America/New_York"))
    assert wanted.gap(day(14, "America/New_York")) < timedelta() < wanted.gap(day(16, "Asia/Kathmandu"))
    assert not wanted.gap(day(14, hour=6))  # which ends on the 15th


def test_a_slot_without_length_is_in_the_day_in_which_it_lies() -> None:
    noon = datetime(2013, 1, 15, 12, tzinfo=UTC)
    slot = SlotTime(start=noon, end=noon)
    found = {text: not AskedSlot.parse(text).gap(slot) for text in ("2013-01-15", slot_text(slot), "2013-01-16")}
    assert found == {"2013-01-15": True, "2013-01-15T12:00": True, "2013-01-16": False}


@pytest.mark.parametrize(
    "wrong",
    [
        "", "/", "2013-01/", "/2013-01", "13", "2013-13", "2013-02-30", "2013-1", "20130115", "2013-W03", "yesterday",
        "2013-02/2013-01", "2013-01-15T05:00Z/2013-01-15T05:00Z", "0000", "0001", "9999", "2013/2014/2015", "..",
        "2013-01-15T25:00", "2013-01-15T06:00Q", "٢٠١٣",
    ],
)  # fmt: skip
def test_what_is_no_time_is_refused_with_an_example(wrong: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        AskedSlot.parse(wrong)
    assert refused.value.code == "query.bad-slot"
    assert "2013-01-15" in refused.value.hint


@given(st.text(max_size=40))
def test_any_text_is_a_slot_or_refused(text: str) -> None:
    try:
        AskedSlot.parse(text).bounds("Pacific/Apia")
    except InvalidInput as error:
        refused = error.code
    else:
        refused = "query.bad-slot"
    assert refused == "query.bad-slot"


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)),
    st.sampled_from([timedelta(minutes=15), timedelta(hours=1), timedelta(days=1), timedelta(days=31)]),
    st.sampled_from(ZONES),
)
def test_the_words_for_a_slot_ask_for_it_and_not_for_those_beside(
    moment: datetime, length: timedelta, zone: str
) -> None:
    start = moment.replace(second=0, microsecond=0, tzinfo=UTC)
    slot, before, after = (
        SlotTime(start=start + shift, end=start + shift + length, timezone=zone)
        for shift in (timedelta(), -length, length)
    )
    exact = AskedSlot.parse(f"{slot.start.isoformat()}/{slot.end.isoformat()}")
    assert exact.gap(before) < timedelta() == exact.gap(slot) < exact.gap(after)
    if slot.start.astimezone(ZoneInfo(zone)).utcoffset() == slot.end.astimezone(ZoneInfo(zone)).utcoffset():
        assert not AskedSlot.parse(slot_text(slot)).gap(slot)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("text", ["2013", "2013-10", "2013-10-20", "2013-02-17", "2011-12-29"])
def test_years_months_and_days_have_short_words_in_every_zone(text: str, zone: str) -> None:
    start, end = AskedSlot.parse(text).bounds(zone)
    assert start is not None
    assert end is not None
    slot = SlotTime(start=start, end=end, timezone=zone)
    # Midnight that the clocks leave out is told as it is.
    assert AskedSlot.parse(slot_text(slot)).bounds(zone) == (start, end)
