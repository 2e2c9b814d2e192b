"""Checks put side by side: a history for every promise, and what the last one found otherwise."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from mesh_workbench.contracts.history import changes, histories
from mesh_workbench.model.check import Outcome, PromiseResult, PromiseSpec


def result(name: str, outcome: Outcome = Outcome.PASSED, observed: JsonValue = 0, **more: int) -> PromiseResult:
    spec = PromiseSpec(id=name, kind="required", target=name, words=f"{name} is never empty")
    return PromiseResult.model_validate({"promise": spec, "outcome": outcome, "observed": observed, **more})


def test_every_promise_has_one_point_a_check_and_none_where_it_was_not_made() -> None:
    first = [result("a"), result("gone")]
    second = [result("new"), result("a", Outcome.FAILED, 3, failing_rows=3, rows=12)]
    found = {one.promise.id: one.points for one in histories([first, second])}
    assert list(found) == ["new", "a", "gone"]
    assert [point and point.outcome for point in found["a"]] == ["passed", "failed"]
    assert found["new"][0] is None
    assert found["gone"][1] is None
    last = found["a"][1]
    assert last is not None
    assert (last.failing_rows, last.share) == (3, 0.25)


def test_the_share_of_failing_rows_is_unknown_where_there_were_no_rows() -> None:
    [one] = histories([[result("a", failing_rows=0, rows=0)]])
    assert one.points[0] is not None
    assert one.points[0].share is None


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (Outcome.PASSED, Outcome.FAILED, "broken"),
        (Outcome.PASSED, Outcome.WARNED, "broken"),
        (Outcome.NOT_EVALUATED, Outcome.ERROR, "broken"),
        (None, Outcome.FAILED, "broken"),
        (Outcome.ERROR, Outcome.PASSED, "recovered"),
        (Outcome.WARNED, Outcome.PASSED, "recovered"),
        (Outcome.WARNED, Outcome.FAILED, "outcome"),
        (Outcome.PASSED, Outcome.NOT_EVALUATED, "outcome"),
        (Outcome.NOT_EVALUATED, Outcome.PASSED, "outcome"),
        (None, Outcome.PASSED, "added"),
        (Outcome.FAILED, None, "removed"),
    ],
)
def test_a_change_of_outcome_is_called_by_what_it_means(
    before: Outcome | None, after: Outcome | None, kind: str
) -> None:
    checks = [[result("p", outcome)] if outcome else [] for outcome in (Outcome.PASSED, before, after)]
    assert [change.kind for change in changes(histories(checks))] == [kind]


def test_another_value_with_the_same_outcome_has_moved_and_stands_last() -> None:
    before = [result("rows", observed=27_004), result("same"), result("bad")]
    after = [result("rows", observed=26_950), result("same"), result("bad", Outcome.FAILED)]
    found = changes(histories([before, after]))
    assert [(change.promise.id, change.kind) for change in found] == [("bad", "broken"), ("rows", "moved")]
    moved = found[1]
    assert moved.before
    assert moved.after
    assert (moved.before.observed, moved.after.observed) == (27_004, 26_950)


def test_one_check_alone_has_changed_nothing() -> None:
    assert changes(histories([[result("a")]])) == []
    assert changes(histories([])) == []
