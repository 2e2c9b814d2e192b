"""Contracts proposed from data hold on that data, and can be read and evaluated."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mesh_workbench as mesh
from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.contracts.columns import columns_of, unpromised
from mesh_workbench.contracts.document import parse
from mesh_workbench.contracts.evaluate import evaluate
from mesh_workbench.contracts.infer import infer
from mesh_workbench.contracts.lint import lint
from mesh_workbench.contracts.ranges import generous
from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.check import Outcome, Verdict, verdict_of
from tests.builders import contract

VALUES: dict[str, tuple[pa.DataType, st.SearchStrategy[object]]] = {
    "int64": (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    "uint8": (pa.uint8(), st.integers(0, 255)),
    "double": (pa.float64(), st.floats()),
    "float": (pa.float32(), st.floats(width=32)),
    "decimal": (pa.decimal128(20, 3), st.decimals(-(10**16), 10**16, places=3)),
    "text": (pa.string(), st.text(max_size=6) | st.sampled_from(["yes", "null", "1.0", "2013-01-01", "a: b", "~"])),
    "few": (pa.string(), st.sampled_from(["a", "b"])),
    "bool": (pa.bool_(), st.booleans()),
    "date": (pa.date32(), st.dates()),
    "moment": (pa.timestamp("us"), st.datetimes()),
    "zoned": (pa.timestamp("us", "UTC"), st.datetimes()),
    "time": (pa.time64("us"), st.times()),
    "binary": (pa.binary(), st.binary(max_size=4)),
    "list": (pa.list_(pa.int64()), st.lists(st.integers(0, 9), max_size=2)),
    "struct": (pa.struct([("a", pa.int64())]), st.fixed_dictionaries({"a": st.integers(0, 9)})),
    "lines": (
        pa.list_(pa.struct([('b "c', pa.string())])),
        st.lists(st.fixed_dictionaries({'b "c': st.text(max_size=2)})),
    ),
    "map": (pa.map_(pa.string(), pa.int64()), st.lists(st.tuples(st.text(max_size=2), st.integers(0, 9)), max_size=1)),
    "large": (pa.uint64(), st.integers(0, 2**64 - 1)),
    "nothing": (pa.null(), st.none()),
}


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    rows = draw(st.integers(0, 60))
    name = st.text(
        st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=5
    )  # the engine ends at NUL
    names = draw(st.lists(name, min_size=1, max_size=4, unique_by=str.casefold))
    columns = {}
    for name in names:
        kind, values = VALUES[draw(st.sampled_from(sorted(VALUES)))]
        filled = draw(st.sampled_from([values, st.none() | values]))
        columns[name] = pa.array(draw(st.lists(filled, min_size=rows, max_size=rows)), kind)
    return pa.table(columns)


@settings(max_examples=25, deadline=None)
@given(tables())
def test_an_inferred_contract_holds_on_its_own_data(table: pa.Table) -> None:
    proposal = infer("port", table, domain="d", product="p", owner='o"wner: #1')
    doc = parse(proposal.text)
    results = evaluate(doc, Candidate.from_table(table, "port"))
    assert [result for result in results if result.outcome is not Outcome.PASSED] == []
    assert [result.promise for result in results] == proposal.promises
    assert [column.name for column in proposal.columns] == table.column_names
    assert {promise.id for promise in proposal.promises} == set(proposal.evidence)
    assert lint(proposal.text) == []


def test_a_proposal_promises_what_is_sure_and_warns_about_the_rest() -> None:
    rows = 200
    data = pa.table(
        {
            "plane_id": [f"N{row}" for row in range(rows)],
            "serial": list(range(rows)),
            "state": ["new", "old"] * 100,
            "delay": [None, *range(-17, rows - 18)],
            "at": [datetime(2013, 1, 1)] * rows,
            "day": [date(2013, 1, 1)] * rows,
            "paid": [Decimal("1.50")] * rows,
        }
    )
    proposal = infer("planes", data, domain="fleet", product="planes", description="All planes.", owner="ana")
    promised = {promise.id.removeprefix("planes."): promise.severity for promise in proposal.promises}
    types = {column.name: (column.type, column.primary_key, column.required) for column in proposal.columns}
    assert types == {
        "plane_id": ("string", True, True), "serial": ("integer", False, True), "state": ("string", False, True),
        "delay": ("integer", False, False), "at": ("timestamp", False, True), "day": ("date", False, True),
        "paid": ("number", False, True),
    }  # fmt: skip
    assert promised["primaryKey"] == promised["rowCount"] == promised["delay.logicalType"] == "error"
    assert promised["state.enum"] == promised["delay.minimum"] == promised["delay.maximum"] == "warning"
    assert proposal.evidence["planes.state.enum"] == "2 different values in 200 rows"
    assert proposal.evidence["planes.delay.minimum"] == "-17 to 181 in 199 values"
    assert "minimum: -40, maximum: 400" in proposal.text
    grown = data.set_column(2, "state", pa.array(["new", "scrapped"] * 100))
    results = evaluate(parse(proposal.text), Candidate.from_table(grown, "planes"))
    assert verdict_of(results) is Verdict.KEPT_PARTLY
    assert proposal.text == infer("planes", data, domain="fleet", product="planes", description="All planes.",
                                  owner="ana").text  # fmt: skip


def test_given_keys_become_the_primary_key_in_their_order() -> None:
    data = pa.table({"id": [1, 2], "day": [1, 1], "carrier": ["AA", "UA"]})
    doc = parse(infer("x", data, keys=["carrier", "day"]).text)
    assert [item.name for item in doc.contract.schema_[0].key()] == ["carrier", "day"]
    with pytest.raises(InvalidInput) as raised:
        infer("x", data, keys=["carier"])
    assert (raised.value.code, raised.value.hint) == ("contract.unknown-column", "Did you mean carrier?")


def test_few_values_make_a_closed_list_only_when_each_is_frequent() -> None:
    def has_list(values: list[str]) -> bool:
        return "enum" in infer("x", pa.table({"a": values})).text

    assert has_list(["a", "b"] * 20)
    assert not has_list(["a", "b"] * 19)
    assert not has_list([f"v{n}" for n in range(26)] * 40)
    assert not has_list(["same"] * 100)


@pytest.mark.parametrize(
    ("low", "high", "bounds"),
    [
        (17, 4983, (0, 10000)), (-43, 1301, (-90, 3000)), (0, 0, (0, 0)), (-3, -1, (-6, 0)),
        (0.001, 0.4, (0, 0.8)), (2.0**60, 2.0**61, None),
    ],
)  # fmt: skip
def test_ranges_leave_room(low: float, high: float, bounds: tuple[float, float] | None) -> None:
    assert generous(low, high) == bounds


def test_columns_that_the_contract_does_not_name_are_allowed_and_listed() -> None:
    doc = parse(contract({"name": "a", "physicalName": "a1", "quality": [{}], "description": "first\n  column"}, "b"))
    assert unpromised(doc, "data", ["a1", "b", "c"]) == ["c"]
    first = columns_of(doc)[0]
    assert (first.description, first.rules) == ("first column", 1)


def test_formats_that_all_texts_have_are_proposed_with_evidence_and_confidence() -> None:
    count = 40
    data = pa.table({
        "contact": [f"p{n}@example.org" for n in range(count)],
        "uid": [f"123e4567-e89b-12d3-a456-4266141740{n:02}" for n in range(count)],
        "host": [f"10.0.0.{n}" for n in range(count)],
        "page": [f"https://example.org/{n}" for n in range(count)],
        "country": ["DE", "FR"] * (count // 2),
        "state": ["CA", "AL"] * (count // 2),
        "currency": ["EUR", None] * (count // 4) + ["USD", None] * (count // 4),
        "nearly": [*(f"p{n}@example.org" for n in range(count - 1)), "none"],
        "updated_at": [datetime(2013, 1, 1)] * count,
        "lastName": ["x"] * count,
        "carrier_name": ["y"] * count,
    })  # fmt: skip
    proposal = mesh.infer(data, "people")
    found = {
        promise.id.removeprefix("people."): promise.severity
        for promise in proposal.promises
        if promise.id.endswith((".format", ".pattern"))
    }
    assert found == dict.fromkeys(
        ["contact.format", "uid.format", "host.format", "page.format", "country.pattern", "currency.pattern"], "warning"
    )
    assert proposal.evidence["people.currency.pattern"] == "all 20 values are ISO 4217 currency codes"
    assert proposal.confidence["people.contact.format"] == 0.9762
    assert set(proposal.confidence) == set(proposal.evidence) == {promise.id for promise in proposal.promises}
    assert proposal.suggestions == {
        "people.contact.classification": "confidential: it holds e-mail addresses",
        "people.host.classification": "confidential: it holds IP addresses, which may lead to a person",
        "people.lastName.classification": "confidential: it is named like a person's name",
        "people.freshness": "updated_at: it is named like the moment of a change, and is never empty",
    }
    results = evaluate(parse(proposal.text), Candidate.from_table(data, "people"))
    assert {result.outcome for result in results} == {Outcome.PASSED}
    assert lint(proposal.text) == []


def test_any_frame_can_be_inferred_from_without_a_workbench() -> None:
    frame = pl.DataFrame({"a": [1, 2], "b": ["x", None]})
    texts = {mesh.infer(one).text for one in (frame, frame.lazy(), frame.to_arrow(), frame.to_dicts())}
    assert len(texts) == 1
    assert "name: b" in mesh.infer(frame.to_pandas()).text
    repeated = pd.concat([frame.to_pandas()] * 2, axis=1)
    for thing, code in (
        ("no frame", "frame.unsupported"), (repeated, "frame.duplicate-column"),
        (pl.DataFrame({"A": [1], "a": [1]}), "frame.duplicate-column"),
        (pl.LazyFrame({"A": [1], "a": [1]}), "frame.duplicate-column"), (pl.DataFrame(), "contract.no-columns"),
        (pd.DataFrame({"a": [1, "x"]}), "frame.mixed-column"),
        (pl.DataFrame({"a": [object()]}, schema={"a": pl.Object}), "frame.unsupported-type"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as raised:
            mesh.infer(thing)
        assert raised.value.code == code


def test_types_say_their_width_their_zone_and_what_is_inside() -> None:
    data = pa.table({
        "small": pa.array([1], pa.int16()), "long": pa.array([1], pa.int64()), "wide": pa.array([1], pa.uint32()),
        "big": pa.array([1], pa.uint64()), "f": pa.array([1.5], pa.float32()), "d": pa.array([1.5]),
        "at": pa.array([datetime(2013, 1, 1)], pa.timestamp("us", "UTC")), "raw": pa.array([b"x"]),
        "tags": pa.array([["a"]]), "lines": pa.array([[{"sku": "a", "count": 1}]]),
        "names": pa.array([[("en", 1)]], pa.map_(pa.string(), pa.int64())),
    })  # fmt: skip
    proposal = infer("x", data)
    said = {
        item.name: (item.logical_type, item.logical_type_options)
        for item in parse(proposal.text).contract.schema_[0].properties
    }
    assert said == {
        "small": ("integer", None), "long": ("integer", {"format": "i64"}), "wide": ("integer", {"format": "i64"}),
        "big": ("integer", {"format": "u64"}), "f": ("number", {"format": "f32"}), "d": ("number", {"format": "f64"}),
        "at": ("timestamp", {"timezone": True}), "raw": ("string", {"format": "binary"}), "tags": ("array", None),
        "lines": ("array", None), "names": ("map", None),
    }  # fmt: skip
    inside = {
        one.id.removeprefix("x."): one.words for one in proposal.promises if one.id.count(".") + one.id.count("[") > 2
    }
    assert {"lines[].sku.exists", "lines[].count.logicalType", "names.key.logicalType", "names.value.format"} <= set(
        inside
    )
    assert proposal.evidence["x.lines[].count.format"] == "the column is STRUCT(sku VARCHAR, count BIGINT)[]"
    assert lint(proposal.text, strict=True) == []


def test_whole_numbers_have_a_closed_list_when_they_are_named_like_a_category_and_a_range_when_they_measure() -> None:
    data = pa.table({"status": [0, 1, 2] * 40, "visits": [0, 1, 2] * 40})
    proposal = infer("x", data)
    assert {name for name in proposal.evidence if name.endswith((".enum", ".maximum"))} == {
        "x.status.enum", "x.visits.maximum",
    }  # fmt: skip
    assert [one.value for one in parse(proposal.text).contract.schema_[0].properties[0].enum] == [0, 1, 2]
    few = infer("x", data.slice(0, 19))
    assert {"x.visits.maximum", "x.status.enum"}.isdisjoint(few.evidence)


def test_a_format_of_texts_only_warns_and_the_width_of_numbers_beside_it_does_not() -> None:
    proposal = infer("x", pa.table({"host": [f"10.0.0.{n}" for n in range(30)], "n": [1] * 30}))
    assert {one.id: one.severity for one in proposal.promises if one.id.endswith(".format")} == {
        "x.host.format": "warning", "x.n.format": "error",
    }  # fmt: skip


def test_iso_codes_and_moments_as_texts_are_known() -> None:
    data = pa.table({
        "nation": ["DEU", "FRA"] * 15, "lang": ["de", "pt"] * 15, "ccy": ["EUR", "USD"] * 15, "of": ["de", "pt"] * 15,
        "day": ["2013-01-31", "2013-02-01"] * 15, "at": ["2013-01-31T10:00:00Z", "2013-02-01 10:00"] * 15,
        "no_day": ["2013-01-32", "2013-02-01"] * 15,
    })  # fmt: skip
    proposal = infer("x", data)
    found = {name: why for name, why in proposal.evidence.items() if name.endswith(".pattern")}
    assert found == {
        "x.nation.pattern": "all 30 values are ISO 3166 country codes",
        "x.lang.pattern": "all 30 values are ISO 639 language codes",
        "x.ccy.pattern": "all 30 values are ISO 4217 currency codes",
        "x.day.pattern": "all 30 values are dates",
        "x.at.pattern": "all 30 values are points in time",
    }
    assert proposal.suggestions == {
        "x.day.logicalType": "date: it holds dates as text",
        "x.at.logicalType": "timestamp: it holds points in time as text",
    }


def test_suggestions_look_at_the_type_too_and_prefer_the_moment_of_the_last_change() -> None:
    moments = [datetime(2013, 1, 1)] * 3
    data = pa.table({
        "created_at": moments, "updated_at": moments, "email_verified": [True] * 3, "phone_calls": [1.5] * 3,
        "phone": ["1"] * 3, "dateOfBirth": [date(2000, 1, 1)] * 3, "api_key": ["x"] * 3, "carrier_name": ["y"] * 3,
    })  # fmt: skip
    assert infer("x", data).suggestions == {
        "x.phone.classification": "confidential: it is named like a telephone number",
        "x.dateOfBirth.classification": "confidential: it is named like a date of birth",
        "x.api_key.classification": "restricted: it is named like something to sign in with",
        "x.freshness": "updated_at: it is named like the moment of a change, and is never empty",
    }


def test_frames_that_show_little_give_a_contract_that_promises_little() -> None:
    nothing = infer("x", pa.table({"a": pa.nulls(3), "b": pa.nulls(3, pa.int64())}))
    assert {one.id for one in nothing.promises} == {
        "x.a.exists", "x.b.exists", "x.b.logicalType", "x.b.format", "x.rowCount",
    }  # fmt: skip
    no_rows = infer("x", pa.table({"a": pa.array([], pa.string())}))
    assert {one.id for one in no_rows.promises} == {"x.a.exists", "x.a.logicalType"}
    one = infer("x", pa.table({"a": [1]}))
    assert one.text.startswith("# Proposed from 1 row. ")
    assert "maximum" not in one.text


def test_many_categories_need_little_memory() -> None:
    columns = {f"c{n}": ["a", "b"] * 300 for n in range(150)}
    proposal = infer("x", pa.table(columns))
    assert sum(one.kind == "enum" for one in proposal.promises) == 150
