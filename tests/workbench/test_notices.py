"""Being told, from a notebook that fails to the mail about it; and saying what one wants to be told, and how."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mesh_workbench.errors import Forbidden, InvalidInput, MeshError
from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.identity import Identity
from mesh_workbench.model.notice import NoticeKind
from mesh_workbench.model.preferences import Address, PreferencesDraft, QuietHours
from mesh_workbench.model.product import HealthState
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.run import RunRequest
from mesh_workbench.model.schedule import ScheduleDraft
from mesh_workbench.model.subscription import SubscriptionDraft
from mesh_workbench.workbench import create_workbench, open_workbench
from mesh_workbench.workbench.local import LocalWorkbench
from mesh_workbench.workbench.protocol import Notices
from mesh_workbench.workbench.worker import run_worker
from tests.builders import notebook
from tests.notices.servers import MailServer, mail_server
from tests.workbench.conftest import work_until_idle

LONG_AGO = datetime(2013, 1, 1, tzinfo=UTC)
ORDERS = """
import mesh_workbench as mesh
import polars as pl
if broken:
    raise ValueError("no customer 'Ana Ruiz'")
mesh.output("orders", pl.DataFrame({"id": [1, 2, 3]}))
"""


@pytest.fixture
def mails() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def mailing(tmp_path: Path, mails: MailServer) -> Iterator[LocalWorkbench]:
    """A workbench that sends mail at once, to who made it."""
    create_workbench(tmp_path / "bench").close()
    with (tmp_path / "bench" / "mesh.toml").open("a") as file:
        file.write(
            f'smtp_host = "127.0.0.1"\nsmtp_port = {mails.port}\nsmtp_security = "none"\n'
            'smtp_from = "mesh@example.org"\nnotice_group_s = 0\n'
        )
    bench = open_workbench(tmp_path / "bench")
    bench.domains.add(DomainDraft(name="sales"))
    bench.products.promote(
        PromotionRequest(notebook=notebook(ORDERS, parameters="broken: bool = False"), to="sales.orders")
    )
    bench.notices.set_preferences(PreferencesDraft(addresses={"email": Address(to="me@example.org")}))
    yield bench
    bench.close()


def runs(bench: LocalWorkbench, **parameters: object) -> None:
    bench.runs.request(RunRequest.model_validate({"product": "sales.orders", "parameters": parameters}))
    work_until_idle(bench)


def test_a_notebook_that_fails_is_told_by_mail_and_in_the_list_and_so_is_its_recovery(
    mailing: LocalWorkbench, mails: MailServer
) -> None:
    runs(mailing, broken=True)
    runs(mailing, broken=True)
    [failed] = mailing.notices.list().items
    assert failed.text == "Its notebook failed in cell 2 with ValueError. Nothing has been published yet."
    assert failed.why == "you own the product"
    assert mailing.notices.summary().unread == 1
    runs(mailing)
    mailing.notices.sweep()
    assert [mail["Subject"] for mail in mails.mails] == [
        "[bench] sales.orders failed",
        "[bench] sales.orders is well again",
    ]
    assert set(mails.receivers) == {"me@example.org"}
    assert not any("Ana Ruiz" in mail.as_string() for mail in mails.mails)
    assert mailing.notices.read([failed.id]).unread == 1
    assert mailing.notices.read().unread == 0
    assert [notice.kind for notice in mailing.notices.list().items] == [NoticeKind.RECOVERED, NoticeKind.FAILED]


def test_what_was_late_while_nobody_worked_is_told_when_a_worker_comes_and_the_page_says_the_same(
    mailing: LocalWorkbench, mails: MailServer
) -> None:
    registry = mailing.context.registry
    mailing.schedules.set("sales.orders", ScheduleDraft(cron="0 * * * *"))
    schedule = mailing.schedules.get("sales.orders")
    assert schedule is not None
    assert schedule.next_fire is not None
    overdue = schedule.next_fire - timedelta(hours=2)
    registry.schedules.set(schedule.model_copy(update={"next_fire": overdue}))
    page = mailing.products.get("sales.orders").health
    assert page.state is HealthState.LATE
    stop = threading.Event()
    stop.set()  # it comes and goes: nothing is fired
    run_worker(mailing.context.settings.root, stop=stop)
    [late] = mailing.notices.list().items
    assert (late.kind, late.text, late.since) == (NoticeKind.LATE, page.reason, overdue)


def test_one_says_what_to_be_told_about_what(bench: LocalWorkbench) -> None:
    bench.products.promote(PromotionRequest(notebook=notebook(ORDERS, parameters="broken = False"), to="sales.orders"))
    me, rita = bench.notices, bench.as_(Identity(name="rita")).notices
    assert me.told("sales.orders").why == "you own the product"
    assert me.told("sales").why == "you are domain owner in sales"
    assert rita.told("sales.orders").why == ""
    told = rita.subscribe("sales.orders", SubscriptionDraft(events=["late", "late", "failed"], channels=["lab"]))
    assert told.events == [NoticeKind.LATE, NoticeKind.FAILED]
    assert told.why == "you subscribed to sales.orders"
    rita.subscribe("sales", SubscriptionDraft())
    assert [one.target for one in rita.subscriptions()] == ["sales", "sales.orders"]
    muted = rita.mute("sales.orders", until=bench.context.registry.now() + timedelta(hours=1))
    assert muted.muted
    assert rita.unmute("sales.orders").events == told.events
    assert rita.unsubscribe("sales.orders").why == "you subscribed to sales"
    assert me.mute("sales.orders").muted
    assert me.unmute("sales.orders").why == "you own the product"


BAD_INPUT: list[tuple[Callable[[Notices], object], str]] = [
    (lambda notices: notices.told("sales.nothing"), "product.unknown"),
    (lambda notices: notices.told("nothing"), "domain.unknown"),
    (lambda notices: notices.subscribe("sales", SubscriptionDraft(events=[])), "notice.no-events"),
    (lambda notices: notices.subscribe("sales", SubscriptionDraft(channels=["pigeon"])), "notice.unknown-channel"),
    (lambda notices: notices.unsubscribe("sales"), "notice.not-subscribed"),
    (lambda notices: notices.unmute("sales"), "notice.not-muted"),
    (lambda notices: notices.mute("sales", until=LONG_AGO), "notice.past"),
    (lambda notices: notices.set_preferences(PreferencesDraft(timezone="Europe/Madird")), "notice.unknown-zone"),
    (
        lambda notices: notices.set_preferences(PreferencesDraft(addresses={"pigeon": Address(to="home")})),
        "notice.unknown-channel",
    ),
    (
        lambda notices: notices.set_preferences(PreferencesDraft(addresses={"email": Address(to="a@example.org")})),
        "notice.no-mail-server",
    ),
    (
        lambda notices: notices.set_preferences(
            PreferencesDraft(addresses={"webhook": Address(to="https://10.0.0.1/", secret="env:MESH_NOTIFY_KEY")})
        ),
        "notice.webhook-private",
    ),
    (lambda notices: notices.test("email"), "notice.no-address"),
]


def test_bad_input_says_what_to_do_and_stores_nothing(bench: LocalWorkbench) -> None:
    for ask, code in BAD_INPUT:
        with pytest.raises(MeshError) as refusal:
            ask(bench.notices)
        assert refusal.value.code == code
        assert refusal.value.hint
    assert bench.notices.subscriptions() == []
    assert bench.notices.preferences().revision == 0


def test_how_one_is_told_is_ones_own_and_messages_of_others_are_for_administrators(bench: LocalWorkbench) -> None:
    chosen = PreferencesDraft(timezone="Europe/Madrid", quiet=QuietHours(start="22:00", end="07:00"))
    saved = bench.notices.set_preferences(chosen)
    assert (saved.identity, saved.revision, saved.quiet) == (bench.identity.name, 1, chosen.quiet)
    rita = bench.as_(Identity(name="rita")).notices
    assert rita.preferences().timezone == "UTC"
    assert bench.notices.deliveries(everybody=True).items == []
    assert rita.deliveries().items == []
    with pytest.raises(Forbidden):
        rita.deliveries(everybody=True)
    assert {channel.name for channel in rita.channels()} >= {"email", "webhook", "apprise"}
    assert bench.catalog.audit().items[0].action == "notice.preferences"


def test_a_secret_in_mesh_toml_is_refused(bench: LocalWorkbench) -> None:
    root = bench.context.settings.root
    with (root / "mesh.toml").open("a") as file:
        file.write('smtp_password = "correct horse"\n')
    with pytest.raises(InvalidInput) as refusal:
        open_workbench(root)
    assert refusal.value.code == "settings.invalid"
    assert "reference" in refusal.value.message
    assert "horse" not in str(refusal.value)
