"""Releases past their time end and their files go; nobody who reads or may go back is hurt, and the doctor agrees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable

from mesh_workbench.errors import MeshError, NotFound
from mesh_workbench.lifecycle.examine import CHECKS, examine
from mesh_workbench.lifecycle.examine.check import Scene
from mesh_workbench.lifecycle.publisher_lock import PublisherLock
from mesh_workbench.lifecycle.resolve import Wanted, resolve
from mesh_workbench.lifecycle.rollback import plan, rollback
from mesh_workbench.lifecycle.vacuum import Keep, Vacuumed, keep_of, vacuum
from mesh_workbench.model.access import AccessDecision, Action
from mesh_workbench.model.notebook import InputSpec
from mesh_workbench.model.product import Product
from mesh_workbench.model.publication import Publication
from mesh_workbench.model.release import PortFile, Release
from mesh_workbench.model.run import InputRelease, Run, RunState
from mesh_workbench.registry import open_registry
from mesh_workbench.settings import Settings
from mesh_workbench.storage.compact import AT_LEAST
from mesh_workbench.storage.local import LocalStorage
from tests import records
from tests.storage.world import World, month, new_world

AT_ONCE = 1e-9
"""Days: a release is past its time as soon as the next one is there."""


@pytest.fixture
def world(registry_url: str, tmp_path: Path) -> Iterator[World]:
    registry = open_registry(registry_url)
    yield new_world(registry, LocalStorage(tmp_path / "storage"))
    registry.close()


@pytest.fixture
def lite(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    registry = open_registry(sqlite_url)
    yield new_world(registry, LocalStorage(tmp_path / "storage"))
    registry.close()


def put(world: World, *values: int, mode: str = "replace", **how: object) -> Release:
    return world.put({"flights": pl.DataFrame({"n": list(values)})}, mode=mode, **how)


def tidied(world: World, *, newest: int = 1, grace_h: float = 0.0, dry_run: bool = False, **keep: object) -> Vacuumed:
    kept = Keep(**{"days": AT_ONCE, "newest": newest, "grace_h": grace_h, **keep})  # type: ignore[arg-type]
    return vacuum(world.registry, world.storage, kept, by="ana", dry_run=dry_run)


def readable(world: World) -> list[int]:
    return [one.number for one in world.registry.past_releases.standing(world.product.id)]


def files_of(world: World, number: int) -> list[Path]:
    files: list[PortFile] = world.registry.releases.files(world.ports["flights"].id, 1, number)
    return [world.table() / file.path for file in files]


def there(world: World) -> int:
    """Data files in the table's folder."""
    return len([*(world.table() / "data").rglob("*.parquet")])


def read(world: World, *, release: int | None = None, name: str = "") -> list[int]:
    wanted = [Wanted.parse(name or world.product.full_name, release=release)]
    found = resolve(world.registry, world.storage, wanted, allowed=everybody)
    return sorted(pl.read_parquet(found.ports[0].files)["n"].to_list())


def everybody(products: object) -> dict[str, AccessDecision]:
    assert isinstance(products, list)
    return {product.id: allowed(product) for product in products}


def allowed(product: Product) -> AccessDecision:
    return AccessDecision(identity="ana", action=Action.READ, resource=product.full_name, allowed=True, reason="test")


def assert_agrees(world: World) -> None:
    scene = Scene(world.registry, world.storage, "test", patience_s=0.0, grace_s=0.0, lose=lambda run: "")
    looked = [check for check in CHECKS if check.name.partition(".")[0] in ("releases", "files", "tables", "leftovers")]
    assert [found for found in examine(scene, checks=looked) if not found.ok] == []


def test_nothing_is_removed_unless_somebody_says_so(lite: World, tmp_path: Path) -> None:
    for value in range(3):
        put(lite, value)
    found = vacuum(lite.registry, lite.storage, keep_of(Settings(root=tmp_path)), by="ana")
    assert (found.releases, found.files, readable(lite), there(lite)) == ([], 0, [1, 2, 3], 3)


