"""From which columns a statement makes each column of its result."""

# ruff: noqa: E501 - a question and its answer in one line

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mesh_workbench.engine.lineage import Traced, lineage_of, of_port, trace
from mesh_workbench.engine.statement import parse
from mesh_workbench.model.lineage import ColumnSource, Transformation

PORTS = {
    "d.p": ["a", "b", "c", "k", "v", "g", "x", "xs", "s"],
    "d.q": ["a", "x", "y", "z"],
    "d.open": None,
    "d.other": None,
}
SHORT = {"certain": "", "likely": "?", "possible": "??"}


def traced(sql: str) -> Traced:
    statement = parse(sql)
    names = [str(name.reference).partition("@")[0] if name.reference else name.text for name in statement.names]
    return trace(statement, [of_port(f"{name}.o", PORTS.get(name)) for name in names])


def written(sources: list[ColumnSource]) -> str:
    """`p.a`, or `p.b renamed`, `p.* aggregate`; with ? when likely and ?? when possible."""
    return ", ".join(
        f"{one.port.split('.')[-2]}.{one.column or '*'}"
        + ("" if one.kind in (Transformation.IDENTITY, Transformation.INDIRECT) else f" {one.kind}")
        + SHORT[one.confidence]
        for one in sources
    )


def answer(sql: str) -> dict[str, str]:
    """Column to its sources; what decides about the rows is called ~, columns that nobody knows …"""
    lineage = lineage_of(traced(sql))
    found = {column.column: written(column.sources) for column in lineage.columns}
    if lineage.influences:
        found["~"] = written(lineage.influences)
    return found if lineage.complete else {**found, "…": ""}


