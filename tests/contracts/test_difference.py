"""Changes of contracts, graded from the consumer's view."""

from __future__ import annotations

import pytest

from mesh_workbench.contracts.difference import bump, changes, next_version
from mesh_workbench.contracts.document import parse
from tests.builders import contract

A: dict[str, object] = {"name": "a", "logicalType": "integer"}
RULE: dict[str, object] = {"metric": "nullValues", "mustBeLessThan": 5}
VALID: dict[str, object] = {"metric": "invalidValues", "mustBe": 0}
WARNS = {"property": "severity", "value": {"required": "warning"}}
UNIQUE: dict[str, object] = {"name": "a", "unique": True}
SLA: dict[str, object] = {"property": "latency", "value": 1, "unit": "d"}


def with_(**more: object) -> str:
    return contract({**A, **more})


def options(given: dict[str, object], kind: str = "integer") -> str:
    return contract({"name": "a", "logicalType": kind, "logicalTypeOptions": given})


def keyed(*names: str) -> str:
    """Columns a, b and c, of which `names` are the key in that order."""
    return contract(
        *[
            {"name": name, "primaryKey": True, "primaryKeyPosition": names.index(name) + 1} if name in names else name
            for name in "abc"
        ]
    )


def ruled(more: dict[str, object]) -> str:
    return with_(quality=[{key: value for key, value in {**RULE, **more}.items() if value is not None}])


def levels(more: dict[str, object]) -> str:
    return contract(A, slaProperties=[{**SLA, **more}])