def test_past_releases_end_at_once_and_their_files_go_later(world: World) -> None:
    for value in range(5):
        put(world, value)
    first = tidied(world, newest=2, grace_h=24.0)
    assert [one.release for one in first.releases] == [1, 2, 3]
    assert (readable(world), there(world), first.files) == ([4, 5], 5, 0), "who reads them goes on"
    assert_agrees(world)
    second = tidied(world, newest=2)
    assert (second.releases, second.files, there(world)) == ([], 3, 2)
    assert (read(world), read(world, release=4)) == ([4], [3])
    assert_agrees(world)
    assert tidied(world, newest=2) == Vacuumed(), "there is nothing left to do"


def test_files_of_releases_that_can_be_read_stay(lite: World) -> None:
    for value in range(1, 5):
        put(lite, value, mode="append")
    found = tidied(lite)
    assert ([one.release for one in found.releases], found.files) == ([1, 2, 3], 0)
    assert lite.values() == [1, 2, 3, 4]
    assert_agrees(lite)


def test_small_files_go_when_nothing_but_removed_releases_has_them(lite: World) -> None:
    for value in range(1, AT_LEAST + 2):
        put(lite, value, mode="append")
    found = tidied(lite)
    assert (found.files, there(lite)) == (AT_LEAST, 2)
    assert lite.values() == [*range(1, AT_LEAST + 2)]
    assert_agrees(lite)


def test_slots_that_were_replaced_go_and_others_stay(lite: World) -> None:
    for value, number in enumerate((1, 2, 1, 3)):
        put(lite, value, mode="replace_slot", slot=month(number))
    assert tidied(lite).files == 1
    assert lite.values() == [1, 2, 3]
    assert_agrees(lite)


def test_a_dry_run_says_what_would_go_and_changes_nothing(lite: World) -> None:
    for value in range(3):
        put(lite, value)
    before = lite.registry.audit.list().items
    told = tidied(lite, dry_run=True)
    assert [one.release for one in told.releases] == [1, 2]
    assert told.releases[0].reason.startswith("more than 1e-09 days after the next one")
    assert (readable(lite), there(lite), lite.registry.audit.list().items) == ([1, 2, 3], 3, before)
    tidied(lite, grace_h=24.0)
    again = tidied(lite, dry_run=True)
    assert (again.releases, again.files, there(lite)) == ([], 2, 3)


def test_what_was_removed_is_in_the_audit_trail(lite: World) -> None:
    for value in range(3):
        put(lite, value)
    tidied(lite)
    marked, deleted = [one for one in lite.registry.audit.list().items if one.action == "house.vacuum"][::-1]
    assert (marked.actor, marked.target) == ("ana", "flight_ops.flights")
    assert (marked.detail["removed"], marked.detail["first"], marked.detail["last"]) == ({"releases": 2}, 1, 2)
    assert deleted.detail["removed"] == {"files": 2}


def test_who_asks_for_a_removed_release_is_told_since_when_and_why_and_which_is_the_oldest(lite: World) -> None:
    for value in range(4):
        put(lite, value)
    then = lite.registry.releases.get(lite.product.id, 2)
    assert then is not None
    tidied(lite, newest=2)
    with pytest.raises(NotFound) as caught:
        read(lite, release=1)
    assert caught.value.code == "release.removed"
    assert "Release 1 of flight_ops.flights was removed on 2" in caught.value.message
    assert "UTC: more than 1e-09 days after the next one." in caught.value.message
    assert caught.value.hint.startswith("The oldest that still exists is release 3, of ")
    wanted = [Wanted.parse(lite.product.full_name)]
    with pytest.raises(NotFound, match=r"Release 2 of flight_ops\.flights, which was current at .* UTC, was removed"):
        resolve(lite.registry, lite.storage, wanted, allowed=everybody, as_of=then.published)


def test_days_hold_for_a_product_or_its_domain_when_they_are_named(tmp_path: Path, lite: World) -> None:
    settings = Settings(root=tmp_path, release_days=30, release_days_of={"flight_ops": 7, "flight_ops.flights": 0})
    keep = keep_of(settings)
    of = {name: keep.of(records.product(name)) for name in ("flight_ops.flights", "flight_ops.planes", "sales.orders")}
    assert of == {"flight_ops.flights": 0, "flight_ops.planes": 7, "sales.orders": 30}
    for value in range(3):
        put(lite, value)
    assert tidied(lite, days_of={"flight_ops.flights": 0.0}).releases == []
    assert tidied(lite, days=0.0, days_of={"flight_ops": AT_ONCE}).releases != []


