"""What `import mesh_workbench as mesh` does in a notebook: in front of a person, and inside a run."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

import mesh_workbench as mesh
from mesh_workbench.errors import InvalidInput, NotFound, Unavailable
from mesh_workbench.magics.cell import run_cell
from mesh_workbench.model.query import SlotFiles
from mesh_workbench.model.runfolder import OUTPUTS_FILE, RUN_FOLDER_VARIABLE, StagedOutput
from mesh_workbench.model.schedule import SlotTime
from mesh_workbench.storage import scratch
from tests.builders import resolved_port, run_folder

FRAME = pl.DataFrame({"day": [1, 2], "delay": [0.5, None]})
FEBRUARY = SlotTime(
    start=datetime(2013, 2, 1, 5, tzinfo=UTC), end=datetime(2013, 3, 1, 5, tzinfo=UTC), timezone="America/New_York"
)

NEXT = datetime(2013, 4, 1, 4, tzinfo=UTC)


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's kernel without any workbench."""
    for name in (RUN_FOLDER_VARIABLE, "MESH_WORKBENCH", "MESH_SLOT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def enter(monkeypatch: pytest.MonkeyPatch, folder: Path, **document: object) -> Path:
    """Be inside a run whose run.json says `document`."""
    run_folder(folder, **document)
    monkeypatch.setenv(RUN_FOLDER_VARIABLE, str(folder))
    return folder


def test_a_run_reads_exactly_what_its_folder_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = resolved_port(tmp_path, "fleet.planes", FRAME)
    enter(monkeypatch, tmp_path / "run", inputs={"fleet.planes": port})
    assert mesh.read("fleet.planes").polars().equals(FRAME)
    assert mesh.read("fleet.planes.planes", version=1, release=3).polars().equals(FRAME)


@pytest.mark.parametrize("name", ["fleet.airlines", "fleet.plane", "fleet.planes.other"])
def test_a_run_reads_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    enter(monkeypatch, tmp_path / "run", inputs={"fleet.planes": resolved_port(tmp_path, "fleet.planes", FRAME)})
    with pytest.raises(InvalidInput, match=r"fleet\.planes") as refused:
        mesh.read(name)
    assert refused.value.code == "run.undeclared-input"
    assert refused.value.details == {"declared": ["fleet.planes"]}


def test_a_run_cannot_choose_another_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(monkeypatch, tmp_path / "run", inputs={"fleet.planes": resolved_port(tmp_path, "fleet.planes", FRAME)})
    for wanted in ({"as_of": "2013-01-01"}, {"release": 2}, {"version": 2}):
        with pytest.raises(InvalidInput) as refused:
            mesh.read("fleet.planes", **wanted)
        assert refused.value.code == "run.pinned-input"


def test_a_run_reads_the_slot_that_it_is_about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From what run.json says of the files: nobody else is asked, through both doors."""
    port = resolved_port(tmp_path, "fleet.planes", FRAME)
    march = resolved_port(tmp_path, "fleet.planes", FRAME.with_columns(day=pl.col("day") + 10))
    both = port.model_copy(
        update={
            "files": [*port.files, *march.files],
            "rows": 4,
            "slots": [
                SlotFiles(slot=FEBRUARY, files=[0], rows=2, bytes=1),
                SlotFiles(slot=SlotTime(start=FEBRUARY.end, end=NEXT), files=[1], rows=2, bytes=1),
            ],
        }
    )
    enter(monkeypatch, tmp_path / "run", inputs={"fleet.planes": both}, slot=FEBRUARY)
    found = mesh.read("fleet.planes", slot=mesh.slot)
    assert found.polars().equals(FRAME)
    assert len(mesh.read("fleet.planes").polars()) == 4
    joined = run_cell("--polars", "SELECT day, delay FROM found", {"found": found})
    assert isinstance(joined, pl.DataFrame)
    assert joined.equals(FRAME)
    asked = "SELECT day, delay FROM fleet.planes AT (VERSION => {slot: $slot})"
    found = run_cell("--polars", asked, {"slot": mesh.slot})
    assert isinstance(found, pl.DataFrame)
    assert found.equals(FRAME)
    with pytest.raises(NotFound, match="2014") as refused:
        mesh.read("fleet.planes", slot=2014)
    assert refused.value.code == "query.no-such-slot"
    with pytest.raises(NotFound, match="2014"):
        run_cell("", asked, {"slot": "2014"})
    with pytest.raises(InvalidInput) as refused_too:
        run_cell("", asked.replace("$slot", "$slot, release: 3"), {"slot": "2013"})
    assert refused_too.value.code == "run.pinned-input"


@pytest.mark.parametrize("wrong", ["planes", "Fleet.planes", ""])
def test_a_wrong_name_is_refused_before_anything_is_opened(wrong: str, alone: Path) -> None:
    with pytest.raises(InvalidInput):
        mesh.read(wrong)


def test_without_a_workbench_reading_says_how_to_get_one(alone: Path) -> None:
    with pytest.raises(NotFound, match="mesh init"):
        mesh.read("fleet.planes")


@pytest.mark.parametrize(
    ("document", "mode"),
    [({}, "replace"), ({"slot": FEBRUARY}, "replace_slot"), ({"slot": FEBRUARY, "scheduled": True}, "replace_slot")],
)
def test_a_run_stages_files_and_one_line_of_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, document: dict[str, object], mode: str
) -> None:
    folder = enter(monkeypatch, tmp_path / "run", outputs=["delays"], **document)
    shown = mesh.output("delays", FRAME)
    [line] = (folder / OUTPUTS_FILE).read_text().splitlines()
    staged = StagedOutput.model_validate_json(line)
    assert (staged.output, staged.mode, staged.rows, staged.keys) == ("delays", mode, 2, [])
    assert pl.read_parquet([folder / file for file in staged.files]).equals(FRAME)
    assert "2 rows" in repr(shown)


def test_a_run_stages_declared_outputs_only_and_each_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(monkeypatch, tmp_path / "run", outputs=["delays", "more"])
    with pytest.raises(InvalidInput, match=r"Did you mean delays\?") as refused:
        mesh.output("delay", FRAME)
    assert refused.value.code == "run.undeclared-output"
    mesh.output("delays", FRAME, mode="merge", keys=["day"])
    mesh.output("more", FRAME)
    with pytest.raises(InvalidInput) as refused:
        mesh.output("delays", FRAME)
    assert refused.value.code == "run.output-twice"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"mode": "overwrite"}, "output.mode"),
        ({"mode": "merge"}, "output.keys"),
        ({"mode": "merge", "keys": ["dya"]}, "output.keys"),
        ({"name": "Delays"}, "name.invalid"),
        ({"frame": object()}, "frame.unsupported"),
    ],
)
def test_a_wrong_output_is_refused_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: dict[str, object], code: str
) -> None:
    folder = enter(monkeypatch, tmp_path / "run")
    with pytest.raises(InvalidInput) as refused:
        mesh.output(**{"name": "delays", "frame": FRAME, **arguments})  # type: ignore[arg-type]
    assert refused.value.code == code
    assert not (folder / OUTPUTS_FILE).exists()


def test_in_front_of_a_person_the_last_frame_waits_in_a_scratch_place(alone: Path) -> None:
    assert scratch.staged("delays") is None
    mesh.output("delays", pl.DataFrame({"other": [1]}))
    shown = mesh.output("delays", FRAME)
    table = scratch.staged("delays")
    assert table is not None
    assert pl.DataFrame(table).equals(FRAME)
    assert "no contract" in repr(shown)


def test_what_is_shown_as_html_is_escaped(alone: Path) -> None:
    html = mesh.output("delays", pl.DataFrame({"<script>alert(1)</script>": [1]}))._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_the_slot_is_that_of_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(monkeypatch, tmp_path / "run", slot=FEBRUARY)
    assert mesh.slot
    assert mesh.slot.start == FEBRUARY.start
    assert mesh.slot.local_start is not None
    assert (mesh.slot.local_start.month, mesh.slot.local_start.hour) == (2, 0)


def test_without_a_slot_it_is_false_and_holds_nothing(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not mesh.slot
    assert (mesh.slot.start, mesh.slot.end, mesh.slot.local_start) == (None, None, None)
    monkeypatch.setenv("MESH_SLOT", "2013-02-01/2013-03-01")
    assert mesh.slot.end == datetime(2013, 3, 1, tzinfo=UTC)
    monkeypatch.setenv("MESH_SLOT", "february")
    with pytest.raises(InvalidInput, match="no interval"):
        assert mesh.slot


def test_a_secret_is_found_by_reference_and_not_shown(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN_OF_TEST", "s3cret")
    (alone / "key").write_text("from file\n")
    found = mesh.secret("env:TOKEN_OF_TEST")
    assert found == "s3cret"
    assert "s3cret" not in repr(found)
    assert mesh.secret(f"file:{alone}/key") == "from file"
    with pytest.raises(NotFound):
        mesh.secret("env:NOT_THERE")
    with pytest.raises(InvalidInput) as refused:
        mesh.secret("s3cret")
    assert "s3cret" not in str(refused.value)


def test_a_broken_run_folder_is_said_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RUN_FOLDER_VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(Unavailable, match=RUN_FOLDER_VARIABLE):
        mesh.read("fleet.planes")


def test_a_read_only_run_folder_is_a_storage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = enter(monkeypatch, tmp_path / "run")
    (folder / "staged").write_text("in the way")
    with pytest.raises(Unavailable):
        mesh.output("delays", FRAME)
    assert not (folder / OUTPUTS_FILE).exists()
