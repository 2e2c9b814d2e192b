"""Removed releases through every door: what `mesh tidy` says, and what is said to whoever asks for one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from fastapi.testclient import TestClient

import mesh_workbench as mesh
from mesh_workbench.api.app import create_app
from mesh_workbench.api.prefix import PREFIX
from mesh_workbench.cli import make_app
from mesh_workbench.cli.boundary import run as run_cli
from mesh_workbench.errors import NotFound
from mesh_workbench.magics.cell import run_cell
from mesh_workbench.model.query import QueryRequest
from mesh_workbench.workbench import create_workbench, open_workbench
from mesh_workbench.workbench.local import LocalWorkbench
from tests.house.conftest import straight
from tests.storage.world import new_world
from tests.workbench.conftest import work_until_idle

NAME = "flight_ops.flights"


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalWorkbench]:
    """A workbench that keeps two releases, of a product that has four."""
    create_workbench(tmp_path / "bench").close()
    file = tmp_path / "bench" / "mesh.toml"
    file.write_text("release_days = 1e-9\nreleases_kept = 2\n" + file.read_text(), encoding="utf-8")
    monkeypatch.setenv("MESH_WORKBENCH", str(file.parent))
    bench = open_workbench(file.parent)
    world = new_world(bench.context.registry, bench.context.storage)
    for value in range(4):
        world.put({"flights": pl.DataFrame({"n": [value]}), "summary": pl.DataFrame({"n": [value]})}, mode="replace")
    yield bench
    bench.close()


def first(bench: LocalWorkbench) -> datetime:
    return bench.releases.get(NAME, 1).published


def test_tidying_says_which_releases_end_and_later_how_many_files_go(
    bench: LocalWorkbench, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(make_app(), ["tidy", "--dry-run"]) == 0
    told = capfd.readouterr().out
    assert "2 releases would no longer be readable; their files go later" in told
    assert bench.releases.get(NAME, 1).removed is None
    assert run_cli(make_app(), ["tidy"]) == 0
    told = capfd.readouterr().out
    assert "2 releases can no longer be read" in told
    assert NAME in told
    assert bench.releases.get(NAME, 1).removed is not None
    straight(
        bench.context.settings.registry_url,
        "UPDATE release SET removed = '2013-01-01 00:00:00.000000' WHERE removed IS NOT NULL",
    )
    assert run_cli(make_app(), ["tidy"]) == 0
    assert "4 files that no release needs any more removed" in capfd.readouterr().out
    assert run_cli(make_app(), ["doctor", "--deep"]) == 0


def test_a_worker_does_it_by_itself(bench: LocalWorkbench) -> None:
    work_until_idle(bench)
    assert [release.removed is None for release in bench.releases.list(NAME).items] == [True, True, False, False]


def test_every_door_says_since_when_and_why_and_which_is_the_oldest(
    bench: LocalWorkbench, capfd: pytest.CaptureFixture[str]
) -> None:
    bench.house.tidy()
    moment = first(bench)
    doors: list[Callable[[], object]] = [
        lambda: mesh.read(NAME, release=1),
        lambda: mesh.read(NAME, as_of=moment),
        lambda: bench.query.sql(QueryRequest(statement=f"SELECT * FROM {NAME} AT (VERSION => 1)")),
        lambda: bench.query.sql(QueryRequest(statement=f"SELECT * FROM {NAME}", as_of=moment)),
        lambda: run_cell("", f"SELECT * FROM {NAME} AT (TIMESTAMP => '{moment.isoformat()}')", {}),
        lambda: bench.query.connect(NAME, release=1),
    ]
    for door in doors:
        with pytest.raises(NotFound) as caught:
            door()
        assert caught.value.code == "release.removed"
        assert "Release 1 of flight_ops.flights" in caught.value.message
        assert "more than 1e-09 days after the next one" in caught.value.message
        assert "The oldest that still exists is release 3, of " in caught.value.hint
    with TestClient(create_app(lambda _request: bench)) as client:
        body = {"statement": f"SELECT * FROM {NAME} AT (VERSION => 1)"}
        answers = [
            client.post(f"{PREFIX}/query", json=body),
            client.get(f"{PREFIX}/products/flight_ops/flights/ports/flights/rows?release=1"),
        ]
        for answer in answers:
            assert (answer.status_code, answer.json()["code"]) == (404, "release.removed")
            assert "release 3, of" in answer.json()["hint"]
        assert client.get(f"{PREFIX}/products/flight_ops/flights/releases/1").json()["removed"] is not None
    assert run_cli(make_app(), ["sql", f"SELECT * FROM {NAME}", "--as-of", moment.isoformat()]) == 3
    assert "was removed on" in capfd.readouterr().err
    assert run_cli(make_app(), ["product", "rollback", NAME, "--release", "1", "--reason", "test", "--yes"]) == 3
    assert "release 3, of" in capfd.readouterr().err
    assert mesh.read(NAME).polars()["n"].to_list() == [3]


def test_an_answer_that_is_kept_is_not_given_for_a_removed_release(bench: LocalWorkbench) -> None:
    question = QueryRequest(statement=f"SELECT n FROM {NAME} AT (VERSION => 1)")
    for _ in range(2):
        assert bench.query.sql(question).reader.read_all()["n"].to_pylist() == [0]
    bench.house.tidy()
    with pytest.raises(NotFound, match="was removed"):
        bench.query.sql(question)


def test_a_relation_that_was_opened_before_goes_on(bench: LocalWorkbench) -> None:
    before = mesh.read(NAME, release=1)
    bench.house.tidy()
    assert before.polars()["n"].to_list() == [0], "its files stay for a day"
