"""What apprise reaches, by a URL that is a secret."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.delivery import DeliveryState
from mesh_workbench.model.preferences import Address
from mesh_workbench.notifiers.apprise import AppriseNotifier
from mesh_workbench.registry import open_registry
from mesh_workbench.settings import Settings
from tests.notices.servers import hook
from tests.notices.world import CRASH, World, world

CHAT = "env:MESH_NOTIFY_CHAT"


@pytest.fixture
def mesh(sqlite_url: str, tmp_path: Path) -> World:
    made = world(open_registry(sqlite_url), sqlite_url, tmp_path)
    made.reached("ana", by={"apprise": Address(to=CHAT)})
    return made


def test_a_service_of_apprise_is_told(
    mesh: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with hook() as service, caplog.at_level(logging.DEBUG):
        service.answers = [500]
        monkeypatch.setenv("MESH_NOTIFY_CHAT", f"json{service.url.removeprefix('http')}/token-0815")
        mesh.ends(failure=CRASH)
        mesh.tell()
        mesh.deliver()
        [waiting] = mesh.messages()
        assert waiting.error == f"The service behind {CHAT} did not take the message."
        mesh.due()
        mesh.deliver()
        path, _, body = service.posts[-1]
    assert path == "/token-0815"
    told = json.loads(body)
    assert told["title"].endswith("fleet.planes failed")
    assert "Its notebook failed in cell 4 with ValueError." in told["message"]
    assert mesh.messages()[0].state is DeliveryState.SENT


def test_a_url_that_apprise_does_not_know_is_given_up_without_being_repeated(
    mesh: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MESH_NOTIFY_CHAT", "pigeon://token-0815")
    mesh.ends(failure=CRASH)
    mesh.tell()
    mesh.deliver()
    [message] = mesh.messages()
    assert message.state is DeliveryState.GIVEN_UP
    assert message.error == f"{CHAT} holds no URL that apprise knows."
    assert "token-0815" not in caplog.text


@pytest.mark.parametrize("to", ["slack://token-0815", "env:SLACK", "file:../mesh.toml", "file:a/b"])
def test_its_url_is_only_taken_as_a_reference_that_is_for_messages(to: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refusal:
        AppriseNotifier(Settings(root=tmp_path)).check(Address(to=to))
    assert refusal.value.code == "notice.reference"
    assert "0815" not in str(refusal.value)
