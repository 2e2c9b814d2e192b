"""Locks, publications, releases and their files, reports, grants, reads and the audit trail."""

from __future__ import annotations

import math
import time
from datetime import timedelta

import pytest

from mesh_workbench.errors import Conflict, NotFound
from mesh_workbench.model.access import AuditRecord, Grant, ReadRecord
from mesh_workbench.model.base import new_id, now
from mesh_workbench.model.check import Outcome, PortReport, PromiseResult, PromiseSpec
from mesh_workbench.model.publication import PublicationState
from mesh_workbench.registry import Registry
from tests import records


def test_a_product_has_one_publisher_and_each_later_one_a_higher_fence(registry: Registry) -> None:
    product = records.known_product(registry)
    first = registry.publications.acquire_lock(product.id, "wrk_1", 0.05)
    with pytest.raises(Conflict) as conflict:
        registry.publications.acquire_lock(product.id, "wrk_2", 30)
    assert conflict.value.code == "publish.busy"
    assert registry.publications.renew(product.id, first, 0.05)
    time.sleep(0.1)
    assert registry.publications.holds(product.id, first)  # over, but nobody else came
    second = registry.publications.acquire_lock(product.id, "wrk_2", 30)
    assert second > first
    assert not registry.publications.holds(product.id, first)
    assert not registry.publications.renew(product.id, first, 30)
    registry.publications.release_lock(product.id, first)
    assert registry.publications.holds(product.id, second)
    registry.publications.release_lock(product.id, second)
    assert not registry.publications.holds(product.id, second)
    assert registry.publications.acquire_lock(product.id, "wrk_1", 30) > second


def test_a_publication_is_finished_once_by_whoever_holds_the_lock(registry: Registry) -> None:
    product = records.known_product(registry)
    fence = registry.publications.acquire_lock(product.id, "wrk_1", 0.5)
    plan = registry.publications.prepare(records.publication(product, fence))
    assert registry.publications.unfinished(product.id) == plan
    assert registry.publications.unfinished_products() == []  # its publisher is alive
    with pytest.raises(Conflict) as conflict:
        registry.publications.prepare(records.publication(product, fence))
    assert conflict.value.code == "publish.unfinished"
    time.sleep(0.6)
    assert registry.publications.unfinished_products() == [product.id]
    later = registry.publications.acquire_lock(product.id, "recovery", 30)
    with pytest.raises(Conflict) as conflict:
        registry.publications.set_state(plan.id, PublicationState.RELEASED, fence)
    assert conflict.value.code == "publish.fenced-off"
    with pytest.raises(Conflict):
        registry.publications.prepare(records.publication(product, fence))
    done = registry.publications.set_state(plan.id, PublicationState.DISCARDED, later)
    assert done.state is PublicationState.DISCARDED
    assert registry.publications.get(plan.id) == done
    assert registry.publications.unfinished(product.id) is None
    with pytest.raises(Conflict):
        registry.publications.set_state(plan.id, PublicationState.RELEASED, later)
    registry.publications.prepare(records.publication(product, later))


def test_files_of_every_release_can_be_told_at_any_time(registry: Registry) -> None:
    product = records.known_product(registry)
    port = registry.products.add_port(records.port(product))
    first, second, third = (records.file(f"data/{name}.parquet", slot=name) for name in "abc")
    registry.releases.add(records.release(product, [port], 1, slot="a"), {port.id: [first]}, {})
    registry.releases.add(records.release(product, [port], 2), {port.id: [second]}, {})
    registry.releases.add(records.release(product, [port], 3), {port.id: [third]}, {port.id: [first.path]})
    registry.releases.add(records.release(product, [port], 4), {port.id: [first]}, {port.id: [third.path]})
    registry.releases.add(records.release(product, [port], 5, major=2), {port.id: [third]}, {})
    files = {number: registry.releases.files(port.id, 1, number) for number in range(1, 6)}
    assert files[1] == [first]
    assert files[2] == [first, second]
    assert files[3] == [second, third]
    assert files[4] == files[5] == [second, first]  # a rollback brings a file back
    assert registry.releases.files(port.id, 2, 5) == [third]
    with pytest.raises(Conflict) as conflict:
        registry.releases.add(records.release(product, [port], 6), {}, {port.id: [third.path]})
    assert conflict.value.code == "release.files-changed"
    with pytest.raises(Conflict) as conflict:
        registry.releases.add(records.release(product, [port], 5), {}, {})
    assert conflict.value.code == "release.exists"
    assert registry.releases.get(product.id, 6) is None