KNOWN: list[tuple[str, dict[str, str]]] = [
    ("SELECT a FROM d.p", {"a": "p.a"}),
    ("SELECT A FROM d.p", {"A": "p.a"}),
    ("SELECT a AS n FROM d.p", {"n": "p.a renamed"}),
    ('SELECT a FROM "d.p@2"', {"a": "p.a"}),
    ("SELECT d.p.a, p.b FROM d.p AT (VERSION => 3)", {"a": "p.a", "b": "p.b"}),
    ("SELECT t.a FROM d.p t", {"a": "p.a"}),
    ("SELECT a::int AS n, try_cast(b AS date) AS d FROM d.p", {"n": "p.a cast", "d": "p.b cast"}),
    ("SELECT a::int + 1 AS n FROM d.p", {"n": "p.a expression"}),
    ("SELECT a + b AS n, upper(c) AS u FROM d.p", {"n": "p.a expression, p.b expression", "u": "p.c expression"}),
    ("SELECT CASE WHEN a > 1 THEN b ELSE c END AS n FROM d.p", {"n": "p.a expression, p.b expression, p.c expression"}),
    ("SELECT coalesce(a, b) AS n FROM d.p", {"n": "p.a expression, p.b expression"}),
    ("SELECT 1 AS one FROM d.p", {"one": "", "~": "p.*"}),
    ("SELECT $x AS given, a FROM d.p", {"given": "", "a": "p.a"}),
    ("SELECT a FROM d.p WHERE b > 1", {"a": "p.a", "~": "p.b"}),
    ("SELECT a FROM d.p ORDER BY b", {"a": "p.a"}),
    ("SELECT a FROM d.p ORDER BY b LIMIT 3", {"a": "p.a", "~": "p.b"}),
    ("SELECT a, b FROM d.p ORDER BY 2 LIMIT 3", {"a": "p.a", "b": "p.b", "~": "p.b"}),
    ("SELECT a, b FROM d.p ORDER BY ALL LIMIT 3", {"a": "p.a", "b": "p.b", "~": "p.a, p.b"}),
    ("SELECT DISTINCT a FROM d.p", {"a": "p.a", "~": "p.a"}),
    ("SELECT DISTINCT ON (a) b FROM d.p ORDER BY v", {"b": "p.b", "~": "p.a, p.v"}),
    ("SELECT count(*) AS n FROM d.p", {"n": "p.* aggregate"}),
    ("SELECT count(a) AS n FROM d.p", {"n": "p.a aggregate"}),
    ("SELECT g, sum(v) AS n FROM d.p GROUP BY g", {"g": "p.g", "n": "p.v aggregate", "~": "p.g"}),
    ("SELECT g, sum(v) AS n FROM d.p GROUP BY ALL", {"g": "p.g", "n": "p.v aggregate", "~": "p.g"}),
    ("SELECT g, k, sum(v) AS n FROM d.p GROUP BY 1, 2", {"g": "p.g", "k": "p.k", "n": "p.v aggregate", "~": "p.g, p.k"}),
    ("SELECT g AS h, max(v) AS n FROM d.p GROUP BY h HAVING min(b) > 1", {"h": "p.g renamed", "n": "p.v aggregate", "~": "p.b, p.g"}),
    ("SELECT sum(v) FILTER (WHERE b > 1) AS n FROM d.p", {"n": "p.b aggregate, p.v aggregate"}),
    ("SELECT string_agg(a, ',' ORDER BY b) AS n FROM d.p", {"n": "p.a aggregate, p.b aggregate"}),
    ("SELECT arg_max(a, b) AS n FROM d.p", {"n": "p.a aggregate, p.b aggregate"}),
    ("SELECT mode(a) AS m, product(b) AS n FROM d.p", {"m": "p.a aggregate", "n": "p.b aggregate"}),
    ("SELECT round(avg(v), 2) AS n FROM d.p", {"n": "p.v aggregate"}),
    ("SELECT sum(v) OVER (PARTITION BY g ORDER BY k) AS n FROM d.p", {"n": "p.g window, p.k window, p.v window"}),
    ("SELECT row_number() OVER () AS n FROM d.p", {"n": "p.* window"}),
    ("SELECT lag(v) OVER w AS n FROM d.p WINDOW w AS (ORDER BY k)", {"n": "p.k window, p.v window"}),
    ("SELECT a FROM d.p QUALIFY row_number() OVER (PARTITION BY g ORDER BY k) = 1", {"a": "p.a", "~": "p.g, p.k"}),
    ("SELECT a + 1 AS n, n * 2 AS m FROM d.p", {"n": "p.a expression", "m": "p.a expression"}),
    ("SELECT b AS n, n + 1 AS m FROM d.p WHERE n > 1", {"n": "p.b renamed", "m": "p.b expression", "~": "p.b"}),
    ("SELECT b AS a, a AS c2 FROM d.p", {"a": "p.b renamed", "c2": "p.a renamed"}),
    ("SELECT * FROM d.q", {"a": "q.a", "x": "q.x", "y": "q.y", "z": "q.z"}),
    ("FROM d.q", {"a": "q.a", "x": "q.x", "y": "q.y", "z": "q.z"}),
    ("FROM d.q SELECT z", {"z": "q.z"}),
    (
        "SELECT * EXCLUDE (a) REPLACE (x + 1 AS x) RENAME (y AS why) FROM d.q",
        {"x": "q.x expression", "why": "q.y renamed", "z": "q.z"},
    ),
    ("SELECT q.*, b FROM d.p JOIN d.q USING (a)", {"a": "q.a", "x": "q.x", "y": "q.y", "z": "q.z", "b": "p.b", "~": "p.a, q.a"}),
    ("SELECT COLUMNS('^[xy]$') FROM d.q", {"x": "q.x", "y": "q.y"}),
    ("SELECT COLUMNS(* EXCLUDE (x, y)) + 1 FROM d.q", {'"a" + 1': "q.a expression", '"z" + 1': "q.z expression"}),
    ("SELECT a FROM d.p JOIN d.q USING (a)", {"a": "p.a", "~": "p.a, q.a"}),
    ("SELECT a FROM d.p RIGHT JOIN d.q USING (a)", {"a": "q.a", "~": "p.a, q.a"}),
    ("SELECT a FROM d.p FULL JOIN d.q USING (a)", {"a": "p.a expression, q.a expression", "~": "p.a, q.a"}),
    ("SELECT y, b FROM d.p NATURAL JOIN d.q", {"y": "q.y", "b": "p.b", "~": "p.a, p.x, q.a, q.x"}),
    ("SELECT b, y FROM d.p, d.q", {"b": "p.b", "y": "q.y"}),
    ("SELECT b FROM d.p, d.q", {"b": "p.b", "~": "q.*"}),
    ("SELECT b FROM d.p LEFT JOIN d.q ON p.a = q.a AND q.z > 1", {"b": "p.b", "~": "p.a, q.a, q.z"}),
    ("SELECT b FROM d.p SEMI JOIN d.q ON p.x = q.x", {"b": "p.b", "~": "p.x, q.*, q.x"}),
    ("SELECT l.a, r.a AS other FROM d.p l JOIN d.q r ON l.x = r.x", {"a": "p.a", "other": "q.a renamed", "~": "p.x, q.x"}),
    ("SELECT b, y FROM (d.p JOIN d.q ON p.x = q.x)", {"b": "p.b", "y": "q.y", "~": "p.x, q.x"}),
    ("WITH t AS (SELECT a AS n FROM d.p) SELECT n FROM t", {"n": "p.a renamed"}),
    ("WITH t AS (SELECT a AS n FROM d.p WHERE b > 1) SELECT n AS a FROM t", {"a": "p.a", "~": "p.b"}),
    ("WITH t(n) AS (SELECT a + b FROM d.p), u AS (SELECT sum(n) AS m FROM t) SELECT m FROM u", {"m": "p.a aggregate, p.b aggregate"}),
    ("WITH p AS (SELECT y AS a FROM d.q) SELECT a FROM p", {"a": "q.y renamed"}),
    ("WITH t AS (SELECT a FROM d.p), unused AS (SELECT y FROM d.q) SELECT a FROM t", {"a": "p.a", "~": "q.*"}),
    (
        "WITH RECURSIVE r AS (SELECT a, x FROM d.p UNION ALL SELECT q.y, r.a FROM r JOIN d.q q ON q.x = r.x) SELECT * FROM r",
        {"a": "p.a, q.y renamed", "x": "p.a renamed, p.x, q.y renamed", "~": "p.a, p.x, q.x, q.y"},
    ),
    ("SELECT n FROM (SELECT a AS n FROM (SELECT a FROM d.p))", {"n": "p.a renamed"}),
    ("SELECT s.n FROM (SELECT sum(v) AS n FROM d.p GROUP BY g) s WHERE s.n > 3", {"n": "p.v aggregate", "~": "p.g, p.v"}),
    ("SELECT m FROM (SELECT a, b FROM d.p) t(n, m)", {"m": "p.b renamed"}),
    ("SELECT a FROM d.p UNION ALL SELECT y FROM d.q", {"a": "p.a, q.y renamed"}),
    ("SELECT a FROM d.p UNION SELECT y FROM d.q", {"a": "p.a, q.y renamed", "~": "p.a, q.y"}),
    ("SELECT a, b FROM d.p UNION ALL BY NAME SELECT y, a FROM d.q", {"a": "p.a, q.a", "b": "p.b", "y": "q.y"}),
    ("SELECT a FROM d.p EXCEPT SELECT y FROM d.q", {"a": "p.a", "~": "p.a, q.y"}),
    ("SELECT a FROM d.p INTERSECT SELECT y FROM d.q", {"a": "p.a", "~": "p.a, q.y"}),
    ("(SELECT a, b FROM d.p UNION ALL SELECT x, y FROM d.q) ORDER BY b LIMIT 1", {"a": "p.a, q.x renamed", "b": "p.b, q.y renamed", "~": "p.b, q.y"}),
    ("SELECT (SELECT max(y) FROM d.q WHERE q.x = p.x) AS n FROM d.p", {"n": "q.y aggregate", "~": "p.x, q.x"}),
    ("SELECT a IN (SELECT z FROM d.q) AS n FROM d.p", {"n": "p.a expression, q.z expression"}),
    ("SELECT a FROM d.p WHERE b IN (SELECT y FROM d.q WHERE z > 1)", {"a": "p.a", "~": "p.b, q.y, q.z"}),
    ("SELECT a FROM d.p WHERE EXISTS (SELECT 1 FROM d.q WHERE q.x = p.x)", {"a": "p.a", "~": "p.x, q.*, q.x"}),
    ("SELECT b, n FROM d.p, LATERAL (SELECT p.a + q.y AS n FROM d.q)", {"b": "p.b", "n": "p.a expression, q.y expression"}),
    ("SELECT a, e FROM d.p, unnest(xs) AS u(e)", {"a": "p.a", "e": "p.xs expression", "~": "p.xs"}),
    ("SELECT unnest(xs) AS e FROM d.p", {"e": "p.xs expression"}),
    ("SELECT list_transform(xs, e -> e + v) AS n FROM d.p", {"n": "p.v expression, p.xs expression"}),
    ("SELECT [e + v FOR e IN xs IF e > b] AS n FROM d.p", {"n": "p.b expression, p.v expression, p.xs expression"}),
    ("SELECT s.field AS n, s.deep.er AS m, xs[1] AS o FROM d.p", {"n": "p.s expression", "m": "p.s expression", "o": "p.xs expression"}),
    ("SELECT t.s.field AS n FROM d.p t", {"n": "p.s expression"}),
    ("SELECT t AS row FROM d.q t", {"row": "q.a expression, q.x expression, q.y expression, q.z expression"}),
    ("SELECT struct_pack(a := b) AS n FROM d.p", {"n": "p.b expression"}),
    ("SELECT n FROM (VALUES (1), (2)) AS v(n) JOIN d.p ON p.a = v.n", {"n": "", "~": "p.a"}),
    ("SELECT range AS n, a FROM range(3), d.p", {"n": "", "a": "p.a"}),
    ("FROM d.q PIVOT (sum(y) FOR x IN ('m', 'n') GROUP BY z)", {"z": "q.z", "m": "q.x aggregate, q.y aggregate", "n": "q.x aggregate, q.y aggregate", "~": "q.x, q.z"}),
    ("FROM d.q PIVOT (sum(y) FOR x IN ('m'))", {"a": "q.a", "z": "q.z", "m": "q.x aggregate, q.y aggregate", "~": "q.a, q.x, q.z"}),
    ("FROM d.q UNPIVOT (val FOR which IN (y, z))", {"a": "q.a", "x": "q.x", "which": "", "val": "q.y expression, q.z expression", "~": "q.y, q.z"}),
    # what cannot be known is said with less confidence
    ("SELECT n FROM d.open", {"n": "open.n?"}),
    ("SELECT u.n, a FROM d.open u, d.p", {"n": "open.n?", "a": "p.a"}),
    ("SELECT n + 1 AS m FROM d.open", {"m": "open.n expression?"}),
    ("SELECT n FROM d.open, d.other", {"n": "open.n??, other.n??"}),
    ("SELECT * FROM d.open", {"~": "open.*", "…": ""}),
    ("SELECT n FROM (SELECT * FROM d.open)", {"n": "open.* unknown??"}),
    ("SELECT frame.n, a FROM frame, d.p", {"n": "frame.n?", "a": "p.a"}),
    ("SELECT nowhere FROM d.p", {"nowhere": "p.* unknown??"}),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "known"), KNOWN, ids=[sql for sql, _ in KNOWN])
