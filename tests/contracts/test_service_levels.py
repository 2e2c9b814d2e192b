"""Service levels: measured from data, dates, releases, runs and reads, or not evaluated with the reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.contracts.document import parse
from mesh_workbench.contracts.durations import NotADuration, seconds_of, words
from mesh_workbench.contracts.evaluate import report_on
from mesh_workbench.contracts.facts import Facts, ProbeFact, ReadFact, RunFact
from mesh_workbench.model.check import Outcome, PromiseResult
from tests.builders import contract

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
DATA = pa.table(
    {
        "at": pa.array([datetime(2026, 6, 10), datetime(2026, 6, 14, 12)], pa.timestamp("us")),
        "zoned": pa.array([NOW - 3 * DAY, NOW - 2 * DAY], pa.timestamp("us", "UTC")),
        "day": pa.array([None, datetime(2026, 6, 14).date()], pa.date32()),
        "text": ["a", "b"],
    }
)
HISTORY = Facts(
    now=NOW,
    publishing=True,
    releases=(NOW - 5 * DAY, NOW - 2 * DAY),
    runs=(RunFact(NOW - 90 * DAY, False), RunFact(NOW - 3 * DAY, False), *[RunFact(NOW - DAY, True)] * 3),
    reads=(ReadFact(NOW - DAY, 1000, 100.0), ReadFact(NOW - DAY, 1000, 500.0), ReadFact(NOW - DAY, 1000, 50.0)),
)


def level(facts: Facts = HISTORY, **level: object) -> PromiseResult:
    document = parse(contract("at", "zoned", "day", "text", slaProperties=[level]))
    report = report_on(document, Candidate.from_table(DATA, "data"), facts=facts)
    (found,) = [result for result in report.results if result.promise.id.startswith("sla.")]
    return found


@pytest.mark.parametrize(
    ("given", "outcome", "observed"),
    [
        ({"property": "freshness", "value": "P1D", "element": "data.at"}, "passed", 86400),
        ({"property": "freshness", "value": 23, "unit": "h", "element": "data.at"}, "warned", 86400),
        ({"property": "LY", "value": 2, "unit": "d", "element": "zoned"}, "passed", 172800),
        ({"property": "latency", "value": "PT12H", "element": "data.day"}, "passed", 43200),
        ({"property": "retention", "value": 1, "unit": "w", "element": "data.at"}, "passed", 475200),
        ({"property": "re", "value": "P5D", "element": "data.at"}, "warned", 475200),
        ({"property": "frequency", "value": "2", "unit": "days"}, "passed", 172800),
        ({"property": "frequency", "value": 1, "unit": "d"}, "warned", 172800),
        ({"property": "errorRate", "value": 25, "unit": "percent"}, "passed", 25),
        ({"property": "errorRate", "value": "5%"}, "warned", 25),
        ({"property": "throughput", "value": 10000, "unit": "rows/s"}, "passed", 10000),
        ({"property": "throughput", "value": 10001, "unit": "rows per second"}, "warned", 10000),
        ({"property": "timeOfAvailability", "value": "12:00Z"}, "passed", "12:00:00"),
        ({"property": "timeOfAvailability", "value": "13:59 Europe/Berlin"}, "warned", "14:00:00"),
        ({"property": "timeOfAvailability", "value": "09:00-08:00"}, "passed", "04:00:00"),
        ({"property": "generalAvailability", "value": "2026-01-01"}, "passed", "2026-06-15"),
        ({"property": "generalAvailability", "value": "2027-01-01T00:00:00Z"}, "passed", "2026-06-15"),
        ({"property": "endOfSupport", "value": "2026-06-16"}, "passed", "2026-06-15"),
        ({"property": "el", "value": "2026-06-15"}, "warned", "2026-06-15"),
        ({"property": "availability", "value": 99.9, "unit": "percent"}, "not_evaluated", None),
        ({"property": "timeToRepair", "value": "PT4H"}, "not_evaluated", None),
        ({"property": "timeToDetect", "value": "PT4H"}, "not_evaluated", None),
        ({"property": "tn", "value": 4, "unit": "h"}, "not_evaluated", None),
    ],
)  # fmt: skip
def test_each_service_level_is_measured_or_says_why_not(
    given: dict[str, object], outcome: str, observed: object
) -> None:
    result = level(**given)
    assert (result.outcome.value, result.observed) == (outcome, observed), result.reason
    if outcome != "passed":
        assert len(result.reason) > 20


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"property": "latency", "value": 5, "unit": "m", "element": "data.at"}, "PT5M or P5M"),
        ({"property": "latency", "value": 5, "element": "data.at"}, "no unit"),
        ({"property": "latency", "value": None, "unit": "d", "element": "data.at"}, "not a length of time"),
        ({"property": "latency", "value": 5, "unit": "moons", "element": "data.at"}, "'moons' is not a unit"),
        ({"property": "latency", "value": 5, "unit": "d"}, "names no element"),
        ({"property": "latency", "value": 5, "unit": "d", "element": "data.text"}, "no dates"),
        ({"property": "latency", "value": 5, "unit": "d", "element": "data.att"}, "Did you mean at?"),
        ({"property": "endOfLife", "value": "soon"}, "not a date"),
        ({"property": "timeOfAvailability", "value": "morning"}, "not a time of day"),
        ({"property": "timeOfAvailability", "value": "09:00", "unit": "Mars/Base"}, "no zone that is known"),
        ({"property": "availability", "value": 0.999}, "share or a percentage"),
        ({"property": "errorRate", "value": 200, "unit": "percent"}, "above 100"),
        ({"property": "throughput", "value": 5, "unit": "GB"}, "rows/s"),
    ],
)
def test_what_a_service_level_cannot_mean_is_refused_with_a_hint(given: dict[str, object], says: str) -> None:
    result = level(**given)
    assert result.outcome is Outcome.NOT_EVALUATED
    assert says in result.reason
    strict = level(**given, customProperties=[{"property": "severity", "value": "error"}])
    assert strict.outcome is (
        Outcome.NOT_EVALUATED if says == "names no element" or says == "no dates" else Outcome.ERROR
    )


def test_without_history_service_levels_about_it_are_not_evaluated() -> None:
    for name, value in (("frequency", "P1D"), ("errorRate", "5%"), ("timeOfAvailability", "09:00Z")):
        assert level(Facts(now=NOW), property=name, value=value).outcome is Outcome.NOT_EVALUATED
    first = level(Facts(now=NOW, releases=()), property="frequency", value="P1D")
    assert (first.outcome, first.reason) == (Outcome.PASSED, "There is no release before.")
    probes = Facts(now=NOW, probes=(ProbeFact(NOW, True), ProbeFact(NOW, False)))
    assert level(probes, property="availability", value=99, unit="%").observed == 50


def test_a_default_element_counts_and_severity_is_a_warning_unless_said() -> None:
    text = contract("at", slaDefaultElement="data.at", slaProperties=[
        {"property": "latency", "value": "PT1H"},
        {"property": "latency", "value": "PT2H",
         "customProperties": [{"property": "severity", "value": "error"}]}])  # fmt: skip
    results = report_on(parse(text), Candidate.from_table(DATA, "data"), facts=HISTORY).results[-2:]
    assert [result.outcome for result in results] == [Outcome.WARNED, Outcome.FAILED]
    assert results[0].reason == "The newest at is 1 day old."
    assert results[0].expected == "at most 1 hour"


def test_lengths_of_time_are_read_and_said() -> None:
    assert seconds_of("P1Y2M3W4DT5H6M7.5S", None) == pytest.approx(
        31556952 + 2 * 2629743 + 21 * 86400 + 4 * 86400 + 18367.5
    )
    assert seconds_of("15 min", None) == seconds_of(15, "Minutes") == seconds_of("PT15M", "ISO") == 900
    for value, unit in (
        ("P", None),
        ("PT", None),
        ("1", "m"),
        (True, "d"),
        (-1, "d"),
        ("1e3", "d"),
        (float("nan"), "d"),
    ):
        with pytest.raises(NotADuration):
            seconds_of(value, unit)
    assert [words(n) for n in (0, 59.6, 3600, 90061, 34300800)] == [
        "0 seconds", "1 minute", "1 hour", "1 day 1 hour", "1 year 31 days"]  # fmt: skip
