"""The same question is answered without work; a question that differs in anything is another one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pyarrow as pa
import pytest

from mesh_workbench.engine.session import Session
from mesh_workbench.errors import MeshError
from mesh_workbench.lifecycle import query
from mesh_workbench.lifecycle.answers import Answers
from mesh_workbench.model.access import AccessDecision
from mesh_workbench.model.product import Product
from mesh_workbench.model.query import Answer, QueryRequest, ResolvedPort
from tests.query.conftest import BEGIN, SmallMesh

ASKED = "SELECT x FROM a.t ORDER BY x"


class Counted:
    """Sessions that count how often one was asked for: computing needs one, and keeping does not."""

    def __init__(self, mesh: SmallMesh) -> None:
        self.mesh = mesh
        self.answers = Answers()
        self.computed = 0

    def ask(self, statement: str = ASKED, *, who: str = "ana", reason: str = "", **more: object) -> Answer:
        def allowed(products: Sequence[Product]) -> dict[str, AccessDecision]:
            found = self.mesh._allowed(products)
            return {key: one.model_copy(update={"reason": reason or one.reason}) for key, one in found.items()}

        reader = replace(self.mesh.reader(who), sessions=self, answers=self.answers, allowed=allowed)  # type: ignore[arg-type]
        return query.sql(reader, QueryRequest.model_validate({"statement": statement, **more}))

    def get(self, ports: Sequence[ResolvedPort]) -> Session:
        self.computed += 1
        return self.mesh.sessions.get(ports)

    def rows(self, statement: str = ASKED, **more: object) -> list[object]:
        found: list[object] = self.ask(statement, **more).reader.read_all()["x"].to_pylist()  # type: ignore[arg-type]
        return found


@pytest.fixture
def mesh(make_mesh: Callable[[], SmallMesh]) -> SmallMesh:
    return make_mesh()


@pytest.fixture
def asked(mesh: SmallMesh) -> Counted:
    mesh.publish("a.t", pa.table({"x": [1, 2, 3]}))
    return Counted(mesh)


def test_the_same_question_is_computed_once_and_logged_each_time(asked: Counted) -> None:
    first = asked.ask().reader.read_all()
    again = asked.ask().reader.read_all()
    assert again.equals(first)
    assert asked.computed == 1
    assert [one.rows for one in asked.mesh.reads] == [3, 3]


def test_a_new_release_is_another_question_and_the_old_one_stays_answered(asked: Counted) -> None:
    assert asked.rows() == [1, 2, 3]
    asked.mesh.publish("a.t", pa.table({"x": [9]}))
    assert asked.rows() == [9]
    assert asked.rows(as_of=BEGIN + timedelta(hours=1)) == [1, 2, 3]
    assert asked.computed == 2


@pytest.mark.parametrize(
    "other",
    [
        {"who": "tom"},
        {"reason": "another grant"},
        {"limit": 2},
        {"statement": "SELECT x FROM a.t ORDER BY x DESC"},
    ],
    ids=["person", "decision", "limit", "statement"],
)
def test_who_asks_otherwise_gets_nothing_of_it(asked: Counted, other: dict[str, object]) -> None:
    asked.rows()
    asked.rows(**other)  # type: ignore[arg-type]
    assert asked.computed == 2


def test_other_values_are_another_question(asked: Counted) -> None:
    statement = "SELECT x FROM a.t WHERE x > $least ORDER BY x"
    assert asked.rows(statement, parameters={"least": 1}) == [2, 3]
    assert asked.rows(statement, parameters={"least": 2}) == [3]
    assert asked.rows(statement, parameters={"least": 1}) == [2, 3]
    assert asked.computed == 2


def test_who_may_no_longer_read_gets_no_kept_answer(asked: Counted) -> None:
    asked.rows()
    asked.mesh.forbidden.add("a.t")
    with pytest.raises(MeshError, match="may not read"):
        asked.ask()


@pytest.mark.parametrize("statement", ["SELECT random() AS x FROM a.t", "SELECT now() AS x FROM a.t"])
def test_chance_and_time_are_computed_each_time(asked: Counted, statement: str) -> None:
    asked.rows(statement)
    asked.rows(statement)
    assert asked.computed == 2


def test_an_answer_that_was_not_read_to_its_end_is_not_kept(asked: Counted) -> None:
    answer = asked.ask()
    del answer
    assert asked.rows() == [1, 2, 3]
    assert asked.computed == 2


def test_what_is_kept_is_bounded_and_the_oldest_goes(mesh: SmallMesh) -> None:
    mesh.publish("a.t", pa.table({"x": [*range(1000)]}))
    asked = Counted(mesh)
    asked.answers = Answers(most_bytes=80_000)
    for least in range(30):
        asked.rows(f"SELECT x FROM a.t WHERE x >= {least}")
        assert asked.answers.bytes <= 80_000
    before = asked.computed
    asked.rows("SELECT x FROM a.t WHERE x >= 29")
    assert asked.computed == before
    asked.rows("SELECT x FROM a.t WHERE x >= 0")
    assert asked.computed == before + 1


def test_an_answer_that_is_too_large_is_given_and_not_kept(mesh: SmallMesh) -> None:
    mesh.publish("a.t", pa.table({"x": [*range(10_000)]}))
    asked = Counted(mesh)
    asked.answers = Answers(most_bytes=80_000)
    for _ in range(2):
        assert len(asked.rows()) == 10_000
    assert asked.computed == 2
    assert asked.answers.bytes == 0
