"""Tables are made and upgraded whole or not at all, and nothing that was recorded is lost."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text

from mesh_workbench.errors import Unavailable
from mesh_workbench.registry import open_registry
from mesh_workbench.registry.migrate import migrate
from mesh_workbench.registry.open import parse_url
from mesh_workbench.registry.revisions import REVISIONS
from mesh_workbench.registry.tables.all import METADATA

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def engine_of(url: str) -> Engine:
    """Direct access beside the registry."""
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://"))


def state_of(url: str) -> tuple[str | None, list[str], list[Any]]:
    """Revision, columns of the read log, and its rows."""
    engine = engine_of(url)
    with engine.connect() as connection:
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        rows = connection.execute(text("SELECT * FROM read_log"))
        state = revision, sorted(rows.keys()), [row.id for row in rows]
    engine.dispose()
    return state


@pytest.fixture
def old_url(empty_url: str) -> str:
    """A registry as the first revision made it, with a checked run, and a read in its log."""
    return _first_revision(empty_url)


def _first_revision(empty_url: str) -> str:
    migrate(parse_url(empty_url), "test", to=REVISIONS[0])
    engine = engine_of(empty_url)
    with engine.begin() as connection:
        moment = "2026-01-01 00:00:00.000000" if connection.dialect.name == "sqlite" else MOMENT
        for statement in (
            "INSERT INTO domain VALUES ('dom_1', 'fleet', :moment, 1, 1, '{}')",
            "INSERT INTO product VALUES ('prd_1', 'fleet.planes', 'fleet', 'planes', 'ana', 'draft', :moment, 1, '', "
            "'', 1, :product)",
            "INSERT INTO product_version VALUES ('ver_0', 'prd_1', '0.1.0', 0, :moment, 1, '{}')",
            "INSERT INTO run VALUES ('run_0', 'prd_1', 'ver_0', NULL, 'ana', 'failed', 1, 0, NULL, NULL, FALSE, "
            ":moment, NULL, NULL, 1, 1, :run)",
            "INSERT INTO check_report VALUES ('rep_0', 'run_0', 'breached', :moment, 1, :report)",
            "INSERT INTO read_log VALUES ('red_1', :moment, 'ana', 'prd_1', NULL, 1, :read)",
        ):
            connection.execute(
                text(statement),
                {
                    "moment": moment,
                    "product": '{"id": "prd_1", "domain": "fleet", "name": "planes", "owner": "ana", '
                    '"created": "2026-01-01T00:00:00Z"}',
                    "read": '{"id": "red_1", "at": "2026-01-01T00:00:00Z", "identity": "ana", "product_id": "prd_1", '
                    '"port": "planes", "release": 1, "how": "sql"}',
                    "run": '{"version": "0.1.0", "slot": null}',
                    "report": '{"id": "rep_0", "run_id": "run_0", "verdict": "breached", '
                    '"made": "2026-01-01T00:00:00Z"}',
                },
            )
    engine.dispose()
    return empty_url


def test_a_registry_of_the_first_revision_is_upgraded_with_its_data(old_url: str) -> None:
    with pytest.raises(Unavailable) as refusal:
        open_registry(old_url, create=False)
    assert refusal.value.code == "registry.outdated"
    registry = open_registry(old_url)
    [read] = registry.reads.list("prd_1").items
    assert (read.identity, read.purpose, read.at) == ("ana", "", MOMENT)
    assert registry.products.names() == ["fleet.planes"]
    [(check, report)] = registry.reports.last("prd_1")
    assert (check.run_id, check.version, report.id) == ("run_0", "0.1.0", "rep_0")
    registry.reads.add([read.model_copy(update={"id": "red_2", "purpose": "planning"})])
    registry.close()
    assert state_of(old_url)[0] == REVISIONS[-1]


def test_a_run_that_waits_keeps_its_place_through_an_upgrade(old_url: str) -> None:
    engine = engine_of(old_url)
    with engine.begin() as connection:
        moment = "2026-01-01 00:00:00.000000" if connection.dialect.name == "sqlite" else MOMENT
        run = (
            '{"id": "run_1", "product": "fleet.planes", "product_id": "prd_1", "version": "1.0.0", "trigger": "manual",'
            ' "version_id": "ver_1", "acting_identity": "ana", "created": "2026-01-01T00:00:00Z"}'
        )
        for statement in (
            "INSERT INTO product_version VALUES ('ver_1', 'prd_1', '1.0.0', 1, :moment, 1, '{}')",
            "INSERT INTO run (id, product_id, version_id, acting_identity, state, attempt, losses, cancel_requested, "
            "created, revision, schema_version, document) VALUES "
            "('run_1', 'prd_1', 'ver_1', 'ana', 'queued', 1, 1, false, :moment, 1, 1, :run)",
            "INSERT INTO attempt VALUES ('run_1', 1, 'wrk_1', 'failed', :moment, :moment, NULL)",
        ):
            connection.execute(text(statement), {"moment": moment, "run": run})
    engine.dispose()
    registry = open_registry(old_url)
    claimed = registry.runs.claim("wrk_2", "ana", 30)
    assert claimed is not None
    assert (claimed.id, claimed.priority) == ("run_1", 50)
    assert [attempt.acting_identity for attempt in claimed.attempts] == ["ana", "ana"]
    registry.close()


def test_files_learn_when_their_slot_ends(empty_url: str) -> None:
    """From the slot of their run; where another slot's run rewrote them, from the newest slot of their key."""
    migrate(parse_url(empty_url), "test", to="0014")
    engine = engine_of(empty_url)
    slots = {"slt_1": (1, 2), "slt_2": (2, 3), "slt_3": (1, 4)}  # the schedule became one of quarters
    files = [("slt_1", 1), ("slt_2", 2), ("slt_2", 1), ("slt_3", 1), ("slt_2", 3), ("slt_2", None)]
    with engine.begin() as connection:
        lite = connection.dialect.name == "sqlite"

        def at(month: int) -> Any:
            return f"2026-0{month}-01 05:00:00.000000" if lite else datetime(2026, month, 1, 5, tzinfo=UTC)

        def insert(table: str, **values: Any) -> None:
            names = [*values, "schema_version", "document"] if table not in ("slot", "port_file") else [*values]
            known = {**values, "schema_version": 1, "document": "{}"}
            columns = ", ".join(f'"{name}"' for name in names)
            marks = ", ".join(f":{name}" for name in names)
            statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"
            connection.execute(text(statement), {name: known[name] for name in names})

        first = at(1)
        insert("domain", id="dom_1", name="fleet", created=first, revision=1)
        product = {"id": "prd_1", "full_name": "fleet.planes", "domain": "fleet", "name": "planes", "owner": "ana"}
        insert("product", **product, status="draft", created=first, revision=1, search_text="", search_source="")
        insert("product_version", id="ver_1", product_id="prd_1", version="1.0.0", rank=1, promoted=first)
        insert("port", id="prt_1", product_id="prd_1", name="planes", position=0)
        for slot, (start, end) in slots.items():
            lies = {"start": at(start), "end": at(end), "timezone": "Asia/Tokyo"}
            insert("slot", id=slot, product_id="prd_1", schedule_key=slot, parameters_hash="h", state="run", **lies)
            run = {"id": f"run_{slot}", "product_id": "prd_1", "version_id": "ver_1", "acting_identity": "ana"}
            more = {"state": "succeeded", "attempt": 1, "retries": 0, "cancel_requested": False, "revision": 1}
            insert("run", **run, **more, slot_id=slot, created=first, queued=first, domain="fleet")
        for place, (slot, month) in enumerate(files):
            key = month and f"2026-0{month}-01T05:00:00Z"
            file = {"port_id": "prt_1", "major": 1, "path": str(place), "size": 1, "rows": 1, "added_in": 1}
            insert("port_file", **file, slot=key, run_id=f"run_{slot}")
    engine.dispose()
    registry = open_registry(empty_url)
    found = [file.slot_time for file in registry.releases.files("prt_1", 1, 1)]
    ends = [(slot.start.month, slot.end.month, slot.timezone) if slot else None for slot in found]
    tokyo = "Asia/Tokyo"
    # nobody knows the slot of March: a moment then
    assert ends == [(1, 2, tokyo), (2, 3, tokyo), (1, 4, tokyo), (1, 4, tokyo), (3, 3, "UTC"), None]
    registry.close()


