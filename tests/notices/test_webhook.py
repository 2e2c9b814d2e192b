"""Webhooks to real servers: signed, to nowhere that only we reach, and never further than they were sent."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path

import pytest
import trustme

from mesh_workbench.errors import InvalidInput, NotFound, Unavailable
from mesh_workbench.lifecycle.deliver import Post
from mesh_workbench.model.delivery import DeliveryState
from mesh_workbench.model.preferences import Address
from mesh_workbench.notifiers.webhook import WebhookNotifier
from mesh_workbench.registry import Registry, open_registry
from mesh_workbench.settings import Settings
from mesh_workbench.workbench.implementations import notifiers_of
from tests.notices.servers import Hook, dripping, hook
from tests.notices.world import CRASH, World, world

LOOPBACK = ["127.0.0.0/8", "::1/128"]
KEY = "env:MESH_NOTIFY_KEY"


@pytest.fixture
def registry(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """What a webhook gets does not depend on the database."""
    monkeypatch.setenv("MESH_NOTIFY_KEY", "correct horse")
    return open_registry(sqlite_url)


def hooked(registry: Registry, root: Path, url: str, **settings: object) -> World:
    mesh = world(registry, f"sqlite:///{registry.place}", root, **{"webhook_networks": LOOPBACK, **settings})
    mesh.reached("ana", by={"webhook": Address(to=url, secret=KEY)})
    return mesh


def verified(post: tuple[str, dict[str, str], bytes], key: bytes) -> bool:
    """As the how-to says that a receiver does it."""
    _, headers, body = post
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    fresh = abs(time.time() - int(headers["webhook-timestamp"])) < 300
    return fresh and hmac.compare_digest(headers["webhook-signature"], f"v1,{expected}")


def test_a_receiver_verifies_who_sent_it_and_reads_what_happened(registry: Registry, tmp_path: Path) -> None:
    with hook() as receiver:
        mesh = hooked(registry, tmp_path, f"{receiver.url}/mesh?team=fleet")
        run = mesh.ends(failure=CRASH)
        mesh.tell()
        mesh.deliver()
        [post] = receiver.posts
    path, headers, body = post
    assert path == "/mesh?team=fleet"
    assert headers["content-type"] == "application/json"
    assert verified(post, b"correct horse")
    assert not verified(post, b"wrong horse")
    assert not verified((path, headers, body + b" "), b"correct horse")
    told = json.loads(body)
    [message] = mesh.messages()
    assert headers["webhook-id"] == message.id
    [notice] = told["data"]
    assert {name: notice[name] for name in ("kind", "product", "run_id", "reminder")} == {
        "kind": "failed",
        "product": "fleet.planes",
        "run_id": run.id,
        "reminder": 0,
    }
    assert "Ana" not in body.decode()


def test_every_attempt_has_the_same_id_and_body_and_a_signature_of_its_own(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MESH_NOTIFY_KEY", f"whsec_{base64.b64encode(b'key in bytes').decode()}")
    with hook() as receiver:
        receiver.answers = [500, 503]
        mesh = hooked(registry, tmp_path, receiver.url)
        mesh.ends(failure=CRASH)
        mesh.tell()
        for _ in range(3):
            mesh.due()
            mesh.deliver()
        assert len(receiver.posts) == 3
        assert len({(headers["webhook-id"], body) for _, headers, body in receiver.posts}) == 1
        assert all(verified(post, b"key in bytes") for post in receiver.posts)
    [message] = mesh.messages()
    assert (message.state, message.attempts) == (DeliveryState.SENT, 3)


@pytest.mark.parametrize("status", [301, 302, 307, 410])
def test_a_redirect_is_not_followed_and_what_is_gone_is_given_up(
    registry: Registry, tmp_path: Path, status: int
) -> None:
    with hook() as receiver:
        receiver.answers = [status]
        mesh = hooked(registry, tmp_path, receiver.url)
        mesh.ends(failure=CRASH)
        mesh.tell()
        mesh.deliver()
        assert [path for path, _, _ in receiver.posts] == ["/"]
    [message] = mesh.messages()
    assert message.state is DeliveryState.GIVEN_UP
    assert str(status) in message.error


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://localhost:8888/",
        "https://10.1.2.3/",
        "https://192.168.0.1/",
        "https://172.16.9.9/",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://[::1]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://224.0.0.1/",
        "http://93.184.215.14/",
    ],
)
def test_no_address_that_only_we_reach_is_taken_and_no_public_one_without_tls(url: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refusal:
        WebhookNotifier(Settings(root=tmp_path)).check(Address(to=url, secret=KEY))
    assert refusal.value.code == "notice.webhook-private"
    assert "webhook_networks" in refusal.value.hint


def test_a_public_address_is_taken(tmp_path: Path) -> None:
    WebhookNotifier(Settings(root=tmp_path)).check(Address(to="https://93.184.215.14/hook", secret=KEY))


@pytest.mark.parametrize(
    ("address", "code"),
    [
        (Address(to="ftp://example.org/", secret=KEY), "notice.webhook-url"),
        (Address(to="https://user:password@example.org/", secret=KEY), "notice.webhook-url"),
        (Address(to="https://", secret=KEY), "notice.webhook-url"),
        (Address(to="https://exa mple.org/", secret=KEY), "notice.webhook-url"),
        (Address(to="https://example.org:99999/", secret=KEY), "notice.webhook-url"),
        (Address(to="https://example.org/\r\nX-Evil: 1", secret=KEY), "notice.webhook-url"),
        (Address(to="https://93.184.215.14/"), "notice.webhook-unsigned"),
        (Address(to="https://93.184.215.14/", secret="correct horse"), "notice.reference"),
        (Address(to="https://93.184.215.14/", secret="env:AWS_SECRET_ACCESS_KEY"), "notice.reference"),
        (Address(to="https://93.184.215.14/", secret="file:../registry.db"), "notice.reference"),
        (Address(to="https://93.184.215.14/", secret="file:/etc/passwd"), "notice.reference"),
        (Address(to="env:HOME", secret=KEY), "notice.reference"),
    ],
)
def test_bad_input_is_refused_before_anything_is_stored_and_not_repeated(
    address: Address, code: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        WebhookNotifier(Settings(root=tmp_path)).check(address)
    assert refusal.value.code == code
    assert "password" not in str(refusal.value).replace("without user and password", "")


def test_a_name_is_looked_at_anew_for_every_message(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that was public when it was stored, and means the loopback now, gets nothing."""
    with hook(host="localhost") as receiver:
        mesh = hooked(registry, tmp_path, receiver.url, webhook_networks=[])
        mesh.ends(failure=CRASH)
        mesh.tell()
        mesh.deliver()
        assert receiver.posts == []
    [message] = mesh.messages()
    assert message.state is DeliveryState.GIVEN_UP
    assert "to which webhooks are not sent" in message.error


