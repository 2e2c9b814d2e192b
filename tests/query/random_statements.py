"""Random states of a mesh, and random statements about them: each once with names of the mesh, and once with the
tables of a plain DuckDB that holds the same rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import pyarrow as pa
from hypothesis import strategies as st

from tests.query.conftest import BEGIN

PRODUCTS = ("ops.events", "crm.people")
SCHEMA = pa.schema(
    [
        ("k", pa.int64()),
        ("n", pa.int32()),
        ("s", pa.string()),
        ("d", pa.date32()),
        ("m", pa.decimal128(8, 2)),
        ("f", pa.float64()),
    ]
)
_ROW = st.fixed_dictionaries(
    {
        "k": st.integers(0, 4),
        "n": st.none() | st.integers(-100, 100),
        "s": st.none() | st.sampled_from(["", "a", "b", "A", "a'b", "é", "%", "NULL"]),
        "d": st.none() | st.dates(date(2013, 1, 1), date(2013, 1, 9)),
        "m": st.none() | st.integers(-500, 500).map(lambda cents: Decimal(cents) / 100),
        "f": st.none() | st.sampled_from([-1.5, 0.0, 2.25, float("nan"), float("inf")]),
    }
)
ROWS = st.lists(_ROW, max_size=8).map(lambda rows: pa.Table.from_pylist(rows, SCHEMA))


@dataclass(frozen=True)
class Published:
    """A release to come: its rows, whether those of the release before stay, its version."""

    rows: pa.Table
    keeps: bool
    version: str


@dataclass
class Source:
    """What stands in FROM: `written` in the mesh, `table` in a plain DuckDB."""

    written: str
    table: str


@dataclass
class Statement:
    """Text with a mark for each source."""

    text: str
    sources: list[Source] = field(default_factory=list)

    def in_mesh(self) -> str:
        return self.text.format(*(source.written for source in self.sources))

    def in_plain(self) -> str:
        return self.text.format(*(source.table for source in self.sources))


STATES = st.fixed_dictionaries(
    {
        name: st.lists(st.builds(Published, ROWS, st.booleans(), st.just("1.0.0")), min_size=1, max_size=4).flatmap(
            lambda releases: st.integers(0, len(releases)).map(
                lambda old: [
                    Published(one.rows, one.keeps, "1.0.0" if number < old else "2.0.0")
                    for number, one in enumerate(releases)
                ]
            )
        )
        for name in PRODUCTS
    }
)


def contents(releases: list[Published]) -> list[pa.Table]:
    """The rows of each release: those of its version's table, where the releases before keep theirs."""
    found: list[pa.Table] = []
    before: Published | None = None
    for one in releases:
        stay = one.keeps and before is not None and before.version == one.version
        found.append(pa.concat_tables([found[-1], one.rows]) if stay else one.rows)
        before = one
    return found


def table_of(product: str, release: int) -> str:
    return f"{product.replace('.', '_')}_{release}"


@st.composite
def sources(draw: st.DrawFn, state: dict[str, list[Published]]) -> Source:
    """A product at its newest release, or at any time by any of the spellings."""
    product = draw(st.sampled_from(PRODUCTS))
    releases = state[product]
    number = draw(st.integers(1, len(releases)))
    moment = BEGIN + timedelta(days=number - 1, hours=draw(st.integers(0, 23)))
    major = releases[number - 1].version[0]
    newest_of_major = max(n for n, one in enumerate(releases, 1) if one.version[0] == major)
    short = product.partition(".")[2]
    way = draw(st.sampled_from(["newest", "port", "release", "moment", "major", "version"]))
    written, at = {
        "newest": (product, len(releases)),
        "port": (f"{product}.{short}", len(releases)),
        "release": (f"{product} AT (VERSION => {number})", number),
        "moment": (f"{product} AT (TIMESTAMP => TIMESTAMP '{moment:%Y-%m-%d %H:%M:%S}')", number),
        "major": (f'"{product}@{major}"', newest_of_major),
        "version": (f'"{product}@{releases[number - 1].version}"', newest_of_major),
    }[way]
    return Source(written, table_of(product, at))


