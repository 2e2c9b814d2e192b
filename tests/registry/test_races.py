"""What several processes want at once, one gets: on both databases, with real processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from mesh_workbench.errors import Conflict
from mesh_workbench.model.base import new_id, now
from mesh_workbench.model.queue import QueueLimits
from mesh_workbench.model.run import RunState
from mesh_workbench.model.schedule import Slot, SlotDecision, SlotState
from mesh_workbench.registry import Registry, open_registry
from mesh_workbench.scheduling.tick import Ticker
from tests import records
from tests.processes import at_once
from tests.scheduling import known, overdue, released, scheduled

PROCESSES = 4


@contextmanager
def opened(url: str) -> Iterator[Registry]:
    registry = open_registry(url)
    try:
        yield registry
    finally:
        registry.close()


def test_each_run_is_claimed_exactly_once(registry_url: str) -> None:
    with opened(registry_url) as registry:
        version = records.known_version(registry)
        with registry.transaction():
            runs = [registry.runs.add(records.run(version)).id for _ in range(120)]

    def claim_all(number: int) -> list[str]:
        with opened(registry_url) as registry:
            claimed = []
            while run := registry.runs.claim(f"wrk_{number}", None, 60):
                claimed.append(run.id)
            return claimed

    claimed = at_once(PROCESSES, claim_all)
    assert Counter(run for each in claimed for run in each) == Counter(runs)
    with opened(registry_url) as registry:
        attempts = [run.attempts for run in registry.runs.list(limit=1000).items]
    assert {len(each) for each in attempts} == {1}


def test_limits_hold_whoever_claims_at_the_same_moment(registry_url: str) -> None:
    with opened(registry_url) as registry:
        for name in ("fleet.planes", "fleet.routes", "sales.orders"):
            version = records.known_version(registry, name)
            for _ in range(20):
                registry.runs.add(records.run(version))
    limits = QueueLimits(product=3, domain=5)

    def claim_all(number: int) -> list[str]:
        with opened(registry_url) as registry:
            claimed = []
            while run := registry.runs.claim(f"wrk_{number}", None, 60, limits):
                claimed.append(run.product)
            return claimed

    claimed = Counter(product for each in at_once(PROCESSES, claim_all) for product in each)
    assert claimed["fleet.planes"] + claimed["fleet.routes"] == 5
    assert claimed["sales.orders"] == 3


def test_each_slot_is_decided_exactly_once(registry_url: str) -> None:
    start = datetime(2013, 1, 1, tzinfo=UTC)
    with opened(registry_url) as registry:
        product = records.known_product(registry)

    def decide_all(number: int) -> int:
        won = 0
        with opened(registry_url) as registry:
            for day in range(30):
                slot = registry.slots.ensure(
                    Slot(
                        id=new_id("slt"),
                        product_id=product.id,
                        schedule_key="manual",
                        start=start + timedelta(days=day),
                        end=start + timedelta(days=day + 1),
                        parameters_hash="h",
                    )
                )
                try:
                    registry.slots.decide(slot.id, SlotDecision(at=now(), state="run", by=f"wrk_{number}"))
                    won += 1
                except Conflict:
                    continue
        return won

    assert sum(at_once(PROCESSES, decide_all)) == 30
    with opened(registry_url) as registry:
        slots = registry.slots.list(product.id, limit=1000).items
    assert len(slots) == 30
    assert {len(slot.decisions) for slot in slots} == {1}


def test_each_due_schedule_fires_exactly_once(registry_url: str) -> None:
    with opened(registry_url) as registry:
        due = registry.now().replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
        for number in range(12):
            version = records.known_version(registry, f"fleet.p{number}")
            product = registry.products.by_id(version.product_id)
            assert product is not None
            registry.schedules.set(records.schedule(product, "0 0 1 1 *", next_fire=due))

    def tick_all(number: int) -> int:
        with opened(registry_url) as registry:
            return sum(len(Ticker(registry, by=f"wrk_{number}").tick()) for _ in range(3))

    assert sum(at_once(PROCESSES, tick_all)) == 12
    with opened(registry_url) as registry:
        runs = registry.runs.list(limit=1000).items
        slots = [slot for run in runs for slot in registry.slots.list(run.product_id).items]
    assert len({run.product_id for run in runs}) == len(runs) == len(slots) == 12
    assert {slot.state for slot in slots} == {SlotState.RUN}


def test_slots_that_are_caught_up_run_one_at_a_time_whoever_ticks(registry_url: str) -> None:
    with opened(registry_url) as registry:
        products = [known(registry, f"fleet.p{number}") for number in range(3)]
        for product in products:
            overdue(registry, product, 8, catch_up="all")

    def tick_and_work(number: int) -> list[int]:
        """How many runs of each schedule were open at once, each time that one was queued."""
        seen = []
        with opened(registry_url) as registry:
            ticker = Ticker(registry, by=f"wrk_{number}")
            while ticker.behind() or any(registry.runs.counts()):
                for run in ticker.tick():
                    slot = registry.slots.get(run.slot_id or "")
                    assert slot is not None
                    seen.append(len(registry.slots.open_runs(slot.schedule_key)))
                if run := registry.runs.claim(f"wrk_{number}", None, 60):
                    registry.runs.resolve(run.id, state=RunState.SUCCEEDED)
        return seen

    seen = [number for each in at_once(PROCESSES, tick_and_work) for number in each]
    assert len(seen) == 24
    assert max(seen) <= 1
    with opened(registry_url) as registry:
        for product in products:
            found = registry.slots.list(product.id).items
            assert [(slot.state, len(slot.decisions)) for slot in found] == [(SlotState.RUN, 1)] * 8
        runs = registry.runs.list(limit=1000).items
    assert len({run.slot_id for run in runs}) == len(runs) == 24


def test_a_release_fires_each_schedule_that_waits_for_it_exactly_once(registry_url: str) -> None:
    with opened(registry_url) as registry:
        flights = known(registry, "flight_ops.flights")
        readers = [known(registry, f"insights.p{number}", reads=(flights.full_name,)) for number in range(6)]
        for product in readers:
            scheduled(registry, product, after="any", seen={flights.full_name: 0}, overlap="queue")

    def release_or_tick(number: int) -> int:
        with opened(registry_url) as registry:
            if number == 0:
                for release in range(1, 6):
                    released(registry, flights, release)
                return 0
            ticker, queued = Ticker(registry, by=f"wrk_{number}"), 0
            while (newest := registry.releases.latest(flights.id)) is None or newest.number < 5 or ticker.behind():
                for run in ticker.tick():
                    queued += 1
                    registry.runs.resolve(run.id, state=RunState.SUCCEEDED)
            return queued

    queued = sum(at_once(PROCESSES, release_or_tick))
    with opened(registry_url) as registry:
        for product in readers:
            found = registry.slots.list(product.id).items
            acted_on = [slot.releases[flights.full_name] for slot in found]
            assert max(acted_on) == 5  # none is forgotten
            assert len(set(acted_on)) == len(acted_on)  # none fires twice
            assert [(slot.state, len(slot.decisions)) for slot in found] == [(SlotState.RUN, 1)] * len(found)
            schedule = registry.schedules.get(product.id)
            assert schedule is not None
            assert schedule.seen == {flights.full_name: 5}
        assert queued == sum(len(registry.slots.list(product.id).items) for product in readers)


def test_of_two_that_promote_at_once_one_gets_the_conflict_and_versions_are_contiguous(registry_url: str) -> None:
    with opened(registry_url) as registry:
        version = records.known_version(registry)
        product = registry.products.by_id(version.product_id)
        assert product is not None

    def promote(number: int) -> str:
        with opened(registry_url) as registry:
            try:
                with registry.transaction():
                    seen = registry.products.by_id(product.id)
                    assert seen is not None
                    registry.versions.add(records.version(seen, "1.1.0"))
                    registry.products.update(
                        seen.model_copy(update={"version": "1.1.0"}), expected_revision=product.revision
                    )
                return "promoted"
            except Conflict as conflict:
                return conflict.code

    outcomes = Counter(at_once(2, promote))
    assert outcomes["promoted"] == 1
    assert outcomes["version.exists"] == 1
    with opened(registry_url) as registry:
        assert [v.version for v in registry.versions.list(product.id).items] == ["1.1.0", "1.0.0"]


def test_one_publisher_gets_the_lock_and_fences_never_repeat(registry_url: str) -> None:
    with opened(registry_url) as registry:
        product = records.known_product(registry)

    def publish(number: int) -> list[int]:
        fences = []
        with opened(registry_url) as registry:
            for _ in range(20):
                try:
                    fence = registry.publications.acquire_lock(product.id, f"wrk_{number}", 60)
                except Conflict:
                    continue
                assert registry.publications.holds(product.id, fence)
                fences.append(fence)
                registry.publications.release_lock(product.id, fence)
        return fences

    fences = [fence for each in at_once(PROCESSES, publish) for fence in each]
    assert sorted(fences) == list(range(1, len(fences) + 1))


def test_equal_keys_asked_for_at_once_give_one_run(registry_url: str) -> None:
    with opened(registry_url) as registry:
        version = records.known_version(registry)

    def request(number: int) -> str:
        with opened(registry_url) as registry:
            return registry.runs.add(records.run(version), idempotency_key="once").id

    assert len(set(at_once(PROCESSES, request))) == 1
    with opened(registry_url) as registry:
        assert len(registry.runs.list().items) == 1


def test_ten_processes_open_a_new_registry_at_once(empty_url: str) -> None:
    def first_look(number: int) -> int:
        with opened(empty_url) as registry:
            registry.domains.add(records.domain(f"d{number}"))
            return len(registry.domains.names())

    assert max(at_once(10, first_look)) >= 1
    with opened(empty_url) as registry:
        assert len(registry.domains.names()) == 10