def test_a_sqlite_file_is_backed_up_before_its_upgrade(tmp_path: Path) -> None:
    old_url = _first_revision(f"sqlite:///{tmp_path}/registry.db")
    before = state_of(old_url)
    open_registry(old_url).close()
    open_registry(old_url).close()
    [backup] = tmp_path.glob("*.backup")
    assert REVISIONS[0] in backup.name
    assert state_of(f"sqlite:///{backup}") == before
    assert not list(tmp_path.glob("*.partial"))


@pytest.mark.parametrize("statement", ["first", "middle", "last"])
def test_an_upgrade_that_is_killed_leaves_the_old_state(old_url: str, statement: str) -> None:
    before = state_of(old_url)
    writing = _statements_of_an_upgrade(old_url)
    victim = {"first": 0, "middle": len(writing) // 2, "last": len(writing) - 1}[statement]
    child = os.fork()
    if child == 0:
        _die_after(victim)
        migrate(parse_url(old_url), "test")
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert state_of(old_url) == before
    open_registry(old_url).close()
    assert state_of(old_url)[2] == before[2]


def _die_after(number: int) -> None:
    """In this process: SIGKILL right after the change with this number was executed, before the commit."""
    seen = []

    def count(_connection: Connection, _cursor: Any, sql: str, *_more: Any) -> None:
        if _changes(sql):
            seen.append(sql)
            if len(seen) > number:
                os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "after_cursor_execute", count)


