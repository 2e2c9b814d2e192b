"""Queries that would never end, or never fit, end with a clear error, and the session lives on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mesh_workbench.engine.execute import execute
from mesh_workbench.engine.parameters import MAX_VALUES, bind, encode
from mesh_workbench.engine.session import Limits
from mesh_workbench.engine.sessions import Sessions
from mesh_workbench.engine.statement import parse
from mesh_workbench.errors import InvalidInput, MeshError

MANY = "range(100000000000) AS t(x)"
ENDLESS = {
    "an aggregate": f"SELECT count(*) FROM {MANY} WHERE x % 7 = random()",
    "a product of tables": "SELECT sum(hash(a.x + b.x)) FROM range(10000000) a(x), range(10000000) b(x)",
    "a recursion": "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT max(x) FROM r",
    "a recursion without repeats": "WITH RECURSIVE r(x) AS (SELECT 1 UNION SELECT x + 1 FROM r) SELECT max(x) FROM r",
    "a stream that gives nothing": f"SELECT x FROM {MANY} WHERE x < 0 AND hash(x) = 1",
    "a stream that gives little": f"SELECT x FROM {MANY} WHERE hash(x) % 1000000000 = 0",
    "a sort": f"SELECT x FROM {MANY} ORDER BY hash(x)",
    "a window": f"SELECT sum(x) OVER (ORDER BY hash(x)) FROM {MANY}",
    "groups without end": f"SELECT hash(x), count(*) FROM {MANY} GROUP BY 1",
    "distinct values": f"SELECT count(DISTINCT hash(x)) FROM {MANY}",
    "a list that grows": f"SELECT list(x) FROM {MANY}",
    "a text that grows": f"SELECT string_agg(x, ',') FROM {MANY}",
    "a list too long": "SELECT len(range(10000000000))",
    "a list nearly too long": "SELECT len(range(4000000000))",
    "a list of moments": "SELECT len(generate_series(0, 4000000000))",
    "unnested lists": "SELECT count(*) FROM (SELECT unnest(range(9999)) FROM range(1000000000))",
    "a lambda": f"SELECT sum(list_sum(list_transform(range(99), lambda y: y + x))) FROM {MANY}",
    "regular expressions": f"SELECT count(*) FROM {MANY} WHERE regexp_matches(x::VARCHAR, '(1*)*(2*)*$')",
    "texts compared": f"SELECT sum(levenshtein(repeat('ab', 9) || x, repeat('ba', 9))) FROM {MANY}",
    "a lateral join": "SELECT count(*) FROM range(10000000) a(x), LATERAL (SELECT * FROM range(a.x)) b(y)",
    "values of a series": "SELECT count(*) FROM generate_series(1, 100000000000) s(x) WHERE x % 11 = random()",
}


@pytest.fixture(scope="module")
def sessions() -> Iterator[Sessions]:
    made = Sessions(Limits(memory="200MB", timeout_s=0.5, threads=2), spare=False)
    yield made
    made.close()


@pytest.mark.parametrize("kind", ENDLESS)
def test_it_ends_with_a_clear_error_and_the_next_one_answers(kind: str, sessions: Sessions) -> None:
    with pytest.raises(MeshError) as caught:
        execute(parse(ENDLESS[kind]), [], {}, sessions).reader.read_all()
    assert caught.value.code in {"query.timeout", "query.out-of-memory", "query.not-allowed"}
    assert caught.value.hint
    assert execute(parse("SELECT 1 AS x"), [], {}, sessions).reader.read_all().num_rows == 1


@pytest.mark.parametrize("over_http", [False, True])
def test_lists_too_long_to_be_bound_are_refused_with_the_way_out(over_http: bool) -> None:
    long = [1] * (MAX_VALUES + 1)
    with pytest.raises(InvalidInput) as caught:
        bind(("v",), {"v": long}) if over_http else encode("v", long)  # type: ignore[dict-item]
    assert caught.value.code == "query.parameter-too-long"
    assert "JOIN v" in caught.value.hint
    assert encode("v", [1] * MAX_VALUES)
