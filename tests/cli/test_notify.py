"""`mesh notify`: what one is told, about what, how, and whether it arrives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mesh_workbench.registry import Registry, open_registry
from tests.notices.servers import MailServer, mail_server
from tests.notices.world import CRASH, World

SETTINGS = """
smtp_host = "127.0.0.1"
smtp_port = {port}
smtp_security = "none"
smtp_from = "mesh@example.org"
notice_group_s = 0
"""


@pytest.fixture
def mails() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def fleet(bench_folder: Path, mails: MailServer, mesh) -> Iterator[World]:
    """A workbench whose product fleet.planes belongs to who calls the command."""
    with (bench_folder / "mesh.toml").open("a") as file:
        file.write(SETTINGS.format(port=mails.port))
    assert mesh("domain", "add", "fleet").code == 0
    registry: Registry = open_registry(f"sqlite:///{bench_folder / 'registry.db'}")
    from mesh_workbench.settings import load

    world = World(registry, f"sqlite:///{bench_folder / 'registry.db'}", load(bench_folder))
    world.product()
    yield world
    registry.close()


def test_what_happened_is_listed_read_and_sent(fleet: World, mails: MailServer, mesh) -> None:
    assert "Nothing to tell you." in mesh("notify", "list").out
    assert mesh("notify", "address", "email", "me@example.org").code == 0
    fleet.ends(failure=CRASH)
    swept = mesh("notify", "sweep", "--json").json
    assert swept == {"told": 1, "tried": 1}
    assert mails.receivers == ["me@example.org"]
    [notice] = mesh("notify", "list", "--unread", "--json").json["items"]
    assert (notice["kind"], notice["product"]) == ("failed", "fleet.planes")
    assert "Its notebook failed in cell 4 with ValueError" in mesh("notify", "list").out
    assert "0 unread" in mesh("notify", "read", notice["id"]).out
    assert mesh("notify", "list", "--unread", "--json").json["items"] == []
    [delivery] = mesh("notify", "deliveries", "--json").json["items"]
    assert (delivery["state"], delivery["channel"]) == ("sent", "email")
    assert "sent" in mesh("notify", "deliveries", "--all").out


def test_one_subscribes_mutes_and_takes_it_back(fleet: World, mesh) -> None:
    told = mesh("notify", "subscribe", "fleet.planes", "--on", "late", "--on", "failed", "--by", "lab", "--json").json
    assert (told["events"], told["channels"]) == (["late", "failed"], ["lab"])
    assert mesh("notify", "subscribe", "fleet").code == 0
    assert [one["target"] for one in mesh("notify", "subscriptions", "--json").json["items"]] == [
        "fleet",
        "fleet.planes",
    ]
    muted = mesh("notify", "mute", "fleet.planes", "--for", "8", "--json").json
    until = datetime.fromisoformat(muted["muted_until"])
    assert timedelta(hours=7) < until - datetime.now(UTC) < timedelta(hours=8)
    assert "is muted until" in mesh("notify", "mute", "fleet.planes", "--until", until.isoformat()).out
    assert "You are told when fleet.planes is late, failed by lab" in mesh("notify", "unmute", "fleet.planes").out
    assert mesh("notify", "unsubscribe", "fleet.planes").code == 0
    assert "fleet" in mesh("notify", "subscriptions").out


def test_how_one_is_told_is_set_piece_by_piece(fleet: World, mails: MailServer, mesh) -> None:
    assert mesh("notify", "address", "email", "me@example.org").code == 0
    quiet = mesh("notify", "quiet", "22:00", "07:00", "--timezone", "Europe/Madrid", "--urgent", "breached")
    assert "Messages wait from 22:00 to 07:00, Europe/Madrid, except for breached." in quiet.out
    chosen = mesh("notify", "settings", "--json").json
    assert chosen["addresses"]["email"]["to"] == "me@example.org"
    assert "me@example.org" in mesh("notify", "settings").out
    assert "was taken by email" in mesh("notify", "test", "email").out
    assert mails.mails[0]["Subject"] == "[bench] A test"
    assert mesh("notify", "quiet", "--off", "--json").json["quiet"] is None
    assert mesh("notify", "address", "email", "--remove", "--json").json["addresses"] == {}
    assert mesh("notify", "test", "email").code == 3


BAD_INPUT = [
    (["subscribe", "fleet.planes", "--on", "sunk"], "notice.unknown-event", 2),
    (["subscribe", "fleet.plains"], "product.unknown", 3),
    (["subscribe", "fleet.planes", "--by", "pigeon"], "notice.unknown-channel", 3),
    (["address", "email", "nowhere"], "notice.address", 2),
    (["address", "email"], "cli.usage", 2),
    (["address", "webhook", "https://127.0.0.1/", "--secret", "env:MESH_NOTIFY_K"], "notice.webhook-private", 2),
    (["address", "apprise", "slack://token"], "notice.reference", 2),
    (["quiet", "22:00", "7"], "notice.not-hours", 2),
    (["quiet", "22:00"], "cli.usage", 2),
    (["quiet", "22:00", "07:00", "--urgent", "sunk"], "notice.not-hours", 2),
    (["quiet", "22:00", "07:00", "--timezone", "Madrid"], "notice.unknown-zone", 2),
    (["mute", "fleet.planes", "--until", "2013-01-01"], "notice.past", 2),
]


def test_bad_input_says_what_is_wrong(fleet: World, mesh) -> None:
    for arguments, code, exit_code in BAD_INPUT:
        said = mesh("notify", *arguments, "--json")
        assert (said.problem["code"], said.code) == (code, exit_code), arguments
        assert said.problem["hint"]


def test_the_doctor_tells_of_late_products_and_of_messages_that_did_not_arrive(
    fleet: World, mails: MailServer, mesh
) -> None:
    def found(check: str) -> tuple[bool, str]:
        items = mesh("doctor", "--json").json["items"]
        [one] = [item for item in items if item["check"] == check]
        return one["ok"], one["detail"]

    assert found("late") == (True, "no product late")
    assert found("messages") == (True, "none given up or waiting")
    fleet.overdue()
    assert found("late") == (False, "1 late: fleet.planes")
    assert mesh("notify", "address", "email", "nobody@example.org").code == 0
    mesh("notify", "sweep")
    assert found("messages") == (False, "1 given up since yesterday")
    assert "could not be delivered" in mesh("notify", "list").out
