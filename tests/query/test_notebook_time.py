"""`%mesh as-of`: one time for a whole notebook."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from IPython.core.interactiveshell import InteractiveShell

import mesh_workbench as mesh
from mesh_workbench.errors import MeshError
from mesh_workbench.workbench import open_workbench
from mesh_workbench.workbench.notebook_time import notebook_time, set_notebook_time
from tests.query.conftest import SmallMesh
from tests.query.shells import magics_root, magics_shell, run_cell

DAY_ONE = datetime(2013, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = magics_root(tmp_path_factory.mktemp("time"))
    bench = open_workbench(root)
    small = SmallMesh(bench.context.registry, bench.context.storage, bench.context.sessions.get())
    for number in (1, 2, 3):
        small.publish("lab.days", pa.table({"x": [number]}))
    small.publish("lab.other", pa.table({"x": [1]}))
    bench.close()
    return root


@pytest.fixture
def shell(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    yield from magics_shell(root, monkeypatch)
    set_notebook_time(None)


def _x(shell: InteractiveShell, cell: str = "%%mesh --arrow\nSELECT x FROM lab.days") -> list[int]:
    table = run_cell(shell, cell)
    assert isinstance(table, pa.Table)
    found: list[int] = table["x"].to_pylist()
    return found


def test_everything_in_the_notebook_reads_at_the_moment_until_it_is_ended(shell: InteractiveShell) -> None:
    assert _x(shell) == [3]
    said = repr(run_cell(shell, "%mesh as-of 2013-01-01T12:00:00Z"))
    assert "reads as of 2013-01-01 12:00:00 UTC" in said
    assert _x(shell) == [1]
    assert _x(shell, "%mesh sql --arrow SELECT x FROM lab.days") == [1]
    assert mesh.read("lab.days").port.release == 1
    assert run_cell(shell, "%%mesh --lazy\nSELECT x FROM lab.days").collect()["x"].to_list() == [1]  # type: ignore[attr-defined]
    assert "release 1 " in repr(run_cell(shell, "%mesh explain SELECT x FROM lab.days"))
    assert "as they are now" in repr(run_cell(shell, "%mesh as-of off"))
    assert _x(shell) == [3]
    assert mesh.read("lab.days").port.release == 3


def test_the_moment_stands_below_answers_and_relations(shell: InteractiveShell) -> None:
    run_cell(shell, "%mesh as-of '2013-01-01 12:00'")
    answer, relation = run_cell(shell, "%%mesh\nSELECT x FROM lab.days"), mesh.read("lab.days")
    for shown in (repr(answer), answer._repr_html_(), repr(relation), relation._repr_html_()):  # type: ignore[attr-defined]
        assert "read at 2013-01-01 12:00:00 UTC" in shown
    assert answer.provenance.moment == relation.provenance.moment == DAY_ONE  # type: ignore[attr-defined]


def test_verbs_that_read_rows_obey_it_and_what_is_promised_is_told_as_of_now(shell: InteractiveShell) -> None:
    run_cell(shell, "%mesh as-of 2013-01-02T12:00:00Z")
    for verb in ("sample", "profile"):
        assert "lab.days release 2 " in repr(run_cell(shell, f"%mesh {verb} lab.days"))
    assert "as it is promised now" in repr(run_cell(shell, "%mesh describe lab.days"))
    run_cell(shell, "%mesh as-of off")
    assert "lab.days release 3 " in repr(run_cell(shell, "%mesh sample lab.days"))
    assert "as it is promised now" not in repr(run_cell(shell, "%mesh describe lab.days"))


def test_a_moment_that_has_not_come_is_refused(shell: InteractiveShell) -> None:
    for cell in (
        "%%mesh --as-of 2999-01-01\nSELECT x FROM lab.days",
        "%%mesh\nSELECT x FROM lab.days AT (TIMESTAMP => TIMESTAMP '2999-01-01')",
    ):
        with pytest.raises(MeshError, match="2999-01-01 00:00:00 UTC has not come yet") as caught:
            run_cell(shell, cell)
        assert caught.value.code == "query.future-moment"
    with pytest.raises(MeshError, match="has not come yet"):
        mesh.read("lab.days", as_of="2999-01-01")


def test_a_time_of_its_own_goes_first(shell: InteractiveShell) -> None:
    run_cell(shell, "%mesh as-of 2013-01-01T12:00:00Z")
    assert _x(shell, "%%mesh --arrow --as-of 2013-01-02T12:00:00Z\nSELECT x FROM lab.days") == [2]
    assert _x(shell, "%%mesh --arrow\nSELECT x FROM lab.days AT (VERSION => 3)") == [3]
    assert mesh.read("lab.days", release=2).port.release == 2
    assert mesh.read("lab.days", as_of="2013-01-02T12:00:00Z").port.release == 2


def test_now_keeps_the_present_moment_and_no_argument_tells_it(shell: InteractiveShell) -> None:
    before = datetime.now(UTC)
    run_cell(shell, "%mesh as-of now")
    kept = notebook_time()
    assert kept is not None
    assert before <= kept <= datetime.now(UTC)
    assert f"{kept:%H:%M:%S}" in repr(run_cell(shell, "%mesh as-of"))
    assert notebook_time() == kept


def test_a_variable_can_hold_the_moment(shell: InteractiveShell) -> None:
    shell.user_ns["then"] = DAY_ONE
    run_cell(shell, "%mesh as-of $then")
    assert notebook_time() == DAY_ONE


def test_what_is_no_moment_changes_nothing(shell: InteractiveShell) -> None:
    run_cell(shell, "%mesh as-of 2013-01-01T12:00:00Z")
    with pytest.raises(MeshError, match="'soon' is not a moment") as caught:
        run_cell(shell, "%mesh as-of soon")
    assert caught.value.code == "query.bad-time"
    assert notebook_time() == DAY_ONE


def test_before_the_first_release_the_message_says_when_that_came(shell: InteractiveShell) -> None:
    run_cell(shell, "%mesh as-of 2012-12-31")
    with pytest.raises(MeshError, match="had not published anything at 2012-12-31") as caught:
        mesh.read("lab.days")
    assert "2013-01-01 00:00:00 UTC" in caught.value.hint
    with pytest.raises(MeshError, match="had not published anything"):
        run_cell(shell, "%%mesh\nSELECT x FROM lab.days")
