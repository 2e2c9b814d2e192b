"""The short form of `make chaos`: a few rounds of it on each database, with kinds of faults that it has always."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests import postgres
from tests.chaos.faults import FAULTS, Fault
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


def faults_of(database: str) -> list[Fault]:
    if database == "sqlite":
        names = ["kernel killed", "worker stopped", "disk full", "clock stepped", "worker killed"]
    else:
        names = ["server process killed", "kernel ignores interrupts", "server stopped", "kernel dies at import"]
        names += ["server killed"]
    return [KINDS[name] for name in names]


@pytest.mark.integration
@pytest.mark.timeout(1200)
def test_whatever_happens_nothing_is_lost_or_done_twice_or_half(world: World) -> None:
    for number, fault in enumerate(faults_of(world.database)):
        if fault.possible(world):
            played = play(world, SEED, number, [fault])
            assert played.violations == (), played.line()
