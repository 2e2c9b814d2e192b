"""Temporary folders go with their process, also when it is killed; those of the living stay."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mesh_workbench.engine.temporary import TemporaryFolder, remove_abandoned

MAKES = """
import sys
from mesh_workbench.engine.temporary import TemporaryFolder
folder = TemporaryFolder("query", sys.argv[1])
(folder.path / "spilt").write_bytes(b"x" * 1000)
print(folder.path, flush=True)
sys.stdin.read()
"""
ENGINE = """
import duckdb
from mesh_workbench.engine.session import Limits, open_instance
with open_instance(Limits()) as instance:
    print(instance.execute("SELECT current_setting('temp_directory')").fetchall()[0][0], flush=True)
    input()
"""


def started(program: str, *arguments: str, **environment: str) -> tuple[subprocess.Popen[str], Path]:
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def ended(process: subprocess.Popen[str], sign: int | None = None) -> None:
    if sign is not None:
        process.send_signal(sign)
    process.communicate("\n")


def test_a_folder_goes_when_it_is_closed_and_when_its_process_ends(tmp_path: Path) -> None:
    mine = TemporaryFolder("check", tmp_path)
    assert mine.path.stat().st_mode & 0o077 == 0
    mine.close()
    mine.close()
    process, theirs = started(MAKES, str(tmp_path))
    assert theirs.is_dir()
    ended(process)
    assert [*tmp_path.iterdir()] == []


def test_folders_of_killed_processes_are_removed_and_those_of_the_living_stay(tmp_path: Path) -> None:
    killed, gone = started(MAKES, str(tmp_path))
    lives, stays = started(MAKES, str(tmp_path))
    other = tmp_path / "mesh-of-somebody-else"
    other.mkdir()
    ended(killed, signal.SIGKILL)
    assert gone.is_dir(), "nobody removed it"
    assert remove_abandoned(tmp_path) == 0, "it is young"
    assert remove_abandoned(tmp_path, young_s=0.0) == 1
    assert sorted(tmp_path.iterdir()) == sorted([stays, other])
    ended(lives)
    assert [*tmp_path.iterdir()] == [other]


def test_a_forked_process_that_ends_takes_nothing_away_from_the_one_that_made_it(tmp_path: Path) -> None:
    mine = TemporaryFolder("query", tmp_path)
    child = os.fork()
    if child == 0:
        mine.close()
        os._exit(0)
    os.waitpid(child, 0)
    assert mine.path.is_dir()
    assert remove_abandoned(tmp_path, young_s=0.0) == 0
    mine.close()


def test_links_and_files_of_that_name_are_left_alone(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (tmp_path / "mesh.tmp-query-link").symlink_to(precious)
    (tmp_path / "mesh.tmp-query-file").touch()
    assert remove_abandoned(tmp_path, young_s=0.0) == 0
    assert len([*tmp_path.iterdir()]) == 3


def test_what_a_killed_query_spilt_is_removed(tmp_path: Path) -> None:
    process, spill = started(ENGINE, TMPDIR=str(tmp_path))
    assert spill.parent == tmp_path
    assert remove_abandoned(tmp_path, young_s=0.0) == 0
    ended(process, signal.SIGKILL)
    assert remove_abandoned(tmp_path, young_s=0.0) == 1
    assert not spill.exists()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make what another person owns")
def test_folders_of_other_people_are_left_alone(tmp_path: Path) -> None:
    theirs = tmp_path / "mesh.tmp-query-theirs"
    theirs.mkdir()
    os.chown(theirs, 12345, 12345)
    assert remove_abandoned(tmp_path, young_s=0.0) == 0
