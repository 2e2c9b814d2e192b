"""Nothing gets out of a query: neither past the parser, nor past the locked engine when the parser is not asked."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mesh_workbench.engine.arrow_text import encode_schema
from mesh_workbench.engine.guard import check
from mesh_workbench.engine.names import NamedTable
from mesh_workbench.engine.session import Limits, Session, open_instance
from mesh_workbench.engine.statement import parse
from mesh_workbench.errors import Forbidden, MeshError
from mesh_workbench.model.base import now
from mesh_workbench.model.query import ResolvedPort
from tests.query.escapes import ESCAPES

SAFE = [
    "SELECT 1",
    "VALUES (1), (2)",
    "FROM range(3)",
    "SELECT * FROM generate_series(1, 3)",
    "SELECT unnest([1, 2])",
    "WITH RECURSIVE n AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM n WHERE x < 5) SELECT sum(x) FROM n",
    "SELECT 'current_setting(''threads'')' AS harmless",
    "SELECT 1 -- current_setting('threads')",
]


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `own.parquet`, which the session may read, and `secret.parquet`, which it may not."""
    folder = tmp_path_factory.mktemp("outside")
    for name in ("own", "secret"):
        pq.write_table(pa.table({"x": [42]}), folder / f"{name}.parquet")
    return folder


@pytest.fixture(scope="module")
def session(outside: Path) -> Session:
    port = ResolvedPort(
        name="a.b",
        product="a.b",
        product_id="prd",
        port="b",
        release=1,
        version="1.0.0",
        published=now(),
        rows=1,
        table=str(outside),
        delta_version=0,
        files=[str(outside / "own.parquet")],
        arrow_schema=encode_schema(pa.schema({"x": pa.int64()})),
    )
    return Session(open_instance(Limits(timeout_s=5)), [port])


def _placed(statement: str, outside: Path) -> str:
    return statement.replace("FILE", str(outside / "secret.parquet")).replace("OWN", str(outside / "own.parquet"))


@pytest.mark.parametrize("escape", ESCAPES)
def test_the_parser_refuses(escape: str, outside: Path) -> None:
    refused, names = _parsed(_placed(escape, outside))
    if refused is None:
        # It reads like a name: then it has to be the name of a product, and no product is called so.
        assert names
        assert all(name.reference is None or "parquet" in name.text for name in names)
    else:
        assert refused.code in {"query.not-allowed", "query.syntax", "query.not-a-product"}
        assert refused.hint


def _parsed(statement: str) -> tuple[MeshError | None, tuple[NamedTable, ...]]:
    try:
        return None, parse(statement).names
    except MeshError as error:
        return error, ()


@pytest.mark.parametrize("escape", ESCAPES)
def test_the_locked_engine_alone_refuses(escape: str, outside: Path, session: Session) -> None:
    before = (outside / "own.parquet").read_bytes()
    with pytest.raises((MeshError, duckdb.Error)):
        session.cursor().execute(session.checked(_placed(escape, outside))).fetchall()
    assert (outside / "own.parquet").read_bytes() == before
    assert sorted(file.name for file in outside.iterdir()) == ["own.parquet", "secret.parquet"]


@pytest.mark.parametrize("safe", SAFE)
def test_what_only_computes_is_allowed_by_both(safe: str, session: Session) -> None:
    assert session.cursor().execute(session.checked(parse(safe).text)).fetchall()


def test_without_any_check_the_lock_still_keeps_files_and_settings_away(outside: Path, session: Session) -> None:
    unguarded = session.cursor()
    for statement in (
        "SELECT * FROM 'FILE'",
        "SELECT * FROM read_text('FILE')",
        "COPY (SELECT 1) TO 'FILE'",
        "ATTACH 'FILE'",
        "SET lock_configuration = false",
        "SET enable_external_access = true",
        "SET allowed_paths = ['FILE']",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SELECT * FROM glob('/*')",
        "SELECT getenv('HOME')",
        "SELECT * FROM outside",
    ):
        with pytest.raises(duckdb.Error):
            unguarded.execute(_placed(statement, outside)).fetchall()


def test_hostile_file_names_are_read_and_open_nothing_else(tmp_path: Path) -> None:
    names = [
        "a b",
        "q'uote",
        'dou"ble',
        "star*",
        "br[ab]",
        "que?",
        "ünï",
        "semi;colon",
        "new\nline",
        "$v",
        "%41",
        "[*]",
    ]
    for name in [*names, "bra", "starlight", "quey"]:
        (tmp_path / f"{name}.parquet").parent.mkdir(exist_ok=True)
        pq.write_table(pa.table({"x": [len(name)]}), tmp_path / f"{name}.parquet")
    for name in names:
        port = ResolvedPort(
            name="a.b",
            product="a.b",
            product_id="prd",
            port="b",
            release=1,
            version="1.0.0",
            published=now(),
            rows=1,
            table=str(tmp_path),
            delta_version=0,
            files=[str(tmp_path / f"{name}.parquet")],
            arrow_schema=encode_schema(pa.schema({"x": pa.int64()})),
        )
        session = Session(open_instance(Limits()), [port])
        assert session.cursor().execute('SELECT x FROM "a.b.b#1"').fetchall() == [(len(name),)]
        with pytest.raises(duckdb.Error):
            session.cursor().execute(f"SELECT * FROM read_parquet('{tmp_path}/bra.parquet')").fetchall()


def test_what_does_not_fit_in_memory_spills_to_a_private_folder_and_not_beside_the_person_s_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(open_instance(Limits(memory="120MB"))) as instance:
        spill = instance.execute("SELECT current_setting('temp_directory')").fetchall()[0][0]
        rows = "SELECT i, row_number() OVER (ORDER BY hash(i)) AS n FROM range(6000000) AS r(i)"
        assert instance.execute(f"SELECT count(*) FROM ({rows}) WHERE n > 5").fetchall() == [(5_999_995,)]
    assert Path(spill).stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT repeat('a', 10000000000)",
        "SELECT 'a'.repeat(100000)",
        "SELECT lpad('a', i, 'b') FROM range(3) AS r(i)",
        "SELECT rpad(repeat('a', 9999), 9999, 'b')",
        "SELECT REPEAT('a', 5 * 2000)",
    ],
)
def test_texts_are_not_blown_up_past_every_limit(sql: str) -> None:
    with closing(open_instance(Limits())) as instance:
        with pytest.raises(Forbidden, match="longer"):
            check(instance, sql, frozenset())
        check(instance, "SELECT lpad('7', 3, '0'), repeat('-', 80)", frozenset())
