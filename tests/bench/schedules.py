"""How quickly schedules are computed, looked at and fired, with registries on both databases and a real worker."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from mesh_workbench.model.base import new_id
from mesh_workbench.model.schedule import Schedule, ScheduleDraft
from mesh_workbench.registry import Registry, open_registry
from mesh_workbench.registry.tables.slot import slots
from mesh_workbench.scheduling.fires import next_fire
from mesh_workbench.scheduling.tick import Ticker
from mesh_workbench.settings import ROOT_VARIABLE
from mesh_workbench.workbench import create_workbench
from tests import postgres, records
from tests.bench.figure import Figure, median, percentile

MANY, KNOWN = 100_000, 10_000
TICKS = 60
FIRING, EVERY_S = 20, 10
SETTLE_S, WATCH_S = 5.0, 60.0
ZONES = ["UTC"] * 3 + (
    "Europe/Madrid Europe/Berlin Europe/London America/New_York America/Los_Angeles America/Sao_Paulo Asia/Kolkata "
    "Asia/Tokyo Australia/Sydney Africa/Cairo"
).split()


def figures(folder: Path) -> Iterator[Figure]:
    yield _next_fires()
    folder.mkdir(parents=True)
    yield _quiet_tick(f"sqlite:///{folder / 'registry.db'}", "SQLite")
    if postgres.binaries() is not None:
        postgres.begin_session()
        try:
            with postgres.fresh_database(migrated=True) as url:
                yield _quiet_tick(url, "PostgreSQL")
        finally:
            postgres.end_session()
    yield _fire_delay(folder / "firing")


def some_schedule(chance: random.Random) -> ScheduleDraft:
    """Mostly daily and hourly, as schedules are; some weekly, monthly, yearly, and by interval."""
    minute, hour = chance.randrange(60), chance.randrange(24)
    kinds = (
        (50, {"cron": f"{minute} {hour} * * *"}),
        (15, {"cron": f"{minute} * * * *"}),
        (5, {"cron": chance.choice(["*/15 * * * *", "*/5 * * * *"])}),
        (10, {"cron": f"{minute} {hour} * * {chance.choice(['1', '1-5', '5'])}"}),
        (6, {"cron": f"{minute} {hour} 1 * *"}),
        (1, {"cron": f"{minute} {hour} 1 1 *"}),
        (6, {"every": chance.choice(["PT15M", "PT1H", "PT30S"])}),
        (7, {"every": chance.choice(["P1D", "P1W", "P1M"])}),
    )
    [(_, kind)] = chance.choices(kinds, [weight for weight, _ in kinds])
    return ScheduleDraft.model_validate({**kind, "timezone": chance.choice(ZONES)})


def _next_fires() -> Figure:
    chance = random.Random(1)
    drafts = [some_schedule(chance) for _ in range(MANY)]
    moment = datetime(2026, 3, 20, 12, 0, 1, tzinfo=UTC)
    began = time.perf_counter()
    for draft in drafts:
        next_fire(draft, moment)
    taken = time.perf_counter() - began
    return Figure(f"Next fire times of {MANY:,} schedules", "under 3 s", f"{taken:.2f} s", taken < 3)


def _quiet_tick(url: str, database: str) -> Figure:
    """A tick with many schedules of which none is due, a third of them waiting for inputs, and a past behind them."""
    registry = open_registry(url)
    try:
        _fill(registry)
        ticker = Ticker(registry, by="wrk_bench")
        ticker.tick()
        taken = []
        for _ in range(TICKS):
            began = time.perf_counter()
            ticker.tick()
            ticker.rest_s()
            taken.append((time.perf_counter() - began) * 1000)
    finally:
        registry.close()
    slow = percentile(taken, 0.95)
    measured = f"median {median(taken):.1f} ms, 95th percentile {slow:.1f} ms"
    return Figure(f"Tick with {KNOWN:,} schedules, none due ({database})", "under 50 ms", measured, slow < 50)


def _fill(registry: Registry) -> None:
    chance = random.Random(2)
    moment = registry.now()
    with registry.transaction():
        registry.domains.add(records.domain("bench"))
        for number in range(KNOWN):
            product = registry.products.add(records.product(f"bench.p{number}"), "")
            version = registry.versions.add(records.version(product))
            draft = ScheduleDraft(after="any") if number % 3 == 0 else some_schedule(chance)
            fire = next_fire(draft, moment + timedelta(hours=1))
            schedule = _schedule(product.id, product.full_name, draft, fire)
            registry.schedules.set(schedule)
            slot = records.slot(product, schedule_key=schedule.id, state="run")
            registry.slots.record(slot)
            registry.runs.add(records.run(version, slot_id=slot.id, state="succeeded"))


def _schedule(product_id: str, name: str, draft: ScheduleDraft, fire: datetime | None) -> Schedule:
    return Schedule(
        **draft.model_dump(),
        id=new_id("sch"),
        product_id=product_id,
        product=name,
        next_fire=fire,
        acting_identity="nobody",
        created=datetime.now(UTC),
    )


def _fire_delay(folder: Path) -> Figure:
    """From the moment that a slot is due until its record can be read, with one real worker that is at rest else."""
    bench = create_workbench(folder)
    registry = bench.context.registry
    registry.domains.add(records.domain("bench"))
    products = [registry.products.add(records.product(f"bench.p{number}"), "") for number in range(FIRING)]
    try:
        with _worker(folder):
            _settle(registry)
            moment = registry.now()
            for number, product in enumerate(products):
                start = moment + timedelta(seconds=EVERY_S * number / FIRING)
                draft = ScheduleDraft(every=f"{EVERY_S} s", start=start, overlap="skip")
                first = next_fire(draft, moment + timedelta(seconds=1))
                registry.schedules.set(_schedule(product.id, product.full_name, draft, first))
            delays = _watched(registry)
    finally:
        bench.close()
    slow = percentile(delays, 0.99)
    measured = f"p50 {median(delays) * 1000:.0f} ms, p99 {slow * 1000:.0f} ms of {len(delays)} fires"
    return Figure("Delay of a fire with a worker at rest", "p99 under 1 s", measured, slow < 1)


def _settle(registry: Registry) -> None:
    """Wait until the worker is there and has done what it does when it starts."""
    while not registry.workers.alive(60):
        time.sleep(0.1)
    time.sleep(SETTLE_S)


def _watched(registry: Registry) -> list[float]:
    """Delays in seconds of the slots that appear, seen from another process; looking costs a few milliseconds."""
    newest = ""
    delays = []
    until = time.monotonic() + WATCH_S
    while time.monotonic() < until:
        with registry._db.read() as connection:
            rows = connection.execute(select(slots.c.id, slots.c.end).where(slots.c.id > newest)).all()
        now = registry.now()
        delays += [(now - row.end).total_seconds() for row in rows]
        newest = max([newest, *(row.id for row in rows)])
        time.sleep(0.01)
    return delays


@contextmanager
def _worker(folder: Path) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "mesh_workbench", "worker"],
        env={**os.environ, ROOT_VARIABLE: str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()