def _statements_of_an_upgrade(url: str) -> list[str]:
    """The changes that an upgrade of this registry makes, seen in a process that undoes them."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        seen: list[str] = []

        def note(connection: Connection, _cursor: Any, sql: str, *_more: Any) -> None:
            if _changes(sql):
                seen.append(sql)
            if "UPDATE alembic_version" in sql:
                os.write(writer, "\n".join(sql.split("\n")[0] for sql in seen).encode())
                os._exit(0)

        event.listen(Engine, "after_cursor_execute", note)
        migrate(parse_url(url), "test")
        os._exit(1)
    os.close(writer)
    _, status = os.waitpid(child, 0)
    assert status == 0
    with os.fdopen(reader) as told:
        return told.read().split("\n")


def _changes(sql: str) -> bool:
    return sql.lstrip().split(" ", 1)[0].upper() in {"CREATE", "ALTER", "DROP", "INSERT", "UPDATE", "DELETE"}


def test_a_first_opening_that_is_killed_leaves_nothing_in_the_way(empty_url: str) -> None:
    child = os.fork()
    if child == 0:
        _die_after(10)
        migrate(parse_url(empty_url), "test")
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    registry = open_registry(empty_url)
    assert registry.products.names() == []
    registry.close()


def test_a_registry_of_a_newer_version_is_refused(registry_url: str) -> None:
    engine = engine_of(registry_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    for create in (True, False):
        with pytest.raises(Unavailable) as refusal:
            open_registry(registry_url, create=create)
        assert refusal.value.code == "registry.too-new"
        assert "newest mesh-workbench" in refusal.value.hint


def test_migrations_and_tables_in_the_code_agree(registry_url: str) -> None:
    engine = engine_of(registry_url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    engine.dispose()
    script = ScriptDirectory(str(Path(migrate.__code__.co_filename).parent / "migrations"))
    assert tuple(sorted(revision.revision for revision in script.walk_revisions())) == REVISIONS
    assert script.get_current_head() == REVISIONS[-1]
