"""A disk that is full or may not be written: said in our words, and nothing is half published."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from multiprocessing.context import ForkServerContext
from pathlib import Path

import polars as pl
import pytest

from mesh_workbench.errors import Unavailable
from mesh_workbench.lifecycle.recover import recover
from mesh_workbench.registry import open_registry
from mesh_workbench.storage.local import LocalStorage
from mesh_workbench.storage.normalise import to_arrow
from mesh_workbench.storage.parquet import write_staged
from tests.storage.world import World, new_world, publish_with_little_room

FRAMES = {"flights": pl.DataFrame({"n": [1]}), "summary": pl.DataFrame({"n": [2]})}
NOISE = pl.DataFrame({"n": [os.urandom(1000) for _ in range(1000)]})


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 400 kB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode:
        pytest.skip("only an administrator can mount a small disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def told_by(processes: ForkServerContext, world: World, url: str, step: str) -> str:
    ours, told = processes.Pipe(duplex=False)
    arguments = (url, str(world.storage.root), *world.stage(FRAMES), step, told)
    process = processes.Process(target=publish_with_little_room, args=arguments)
    process.start()
    told.close()
    outcome = str(ours.recv())
    process.join(60)
    return outcome


def test_staging_on_a_full_disk_says_so_and_leaves_nothing(small_disk: Path) -> None:
    with pytest.raises(Unavailable) as full:
        write_staged(to_arrow(NOISE), small_disk / "staged")
    assert full.value.code == "storage.full"
    assert str(small_disk) in full.value.message
    assert not list((small_disk / "staged").glob("*"))


def test_publishing_on_a_full_disk_publishes_nothing_and_works_when_there_is_room(
    small_disk: Path, sqlite_url: str
) -> None:
    world = new_world(open_registry(sqlite_url), LocalStorage(small_disk))
    world.put(FRAMES)
    run, staged = world.stage(FRAMES)
    filler = small_disk / "filler"

    def fill(step: str) -> None:
        if step == "moved summary":
            room = os.statvfs(small_disk)
            filler.write_bytes(b"x" * (room.f_bavail * room.f_frsize))

    with pytest.raises(Unavailable) as full:
        world.publish(run, staged, checkpoint=fill)
    assert full.value.code == "storage.full"
    assert world.registry.publications.unfinished(world.product.id) is None
    assert all((world.storage.run_folder(run.id) / file).is_file() for output in staged for file in output.files)
    assert (world.values("flights"), world.values("summary")) == ([1], [2])
    filler.unlink()
    assert world.publish(run, staged).number == 2
    assert (world.values("flights"), world.values("summary")) == ([1, 1], [2, 2])
    world.close()


def test_a_read_only_disk_says_so(small_disk: Path, sqlite_url: str) -> None:
    world = new_world(open_registry(sqlite_url), LocalStorage(small_disk))
    world.put(FRAMES)
    run, staged = world.stage(FRAMES)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(Unavailable) as refused:
        write_staged(to_arrow(FRAMES["flights"]), small_disk / "staged")
    assert refused.value.code == "storage.read-only"
    with pytest.raises(Unavailable) as refused:
        world.publish(run, staged)
    assert refused.value.code == "storage.read-only"
    assert (world.values("flights"), world.registry.publications.unfinished(world.product.id)) == ([1], None)
    world.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not hold an administrator")
def test_a_folder_without_permission_says_so(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(Unavailable) as refused:
        write_staged(to_arrow(FRAMES["flights"]), tmp_path / "closed" / "staged")
    assert refused.value.code == "storage.read-only"


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("step", "outcome"), [("shaped flights", "storage.full"), ("shaped summary", "publish.unfinished")]
)
def test_a_limit_of_file_size_is_like_a_full_disk(
    postgres_world: World, postgres_url: str, processes: ForkServerContext, step: str, outcome: str
) -> None:
    world = postgres_world
    assert told_by(processes, world, postgres_url, step) == outcome
    unfinished = world.registry.publications.unfinished(world.product.id)
    assert (unfinished is None) == (outcome == "storage.full")
    recover(world.registry, world.storage)
    released = world.registry.releases.latest(world.product.id)
    assert (released is None) == (outcome == "storage.full")
    world.put(FRAMES, mode="replace")
    assert (world.values("flights"), world.values("summary")) == ([1], [2])


def test_when_even_the_registry_is_full_recovery_undoes_it(
    lite: World, sqlite_url: str, processes: ForkServerContext
) -> None:
    assert told_by(processes, lite, sqlite_url, "shaped flights") == "publish.unfinished"
    assert lite.registry.releases.latest(lite.product.id) is None
    # its lock could not be released either
    unfinished = lite.registry.publications.unfinished(lite.product.id)
    assert unfinished is not None
    lite.registry.publications.release_lock(lite.product.id, unfinished.fence)
    assert recover(lite.registry, lite.storage) == [unfinished.id]
    assert lite.put(FRAMES).number == 1
    assert lite.values("summary") == [2]
