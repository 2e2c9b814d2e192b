"""Reads are added up by day, and the sums stay when the log is cut."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from mesh_workbench.model.access import ReadRecord
from mesh_workbench.model.base import new_id
from mesh_workbench.registry import Registry
from tests import records

DAY = datetime(2013, 1, 31, 23, 30, tzinfo=UTC)


def read(product_id: str, identity: str = "rita", at: datetime = DAY, **said: object) -> ReadRecord:
    given = {"port": "flights", "release": 1, "how": "sql", "rows": 10, "bytes": 100, "duration_ms": 2.0, **said}
    return ReadRecord.model_validate(
        {"id": new_id("red"), "at": at, "identity": identity, "product_id": product_id, **given}
    )


def test_reads_are_added_up_by_day_consumer_and_column(registry: Registry) -> None:
    product = records.known_product(registry, "flight_ops.flights")
    reader = records.known_product(registry, "insights.delays")
    version = registry.versions.add(records.version(reader))
    run = registry.runs.add(records.run(version))
    registry.reads.add([read(product.id, columns=["carrier"]), read(product.id, columns=["carrier", "tailnum"])])
    registry.reads.add(
        [
            read(product.id, purpose="audit"),
            read(product.id, "worker", at=DAY + timedelta(hours=1), run_id=run.id, how="run", rows=None, bytes=None),
        ]
    )
    first, second = registry.usage.of_days(product.id, "2013-01-01")
    assert (first.day, first.reads, first.readers, first.rows, first.bytes) == ("2013-01-31", 3, 1, 30, 300)
    assert (second.day, second.reads, second.rows) == ("2013-02-01", 1, 0)
    total, consumers = registry.usage.consumers(product.id, "2013-01-01", 10)
    assert total == 2
    assert [(one.kind, one.name, one.reads, one.purposes) for one in consumers] == [
        ("person", "rita", 3, ["audit"]),
        ("product", "insights.delays", 1, []),
    ]
    assert [(one.column, one.reads) for one in registry.usage.columns(product.id, "2013-01-01", 10)] == [
        (None, 2),
        ("carrier", 2),
        ("tailnum", 1),
    ]
    assert registry.usage.of_days(product.id, "2013-02-02") == []


def test_answers_are_bounded_however_many_consumers_there_are(registry: Registry) -> None:
    product = records.known_product(registry, "flight_ops.flights")
    registry.reads.add([read(product.id, f"reader {number:03}", columns=[f"c{number}"]) for number in range(200)])
    total, consumers = registry.usage.consumers(product.id, "2013-01-01", 5)
    assert (total, len(consumers), len(registry.usage.columns(product.id, "2013-01-01", 5))) == (200, 5, 5)


def test_looking_at_a_sample_is_no_use(registry: Registry) -> None:
    product = records.known_product(registry, "flight_ops.flights")
    registry.reads.add([read(product.id, how="sample", columns=["carrier"])])
    assert registry.usage.of_days(product.id, "2013-01-01") == []
    assert registry.usage.columns(product.id, "2013-01-01", 5) == []


def test_the_log_is_cut_by_age_and_its_sums_stay(registry: Registry) -> None:
    product = records.known_product(registry, "flight_ops.flights")
    later = DAY + timedelta(days=10)
    registry.reads.add([read(product.id), read(product.id, at=later)])
    assert registry.reads.count(later) == 1
    assert registry.reads.cut(later) == 1
    assert [record.at for record in registry.reads.list(product.id).items] == [later]
    assert sum(day.reads for day in registry.usage.of_days(product.id, "2013-01-01")) == 2


def test_adding_up_costs_little_beside_writing_the_log(registry: Registry) -> None:
    product = records.known_product(registry, "flight_ops.flights")
    batch = [read(product.id, f"reader {number % 20}", columns=["carrier", "tailnum"]) for number in range(500)]
    registry.reads.add(batch)
    began = time.perf_counter()
    registry.reads.add([one.model_copy(update={"id": new_id("red")}) for one in batch])
    each = (time.perf_counter() - began) / len(batch) * 1_000_000
    print(f"{each:.0f} µs a read on {registry.dialect}, log and sums together, behind the reader's back")
    assert sum(day.reads for day in registry.usage.of_days(product.id, "2013-01-01")) == 1000