def test_young_releases_stay(lite: World) -> None:
    for value in range(3):
        put(lite, value)
    assert tidied(lite, days=1.0) == Vacuumed()


def reading(world: World, release: int) -> Run:
    """A run that reads a release of the product."""
    world.registry.runs.add(records.run(world.version))
    run = world.registry.runs.claim("wrk_1", None, 60.0)
    assert run is not None
    read = InputRelease(port="flight_ops.flights", product_id=world.product.id, release=release, version="1.0.0")
    world.registry.runs.advance(run.id, worker_id="wrk_1", attempt=1, inputs=[read])
    return run


def test_what_a_run_reads_stays_until_it_is_over(world: World) -> None:
    for value in range(4):
        put(world, value)
    run = reading(world, 2)
    tidied(world)
    assert (readable(world), read(world, release=2)) == ([2, 4], [1])
    world.registry.runs.finish(run.id, worker_id="wrk_1", attempt=1, state=RunState.CANCELLED)
    tidied(world)
    assert (readable(world), there(world)) == ([4], 1)


def test_files_that_a_run_began_to_read_before_the_mark_are_not_deleted(lite: World) -> None:
    for value in range(3):
        put(lite, value)
    tidied(lite, grace_h=24.0)
    run = reading(lite, 1)
    assert (tidied(lite).files, [path.exists() for path in files_of(lite, 1)]) == (1, [True])
    lite.registry.runs.finish(run.id, worker_id="wrk_1", attempt=1, state=RunState.SUCCEEDED)
    assert (tidied(lite).files, there(lite)) == (1, 1)


def test_what_the_newest_failed_runs_read_stays(lite: World) -> None:
    for value in range(4):
        put(lite, value)
    run = reading(lite, 2)
    lite.registry.runs.finish(run.id, worker_id="wrk_1", attempt=1, state=RunState.FAILED)
    tidied(lite, failed_runs=1)
    assert readable(lite) == [2, 4]
    tidied(lite, failed_runs=0)
    assert readable(lite) == [4]


def test_what_the_newest_release_of_another_product_was_made_from_stays(lite: World) -> None:
    for value in range(4):
        put(lite, value)
    reader = new_world(lite.registry, lite.storage, "late", full_name="sales.late")
    for release in (1, 2):
        run, staged = reader.stage({"late": pl.DataFrame({"n": [release]})}, mode="replace")
        read = InputRelease(port="flight_ops.flights", product_id=lite.product.id, release=release, version="1.0.0")
        lite.registry.runs.advance(run.id, worker_id="wrk_1", attempt=1, inputs=[read])
        reader.publish(run, staged)
    tidied(lite)
    assert readable(lite) == [2, 4]


def test_the_newest_release_of_a_version_that_a_notebook_names_in_full_stays(lite: World) -> None:
    for value in range(2):
        put(lite, value)
    second = lite.registry.versions.add(records.version(lite.product, "1.1.0"))
    later = World(lite.registry, lite.storage, lite.product, lite.ports, second)
    for value in range(2, 4):
        put(later, value)
    reader = records.known_product(lite.registry, "sales.late")
    spec = InputSpec(port="flight_ops.flights", version="1.0.0", relies_on=1, cell=0)
    lite.registry.versions.add(records.version(reader, inputs=[spec]))
    tidied(lite)
    assert readable(lite) == [2, 4]
    assert read(lite, name="flight_ops.flights@1.0.0") == [1]


def test_the_newest_release_of_an_older_major_version_stays(lite: World) -> None:
    for value in range(2):
        put(lite, value)
    second = lite.registry.versions.add(records.version(lite.product, "2.0.0"))
    later = World(lite.registry, lite.storage, lite.product, lite.ports, second)
    for value in range(2, 4):
        put(later, value)
    tidied(lite)
    assert readable(lite) == [2, 4]
    assert_agrees(lite)


