"""Trouble, notices and the outbox of messages, on both databases: who does it first does it alone."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from mesh_workbench.model.base import new_id
from mesh_workbench.model.delivery import Delivery, DeliveryState
from mesh_workbench.model.notice import NoticeKind
from mesh_workbench.model.preferences import Address, Preferences, QuietHours
from mesh_workbench.model.product import Product
from mesh_workbench.model.run import Failure, RunState
from mesh_workbench.model.subscription import Subscription
from mesh_workbench.registry import Registry, open_registry
from tests import records
from tests.processes import at_once


@pytest.fixture
def product(registry: Registry) -> Product:
    return records.known_product(registry)


def told(registry: Registry, product: Product, key: str = "", **readers: str) -> str:
    """Id of a recorded notice."""
    notice = records.notice(product, at=registry.now())
    assert registry.notices.add(notice, key or notice.id, readers)
    return notice.id


def due_now(registry: Registry) -> datetime:
    return registry.now() - timedelta(seconds=1)


def test_the_end_of_a_run_is_marked_untold_until_it_is_taken(registry: Registry) -> None:
    version = records.known_version(registry)
    failure = Failure(failure_class="user_code", code="run.cell-failed", message="ZeroDivisionError")
    ends = {"failed": RunState.FAILED, "well": RunState.SUCCEEDED, "cancelled": RunState.CANCELLED}
    ids = {}
    for name, state in ends.items():
        run = registry.runs.add(records.run(version))
        registry.runs.claim("wrk_1", None, 60)
        registry.runs.finish(
            run.id, worker_id="wrk_1", attempt=1, state=state, failure=failure if name == "failed" else None
        )
        ids[name] = run.id
    waiting = registry.runs.add(records.run(version))
    assert registry.endings.products() == [version.product_id]
    assert [run.id for run in registry.endings.take(version.product_id)] == [ids["failed"], ids["well"]]
    assert registry.endings.products() == []
    assert registry.runs.get(waiting.id) is not None


def test_what_was_queued_again_before_anybody_was_told_is_not_told(registry: Registry) -> None:
    version = records.known_version(registry)
    run = registry.runs.add(records.run(version))
    registry.runs.claim("wrk_1", None, 60)
    registry.runs.finish(run.id, worker_id="wrk_1", attempt=1, state=RunState.FAILED)
    registry.runs.requeue(run.id)
    assert registry.endings.take(version.product_id) == []


def test_trouble_of_a_kind_is_opened_repeated_and_ended_once(registry: Registry, product: Product) -> None:
    trouble = records.trouble(product, remind=due_now(registry))
    assert registry.troubles.open(trouble)
    assert not registry.troubles.open(records.trouble(product))
    assert registry.troubles.open(records.trouble(product, kind=NoticeKind.LATE))
    [due] = registry.troubles.to_repeat()
    later = registry.now() + timedelta(hours=1)
    assert registry.troubles.remind(due, later)
    assert not registry.troubles.remind(due, later)
    assert registry.troubles.to_repeat() == []
    known = registry.troubles.get(product.id, NoticeKind.FAILED)
    assert known is not None
    assert (known.reminders, known.remind, known.id) == (1, later, trouble.id)
    registry.troubles.change(known.model_copy(update={"runs": 3}))
    assert registry.troubles.of_kind(NoticeKind.FAILED)[product.id].runs == 3
    assert [one.id for one in registry.troubles.end(product.id, [NoticeKind.FAILED])] == [trouble.id]
    assert registry.troubles.end(product.id, [NoticeKind.FAILED]) == []
    assert list(registry.troubles.of_kind(NoticeKind.LATE)) == [product.id]


def test_a_notice_is_recorded_once_a_key_and_read_by_each_for_themselves(registry: Registry, product: Product) -> None:
    first = told(registry, product, "a", ana="you own the product", ben="you subscribed")
    assert not registry.notices.add(records.notice(product), "a", {"ana": "again"})
    second = told(registry, product, "b", ana="you own the product")
    assert registry.notices.unread("ana") == (2, second)
    assert registry.notices.unread("rita") == (0, None)
    page = registry.notices.list("ana", limit=1)
    assert [notice.id for notice in page.items] == [second]
    assert [notice.id for notice in registry.notices.list("ana", cursor=page.next, limit=1).items] == [first]
    assert registry.notices.read("ana", [first]) == 1
    assert registry.notices.read("ana", [first]) == 0
    assert [notice.id for notice in registry.notices.list("ana", unread=True).items] == [second]
    [his] = registry.notices.list("ben").items
    assert (his.read, his.why) == (None, "you subscribed")
    assert registry.notices.read("ana") == 1
    assert registry.notices.unread("ana")[0] == 0


def test_notices_to_one_address_gather_in_one_message_until_it_is_claimed(registry: Registry, product: Product) -> None:
    one, two, three = (told(registry, product) for _ in range(3))
    later = registry.now() + timedelta(hours=1)
    first = registry.deliveries.gather("ana", "email", one, later)
    assert registry.deliveries.claim(60) is None
    assert registry.deliveries.gather("ana", "email", two, due_now(registry)) == first
    assert registry.deliveries.gather("ana", "webhook", two, later) != first
    claimed = registry.deliveries.claim(60)
    assert claimed is not None
    assert (claimed.id, claimed.notices, claimed.attempts) == (first, [one, two], 1)
    assert registry.deliveries.gather("ana", "email", three, later) != first


def test_a_message_is_tried_again_postponed_sent_or_given_up_by_who_has_claimed_it(
    registry: Registry, product: Product
) -> None:
    def claimed() -> Delivery:
        found = registry.deliveries.claim(60)
        assert found is not None
        return found

    notice = told(registry, product)
    delivery = registry.deliveries.gather("ana", "email", notice, due_now(registry))
    first = claimed()
    assert registry.deliveries.claim(60) is None
    assert registry.deliveries.retry(first, "refused", due_now(registry))
    second = claimed()
    assert (second.attempts, second.error) == (2, "refused")
    assert not registry.deliveries.sent(first)
    assert registry.deliveries.postpone(second, due_now(registry))
    third = claimed()
    assert third.attempts == 2
    assert registry.deliveries.sent(third)
    sent = registry.deliveries.get(delivery)
    assert sent is not None
    assert (sent.state, sent.error) == (DeliveryState.SENT, "")
    assert sent.ended is not None
    registry.deliveries.gather("ben", "email", notice, due_now(registry))
    assert registry.deliveries.give_up(claimed(), "no such mailbox")
    assert registry.deliveries.given_up(60) == registry.deliveries.given_up(60, "ben") == 1
    assert registry.deliveries.given_up(60, "ana") == 0
    [failed] = registry.deliveries.list(state=DeliveryState.GIVEN_UP).items
    assert (failed.identity, failed.error) == ("ben", "no such mailbox")
    assert [one.id for one in registry.deliveries.list("ana").items] == [delivery]


def test_a_message_whose_worker_died_is_claimed_again_after_its_lease(registry: Registry, product: Product) -> None:
    registry.deliveries.gather("ana", "email", told(registry, product), due_now(registry))
    first = registry.deliveries.claim(0.0)
    assert first is not None
    again = registry.deliveries.claim(60)
    assert again is not None
    assert (again.id, again.attempts) == (first.id, 2)
    assert not registry.deliveries.sent(first)


def test_old_notices_are_forgotten_when_their_messages_are(registry: Registry, product: Product) -> None:
    notice = told(registry, product, ana="you own the product")
    registry.deliveries.gather("ana", "email", notice, due_now(registry))
    claimed = registry.deliveries.claim(60)
    assert claimed is not None
    assert registry.deliveries.forget(0) == 0
    registry.deliveries.sent(claimed)
    assert registry.notices.forget(-1) == 0
    assert registry.deliveries.forget(-1) == 1
    assert registry.notices.forget(1) == 0
    assert registry.notices.forget(-1) == 1
    assert registry.notices.list("ana").items == []


def test_a_subscription_replaces_the_one_to_the_same_target(registry: Registry) -> None:
    def subscription(identity: str, target: str, **more: object) -> Subscription:
        return Subscription.model_validate(
            {"id": new_id("sub"), "identity": identity, "target": target, "created": registry.now(), **more}
        )

    first = registry.subscriptions.set(subscription("ana", "fleet"))
    again = registry.subscriptions.set(subscription("ana", "fleet", events=["late"], muted=True))
    assert (again.id, again.revision, again.events) == (first.id, 2, [NoticeKind.LATE])
    assert again.silent(registry.now())
    registry.subscriptions.set(subscription("ben", "fleet.planes"))
    assert {one.identity for one in registry.subscriptions.to(["fleet", "fleet.planes"])} == {"ana", "ben"}
    assert [one.target for one in registry.subscriptions.of("ana")] == ["fleet"]
    assert registry.subscriptions.get("ana", "fleet") == again
    assert registry.subscriptions.remove("ana", "fleet")
    assert not registry.subscriptions.remove("ana", "fleet")


def test_preferences_are_empty_until_they_are_set(registry: Registry) -> None:
    assert registry.preferences.get("ana") == Preferences(identity="ana")
    chosen = Preferences(
        identity="ana",
        addresses={"email": Address(to="ana@example.org")},
        timezone="Europe/Madrid",
        quiet=QuietHours(start="22:00", end="07:00"),
    )
    assert registry.preferences.set(chosen).revision == 1
    assert registry.preferences.set(chosen).revision == 2
    found = registry.preferences.many(["ana", "ben"])
    assert found["ana"].addresses["email"].to == "ana@example.org"
    assert found["ben"].addresses == {}


def test_two_workers_never_claim_one_message_or_tell_one_thing_twice(registry_url: str) -> None:
    registry = open_registry(registry_url)
    product = records.known_product(registry)
    notice = told(registry, product)
    for number in range(40):
        registry.deliveries.gather(f"person{number}", "email", notice, due_now(registry))
    registry.close()

    def work(number: int) -> list[str]:
        mine = open_registry(registry_url)
        claimed = ["told"] if mine.notices.add(records.notice(product), "the same", {"ana": ""}) else []
        claimed += ["opened"] if mine.troubles.open(records.trouble(product)) else []
        while found := mine.deliveries.claim(60):
            claimed.append(found.id)
        mine.close()
        return claimed

    claims = Counter(one for each in at_once(4, work) for one in each)
    assert set(claims.values()) == {1}
    assert len(claims) == 42
