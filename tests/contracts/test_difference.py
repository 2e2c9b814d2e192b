"""Changes of contracts, graded from the consumer's view."""

from __future__ import annotations

import pytest

from mesh_workbench.contracts.difference import bump
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


def test_comments_and_spaces_change_nothing() -> None:
    assert bump(parse(contract(A)), parse("# said anew\n" + contract(A))) == (None, [])
