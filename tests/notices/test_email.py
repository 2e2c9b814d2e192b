"""E-mail over a real mail server: what it says, and what becomes of it when the server refuses."""

from __future__ import annotations

import ssl
from datetime import timedelta
from pathlib import Path

import pytest
import trustme

from mesh_workbench.errors import InvalidInput, Unavailable
from mesh_workbench.lifecycle.deliver import Post
from mesh_workbench.model.delivery import DeliveryState
from mesh_workbench.model.notice import NoticeKind
from mesh_workbench.model.preferences import Address
from mesh_workbench.notifiers.email import EmailNotifier
from mesh_workbench.registry import Registry, open_registry
from mesh_workbench.workbench.implementations import notifiers_of
from tests import records
from tests.notices.servers import MailServer, free_port, mail_server
from tests.notices.world import CRASH, World, world


@pytest.fixture
def registry(sqlite_url: str) -> Registry:
    """How mail is sent does not depend on the database."""
    return open_registry(sqlite_url)


def registry_url(registry: Registry) -> str:
    return f"sqlite:///{registry.place}"


def mailing(registry: Registry, root: Path, server: MailServer, **settings: object) -> World:
    plain = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none"}
    mesh = world(registry, registry_url(registry), root, **{**plain, "smtp_from": "mesh@example.org", **settings})
    mesh.reached("ana", timezone="Europe/Madrid")
    return mesh


def test_a_mail_says_what_happened_as_text_and_as_html(registry: Registry, tmp_path: Path) -> None:
    with mail_server() as server:
        mesh = mailing(registry, tmp_path, server, name="Mesh of fleet", lab_url="https://hub.example.org/user/ana/")
        run = mesh.ends(failure=CRASH)
        mesh.tell()
        assert mesh.deliver() == 1
        [mail] = server.mails
        assert server.receivers == ["ana@example.org"]
    assert mail["To"] == "ana@example.org"
    assert mail["From"] == "Mesh of fleet <mesh@example.org>"
    assert mail["Subject"] == "[Mesh of fleet] fleet.planes failed"
    assert mail["Auto-Submitted"] == "auto-generated"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    link = f"https://hub.example.org/user/ana/lab?mesh-product=fleet.planes&mesh-run={run.id}"
    for part in (
        "fleet.planes failed\n  Its notebook failed in cell 4 with ValueError. Nothing has been published yet.\n",
        " Europe/Madrid.",
        link,
        "You are told because you own the product.",
        "mesh notify mute NAME",
    ):
        assert part in text.get_content().replace("\r\n", "\n")
    assert link.replace("&", "&amp;") in html.get_content()
    assert "fleet.planes failed</h2>" in html.get_content()
    assert "Ana Ruiz" not in mail.as_string()


def test_one_mail_tells_of_all_that_gathered(registry: Registry, tmp_path: Path) -> None:
    with mail_server() as server:
        mesh = mailing(registry, tmp_path, server, notice_group_s=0.2)
        for name in ("fleet.planes", "fleet.crews", "fleet.routes"):
            mesh.ends(name, failure=CRASH)
        mesh.tell()
        while not mesh.deliver():
            continue
        [mail] = server.mails
    assert mail["Subject"].endswith(" and 2 more products")
    body = mail.get_body(("plain",))
    assert body is not None
    for name in ("fleet.planes failed", "fleet.crews failed", "fleet.routes failed", "mesh runs run_"):
        assert name in body.get_content()


def test_nothing_in_a_mail_is_interpreted(registry: Registry, tmp_path: Path) -> None:
    with mail_server() as server:
        mesh = mailing(registry, tmp_path, server, name="<b>Fleet</b>\r\nBcc: eve@example.org")
        product = mesh.product()
        evil = records.notice(product, text='<script>alert("x")</script> & more', at=registry.now())
        registry.notices.add(evil, "evil", {"ana": "<i>you</i> own it"})
        registry.deliveries.gather("ana", "email", evil.id, registry.now())
        assert mesh.deliver() == 1
        [mail] = server.mails
        assert server.receivers == ["ana@example.org"]
    assert mail["Bcc"] is None
    html = mail.get_body(("html",))
    assert html is not None
    assert "&lt;script&gt;" in html.get_content()
    assert "<script" not in html.get_content()
    assert "<i>" not in html.get_content()


def test_a_mail_that_is_refused_for_now_comes_later_with_the_same_id(registry: Registry, tmp_path: Path) -> None:
    with mail_server() as server:
        server.busy = 1
        mesh = mailing(registry, tmp_path, server)
        mesh.ends(failure=CRASH)
        mesh.tell()
        mesh.deliver()
        [waiting] = mesh.messages()
        assert (waiting.state, waiting.attempts) == (DeliveryState.WAITING, 1)
        assert "451" in waiting.error
        pause = waiting.due - registry.now()
        assert timedelta(seconds=25) < pause <= timedelta(seconds=30)
        assert mesh.deliver() == 0
        mesh.due()
        assert mesh.deliver() == 1
        [mail] = server.mails
        assert mail["Message-ID"] == f"<{waiting.id}@mesh-workbench.invalid>"
    [sent] = mesh.messages()
    assert (sent.state, sent.attempts, sent.error) == (DeliveryState.SENT, 2, "")


def test_a_mail_server_that_is_away_is_tried_again_until_the_mail_is_given_up_with_the_reason(
    registry: Registry, tmp_path: Path
) -> None:
    away = MailServer(port=free_port())
    mesh = mailing(registry, tmp_path, away, notice_attempts=3)
    mesh.ends(failure=CRASH)
    mesh.tell()
    for _ in range(3):
        mesh.due()
        assert mesh.deliver() == 1
    mesh.due()
    assert mesh.deliver() == 0
    [message] = mesh.messages()
    assert (message.state, message.attempts) == (DeliveryState.GIVEN_UP, 3)
    assert message.error == "127.0.0.1 cannot be reached: ConnectionRefusedError."


