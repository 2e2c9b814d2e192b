"""E-mail over SMTP, as plain text and HTML."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.errors import MessageError
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.utils import format_datetime

from mesh_workbench.errors import InvalidInput, MeshError, Unavailable
from mesh_workbench.model.preferences import Address
from mesh_workbench.notifiers.base import Message, Resolve
from mesh_workbench.notifiers.references import for_platform
from mesh_workbench.settings import FILE, Settings

_TIMEOUT_S = 15.0


class EmailNotifier:
    """Hands messages to the mail server that the settings name."""

    description = "E-mail to an address."

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def check(self, address: Address) -> None:
        """Raises InvalidInput `notice.address`, and `notice.no-mail-server` where no e-mail is sent at all."""
        _mailbox(address.to)
        if not self._settings.smtp_host:
            raise InvalidInput(
                "notice.no-mail-server",
                "This workbench sends no e-mail.",
                where=str(self._settings.root / FILE),
                hint="Set smtp_host and smtp_from there.",
            )

    def send(self, address: Address, message: Message, secret: Resolve) -> None:  # noqa: ARG002  an address is none
        """Raises InvalidInput `notice.refused`, `notice.address`, `notice.no-mail-server`; Unavailable
        `notice.mail-server`."""
        self.check(address)
        with _translated(self._settings.smtp_host), self._server() as server:
            server.send_message(self._mail(address, message), to_addrs=[address.to])

    @contextmanager
    def _server(self) -> Iterator[smtplib.SMTP]:
        chosen = self._settings
        context = ssl.create_default_context()
        server: smtplib.SMTP
        if chosen.smtp_security == "tls":
            server = smtplib.SMTP_SSL(chosen.smtp_host, chosen.smtp_port, timeout=_TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(chosen.smtp_host, chosen.smtp_port, timeout=_TIMEOUT_S)
        with server:
            if chosen.smtp_security == "starttls":
                server.starttls(context=context)
            if chosen.smtp_user:
                server.login(chosen.smtp_user, for_platform(chosen.smtp_password))
            yield server

    def _mail(self, address: Address, message: Message) -> EmailMessage:
        sender = self._settings.smtp_from or self._settings.smtp_user
        mail = EmailMessage()
        title = "".join(filter(str.isprintable, self._settings.title))
        mail["From"] = Mailbox(title, addr_spec=_mailbox(sender).addr_spec)
        mail["To"] = _mailbox(address.to)
        mail["Subject"] = message.subject
        mail["Date"] = format_datetime(message.created)
        mail["Message-ID"] = f"<{message.id}@mesh-workbench.invalid>"
        mail["Auto-Submitted"] = "auto-generated"  # so that no absence notice answers it
        mail.set_content(message.text)
        mail.add_alternative(message.html, subtype="html")
        return mail


def _mailbox(text: str) -> Mailbox:
    """The address. Raises InvalidInput `notice.address`."""
    try:
        if text.isascii() and text.isprintable() and " " not in text:
            mailbox = Mailbox(addr_spec=text)
            if mailbox.username and mailbox.domain:
                return mailbox
    except (ValueError, IndexError, MessageError) as error:
        raise _not_an_address(text) from error
    raise _not_an_address(text)


def _not_an_address(text: str) -> InvalidInput:
    return InvalidInput(
        "notice.address", f"{text!r} is not an e-mail address.", hint="Write it like ana@example.org, nothing else."
    )


@contextmanager
def _translated(host: str) -> Iterator[None]:
    """What goes wrong with a mail server: refused for ever, or worth another try. Nothing repeats what it said of a
    password."""
    try:
        yield
    except MeshError:
        raise
    except smtplib.SMTPRecipientsRefused as error:
        [(code, said)] = error.recipients.values()
        raise _refused(code, said) from error
    except smtplib.SMTPDataError as error:
        raise _refused(error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPAuthenticationError as error:
        raise _silent(f"{host} does not accept user and password ({error.smtp_code})") from error
    except smtplib.SMTPResponseException as error:
        raise _silent(f"{host} answered {error.smtp_code}") from error
    except (smtplib.SMTPException, OSError) as error:
        raise _silent(f"{host} cannot be reached: {type(error).__name__}") from error


def _refused(code: int, said: bytes | str) -> MeshError:
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    what = f"the mail server refused it ({code}): {''.join(filter(str.isprintable, words))[:200]}"
    if code < 500:
        return _silent(what)
    return InvalidInput("notice.refused", f"{what[:1].upper()}{what[1:]}.", hint="Correct the address.")


def _silent(what: str) -> Unavailable:
    return Unavailable(
        "notice.mail-server",
        f"{what[:1].upper()}{what[1:]}.",
        hint="Compare the settings that begin with smtp_ with those of the mail server.",
    )
