"""Changes of contracts, graded from the consumer's view."""

from __future__ import annotations

import pytest

from mesh_workbench.contracts.difference import bump, changes, next_version
from mesh_workbench.contracts.document import parse
from tests.builders import contract

A: dict[str, object] = {"name": "a", "logicalType": "integer"}
RULE: dict[str, object] = {"metric": "nullValues", "mustBeLessThan": 5}
SLA: dict[str, object] = {"property": "latency", "value": 1, "unit": "d"}


def with_(**more: object) -> str:
    return contract({**A, **more})


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
