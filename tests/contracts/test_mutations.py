"""Good data keeps every promise; broken in one way, it breaks exactly one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from mesh_workbench.contracts.document import parse
from mesh_workbench.contracts.promises import promises_of
from mesh_workbench.contracts.rules import BUILT_IN
from mesh_workbench.model.check import Outcome, verdict_of
from tests.builders import contract
from tests.contracts.checking import broken, check

CONTRACT = contract(
    {"name": "id", "logicalType": "integer", "primaryKey": True, "required": True, "physicalType": "bigint"},
    {"name": "code", "logicalType": "string", "unique": True, "physicalType": "varchar(4)",
     "logicalTypeOptions": {"minLength": 2, "maxLength": 6, "pattern": "^[A-Z]"}},
    {"name": "state", "logicalType": "string", "enum": [{"value": "new"}, {"value": "old"}],
     "quality": [{"metric": "nullValues", "mustBeLessThan": 30, "unit": "percent"}]},
    {"name": "price", "logicalType": "number",
     "logicalTypeOptions": {"minimum": 0, "exclusiveMaximum": 100, "multipleOf": 0.25, "format": "f64"}},
    {"name": "size", "logicalType": "integer", "logicalTypeOptions": {"minimum": -200, "format": "i8"}},
    {"name": "note", "logicalType": "string", "quality": [
        {"metric": "missingValues", "arguments": {"missingValues": [None, "", "N/A"]}, "mustBeLessOrEqualTo": 1},
        {"metric": "invalidValues", "arguments": {"pattern": r"^(\w)\w*\1$"}, "mustBe": 0, "id": "backreference"},
        {"metric": "duplicateValues", "mustBeLessThan": 2}]},
    {"name": "day", "logicalType": "date", "logicalTypeOptions": {"minimum": "2013-01-01"}},
    {"name": "at", "logicalType": "timestamp", "logicalTypeOptions": {"exclusiveMaximum": "2014-01-01T00:00:00Z"}},
    {"name": "money", "logicalType": "number", "physicalType": "decimal(10,2)"},
    {"name": "mail", "logicalType": "string", "logicalTypeOptions": {"format": "email"}},
    {"name": "written", "logicalTypeOptions": {"minLength": 1}, "logicalType": "string"},
    {"name": "utc", "logicalType": "timestamp", "logicalTypeOptions": {"timezone": True, "format": "yyyy-MM-dd HH:mm"}},
    {"name": "lines", "logicalType": "array", "logicalTypeOptions": {"minItems": 1, "maxItems": 3, "uniqueItems": True},
     "items": {"logicalType": "object", "properties": [
         {"name": "sku", "logicalType": "string", "required": True, "logicalTypeOptions": {"pattern": "^[a-z]+$"}},
         {"name": "count", "logicalType": "integer", "logicalTypeOptions": {"minimum": 1}}]}},
    {"name": "home", "logicalType": "object", "logicalTypeOptions": {"minProperties": 1, "required": ["street"]},
     "properties": [{"name": "street"}, {"name": "zip", "enum": [{"value": "1"}, {"value": "2"}]}]},
    {"name": "tags", "logicalType": "map", "map": {
        "key": {"logicalType": "string", "logicalTypeOptions": {"maxLength": 3}},
        "value": {"logicalType": "integer", "required": True}}},
    {"name": "place", "logicalType": "vector",
     "logicalTypeOptions": {"dimensions": 2, "elementType": "float32", "normalized": True}},
    {"name": "parent", "relationships": [{"to": "people.id"}]},
    quality=[
        {"metric": "rowCount", "mustBeBetween": [4, 5]},
        {"metric": "duplicateValues", "arguments": {"properties": ["state", "size"]}, "mustBe": 0, "id": "pair"},
        {"type": "sql", "query": "SELECT sum(price) FROM ${table}", "mustBeLessThan": 250, "id": "total"},
    ],
)  # fmt: skip
GOOD: dict[str, list[object]] = {
    "id": [1, 2, 3, 4],
    "code": ["AB", "CDE", "XY", None],
    "state": ["new", "new", "old", None],
    "price": [0.0, 0.25, 99.75, None],
    "size": [1, 2, 127, 2],
    "note": ["aba", "xx", "xx", None],
    "day": [date(2013, 1, 1), date(2013, 5, 1), date(2020, 1, 1), None],
    "at": [datetime(2013, 12, 31, 23, 59, tzinfo=UTC), datetime(2013, 1, 1, tzinfo=UTC), None, None],
    "money": [Decimal("1.10"), Decimal("2.00"), None, Decimal("99999999.99")],
    "mail": ["a.b@example.org", "x@y", None, None],
    "written": ["2013-01-01", "x", None, None],
    "utc": [datetime(2013, 1, 1, tzinfo=UTC), None, None, None],
    "lines": [[{"sku": "a", "count": 1}, {"sku": "b", "count": 1}], None, [{"sku": "a", "count": None}], [None]],
    "home": [{"street": "s", "zip": "1"}, {"street": "t", "zip": None}, None, {"street": "u", "zip": "2"}],
    "tags": [[("a", 1), ("abc", 2)], [], None, None],
    "place": [[1.0, 0.0], [0.6, 0.8], None, [0.0, -1.0]],
    "parent": [7, 8, 7, None],
}
PEOPLE = pa.table({"id": [7, 8, 9]})
SCHEMA = pa.schema(
    [("id", pa.int64()), ("code", pa.string()), ("state", pa.string()), ("price", pa.float64()),
     ("size", pa.int16()), ("note", pa.string()), ("day", pa.date32()), ("at", pa.timestamp("us", "UTC")),
     ("money", pa.decimal128(10, 2)),
     ("mail", pa.string()), ("written", pa.string()), ("utc", pa.timestamp("us", "UTC")),
     ("lines", pa.list_(pa.struct([("sku", pa.string()), ("count", pa.int32())]))),
     ("home", pa.struct([("street", pa.string()), ("zip", pa.string())])),
     ("tags", pa.map_(pa.string(), pa.int64())), ("place", pa.list_(pa.float32())), ("parent", pa.int64())]
)  # fmt: skip

MUTATIONS: dict[str, dict[str, list[object]]] = {
    "id.required": {"id": [1, 2, 3, None]},
    "primaryKey": {"id": [1, 2, 3, 3]},
    "code.unique": {"code": ["AB", "AB", "XY", None]},
    "code.physicalType": {"code": ["AB", "CDEFG", "XY", None]},
    "code.minLength": {"code": ["A", "CDE", "XY", None]},
    "code.pattern": {"code": ["aB", "CDE", "XY", None]},
    "state.enum": {"state": ["new", "New", "old", None]},
    "state.nullValues": {"state": ["new", None, "old", None]},
    "price.minimum": {"price": [-1.0, 0.25, 99.75, None]},
    "price.exclusiveMaximum": {"price": [0.0, 0.25, 100.0, None]},
    "price.multipleOf": {"price": [0.1, 0.25, 99.75, None]},
    "size.format": {"size": [1, 2, 128, 2]},
    "note.missingValues": {"note": ["aba", "xx", None, None]},
    "note.backreference": {"note": ["abc", "xx", "xx", None]},
    "note.duplicateValues": {"note": ["aba", "xx", "xx", "aba"]},
    "day.minimum": {"day": [date(2012, 12, 31), None, None, None]},
    "at.exclusiveMaximum": {"at": [datetime(2014, 1, 1, tzinfo=UTC), None, None, None]},
    "mail.format": {"mail": ["a b@example.org", None, None, None]},
    "written.minLength": {"written": ["", None, None, None]},
    "lines.minItems": {"lines": [[], None, None, None]},
    "lines.maxItems": {"lines": [[{"sku": s, "count": 1} for s in "abcd"], None, None, None]},
    "lines.uniqueItems": {"lines": [[{"sku": "a", "count": 1}] * 2, None, None, None]},
    "lines[].sku.pattern": {"lines": [[{"sku": "a", "count": 1}, {"sku": "A", "count": 1}], None, None, None]},
    "lines[].sku.required": {"lines": [[{"sku": None, "count": 1}], None, None, None]},
    "lines[].count.minimum": {"lines": [[{"sku": "a", "count": 0}], None, None, None]},
    "home.required": {"home": [{"street": None, "zip": "1"}, None, None, None]},
    "home.zip.enum": {"home": [{"street": "s", "zip": "3"}, None, None, None]},
    "tags.key.maxLength": {"tags": [[("abcd", 1)], None, None, None]},
    "tags.value.required": {"tags": [[("a", 1), ("b", None)], None, None, None]},
    "place.dimensions": {"place": [[1.0, 0.0, 0.0], None, None, None]},
    "place.normalized": {"place": [[1.0, 1.0], None, None, None]},
    "parent.relationship": {"parent": [7, 8, 6, None]},
    "pair": {"size": [1, 1, 127, 2]},
    "total": {"price": [99.0, 99.0, 99.0, None]},
}
TYPES: dict[str, tuple[str, pa.DataType]] = {
    "id.logicalType": ("id", pa.string()),
    "price.format": ("price", pa.string()),
    "money.physicalType": ("money", pa.decimal128(12, 2)),
    "day.logicalType": ("day", pa.timestamp("us")),
}


def table(changed: dict[str, list[object]] | None = None) -> pa.Table:
    return pa.table({**GOOD, **(changed or {})}, schema=SCHEMA)


def test_good_data_keeps_every_promise() -> None:
    results = check(CONTRACT, table(), foreign={"people": PEOPLE})
    assert {name: result for name, result in results.items() if result.outcome is not Outcome.PASSED} == {}
    assert len(results) == len(promises_of(parse(CONTRACT), "data"))
    assert verdict_of(list(results.values())) == "kept"


@pytest.mark.parametrize("promise", MUTATIONS)
def test_data_broken_in_one_way_breaks_exactly_that_promise(promise: str) -> None:
    results = check(CONTRACT, table(MUTATIONS[promise]), foreign={"people": PEOPLE})
    also = {"primaryKey"} if promise == "id.required" else set()  # a null in the key breaks both
    assert broken(results) == {promise} | also
    result = results[promise]
    assert result.outcome is Outcome.FAILED
    assert result.reason
    assert result.expected
    assert result.observed is not None
    if promise != "total":
        assert result.failing_rows
        assert 0 < len(result.sample) <= 20
        assert "id" in result.sample[0]  # the key, to find the row by


def test_too_few_and_too_many_rows_break_the_row_count_alone() -> None:
    few = check(CONTRACT, table().slice(0, 3), foreign={"people": PEOPLE})
    assert broken(few) == {"rowCount"}
    assert few["rowCount"].observed == 3


@pytest.mark.parametrize("column", [name for name in GOOD if name != "parent"])
def test_a_missing_column_breaks_one_promise_and_leaves_the_others_about_it_open(column: str) -> None:
    results = check(CONTRACT, table().drop_columns([column]), foreign={"people": PEOPLE})
    about = {name for name in results if name.startswith(f"{column}.")}
    assert broken(results) - {"total"} == {f"{column}.exists"}  # the query fails without its column
    assert f"There is no column {column}." in results[f"{column}.exists"].reason
    assert {results[name].outcome for name in about - {f"{column}.exists"}} == {Outcome.NOT_EVALUATED}


@pytest.mark.parametrize(("promise", "column", "kind"), [(key, *value) for key, value in TYPES.items()])
def test_a_wrong_type_breaks_the_promise_about_it(promise: str, column: str, kind: pa.DataType) -> None:
    data = table()
    index = data.schema.get_field_index(column)
    results = check(CONTRACT, data.set_column(index, column, data[column].cast(kind)), foreign={"people": PEOPLE})
    wanted = {Outcome.NOT_EVALUATED} if promise == "price.format" else {Outcome.FAILED}
    assert {results[promise].outcome} == wanted
    assert column in results[promise].reason or "VARCHAR" in results[promise].reason


def test_every_rule_is_covered_by_this_contract() -> None:
    kinds = {promise.kind for promise in promises_of(parse(CONTRACT), "data")}
    assert {rule.name for rule in BUILT_IN} == kinds