def test_releases_are_found_by_number_moment_major_slot_and_run(registry: Registry) -> None:
    product = records.known_product(registry)
    other = records.known_product(registry, "fleet.planes")
    start = now() - timedelta(hours=3)
    made = [
        registry.releases.add(
            records.release(product, [], number, major=major, published=start + timedelta(hours=number), slot=slot),
            {},
            {},
        )
        for number, major, slot in ((1, 1, "2013-01"), (2, 2, None), (3, 1, None))
    ]
    find = registry.releases
    assert find.latest(product.id) == made[2]
    assert find.latest(product.id, 2) == made[1]
    assert find.get(product.id, 1) == made[0]
    assert find.at(product.id, start) is None
    assert find.at(product.id, made[1].published) == made[1]
    assert find.at(product.id, made[1].published, 1) == made[0]
    assert find.latest_many([product.id, other.id]) == {product.id: made[2]}
    assert find.has_slot(product.id, "2013-01")
    assert not find.has_slot(product.id, "2013-02")
    assert find.by_run(made[1].run_id) == made[1]
    assert [release.number for release in find.list(product.id, limit=2).items] == [3, 2]


def test_a_transaction_happens_whole_or_not_at_all(registry: Registry) -> None:
    def release_twice() -> None:
        with registry.transaction():
            product = records.known_product(registry)
            registry.releases.add(records.release(product, []), {}, {})
            registry.releases.add(records.release(product, []), {}, {})

    with pytest.raises(Conflict):
        release_twice()
    assert registry.products.names() == []
    with registry.transaction():
        product = records.known_product(registry)
        with pytest.raises(Conflict):
            registry.products.add(records.product(product.full_name), "")
        registry.releases.add(records.release(product, []), {}, {})
    assert registry.releases.latest(product.id) is not None


def test_a_snapshot_is_of_one_moment_and_holds_nobody_up(registry: Registry) -> None:
    import threading

    records.known_product(registry, "fleet.planes")
    with registry.snapshot():
        before = registry.products.names()
        thread = threading.Thread(target=lambda: records.known_product(registry, "fleet.airlines"))
        thread.start()
        thread.join(5)
        assert not thread.is_alive()
        assert registry.products.names() == before
    assert len(registry.products.names()) == 2


def test_a_report_comes_back_with_nan_and_in_the_order_of_its_columns(registry: Registry) -> None:
    spec = PromiseSpec(id="f.x", kind="range", target="f.x", words="x is at most 3")
    row = {"zulu": 1, "alpha": "nul \0", "mike": math.inf}
    result = PromiseResult(promise=spec, outcome=Outcome.FAILED, observed=math.inf, sample=[row])
    port = PortReport(port="f", contract_blob="sha256:0", rows=1, results=[result])
    report = registry.reports.add(records.report(ports=[port]))
    found = registry.reports.get(report.id)
    assert found == report
    assert list(found.results[0].sample[0]) == list(row)
    assert registry.reports.get("rep_unknown") is None


def test_grants_hold_until_they_end_or_are_revoked(registry: Registry) -> None:
    product = records.known_product(registry)

    def grant(**changes: object) -> Grant:
        fields = {"identity": "ben", "product_id": product.id, "granted_by": "ana", "granted": now(), **changes}
        return registry.grants.add(Grant.model_validate({"id": new_id("grt"), **fields}))

    open_ended, over = grant(), grant(until=now() - timedelta(seconds=5))
    grant(identity="eve")
    assert registry.grants.active("ben", product.id) == [open_ended]
    revoked = registry.grants.revoke(open_ended.id)
    assert revoked.revoked is not None
    assert registry.grants.active("ben", product.id) == []
    assert len(registry.grants.list(product.id)) == 3
    assert registry.grants.get(over.id) == over
    with pytest.raises(Conflict):
        registry.grants.revoke(open_ended.id)
    with pytest.raises(NotFound):
        registry.grants.revoke("grt_unknown")


def test_reads_count_people_and_tell_which_products_consume(registry: Registry) -> None:
    version = records.known_version(registry, "insights.delays")
    run = registry.runs.add(records.run(version))
    product = records.known_product(registry)

    def read(identity: str, **changes: object) -> ReadRecord:
        fields = {"at": now(), "product_id": product.id, "port": "flights", "release": 1, "how": "sql", **changes}
        return ReadRecord.model_validate({"id": new_id("red"), "identity": identity, **fields})

    reads = [read("ana"), read("ben", purpose="planning"), read("ben", run_id=run.id)]
    registry.reads.add([*reads, read("eve", at=now() - timedelta(days=60))])
    registry.reads.add([])
    since = now() - timedelta(days=30)
    assert registry.reads.readers(product.id, since) == 2
    assert registry.reads.consumers(product.id, since) == ["insights.delays"]
    assert len(registry.reads.list(product.id).items) == 4
    assert {record.purpose for record in registry.reads.list(product.id).items} == {"", "planning"}


def test_the_audit_trail_is_read_newest_first_and_by_target(registry: Registry) -> None:
    for number in range(3):
        target = "a.b" if number else "c.d"
        registry.audit.add(
            AuditRecord(id=f"aud_{number}", at=now(), actor="ana", action="x", target=target, detail={"n": number})
        )
    assert [record.detail["n"] for record in registry.audit.list().items] == [2, 1, 0]
    assert [record.id for record in registry.audit.list(target="c.d").items] == ["aud_0"]
    assert not {"update", "delete", "remove"} & set(dir(registry.audit))