def going_back(world: World, release: int) -> None:
    product = world.registry.products.by_id(world.product.id)
    assert product is not None
    how = {"version": None, "reason": "test", "by": "ana", "holder": "test", "lease_s": 30.0}
    rollback(world.registry, world.storage, product, release=release, **how)  # type: ignore[arg-type]


def test_going_back_to_a_removed_release_is_refused_and_the_oldest_named(lite: World) -> None:
    for value in range(3):
        put(lite, value)
    tidied(lite, newest=2, grace_h=24.0)
    product = lite.registry.products.by_id(lite.product.id)
    assert product is not None
    for ask in (lambda: plan(lite.registry, product, release=1, version=None), lambda: going_back(lite, 1)):
        with pytest.raises(NotFound, match=r"Release 1 of flight_ops\.flights was removed") as caught:
            ask()
        assert "release 2, of" in caught.value.hint
    going_back(lite, 2)
    assert lite.values() == [1]


def test_files_that_were_brought_back_stay_when_the_release_that_had_them_first_goes(lite: World) -> None:
    for value in range(3):
        put(lite, value)
    going_back(lite, 1)
    tidied(lite)
    assert (readable(lite), lite.values(), there(lite)) == ([4], [0], 1)
    assert_agrees(lite)
    put(lite, 9)
    tidied(lite)
    assert (lite.values(), there(lite)) == ([9], 1)
    assert_agrees(lite)


def test_a_product_that_is_being_published_is_left_for_the_next_time(lite: World) -> None:
    for value in range(3):
        put(lite, value)
    with PublisherLock(lite.registry, lite.product.id, holder="test", lease_s=30.0):
        assert tidied(lite) == Vacuumed()
    assert tidied(lite).files == 2


def test_a_product_whose_publication_is_unfinished_is_left_alone(lite: World) -> None:
    for value in range(3):
        put(lite, value)
    run, staged = lite.stage({"flights": pl.DataFrame({"n": [9]})}, mode="replace")

    class Away(Exception):
        pass

    def ends(step: str) -> None:
        if step == "committed flights":
            raise Away

    with pytest.raises(Away):
        lite.publish(run, staged, checkpoint=ends)
    unfinished: Publication | None = lite.registry.publications.unfinished(lite.product.id)
    assert unfinished is not None
    assert tidied(lite) == Vacuumed()
    assert lite.publish(run, staged).number == 4
    assert tidied(lite).files == 3
    assert_agrees(lite)


def test_who_was_killed_between_deleting_and_writing_down_does_it_again(lite: World) -> None:
    for value in range(3):
        put(lite, value)
    tidied(lite, grace_h=24.0)
    gone = [path.relative_to(lite.table()).as_posix() for number in (1, 2) for path in files_of(lite, number)]
    lite.storage.remove(lite.table(), gone)
    assert_agrees(lite)
    assert (tidied(lite).files, files_of(lite, 1)) == (2, [])
    assert_agrees(lite)


def test_a_storage_that_refuses_is_told_and_tried_again(lite: World) -> None:
    for value in range(3):
        put(lite, value)
    tidied(lite, grace_h=24.0)
    [path] = files_of(lite, 1)
    path.unlink()
    path.mkdir()  # a thing that cannot be deleted as a file
    (path / "inside").touch()
    found = tidied(lite)
    assert (found.files, len(found.stuck)) == (0, 1)
    assert "files of removed releases of flight_ops.flights" in found.stuck[0]
    (path / "inside").unlink()
    path.rmdir()
    assert tidied(lite).files == 2


def test_the_delta_table_goes_on_and_opens_at_every_release_that_can_be_read(lite: World) -> None:
    for value in range(30):
        put(lite, value)
    tidied(lite, newest=3)
    put(lite, 30)
    for number in readable(lite):
        release = lite.registry.releases.get(lite.product.id, number)
        assert release is not None
        found = DeltaTable(str(lite.table()), version=release.ports[0].delta_version).to_pyarrow_table()
        assert found["n"].to_pylist() == [number - 1]
    with pytest.raises((OSError, MeshError)):
        DeltaTable(str(lite.table()), version=1).to_pyarrow_table()
    assert_agrees(lite)
