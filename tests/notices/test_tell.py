"""Who is told what, and how often: on both databases, from what the registry knows."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from mesh_workbench.model.check import Outcome, PortReport, PromiseResult, PromiseSpec, Verdict
from mesh_workbench.model.domain import Domain
from mesh_workbench.model.identity import Role
from mesh_workbench.model.notice import NoticeKind
from mesh_workbench.model.product import ProductStatus
from mesh_workbench.model.run import Failure, RunState
from mesh_workbench.registry import Registry
from tests import records
from tests.notices.world import BREACH, CRASH, World, world

PLANES = "fleet.planes"
FAILED, LATE, BREACHED, RECOVERED, CHANGED, REVIEW, BREAKING = NoticeKind


@pytest.fixture
def mesh(registry: Registry, registry_url: str, tmp_path: Path) -> World:
    return world(registry, registry_url, tmp_path)


def test_a_failed_run_is_told_once_while_it_lasts_and_its_end_too(mesh: World) -> None:
    mesh.ends(failure=CRASH)
    assert mesh.tell() == 1
    mesh.ends(failure=CRASH)
    mesh.ends(failure=CRASH)
    assert mesh.tell() == 0
    mesh.ends()
    mesh.ends()
    assert mesh.tell() == 1
    assert mesh.told() == [(PLANES, FAILED), (PLANES, RECOVERED)]
    assert [notice.runs for notice in mesh.notices()] == [1, 3]
    mesh.ends(failure=CRASH)
    assert mesh.tell() == 1


def test_a_run_that_ends_well_is_nothing_to_tell(mesh: World) -> None:
    mesh.ends()
    assert mesh.tell() == 0
    assert mesh.told() == []


def test_what_failed_and_was_well_again_before_anybody_looked_is_told_in_that_order(mesh: World) -> None:
    mesh.ends(failure=CRASH)
    mesh.ends()
    assert mesh.tell() == 2
    assert mesh.told() == [(PLANES, FAILED), (PLANES, RECOVERED)]


def test_another_kind_of_trouble_is_told_although_there_is_some_already(mesh: World) -> None:
    mesh.ends(failure=CRASH)
    mesh.ends(failure=BREACH)
    mesh.tell()
    mesh.ends()
    mesh.tell()
    assert mesh.told() == [(PLANES, FAILED), (PLANES, BREACHED), (PLANES, RECOVERED)]


def test_a_product_is_told_late_although_nothing_ran_and_well_again_after_its_run(mesh: World) -> None:
    mesh.overdue()
    assert mesh.tell() == 1
    assert mesh.tell() == 0
    [notice] = mesh.notices()
    assert notice.kind is LATE
    assert notice.text == "A scheduled run is due and no worker has taken it up."
    assert mesh.registry.now() - notice.since > timedelta(minutes=59)
    mesh.on_time()  # a worker came and took it up, and the run is under way
    assert mesh.tell() == 0
    mesh.ends()
    assert mesh.tell() == 1
    assert mesh.told() == [(PLANES, LATE), (PLANES, RECOVERED)]


def test_lateness_that_nobody_waits_for_any_more_ends_without_a_word(mesh: World) -> None:
    mesh.overdue()
    mesh.tell()
    mesh.overdue(paused=True)
    assert mesh.tell() == 0
    mesh.overdue(paused=False, pause=None)
    assert mesh.tell() == 1
    assert mesh.told() == [(PLANES, LATE), (PLANES, LATE)]


def test_data_that_grew_older_than_promised_are_late_until_newer_ones_are_published(mesh: World) -> None:
    product = mesh.product()
    old = mesh.registry.now() - timedelta(hours=1)
    mesh.registry.releases.add(records.release(product, [], published=old, fresh_until=old), {}, {})
    mesh.registry.products.set_fresh_until(product.id, old)
    assert mesh.tell() == 1
    assert mesh.notices()[0].text == "Its data are older than its contract promises."
    mesh.ends()  # found nothing new
    assert mesh.tell() == 0
    now = mesh.registry.now()
    fresh = {"published": now, "fresh_until": now + timedelta(hours=1)}
    mesh.registry.releases.add(records.release(product, [], number=2, **fresh), {}, {})
    mesh.registry.products.set_fresh_until(product.id, fresh["fresh_until"])
    mesh.ends()
    assert mesh.tell() == 1
    assert mesh.told() == [(PLANES, LATE), (PLANES, RECOVERED)]


def test_nothing_is_told_of_a_retired_product(mesh: World) -> None:
    mesh.ends(failure=CRASH)
    mesh.tell()
    mesh.registry.products.change(mesh.product().id, status=ProductStatus.RETIRED)
    mesh.ends(failure=BREACH)
    mesh.overdue()
    assert mesh.tell() == 0
    assert mesh.registry.troubles.of_kind(FAILED) == {}


def test_what_lasts_is_told_again_after_waits_that_grow(registry: Registry, registry_url: str, tmp_path: Path) -> None:
    mesh = world(registry, registry_url, tmp_path, notice_remind_h=4)
    mesh.ends(failure=CRASH)
    mesh.tell()
    waits = []
    for _ in range(6):
        [trouble] = registry.troubles.of_kind(FAILED).values()
        assert trouble.remind is not None
        waits.append(round((trouble.remind - registry.now()).total_seconds() / 3600))
        registry.troubles.change(trouble.model_copy(update={"remind": registry.now()}))
        mesh.ends(failure=CRASH)
        assert mesh.tell() == 1
        assert mesh.tell() == 0
    assert waits == [4, 12, 36, 108, 168, 168]
    assert [notice.reminder for notice in mesh.notices()] == [0, 1, 2, 3, 4, 5, 6]
    assert mesh.notices()[-1].runs == 7


def test_nothing_is_told_again_when_the_setting_says_so(registry: Registry, registry_url: str, tmp_path: Path) -> None:
    mesh = world(registry, registry_url, tmp_path, notice_remind_h=0)
    mesh.ends(failure=CRASH)
    mesh.tell()
    assert registry.troubles.of_kind(FAILED)[mesh.product().id].remind is None


def test_the_owner_roles_of_the_domain_and_its_parents_and_subscribers_are_told_and_know_why(
    registry: Registry, registry_url: str, tmp_path: Path
) -> None:
    mesh = world(registry, registry_url, tmp_path, notice_roles=["domain_owner", "producer"])
    registry.domains.add(records.domain("company", owner="gina"))
    registry.domains.add(Domain.model_validate({**records.domain("fleet").model_dump(), "parent": "company"}))
    mesh.product()
    mesh.member("gina", Role.DOMAIN_OWNER, "company")
    mesh.member("pia", Role.PRODUCER)
    mesh.member("carl", Role.CONSUMER)
    mesh.subscribes("sue", PLANES)
    mesh.subscribes("dan", "fleet")
    mesh.subscribes("otto", "other.product")
    mesh.ends(failure=CRASH)
    mesh.tell()
    why = {who: [one.why for one in mesh.notices(who)] for who in ("ana", "gina", "pia", "carl", "sue", "dan", "otto")}
    assert why == {
        "ana": ["you own the product"],
        "gina": ["you are domain owner in company"],
        "pia": ["you are producer in fleet"],
        "carl": [],
        "sue": [f"you subscribed to {PLANES}"],
        "dan": ["you subscribed to fleet"],
        "otto": [],
    }


def test_the_nearest_subscription_says_what_one_is_told_and_how(mesh: World) -> None:
    soon = mesh.registry.now() + timedelta(hours=1)
    past = mesh.registry.now() - timedelta(hours=1)
    mesh.product()
    mesh.subscribes("ana", PLANES, muted=True)
    mesh.subscribes("ben", "fleet", events=["late"])
    mesh.subscribes("cora", "fleet", muted=True, muted_until=soon)
    mesh.subscribes("dan", "fleet", muted=True, muted_until=past)
    mesh.subscribes("eve", "fleet", muted=True)
    mesh.subscribes("eve", PLANES, events=["failed"])
    mesh.subscribes("finn", PLANES, channels=["email"])
    for who in ("dan", "finn"):
        mesh.reached(who)
    mesh.subscribes("gus", PLANES, channels=["lab"])
    mesh.reached("gus")
    mesh.ends(failure=CRASH)
    mesh.tell()
    told = {who: mesh.told(who) != [] for who in ("ana", "ben", "cora", "dan", "eve", "finn", "gus")}
    assert [who for who, is_told in told.items() if is_told] == ["dan", "eve", "finn", "gus"]
    assert {message.identity for message in mesh.messages()} == {"dan", "finn"}
    assert mesh.registry.notices.unread("finn")[0] == 0  # he is told elsewhere
    assert mesh.registry.notices.unread("gus")[0] == 1


def test_several_failures_within_a_while_become_one_message(
    registry: Registry, registry_url: str, tmp_path: Path
) -> None:
    mesh = world(registry, registry_url, tmp_path, notice_group_s=60)
    mesh.reached("ana")
    for name in ("fleet.planes", "fleet.airlines", "fleet.crews"):
        mesh.ends(name, failure=CRASH)
    mesh.overdue("fleet.routes")
    mesh.tell()
    [message] = mesh.messages("ana")
    assert len(message.notices) == 4
    wait = (message.due - registry.now()).total_seconds()
    assert 50 < wait <= 60


def test_messages_wait_for_the_end_of_quiet_hours_unless_it_is_urgent(
    registry: Registry, registry_url: str, tmp_path: Path
) -> None:
    mesh = world(registry, registry_url, tmp_path)
    hour = registry.now().hour
    quiet = {"start": f"{(hour - 1) % 24:02}:00", "end": f"{(hour + 2) % 24:02}:00"}
    mesh.reached("ana", quiet=quiet, urgent=["breached"])
    mesh.ends("fleet.planes", failure=CRASH)
    mesh.ends("fleet.crews", failure=CRASH)
    mesh.tell()
    [message] = mesh.messages("ana")
    assert len(message.notices) == 2
    assert message.due > registry.now() + timedelta(minutes=59)
    assert (message.due.hour, message.due.minute) == ((hour + 2) % 24, 0)
    assert mesh.deliver() == 0
    mesh.ends("fleet.routes", failure=BREACH)
    mesh.tell()
    [message] = mesh.messages("ana")
    assert message.due <= registry.now()
    assert len(message.notices) == 3


def test_the_platform_is_told_about_everything_that_mesh_toml_says(
    registry: Registry, registry_url: str, tmp_path: Path
) -> None:
    mesh = world(registry, registry_url, tmp_path, platform_email="ops@example.org", platform_apprise="env:OPS")
    mesh.ends(failure=CRASH)
    mesh.tell()
    assert {(message.identity, message.channel) for message in mesh.messages()} == {("", "apprise"), ("", "email")}


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (CRASH, "Its notebook failed in cell 4 with ValueError. Nothing has been published yet."),
        (BREACH, "Its data did not keep the contract. Nothing has been published yet."),
        (
            Failure(failure_class="user_code", code="run.cell-failed", message="Ana Ruiz was here"),
            "Its notebook failed. Nothing has been published yet.",
        ),
        (
            Failure(failure_class="timeout", code="run.timeout", message="'Ana Ruiz' took long", cell=0),
            "Its run took longer than it may in cell 1 (run.timeout). Nothing has been published yet.",
        ),
        (
            Failure(failure_class="lost", code="run.lost", message="gone"),
            "The worker that executed it disappeared. Nothing has been published yet.",
        ),
    ],
)
def test_a_notice_tells_no_value_of_a_row(mesh: World, failure: Failure, told: str) -> None:
    mesh.ends(failure=failure)
    mesh.tell()
    [notice] = mesh.notices()
    assert notice.text == told
    assert "Ana" not in notice.model_dump_json()


def test_a_breach_is_told_by_names_of_promises_and_counts(mesh: World) -> None:
    def broken(name: str, rows: int | None) -> PromiseResult:
        spec = PromiseSpec(id=f"planes.{name}", kind="enum", target=name, words=f"{name} is 'Ana Ruiz' or 'Ben'")
        sample = [{"owner": "Ana Ruiz"}]
        return PromiseResult(promise=spec, outcome=Outcome.FAILED, failing_rows=rows, reason="'Ana'", sample=sample)

    results = [broken("owner.enum", 1200), broken("id.unique", 1), broken("rows", None)]
    results += [broken(f"more{number}", 2) for number in range(4)]
    kept = results[0].model_copy(update={"outcome": Outcome.PASSED})
    port = PortReport(port="planes", contract_blob="", rows=1, results=[*results, kept])
    report = mesh.registry.reports.add(records.report(verdict=Verdict.BREACHED, ports=[port]))
    product = mesh.product()
    version = mesh.registry.versions.newest(product.id)
    assert version is not None
    run = mesh.registry.runs.add(records.run(version))
    mesh.registry.runs.claim("wrk_1", None, 60)
    mesh.registry.runs.advance(run.id, worker_id="wrk_1", attempt=1, report_id=report.id)
    mesh.registry.products.change(product.id, release=7)
    mesh.registry.runs.finish(run.id, worker_id="wrk_1", attempt=1, state=RunState.FAILED, failure=BREACH)
    mesh.tell()
    [notice] = mesh.notices()
    assert notice.text == (
        "7 of 8 promises were broken: planes.owner.enum (1,200 rows); planes.id.unique (1 row); planes.rows; "
        "planes.more0 (2 rows); planes.more1 (2 rows); and 2 more. Release 7 stays."
    )
    assert "Ana" not in notice.model_dump_json()