def test_each_column_has_the_sources_that_a_person_would_name(sql: str, known: dict[str, str]) -> None:
    assert answer(sql) == known


def test_the_result_of_one_statement_is_the_source_of_the_next() -> None:
    first = traced("SELECT a AS n, sum(v) AS total FROM d.p WHERE b > 1 GROUP BY n")
    second = parse("SELECT total / y AS share FROM earlier JOIN d.q ON n = x")
    found = lineage_of(trace(second, [first, of_port("d.q.o", PORTS["d.q"])]))
    assert [(column.column, written(column.sources)) for column in found.columns] == [
        ("share", "p.v aggregate, q.y expression")
    ]
    assert written(found.influences) == "p.a, p.b, q.x"


def test_a_statement_too_deep_to_follow_is_known_as_a_whole() -> None:
    statement = parse(f"SELECT {' + '.join(['a'] * 90)} AS n FROM d.p")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 80)
    try:
        found = trace(statement, [of_port("d.p.o", PORTS["d.p"])])
    finally:
        sys.setrecursionlimit(limit)
    assert (written(lineage_of(found).influences), found.open) == ("p.*", True)


# -- Random statements, checked by changing the data ------------------------------------------------------------------

COLUMNS = {"d.p": ["a", "b", "c"], "d.q": ["x", "y", "z"]}


