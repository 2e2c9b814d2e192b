"""The short form of `make chaos`: a few rounds of it on each database, with kinds of faults that it has always."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests import postgres
from tests.chaos.faults import FAULTS
from tests.chaos.rounds import play
from tests.chaos.world import World, new_world

SEED = int(os.environ.get("MESH_CHAOS_SEED", "1"))
KINDS = {fault.name: fault for fault in FAULTS}


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    if request.param == "postgresql" and postgres.binaries() is None and os.environ.get("CI") != "true":
        pytest.skip("PostgreSQL is not installed")
    before = os.environ.get("MESH_WORKBENCH")
    made = new_world(tmp_path_factory.mktemp("chaos") / request.param, request.param, busy=1)
    yield made
    made.close()
    if before is None:
        os.environ.pop("MESH_WORKBENCH", None)
    else:
        os.environ["MESH_WORKBENCH"] = before


FEW = {
    "sqlite": ["kernel killed", "worker killed", "disk full"],
    "postgresql": ["server process killed", "worker stopped"],
}
MORE = {
    "sqlite": ["worker stopped", "clock stepped", "all workers killed"],
    "postgresql": ["kernel ignores interrupts", "server stopped", "kernel dies at import", "server killed"],
}


@pytest.mark.timeout(300)
def test_whatever_happens_nothing_is_lost_or_done_twice_or_half(world: World) -> None:
    _play(world, FEW)


@pytest.mark.integration
@pytest.mark.timeout(1200)
def test_nor_when_more_happens(world: World) -> None:
    _play(world, MORE)


def _play(world: World, faults: dict[str, list[str]]) -> None:
    for number, name in enumerate(faults[world.database]):
        if KINDS[name].possible(world):
            played = play(world, SEED, number, [KINDS[name]])
            assert played.violations == (), played.line()