PREDICATES = st.sampled_from(
    [
        "k > 1",
        "n IS NOT NULL",
        "n BETWEEN -10 AND 50",
        "s LIKE 'a%'",
        "s = 'a''b'",
        "s IS DISTINCT FROM 'NULL'",
        "d >= DATE '2013-01-04'",
        "m < 1.5",
        "f > 1",
        "isnan(f)",
        "NOT f <= 0",
        "k IN (1, 3) OR n < 0",
        "coalesce(s, '') <> ''",
    ]
)
_COLUMNS = "k, n, s, d, m, f"


@st.composite
def relations(draw: st.DrawFn, state: dict[str, list[Published]], depth: int) -> Statement:
    """A SELECT with the columns k, n, s, d, m, f."""
    kinds = ["plain", "filtered"] if depth == 0 else ["plain", "filtered", "union", "except", "nested", "with", "join"]
    kind = draw(st.sampled_from([*kinds, "semi", "subquery"] if depth else kinds))
    if kind == "plain":
        return Statement(f"SELECT {_COLUMNS} FROM {{}} AS t", [draw(sources(state))])
    if kind == "filtered":
        wanted = draw(PREDICATES)
        return Statement(f"SELECT {_COLUMNS} FROM {{}} AS t WHERE {wanted}", [draw(sources(state))])
    inner = draw(relations(state, depth - 1))
    if kind == "nested":
        return Statement(f"SELECT {_COLUMNS} FROM ({inner.text}) AS q WHERE {draw(PREDICATES)}", inner.sources)
    if kind == "with":
        name = draw(st.sampled_from(["w", "events", "people"]))
        return Statement(f"WITH {name} AS ({inner.text}) SELECT {_COLUMNS} FROM {name}", inner.sources)
    if kind == "subquery":
        source = draw(sources(state))
        text = (
            f"SELECT {_COLUMNS} FROM ({inner.text}) AS q WHERE n >= (SELECT min(n) FROM {{}} AS low WHERE low.k = q.k)"
        )
        return Statement(text, [*inner.sources, source])
    other = draw(relations(state, depth - 1))
    both = [*inner.sources, *other.sources]
    if kind == "union":
        return Statement(f"({inner.text}) {draw(st.sampled_from(['UNION', 'UNION ALL']))} ({other.text})", both)
    if kind == "except":
        return Statement(f"({inner.text}) {draw(st.sampled_from(['EXCEPT', 'INTERSECT ALL']))} ({other.text})", both)
    if kind == "semi":
        text = f"SELECT {_COLUMNS} FROM ({inner.text}) AS q WHERE k IN (SELECT o.k FROM ({other.text}) AS o)"
        return Statement(text, both)
    how = draw(st.sampled_from(["JOIN", "LEFT JOIN"]))
    text = f"SELECT a.k, b.n, a.s, b.d, a.m, b.f FROM ({inner.text}) a {how} ({other.text}) b ON a.k = b.k"
    return Statement(text, both)


OUTER = st.sampled_from(
    [
        "{}",
        "SELECT s, count(*), sum(n), min(d), max(m), count(DISTINCT k) FROM ({}) AS q GROUP BY s",
        "SELECT k, sum(m) FROM ({}) AS q GROUP BY k HAVING count(*) > 1",
        "SELECT k, rank() OVER (PARTITION BY k ORDER BY n NULLS FIRST), sum(n) OVER (PARTITION BY s) FROM ({}) AS q",
        "SELECT DISTINCT upper(s), d FROM ({}) AS q",
        "SELECT k, n FROM ({}) AS q QUALIFY dense_rank() OVER (ORDER BY k DESC) <= 2",
        "SELECT count(*), count(f), max(f), min(m), bool_or(f > 2) FROM ({}) AS q",
        "SELECT * EXCLUDE (f), n + k AS total FROM ({}) AS q",
    ]
)


@st.composite
def statements(draw: st.DrawFn, state: dict[str, list[Published]]) -> Statement:
    inner = draw(relations(state, draw(st.integers(0, 3))))
    return Statement(draw(OUTER).replace("{}", inner.text), inner.sources)
