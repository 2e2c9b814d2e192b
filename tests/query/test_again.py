"""A result says what it was made from, and reading that again gives the same rows, whatever was published since."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from IPython.core.interactiveshell import InteractiveShell

import mesh_workbench as mesh
from mesh_workbench.errors import InvalidInput, MeshError
from mesh_workbench.lifecycle import query
from mesh_workbench.model.query import Answer, QueryRequest
from mesh_workbench.workbench import open_workbench
from mesh_workbench.workbench.local import LocalWorkbench
from mesh_workbench.workbench.notebook_time import set_notebook_time
from tests.query.conftest import SmallMesh
from tests.query.shells import magics_root, magics_shell, run_cell

JOINED = 'SELECT n.x, o.x AS old, u.x AS other FROM a.t n, A.T AT (VERSION => 1) o, "a.t@1" u, a.t.t p'


@pytest.fixture
def grown(make_mesh) -> SmallMesh:
    small: SmallMesh = make_mesh()
    for number in (1, 2):
        small.publish("a.t", pa.table({"x": [number]}))
    return small


def ask(small: SmallMesh, releases: dict[str, int] | None = None, statement: str = JOINED) -> Answer:
    return query.sql(small.reader(), QueryRequest(statement=statement, releases=releases or {}))


def test_every_name_is_listed_with_its_release_and_why_it_may_be_read(grown: SmallMesh) -> None:
    sources = ask(grown).provenance.sources
    assert [(one.name, one.release, one.timed) for one in sources] == [
        ("a.t", 2, False),
        ("A.T", 1, True),
        ("a.t@1", 2, False),
        ("a.t.t", 2, False),
    ]
    assert {one.access for one in sources} == {"she has no grant"}


def test_what_was_read_is_read_again_after_later_releases(grown: SmallMesh) -> None:
    before = ask(grown)
    rows = before.reader.read_all().to_pylist()
    grown.publish("a.t", pa.table({"x": [3]}))
    grown.publish("a.t", pa.table({"x": [4]}), version="2.0.0")
    assert ask(grown).reader.read_all().to_pylist() != rows
    again = ask(grown, before.provenance.releases)
    assert again.reader.read_all().to_pylist() == rows
    assert again.provenance.releases == before.provenance.releases


def test_a_release_of_a_name_that_is_not_read_is_refused(grown: SmallMesh) -> None:
    with pytest.raises(InvalidInput) as refusal:
        ask(grown, {"a.tt": 1}, "SELECT x FROM a.t")
    assert refusal.value.code == "query.unused-release"
    assert "a.t" in refusal.value.hint
    with pytest.raises(InvalidInput):
        ask(grown, {"a.t": 1}, "SELECT x FROM a.t AT (VERSION => 2)")
    with pytest.raises(MeshError, match="no release 9"):
        ask(grown, {"a.t": 9}, "SELECT x FROM a.t")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return magics_root(tmp_path_factory.mktemp("again"))


@pytest.fixture
def shell(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    yield from magics_shell(root, monkeypatch)
    set_notebook_time(None)


def publish(root: Path, *tables: tuple[str, int]) -> None:
    bench = open_workbench(root)
    assert isinstance(bench, LocalWorkbench)
    small = SmallMesh(bench.context.registry, bench.context.storage, bench.context.sessions.get())
    for name, number in tables:
        small.publish(name, pa.table({"x": [number]}))
    bench.close()


def test_a_cell_reads_again_what_an_earlier_result_was_made_from(root: Path, shell: InteractiveShell) -> None:
    publish(root, ("lab.days", 1), ("lab.weeks", 10))
    run_cell(shell, "%%mesh first\nSELECT d.x + w.x AS x FROM lab.days d, lab.weeks w")
    publish(root, ("lab.days", 2), ("lab.weeks", 20))
    asked = "SELECT d.x + w.x AS x FROM lab.days d, lab.weeks w"

    def x(cell: str) -> list[int]:
        run_cell(shell, cell)
        found: list[int] = shell.user_ns["found"].arrow()["x"].to_pylist()
        return found

    assert x(f"%%mesh found\n{asked}") == [22]
    assert x(f"%%mesh found --again first\n{asked}") == [11]
    assert x("%%mesh found --again first\nSELECT x FROM lab.days") == [1]
    lazy = run_cell(shell, f"%%mesh --lazy --again first\n{asked}")
    assert lazy.collect()["x"].to_list() == [11]  # type: ignore[attr-defined]
    frame = mesh.read("lab.days", release=shell.user_ns["first"].provenance.releases["lab.days"])
    assert frame.arrow()["x"].to_pylist() == [1]
    assert "lab.days release 1 (1.0.0); allowed, as " in repr(frame)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("%%mesh --again nothing\nSELECT 1", "query.not-a-result"),
        ("%%mesh --again first --as-of 2013-01-01\nSELECT 1", "magic.arguments"),
        ("%%mesh --again first\nSELECT 1", "query.nothing-again"),
    ],
)
def test_wrong_use_is_told(root: Path, shell: InteractiveShell, cell: str, code: str) -> None:
    publish(root, ("lab.hours", 1))
    run_cell(shell, "%%mesh first\nSELECT x FROM lab.hours")
    with pytest.raises(MeshError) as refusal:
        run_cell(shell, cell)
    assert refusal.value.code == code