CASES: list[tuple[str, str, str | None, str]] = [
    (with_(), with_(), None, ""),
    (contract(A, "b"), contract(A), "major", "column b is gone"),
    (contract(A), contract(A, "b"), "minor", "column b is new"),
    (contract(A, "b"), contract(A, "c"), "major", "column b is gone"),
    (with_(), contract({"name": "a", "logicalType": "number"}), "major", "a changes its type from integer to number"),
    (with_(required=True), with_(), "major", "a is no longer required"),
    (with_(), with_(required=True), "minor", "a is required now"),
    (with_(unique=True), with_(unique=False), "major", "a is no longer unique"),
    (with_(primaryKey=True), with_(), "major", "the key (a) became nothing"),
    (with_(enum=[1, 2]), with_(), "major", "a no longer promises a closed list"),
    (with_(enum=[1, 2]), with_(enum=[1, 2, 3]), "major", "a may hold new values: 3"),
    (with_(enum=[1, 2]), with_(enum=[1]), "minor", "a no longer holds: 2"),
    (with_(logicalTypeOptions={"maximum": 10}), with_(logicalTypeOptions={"maximum": 20}), "major",
     "a widens maximum from 10 to 20"),
    (with_(logicalTypeOptions={"minimum": 10}), with_(logicalTypeOptions={"minimum": 20}), "minor",
     "a narrows minimum from 10 to 20"),
    (with_(logicalTypeOptions={"pattern": "a"}), with_(logicalTypeOptions={"pattern": "b"}), "major",
     "a changes pattern from a to b"),
    (with_(logicalTypeOptions={"maximum": 1}), with_(), "major", "a no longer promises maximum 1"),
    (with_(quality=[RULE]), with_(), "major", "rule is gone: rows without a: less than 5"),
    (with_(), with_(quality=[RULE]), "minor", "new rule"),
    (with_(quality=[RULE]), with_(quality=[{**RULE, "mustBeLessThan": 9}]), "major", "mustBeLessThan 9 instead of"),
    (with_(quality=[RULE]), with_(quality=[{**RULE, "mustBeLessThan": 2}]), "minor", "mustBeLessThan 2 instead of"),
    (with_(quality=[RULE]), with_(quality=[{**RULE, "severity": "warning"}]), "major", "severity warning instead of"),
    (with_(quality=[RULE]), with_(quality=[{**RULE, "description": "Few."}]), "patch", "described anew"),
    (with_(description="x"), with_(description="y"), "patch", "a is described anew"),
    (contract(A, slaProperties=[SLA]), contract(A, slaProperties=[{**SLA, "value": 30}]), "major",
     "service level latency: 30 d instead of 1 d"),
    (contract(A, slaProperties=[SLA]), contract(A), "major", "service level latency is gone"),
    (contract(A), contract(A, slaProperties=[SLA]), "minor", "service level latency is new"),
    (contract(A), contract(A, status="retired"), "major", "status is retired"),
    (contract(A), contract(A, status="deprecated"), "minor", "status is deprecated"),
    (contract(A, slaProperties=[SLA]), contract(A, slaProperties=[{**SLA, "value": 12, "unit": "h"}]), "minor",
     "latency: 12 h instead of 1 d"),
    (contract(A, slaProperties=[SLA]), contract(A, slaProperties=[{**SLA, "value": "P1D", "unit": "ISO"}]), "patch",
     "latency: P1D ISO instead of 1 d"),
    (contract(A, slaProperties=[{"property": "retention", "value": 3, "unit": "y"}]),
     contract(A, slaProperties=[{"property": "re", "value": 1, "unit": "y"}]), "major", "1 y instead of 3 y"),
    (contract(A, slaProperties=[{"property": "availability", "value": 99.9, "unit": "percent"}]),
     contract(A, slaProperties=[{"property": "availability", "value": 50, "unit": "percent"}]), "major", "50 percent"),
    (contract(A, slaProperties=[{"property": "endOfLife", "value": "2030-01-01"}]),
     contract(A, slaProperties=[{"property": "endOfLife", "value": "2031-01-01"}]), "minor", "2031-01-01"),
    (contract(A, slaProperties=[{"property": "timeOfAvailability", "value": "09:00 Europe/Berlin"}]),
     contract(A, slaProperties=[{"property": "timeOfAvailability", "value": "10:00 Europe/Berlin"}]), "major", "10:00"),
    (with_(physicalType="varchar(10)"), with_(physicalType="varchar(20)"), "major", "varchar(10) to varchar(20)"),
    (with_(physicalType="varchar(20)"), with_(physicalType="varchar(10)"), "minor", "varchar(20) to varchar(10)"),
    (with_(physicalType="bigint"), with_(physicalType="int"), "minor", "bigint to int"),
    (with_(physicalType="decimal(10,2)"), with_(physicalType="decimal(12,2)"), "major", "physical type"),
    (with_(logicalTypeOptions={"format": "i32"}), with_(logicalTypeOptions={"format": "i64"}), "major", "widens"),
    (with_(logicalTypeOptions={"pattern": "^a$"}), with_(logicalTypeOptions={"pattern": "a"}), "major",
     "a widens pattern from ^a$ to a: 'aa' matches now"),
    (with_(logicalTypeOptions={"pattern": "a"}), with_(logicalTypeOptions={"pattern": "^a$"}), "minor",
     "a narrows pattern from a to ^a$: 'aa' no longer matches"),
    (with_(logicalTypeOptions={"pattern": "[0-9]"}), with_(logicalTypeOptions={"pattern": r"\d"}), "patch",
     "the same texts match"),
    (with_(logicalTypeOptions={"pattern": "a"}), with_(logicalTypeOptions={"pattern": "(?=a)"}), "major",
     "whether it is wider cannot be told: it has look-around"),
    (with_(logicalTypeOptions={"pattern": ""}), with_(logicalTypeOptions={"pattern": "a"}), "minor",
     "the empty text no longer matches"),
    (with_(logicalTypeOptions={"pattern": "^.$"}), with_(logicalTypeOptions={"pattern": "^.{99}$"}), "major",
     f"'{'a' * 39}…' matches now"),
    (with_(logicalTypeOptions={"multipleOf": 5}), with_(logicalTypeOptions={"multipleOf": 10}), "minor", "narrows"),
    (with_(id="x1"), contract({**A, "name": "b", "id": "x1"}), "major", "column a is renamed to b"),
    (with_(physicalName="p"), contract({**A, "name": "b", "physicalName": "p"}), "major", "renamed to b"),
    (contract("k", {**A, "required": True, "description": "d"}),
     contract("k", {**A, "name": "z", "required": True, "description": "d"}), "major", "column a is renamed to z"),
    (with_(relationships=[{"to": "x.y"}]), with_(), "major", "a no longer points to x.y"),
    (with_(), with_(relationships=[{"to": "x.y"}]), "minor", "a points to x.y"),
    (with_(classification="restricted"), with_(classification="public"), "minor", "a is classified public"),
    (contract(A, roles=[{"role": "r"}]), contract(A), "major", "role r, which gives access, is gone"),
    (contract(A, roles=[{"role": "r"}]), contract(A, roles=[{"role": "r", "firstLevelApprovers": "z"}]), "minor",
     "others approve of role r"),
    (contract(A, servers=[{"server": "s", "type": "local", "path": "a"}]),
     contract(A, servers=[{"server": "s", "type": "local", "path": "b"}]), "major", "server s has another path"),
    (contract(A, price={"priceAmount": 1}), contract(A, price={"priceAmount": 2}), "minor", "the price is 2"),
    (with_(properties=[{"name": "x"}]), with_(properties=[]), "major", "field a.x is gone"),
    (with_(classification="public"), with_(classification="restricted"), "minor", "a is classified restricted"),
    (contract(A), contract(A, tags=["x"]), "patch", "promises nothing"),
    (contract(A, objects=[{"name": "other"}]), contract(A), "major", "object other is gone"),
    # Types: what lets new values through breaks, what only narrows does not.
    (with_(), contract({"name": "a"}), "major", "a no longer promises to hold whole numbers"),
    (contract({"name": "a"}), with_(), "minor", "a is promised to hold whole numbers"),
    (contract({"name": "a", "logicalType": "number"}), with_(), "minor", "a narrows its type from number to integer"),
    (contract({"name": "a", "logicalType": "date"}), contract({"name": "a", "logicalType": "timestamp"}), "major",
     "from date to timestamp"),
    (with_(physicalType="int"), with_(physicalType="INTEGER"), "patch", "from int to INTEGER"),
    (with_(physicalType="int"), with_(), "major", "a no longer promises the physical type int"),
    (with_(physicalType="decimal(12,2)"), with_(physicalType="decimal(10,2)"), "minor", "decimal(12,2) to decimal"),
    (with_(physicalType="decimal(10,2)"), with_(physicalType="decimal(10,3)"), "major", "decimal(10,2) to decimal"),
    (with_(physicalName="x"), with_(physicalName="y"), "major", "a is stored as y instead of x"),
    (with_(), with_(physicalName="y"), "major", "a is stored as y instead of a"),
    (with_(), with_(physicalName="a"), "patch", "promises nothing"),
    *[(options({"format": was}), options({"format": now}), wanted, reason) for was, now, wanted, reason in (
        ("i64", "i32", "minor", "a narrows format from i64 to i32"), ("u8", "i16", "major", "widens format from u8"),
        ("i16", "u8", "minor", "narrows"), ("u8", "i8", "major", "a changes format from u8 to i8"),
        ("f32", "f64", "major", "widens"), ("f64", "f32", "minor", "narrows"), ("i32", "f32", "major", "changes"),
        ("ipv4", "hostname", "major", "a widens format from ipv4 to hostname"),
        ("hostname", "ipv4", "minor", "narrows"),
        ("uuid", "email", "major", "a changes format from uuid to email"),
    )],
    (with_(), options({"format": "i64"}), "minor", "a says that it may need i64; the standard takes whole numbers"),
    (with_(), options({"format": "i16"}), "minor", "a promises format i16"),
    # Bounds: inclusive and exclusive ones are one bound.
    (options({"minimum": 10}), options({"exclusiveMinimum": 10}), "minor", "narrows minimum 10 to exclusiveMinimum 10"),
    (options({"exclusiveMaximum": 10}), options({"maximum": 10}), "major", "widens exclusiveMaximum 10 to maximum 10"),
    (options({"minimum": 10}), options({"exclusiveMinimum": 9}), "patch", "the same values are allowed"),
    (options({"minimum": 10}, "number"), options({"exclusiveMinimum": 9}, "number"), "major", "widens"),
    (options({"maximum": 5, "exclusiveMaximum": 4}), options({"exclusiveMaximum": 4}), "patch",
     "promises nothing"),
    (options({"maximum": 10}), options({"maximum": 10.0}), "patch", "promises nothing"),
    (options({"minimum": 0}), options({"minimum": -1}), "major", "a widens minimum from 0 to -1"),
    (options({"minimum": 0}), with_(), "major", "a no longer promises minimum 0"),
    (options({"minimum": "2020-01-01"}, "date"), options({"minimum": "2021-01-01"}, "date"), "minor", "narrows"),
    (options({"maximum": "2020-01-01T00:00:00Z"}, "timestamp"),
     options({"maximum": "2020-01-01T01:00:00+01:00"}, "timestamp"), "patch", "the same values are allowed"),
    (options({"maximum": "soon"}, "date"), options({"maximum": "later"}, "date"), "major", "which cannot be compared"),
    (options({"minLength": 2}, "string"), options({"minLength": 1}, "string"), "major", "widens minLength from 2 to 1"),
    (options({"maxLength": 20}, "string"), options({"maxLength": 10}, "string"), "minor", "narrows maxLength"),
    (options({"minLength": 0}, "string"), contract({"name": "a", "logicalType": "string"}), "patch",
     "no longer promises minLength 0"),
    (options({"multipleOf": 0.1}, "number"), options({"multipleOf": 0.3}, "number"), "minor", "narrows multipleOf"),
    (options({"multipleOf": 10}), options({"multipleOf": 15}), "major", "a changes multipleOf from 10 to 15"),
    (options({"required": ["x"]}, "object"), options({"required": ["x", "y"]}, "object"), "minor", "narrows required"),
    (options({"required": ["x", "y"]}, "object"), options({"required": ["y"]}, "object"), "major", "widens required"),
    (options({"uniqueItems": True}, "array"), options({"uniqueItems": False}, "array"), "major", "uniqueItems true"),
    (contract({"name": "a", "logicalType": "timestamp"}), options({"defaultTimezone": "Etc/UTC"}, "timestamp"), "patch",
     "as it is without"),
    (with_(enum=[1]), with_(enum=[True]), "major", "a may hold new values: True"),
    (with_(enum=["a"]), with_(enum=[{"value": "a", "label": "A"}]), "patch", "promises nothing"),
    # Nested types.
    (with_(items={"logicalType": "integer"}), with_(), "major", "a no longer says what its items are"),
    (with_(), with_(items={"logicalType": "integer"}), "minor", "a says what its items are"),
    (with_(items={"logicalType": "integer"}), with_(items={"logicalType": "number"}), "major", "a[] changes its type"),
    (with_(map={"key": {"logicalType": "string"}, "value": {"logicalType": "number"}}),
     with_(map={"key": {"logicalType": "string"}, "value": {"logicalType": "integer"}}), "minor", "a.value narrows"),
    # Keys: what still identifies rows breaks nobody.
    (keyed("a", "b"), keyed("b", "a"), "patch", "the key (a, b) is written as (b, a)"),
    (keyed("a", "b"), keyed("a"), "major", "the key (a, b) became (a)"),
    (keyed("a", "b"), contract({"name": "a", "primaryKey": True}, {"name": "b", "required": True}, "c"), "minor",
     "the key (a, b) became (a), and still identifies a row"),
    (keyed("a"), keyed("a", "b"), "major", "the key (a) became (a, b)"),
    (keyed("a", "b"), keyed("a", "c"), "major", "the key (a, b) became (a, c)"),
    (keyed("a"), contract({**UNIQUE, "required": True}, "b", "c"), "minor", "still identifies a row"),
    (keyed("a"), contract(UNIQUE, "b", "c"), "major", "the key (a) became nothing"),
    (contract({**UNIQUE, "required": True}, "b", "c"), keyed("a"), "minor", "(a) is promised to be the key"),
    (contract({"name": "k", "id": "k", "primaryKey": True}), contract({"name": "key", "id": "k", "primaryKey": True}),
     "major", "column k is renamed to key"),
    # Renames: what tells columns apart is looked at, and what is common to many is not.
    (contract({"name": "quantity", "logicalType": "integer", "required": True, "logicalTypeOptions": {"minimum": 0}}),
     contract({"name": "age", "logicalType": "integer", "required": True, "logicalTypeOptions": {"minimum": 0}}),
     "major", "column quantity is gone"),
    (contract({"name": "custId", "logicalType": "integer"}), contract({"name": "cust_id", "logicalType": "integer"}),
     "major", "column custId is renamed to cust_id"),
    (contract({"name": "a", "enum": ["x", "y"]}), contract({"name": "state", "enum": ["x", "y"]}), "major",
     "column a is renamed to state"),
    (contract({"name": "a", "enum": ["x"]}, {"name": "b", "enum": ["x"]}), contract({"name": "c", "enum": ["x"]}),
     "major", "column a is gone"),
    (contract(A, objects=[{"name": "x", "id": "i"}]), contract(A, objects=[{"name": "y", "id": "i"}]), "major",
     "object x is renamed to y"),
    # Relationships: order, and where they stand, mean nothing.
    (contract("a", "b", relationships=[{"from": ["data.a", "data.b"], "to": ["x.c", "x.d"]}]),
     contract("a", "b", relationships=[{"from": ["data.b", "data.a"], "to": ["x.d", "x.c"]}]), "patch", "nothing"),
    (contract("a", "b", relationships=[{"from": ["data.a", "data.b"], "to": ["x.c", "x.d"]}]),
     contract("a", "b", relationships=[{"from": ["data.a", "data.b"], "to": ["x.d", "x.c"]}]), "major",
     "a, b no longer point to x.c, x.d"),
    (contract({"name": "a", "relationships": [{"to": "x.c"}]}),
     contract("a", relationships=[{"from": "data.a", "to": "x.c"}]), "patch", "promises nothing"),
    (contract({"name": "a", "id": "i", "relationships": [{"to": "x.c"}]}),
     contract({"name": "b", "id": "i", "relationships": [{"to": "x.c"}]}), "major", "column a is renamed to b"),
    # Rules: found again by id, name, or what they measure; compared by what they allow.
    *[(ruled(was), ruled(now), wanted, reason)
      for was, now, wanted, reason in (
        ({}, {"id": "r1"}, "patch", "promises nothing"),
        ({"mustBeLessThan": 1}, {"mustBeLessThan": None, "mustBe": 0}, "patch", "mustBe 0 instead of mustBeLessThan 1"),
        ({}, {"mustBeLessThan": None, "mustBe": 0}, "minor", "mustBe 0 instead of mustBeLessThan 5"),
        ({}, {"mustBeLessThan": None, "mustBeLessOrEqualTo": 4}, "patch", "mustBeLessOrEqualTo 4 instead of"),
        ({}, {"mustBeLessThan": None, "mustBeBetween": [2, 4]}, "minor", "mustBeBetween [2, 4]"),
        ({}, {"mustBeLessThan": None, "mustBeBetween": [2, 5]}, "major", "mustBeBetween [2, 5]"),
        ({}, {"mustBeLessThan": None}, "major", "nothing instead of mustBeLessThan 5"),
        ({"unit": "percent"}, {"unit": "percent", "mustBeLessThan": None, "mustBeLessOrEqualTo": 4}, "minor",
         "mustBeLessOrEqualTo 4"),
        ({"unit": "percent"}, {}, "major", "rule is gone"),
        ({"name": "n", "unit": "percent"}, {"name": "n"}, "major", "it measures something else"),
        ({"severity": "warning"}, {}, "minor", "severity error instead of warning"),
        ({"dimension": "completeness"}, {"dimension": "conformity"}, "patch", "promises nothing"),
    )],
    *[(with_(quality=[{**VALID, "arguments": was}]), with_(quality=[{**VALID, "arguments": now}]), wanted, reason)
      for was, now, wanted, reason in (
        ({"validValues": ["x", "y"]}, {"validValues": ["x"]}, "minor", "validValues x instead of x, y, so that more"),
        ({"validValues": ["x"]}, {"validValues": ["x", "y"]}, "major", "validValues x, y instead of x"),
        ({"validValues": ["x", "y"]}, {"validValues": ["y", "x"]}, "patch", "validValues"),
        ({"pattern": "a"}, {"pattern": "^a$"}, "minor", "so that more counts as a fault"),
        ({"pattern": "^a$"}, {"pattern": "a"}, "major", "pattern a instead of ^a$"),
        ({"pattern": "a"}, {"pattern": "a", "validValues": ["a"]}, "minor", "validValues a instead of none"),
        ({"pattern": "a", "validValues": ["a"]}, {"pattern": "a"}, "major", "validValues none instead of a"),
    )],
    (with_(quality=[{**VALID, "arguments": {"pattern": "a"}}]), with_(quality=[{**VALID, "pattern": "a"}]), "patch",
     "promises nothing"),
    (contract(A, quality=[{"metric": "duplicateValues", "arguments": {"properties": ["a", "b"]}, "mustBe": 0}]),
     contract(A, quality=[{"metric": "duplicateValues", "arguments": {"properties": ["a"]}, "mustBe": 0}]), "minor",
     "properties a instead of a, b"),
    (with_(quality=[{"type": "sql", "query": "SELECT  1", "mustBe": 1}]),
     with_(quality=[{"type": "sql", "query": "SELECT 1", "mustBe": 1}]), "patch", "promises nothing"),
    (with_(quality=[{"id": "q", "type": "sql", "query": "SELECT 1", "mustBe": 1}]),
     with_(quality=[{"id": "q", "type": "sql", "query": "SELECT 2", "mustBe": 1}]), "major", "measures something else"),
    (with_(quality=[RULE, {**RULE, "mustBeLessThan": 9}]), with_(quality=[{**RULE, "mustBeLessThan": 9}, RULE]),
     "patch", "promises nothing"),
    # How grave it is, where the standard has no word for it.
    (with_(required=True), with_(required=True, customProperties=[WARNS]), "major",
     "a is never empty: severity warning instead of error"),
    (with_(required=True, customProperties=[WARNS]), with_(required=True), "minor",
     "severity error instead of warning"),
    (contract(A, slaProperties=[{**SLA, "customProperties": [{"property": "severity", "value": "error"}]}]),
     contract(A, slaProperties=[SLA]), "major", "latency is 1 d: severity warning instead of error"),
    # Service levels.
    *[(levels(was), levels(now), wanted, reason) for was, now, wanted, reason in (
        ({"value": 24, "unit": "h"}, {"value": "P1D", "unit": None}, "patch", "P1D instead of 24 h, which is the same"),
        ({"value": 1, "unit": "D"}, {"value": 1, "unit": "days"}, "patch", "the same"),
        ({"value": 1, "unit": "d"}, {"value": 1, "unit": "m"}, "major", "which cannot be compared"),
        ({"value": 1, "unit": "m"}, {"value": "PT1M", "unit": None}, "minor", "which can be measured now"),
        ({"property": "ly"}, {"property": "LATENCY"}, "patch", "promises nothing"),
        ({"element": "data.a"}, {"element": "data.b"}, "major", "latency of data.a is gone"),
        ({"driver": "regulatory"}, {"driver": "analytics"}, "patch", "latency is described anew"),
        ({"property": "errorRate", "value": 1, "unit": "percent"}, {"property": "errorRate", "value": 2, "unit": "%"},
         "major", "2 % instead of 1 percent"),
        ({"property": "throughput", "value": 10, "unit": "rows/s"},
         {"property": "throughput", "value": 20, "unit": "rows/s"}, "minor", "20 rows/s"),
        ({"property": "generalAvailability", "value": "2026-01-01"},
         {"property": "generalAvailability", "value": "2026-02-01"}, "major", "2026-02-01"),
        ({"property": "timeOfAvailability", "value": "09:00Z"},
         {"property": "timeOfAvailability", "value": "10:00+01:00"}, "patch", "the same"),
        ({"property": "mine", "value": "x"}, {"property": "mine", "value": "y"}, "major", "which cannot be compared"),
        ({"valueExt": 1}, {"valueExt": 2}, "major", "1 d 2 instead of 1 d 1, which cannot be compared"),
    )],
    (contract(A, slaDefaultElement="data.a", slaProperties=[SLA]),
     contract(A, slaProperties=[{**SLA, "element": "data.a"}]), "patch", "promises nothing"),
    # Classification, access, status, and what is on its way out.
    (with_(classification="internal"), with_(classification="odd"), "minor", "a is classified odd"),
    (with_(), with_(deprecated=True), "minor", "a is deprecated"),
    (with_(deprecated=True), with_(), "minor", "a is no longer deprecated"),
    (with_(transformLogic="x"), with_(transformLogic="y"), "minor", "a is made in another way"),
    (contract(A, roles=[{"role": "r", "access": "read"}]), contract(A, roles=[{"role": "r", "access": "read, write"}]),
     "minor", "role r gives read, write instead of read"),
    (contract(A, roles=[{"role": "r", "access": "read and write"}]),
     contract(A, roles=[{"role": "r", "access": "read"}]), "major", "role r gives read instead of"),
    (contract(A, status="draft"), contract(A, status="active"), "patch", "status is active"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "wanted", "reason"), CASES)
def test_a_change_moves_the_version_as_far_as_consumers_need(
    old: str, new: str, wanted: str | None, reason: str
) -> None:
    found, reasons = bump(parse(old), parse(new))
    assert found == wanted
    if wanted:
        assert reason in reasons[0]
    else:
        assert reasons == []


def test_changes_are_breaking_warnings_or_harmless_and_give_the_next_version() -> None:
    old = parse(contract({**A, "classification": "public"}, "b", version="1.2.3"))
    new = parse(contract({**A, "classification": "restricted", "description": "x"}, "b", "c", version="1.2.3"))
    assert [change.level for change in changes(old, new)] == ["warning", "harmless", "harmless"]
    assert next_version(old, bump(old, new)[0]) == "1.3.0"
    assert next_version(parse(contract(version="1")), "major") == ""


def test_a_contract_is_not_different_from_itself_and_turning_back_is_seen() -> None:
    for old, new, wanted, _ in CASES:
        assert bump(parse(new), parse(new)) == (None, [])
        if wanted == "major":
            assert bump(parse(new), parse(old))[0] is not None


def test_comments_and_spaces_change_nothing() -> None:
    assert bump(parse(contract(A)), parse("# said anew\n" + contract(A))) == (None, [])