@st.composite
def selects(draw: st.DrawFn, depth: int = 3) -> tuple[str, list[str]]:
    """A query and the names of its columns."""
    name, columns = draw(relations(depth - 1))
    other = draw(st.none() | relations(0)) if depth == 3 else None
    source, outer = f"{name} AS l", [f"l.{column}" for column in columns]
    if other is not None:
        source += f" JOIN {other[0]} AS r ON l.{draw(st.sampled_from(columns))} = r.{draw(st.sampled_from(other[1]))}"
        outer += [f"r.{column}" for column in other[1]]
    one = st.sampled_from(outer)
    number = draw(st.integers(1, 3))
    where = f" WHERE {draw(one)} > {draw(st.integers(0, 3))}" if draw(st.booleans()) else ""
    names = [f"n{index}" for index in range(number)]
    shape = draw(st.sampled_from(("plain", "plain", "group", "window", "distinct", "limit")))
    if shape == "group":
        key = draw(one)
        items = [key, *(f"{draw(st.sampled_from(('sum', 'max', 'count')))}({draw(one)})" for _ in names[1:])]
        tail = f" GROUP BY {key}"
    elif shape == "window":
        items, tail = [f"sum({draw(one)}) OVER (PARTITION BY {draw(one)})" for _ in names], ""
    else:
        items = [
            draw(
                st.sampled_from(("{0}", "{0} + {1}", "CAST({0} AS INTEGER)", "CASE WHEN {0} > 1 THEN {1} END"))
            ).format(draw(one), draw(one))
            for _ in names
        ]
        tail = f" ORDER BY {', '.join(outer)} LIMIT 3" if shape == "limit" else ""
    text = ", ".join(f"{item} AS {name}" for item, name in zip(items, names, strict=True))
    return f"SELECT {'DISTINCT ' if shape == 'distinct' else ''}{text} FROM {source}{where}{tail}", names