def test_a_url_that_holds_a_token_stays_a_reference_everywhere(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with hook() as receiver:
        (tmp_path / "secrets").mkdir()
        (tmp_path / "secrets" / "hook").write_text(f"{receiver.url}/token-0815\n")
        receiver.answers = [500]
        mesh = hooked(registry, tmp_path, "file:hook")
        mesh.ends(failure=CRASH)
        mesh.tell()
        mesh.deliver()
        [waiting] = mesh.messages()
        mesh.due()
        mesh.deliver()
        assert [path for path, _, _ in receiver.posts] == ["/token-0815"] * 2
    kept = (tmp_path / "registry.db").read_bytes() + (tmp_path / "registry.db-wal").read_bytes()
    assert b"token-0815" not in kept
    assert b"correct horse" not in kept
    assert "token-0815" not in waiting.error + caplog.text


def test_a_secret_that_this_worker_does_not_have_is_given_up_with_its_name(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MESH_NOTIFY_KEY")
    with hook() as receiver:
        mesh = hooked(registry, tmp_path, receiver.url)
        mesh.ends(failure=CRASH)
        mesh.tell()
        mesh.deliver()
        assert receiver.posts == []
    assert mesh.messages()[0].error == "There is no secret at env:MESH_NOTIFY_KEY."


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """Who is trusted to certify."""
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return made


def sent(registry: Registry, root: Path, receiver: Hook) -> str:
    """What a message over TLS came to: its error, or nothing."""
    mesh = hooked(registry, root, receiver.url)
    mesh.ends(failure=CRASH)
    mesh.tell()
    mesh.deliver()
    return mesh.messages()[0].error


def test_a_certificate_must_be_for_the_host_and_by_somebody_trusted(
    registry: Registry, tmp_path: Path, authority: trustme.CA
) -> None:
    certificate = authority.issue_cert("localhost")
    with hook(certificate.configure_cert, host="localhost") as receiver:
        assert sent(registry, tmp_path, receiver) == ""
        assert len(receiver.posts) == 1
        assert receiver.posts[0][1]["host"] == receiver.url.removeprefix("https://")


def test_a_certificate_for_another_host_is_refused(registry: Registry, tmp_path: Path, authority: trustme.CA) -> None:
    certificate = authority.issue_cert("elsewhere.example.org")
    with hook(certificate.configure_cert, host="localhost") as receiver:
        assert sent(registry, tmp_path, receiver) == "localhost cannot be reached: SSLCertVerificationError."
        assert receiver.posts == []


def test_a_certificate_by_nobody_trusted_is_refused(registry: Registry, tmp_path: Path, authority: trustme.CA) -> None:
    certificate = trustme.CA().issue_cert("localhost")
    with hook(certificate.configure_cert, host="localhost") as receiver:
        assert sent(registry, tmp_path, receiver) == "localhost cannot be reached: SSLCertVerificationError."


def test_a_server_that_never_ends_its_answer_is_left(registry: Registry, tmp_path: Path) -> None:
    with dripping() as url:
        mesh = hooked(registry, tmp_path, url)
        mesh.ends(failure=CRASH)
        mesh.tell()
        began = time.monotonic()
        Post(registry, mesh.settings, {"webhook": WebhookNotifier(mesh.settings, whole_s=0.5)}).deliver()
        assert time.monotonic() - began < 5
    [message] = mesh.messages()
    assert message.state is DeliveryState.WAITING
    # whose end of the connection is closed first, is chance
    assert message.error in (
        "127.0.0.1 cannot be reached: TimeoutError.",
        "127.0.0.1 cannot be reached: ConnectionResetError.",
    )


def test_somebody_who_tests_a_channel_hears_at_once_what_is_wrong(registry: Registry, tmp_path: Path) -> None:
    with hook() as receiver:
        mesh = hooked(registry, tmp_path, receiver.url)
        post = Post(registry, mesh.settings, notifiers_of(mesh.settings))
        delivery = post.test("ana", "webhook")
        assert delivery.state is DeliveryState.SENT
        [(_, headers, body)] = receiver.posts
        assert headers["webhook-id"] == delivery.id
        assert json.loads(body)["type"] == "test"
        receiver.answers = [404]
        with pytest.raises(Unavailable, match="answered 404"):
            post.test("ana", "webhook")
    with pytest.raises(NotFound) as refusal:
        post.test("ana", "email")
    assert refusal.value.code == "notice.no-address"
