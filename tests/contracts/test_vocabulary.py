"""Formats, time zones, nested fields and vectors: every option of every logical type."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_workbench.contracts.columntype import type_of
from mesh_workbench.contracts.javatime import NotAPattern, read
from mesh_workbench.contracts.nestedtype import element_of, fields_of, map_of
from mesh_workbench.contracts.rules.text_format import FORMATS
from mesh_workbench.model.check import Outcome
from tests.builders import contract
from tests.contracts.checking import check

TEXTS = {
    "email": (["a@b.org", "first.last+tag@sub.example.com"], ["a", "a@", "@b", "a b@c.d", "a@b..c", "a@-b.c"]),
    "uuid": (["123e4567-e89b-12d3-a456-426614174000"], ["123e4567e89b12d3a456426614174000", "x"]),
    "uri": (["https://a.b/c?d=e#f", "urn:isbn:1", "mailto:a@b"], ["//a", "a b:c", "http:", "http://a b"]),
    "hostname": (["a", "a.b-c.de", "1.example."], ["-a", "a_b", "a..b", "x" * 64]),
    "ipv4": (["0.0.0.0", "255.255.255.255"], ["256.0.0.1", "1.2.3", "01.2.3.4", "1.2.3.4.5"]),
    "ipv6": (["::", "::1", "1::", "2001:db8::8:800:200c:417a", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "1:2:3:4:5:6:7::",
              "1:2::7:8", "fe80::1.2.3.4"],
             ["1:2:3", ":::", "12345::", "1::2::3", "1:2:3:4:5:6:7:8:9", "::1.2.3", "g::"]),
    "byte": (["", "YQ==", "YWI=", "YWJj"], ["YQ", "Y===", "a b="]),
}  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
def test_texts_have_the_format_that_is_promised(name: str) -> None:
    good, bad = TEXTS[name]
    text = contract({"name": "a", "logicalType": "string", "logicalTypeOptions": {"format": name}})
    result = check(text, {"a": [*good, *bad, None]})["a.format"]
    assert {row["a"] for row in result.sample} == set(bad)
    assert set(TEXTS) == set(FORMATS)


def test_formats_of_bytes_and_formats_that_data_cannot_show() -> None:
    def outcome(name: str, values: pa.Array) -> Outcome:
        text = contract({"name": "a", "logicalType": "string", "logicalTypeOptions": {"format": name}})
        return check(text, pa.table({"a": values}))["a.format"].outcome

    texts, octets = pa.array(["a"]), pa.array([b"a"])
    assert outcome("binary", octets) is outcome("byte", octets) is Outcome.PASSED
    assert outcome("binary", texts) is Outcome.FAILED
    assert outcome("password", texts) is outcome("iban", texts) is Outcome.NOT_EVALUATED


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("yyyy-MM-dd", ["2024-02-29"], ["2023-02-29", "2024-2-29", "24-02-29", "2024-02-29 ", "2024-13-01"]),
        ("dd.MM.yyyy", ["31.12.2024"], ["12.31.2024", "31.04.2024"]),
        ("d/M/yy", ["1/2/24", "31/12/99"], ["01/02/24", "32/1/24"]),
        ("yyyy-MM-dd'T'HH:mm:ss[.SSS]XXX", ["2024-01-01T23:59:59Z", "2024-01-01T23:59:59.123+01:00"],
         ["2024-01-01T24:00:00Z", "2024-01-01T23:59:59", "2024-01-01T23:59:59.12Z"]),
        ("hh:mm a", ["01:30 PM"], ["13:30 PM", "01:30"]),
        ("EEE, d MMM yyyy", ["Mon, 1 Jan 2024"], ["Monday, 1 Jan 2024", "Mon, 1 January 2024"]),
        ("HH 'o''clock'", ["09 o'clock"], ["09 oclock", "9 o'clock"]),
    ],
)  # fmt: skip
def test_dates_in_texts_are_written_as_java_would(pattern: str, good: list[str], bad: list[str]) -> None:
    text = contract({"name": "a", "logicalType": "date", "logicalTypeOptions": {"format": pattern}})
    result = check(text, {"a": [*good, *bad, None]})["a.format"]
    assert {row["a"] for row in result.sample} == set(bad), result.reason


def test_columns_of_a_real_type_keep_every_pattern_that_asks_for_what_they_have() -> None:
    def outcome(kind: pa.DataType, pattern: str) -> Outcome:
        text = contract({"name": "a", "logicalType": "timestamp", "logicalTypeOptions": {"format": pattern}})
        return check(text, pa.table({"a": pa.array([0], pa.int64()).cast(pa.int64())}) if kind is None else pa.table(
            {"a": pa.array([VALUE[kind]], kind)}))["a.format"].outcome  # fmt: skip

    assert outcome(pa.date32(), "yyyy-MM-dd") is Outcome.PASSED
    assert outcome(pa.date32(), "yyyy-MM-dd HH:mm") is Outcome.FAILED
    assert outcome(pa.time64("us"), "HH:mm") is Outcome.PASSED
    assert outcome(pa.time64("us"), "yyyy") is Outcome.FAILED
    assert outcome(pa.timestamp("us"), "yyyy-MM-dd HH:mm:ssXXX") is Outcome.FAILED
    assert outcome(pa.timestamp("us", "UTC"), "yyyy-MM-dd HH:mm:ssXXX") is Outcome.PASSED
    assert outcome(pa.timestamp("us"), "bbb") is Outcome.ERROR


VALUE = {pa.date32(): date(2024, 1, 1), pa.time64("us"): time(1), pa.timestamp("us"): datetime(2024, 1, 1),
         pa.timestamp("us", "UTC"): datetime(2024, 1, 1, tzinfo=UTC)}  # fmt: skip


@given(st.text(st.sampled_from("yMdHhmsSaEXxZzVGkKn'[]. -:/T"), max_size=14))
def test_any_pattern_is_understood_or_refused(pattern: str) -> None:
    try:
        found = read(pattern)
    except NotAPattern:
        return
    re.compile(found.regex)


def test_time_zones_are_in_the_type_or_at_the_end_of_the_text() -> None:
    options = {"timezone": True, "defaultTimezone": "Europe/Berlin"}
    text = contract({"name": "a", "logicalType": "timestamp", "logicalTypeOptions": options})
    naive = check(text, pa.table({"a": pa.array([datetime(2024, 1, 1)], pa.timestamp("us"))}))
    zoned = check(text, pa.table({"a": pa.array([datetime(2024, 1, 1)], pa.timestamp("us", "UTC"))}))
    texts = check(text, {"a": ["2024-01-01T00:00Z", "2024-01-01T00:00+01:00", "2024-01-01T00:00"]})
    assert (naive["a.timezone"].outcome, zoned["a.timezone"].outcome) == (Outcome.FAILED, Outcome.PASSED)
    assert texts["a.timezone"].failing_rows == 1
    assert naive["a.defaultTimezone"].outcome is Outcome.PASSED
    unknown = contract({"name": "a", "logicalTypeOptions": {"defaultTimezone": "Mars/Base"}})
    assert check(unknown, {"a": ["x"]})["a.defaultTimezone"].outcome is Outcome.ERROR


def test_nested_fields_with_hostile_names_and_missing_ones() -> None:
    kind = pa.struct([('a"b', pa.int64()), ("x, y(", pa.list_(pa.struct([("it's", pa.string())])))])
    data = pa.table({"s": pa.array([{'a"b': 1, "x, y(": [{"it's": None}]}, None], kind)})
    inner = {"name": "it's", "required": True, "unique": True,
             "quality": [{"metric": "nullValues", "mustBe": 0, "unit": "percent"}]}  # fmt: skip
    text = contract({"name": "s", "properties": [
        {"name": 'a"b', "logicalTypeOptions": {"minimum": 2}, "quality": [
            {"type": "sql", "query": "SELECT max({property}) FROM {object}", "mustBe": 1}]},
        {"name": "x, y(", "items": {"properties": [inner]}}, {"name": "gone", "required": True}]})  # fmt: skip
    results = check(text, data)
    assert results['s.a"b.minimum'].failing_rows == results["s.x, y([].it's.required"].failing_rows == 1
    assert results["s.x, y([].it's.nullValues"].observed == 50
    assert results['s.a"b.sql'].outcome is Outcome.PASSED, results['s.a"b.sql'].reason
    assert results["s.x, y([].it's.unique"].outcome is Outcome.NOT_EVALUATED
    assert results["s.gone.exists"].outcome is Outcome.FAILED
    assert results["s.gone.required"].outcome is Outcome.NOT_EVALUATED


def test_types_inside_types_are_found() -> None:
    fields = fields_of(type_of('STRUCT(a INTEGER, "b c" MAP(VARCHAR, DECIMAL(10,2)[]), "d""e" STRUCT(f DATE)[3])'))
    assert fields is not None
    assert {name: kind.family for name, kind in fields.items()} == {"a": "integer", "b c": "map", 'd"e': "list"}
    pair = map_of(fields["b c"])
    assert pair is not None
    assert (pair[0].family, element_of(pair[1])) == ("string", type_of("DECIMAL(10,2)"))
    assert element_of(fields['d"e']) == type_of("STRUCT(f DATE)")
    assert fields_of(type_of("VARCHAR")) is element_of(type_of("VARCHAR")) is map_of(type_of("VARCHAR")) is None


def test_vectors_of_fixed_length_and_of_other_elements() -> None:
    options = {"dimensions": 2, "elementType": "float32", "normalized": True, "distanceMetric": "cosine"}
    text = contract({"name": "v", "logicalType": "vector", "logicalTypeOptions": options})
    fixed = check(text, pa.table({"v": pa.array([[1, 0], None, [0.5, 0.5]], pa.list_(pa.float32(), 2))}))
    assert fixed["v.dimensions"].outcome is fixed["v.elementType"].outcome is Outcome.PASSED
    assert fixed["v.normalized"].failing_rows == 1
    assert fixed["v.distanceMetric"].outcome is Outcome.NOT_EVALUATED
    double = check(text, pa.table({"v": pa.array([[1.0]], pa.list_(pa.float64()))}))
    assert double["v.elementType"].outcome is double["v.dimensions"].outcome is Outcome.FAILED


def test_bounds_and_values_without_a_zone_are_in_the_default_one() -> None:
    options = {"minimum": "2024-06-01T00:00", "maximum": "2024-06-01T00:00+02:00", "defaultTimezone": "Europe/Berlin"}
    text = contract({"name": "a", "logicalType": "timestamp", "logicalTypeOptions": options})
    naive = pa.array([datetime(2024, 6, 1), datetime(2024, 5, 31, 22)], pa.timestamp("us"))
    moments = [datetime(2024, 5, 31, 22, tzinfo=UTC), datetime(2024, 6, 1, tzinfo=UTC)]
    zoned = pa.array(moments, pa.timestamp("us", "UTC"))
    first, second = (check(text, pa.table({"a": values})) for values in (naive, zoned))
    assert (first["a.minimum"].failing_rows, first["a.maximum"].failing_rows) == (1, 0)
    assert (second["a.minimum"].failing_rows, second["a.maximum"].failing_rows) == (0, 1)