def test_a_mailbox_that_does_not_exist_is_given_up_at_once(registry: Registry, tmp_path: Path) -> None:
    with mail_server() as server:
        mesh = mailing(registry, tmp_path, server)
        mesh.reached("ana", by={"email": Address(to="nobody@example.org")})
        mesh.ends(failure=CRASH)
        mesh.tell()
        mesh.deliver()
    [message] = mesh.messages()
    assert (message.state, message.attempts) == (DeliveryState.GIVEN_UP, 1)
    assert message.error == "The mail server refused it (550): 5.1.1 no such mailbox."


def test_an_address_that_is_corrected_meanwhile_counts(registry: Registry, tmp_path: Path) -> None:
    with mail_server() as server:
        server.busy = 1
        mesh = mailing(registry, tmp_path, server)
        mesh.ends(failure=CRASH)
        mesh.tell()
        mesh.deliver()
        mesh.reached("ana", by={"email": Address(to="ana.ruiz@example.org")})
        mesh.due()
        mesh.deliver()
        assert server.receivers == ["ana.ruiz@example.org"]
    mesh.ends("fleet.crews", failure=CRASH)
    mesh.tell()
    mesh.reached("ana", by={})
    mesh.due()
    mesh.deliver()
    assert mesh.messages()[-1].error == "There is no address for email."


def test_mail_goes_encrypted_and_signed_in_with_a_password_that_stays_a_reference(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    monkeypatch.setenv("MAIL_PASSWORD", "correct horse")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    with mail_server(tls_context=context, require_starttls=True, auth_required=True) as server:
        signed_in = {"smtp_user": "mesh@example.org", "smtp_password": "env:MAIL_PASSWORD", "smtp_from": ""}
        mesh = mailing(registry, tmp_path, server, smtp_security="starttls", **signed_in)
        mesh.ends(failure=CRASH)
        mesh.tell()
        mesh.deliver()
        assert [message.error for message in mesh.messages()] == [""]
        assert server.users == ["mesh@example.org"]
        assert len(server.mails) == 1
        monkeypatch.setenv("MAIL_PASSWORD", "wrong horse")
        mesh.ends("fleet.crews", failure=CRASH)
        mesh.tell()
        mesh.deliver()
    error = mesh.messages()[-1].error
    assert error == "127.0.0.1 does not accept user and password (535)."
    assert "horse" not in error + caplog.text + (tmp_path / "registry.db").read_bytes().decode("latin-1")


def test_a_mail_server_without_a_certificate_that_is_trusted_gets_nothing(registry: Registry, tmp_path: Path) -> None:
    certificate = trustme.CA().issue_cert("127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    with mail_server(tls_context=context) as server:
        mesh = mailing(registry, tmp_path, server, smtp_security="starttls")
        mesh.ends(failure=CRASH)
        mesh.tell()
        mesh.deliver()
        assert server.mails == []
    assert mesh.messages()[0].error == "127.0.0.1 cannot be reached: SSLCertVerificationError."


@pytest.mark.parametrize(
    "address",
    [
        "ana",
        "ana@",
        "@example.org",
        "ana@example.org\nBcc: eve@example.org",
        "Ana <ana@example.org>",
        "a b@example.org",
    ],
)
def test_what_is_no_address_is_refused_before_it_is_stored(registry: Registry, tmp_path: Path, address: str) -> None:
    mesh = mailing(registry, tmp_path, MailServer(port=1))
    with pytest.raises(InvalidInput) as refusal:
        EmailNotifier(mesh.settings).check(Address(to=address))
    assert refusal.value.code == "notice.address"


def test_without_a_mail_server_there_is_no_address_to_give(registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refusal:
        EmailNotifier(world(registry, registry_url(registry), tmp_path).settings).check(Address(to="ana@example.org"))
    assert refusal.value.code == "notice.no-mail-server"
    assert "smtp_host" in refusal.value.hint


def test_quiet_hours_that_begin_after_a_message_was_put_there_count(registry: Registry, tmp_path: Path) -> None:
    with mail_server() as server:
        mesh = mailing(registry, tmp_path, server)
        mesh.ends(failure=CRASH)
        mesh.tell()
        hour = registry.now().hour
        mesh.reached("ana", quiet={"start": f"{(hour - 1) % 24:02}:00", "end": f"{(hour + 2) % 24:02}:00"})
        mesh.deliver()
        assert server.mails == []
        [message] = mesh.messages()
        assert (message.state, message.attempts) == (DeliveryState.WAITING, 0)
        assert message.due > registry.now() + timedelta(minutes=59)
        mesh.reached("ana", quiet={"start": "00:00", "end": "23:59"}, urgent=[NoticeKind.FAILED])
        mesh.due()
        mesh.deliver()
        assert len(server.mails) == 1


def test_the_error_of_an_unknown_mail_server_names_what_to_look_at(registry: Registry, tmp_path: Path) -> None:
    mesh = mailing(registry, tmp_path, MailServer(port=free_port()), smtp_host="mail.invalid")
    post = Post(registry, mesh.settings, notifiers_of(mesh.settings))
    with pytest.raises(Unavailable) as fault:
        post.test("ana", "email")
    assert fault.value.code == "notice.mail-server"
    assert "smtp_" in fault.value.hint