@st.composite
def relations(draw: st.DrawFn, depth: int) -> tuple[str, list[str]]:
    if depth <= 0 or draw(st.booleans()):
        name = draw(st.sampled_from(sorted(COLUMNS)))
        return name, COLUMNS[name]
    query, names = draw(selects(depth))
    if draw(st.booleans()):
        second, others = draw(selects(depth))
        if len(others) == len(names):
            # both sides in brackets: one may end in ORDER BY and LIMIT, and cutting that off by its text cuts brackets
            kind = draw(st.sampled_from(("UNION", "UNION ALL", "EXCEPT")))
            query = f"SELECT * FROM ({query}) AS u {kind} SELECT * FROM ({second}) AS v"
    return f"({query})", names


@given(
    selects(),
    st.lists(st.tuples(*[st.integers(0, 4)] * 6), min_size=2, max_size=6),
    st.sampled_from([(table, column) for table in COLUMNS for column in COLUMNS[table]]),
    st.lists(st.integers(0, 4), min_size=6, max_size=6),
)
@example(  # an ORDER BY within the branches of a union: cut off once by the generator, and then no valid SQL
    (
        "SELECT l.n0 AS n0 FROM (SELECT * FROM (SELECT l.n0 AS n0 FROM (SELECT l.a AS n0, l.b AS n1 FROM d.p AS l "
        "ORDER BY l.a, l.b, l.c LIMIT 3) AS l) AS u UNION SELECT * FROM (SELECT l.a AS n0 FROM d.p AS l) AS v) AS l",
        ["n0"],
    ),
    [(0, 0, 0, 0, 0, 0), (1, 2, 3, 0, 0, 0)],
    ("d.p", "c"),
    [3, 0, 0, 0, 0, 0],
)
@settings(max_examples=150, deadline=None)
def test_a_result_changes_only_where_its_lineage_says_so(
    query: tuple[str, list[str]], rows: list[tuple[int, ...]], changed: tuple[str, str], values: list[int]
) -> None:
    sql = f"SELECT {', '.join(query[1])} FROM ({query[0]}) AS t"
    statement = parse(sql)
    inputs = [of_port(f"{name.reference}.o", COLUMNS[str(name.reference)]) for name in statement.names]
    lineage = lineage_of(trace(statement, inputs))
    table, column = changed
    key = (f"{table}.o", column)
    decided = {(one.port, one.column) for one in lineage.influences}
    before, after = _results(sql, rows, None, []), _results(sql, rows, changed, values)
    for index, made in enumerate(lineage.columns):
        if key in decided or key in {(one.port, one.column) for one in made.sources}:
            continue
        assert sorted(map(str, before[index])) == sorted(map(str, after[index])), f"{made.column} of {sql}"


def _results(
    sql: str, rows: list[tuple[int, ...]], changed: tuple[str, str] | None, values: list[int]
) -> list[list[object]]:
    """The columns of the answer, with the values of one column changed."""
    with _emptied() as connection:
        for place, (table, columns) in enumerate(COLUMNS.items()):
            mine = [list(row[place * 3 : place * 3 + 3]) for row in rows]
            if changed is not None and changed[0] == table:
                for row, value in zip(mine, values, strict=False):
                    row[columns.index(changed[1])] = value
            connection.execute(f"INSERT INTO {table} VALUES {', '.join(str(tuple(row)) for row in mine)}")
        return [list(column) for column in zip(*connection.execute(sql).fetchall(), strict=True)] or [[]] * 3


@functools.cache
def _connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA d; SET threads = 1")
    for table, columns in COLUMNS.items():
        connection.execute(f"CREATE TABLE {table} ({', '.join(f'{column} INTEGER' for column in columns)})")
    return connection


@contextmanager
def _emptied() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = _connection()
    connection.execute("BEGIN")
    yield connection
    connection.execute("ROLLBACK")
