"""E-mail through the operator's mail server: plain text, in the recipient's language, one Message-ID per outbox row."""

import asyncio
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from bangfu.errors import SetupError
from bangfu.messages.channels.base import Permanent, Rendered, Temporary
from bangfu.messages.channels.http import LOOPBACK

TIMEOUT = 15.0
"""Seconds for each step of the conversation [D]."""


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server. `security`: `tls` (from the first byte), `starttls`, or `none`, which only this machine gets."""

    host: str
    port: int
    security: str
    user: str = ""
    password: str = field(default="", repr=False)


def server_of(url: str) -> Server:
    """`smtps://user:password@host:465`, `smtp://host:587` (STARTTLS), `smtp://127.0.0.1:25?tls=none`.

    Raises:
        SetupError: for anything else; the address itself is not repeated, as it may hold a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise SetupError("BANGFU_SMTP_URL is not an address.") from error
    host = parts.hostname or ""
    if parts.scheme not in {"smtp", "smtps"} or not host:
        raise SetupError("BANGFU_SMTP_URL must be such as smtps://user:password@mail.example.org or smtp://host:587.")
    asked = parse_qs(parts.query).get("tls", ["starttls"])[0]
    security = "tls" if parts.scheme == "smtps" else asked
    if security not in {"tls", "starttls", "none"} or (security == "none" and host not in LOOPBACK):
        raise SetupError("BANGFU_SMTP_URL may say tls=none only for a mail server on this machine.")
    usual = 465 if security == "tls" else 587 if security == "starttls" else 25
    return Server(host, port or usual, security, unquote(parts.username or ""), unquote(parts.password or ""))


def sender_of(text: str) -> tuple[str, str]:
    """The name and address of `帮扶平台 <bangfu@example.org>`.

    Raises:
        SetupError: if there is no address in it.
    """
    name, address = parseaddr(text)
    if "@" not in address.strip("@") or not address.isascii() or any(c in text for c in "\r\n"):
        raise SetupError("BANGFU_MAIL_FROM must be an e-mail address.")
    return name, address


class Email:
    """Delivers through one server from one sender."""

    def __init__(self, server: Server, sender: tuple[str, str]) -> None:
        self._server, self._sender = server, sender

    async def deliver(self, address: str, rendered: Rendered) -> None:
        """Hand the message to the server.

        Raises:
            Temporary: unreachable, timed out, a 4xx answer, or a refused sign-in (the operator mends it).
            Permanent: a 5xx answer to this recipient or this message.
        """
        await asyncio.to_thread(self._deliver, address, self.message(address, rendered))

    def message(self, address: str, rendered: Rendered) -> EmailMessage:
        """The message as it goes over the line."""
        mail = EmailMessage()
        mail["From"] = formataddr(self._sender)
        mail["To"] = address
        mail["Subject"] = rendered.subject
        mail["Date"] = format_datetime(rendered.occurred_at)
        mail["Message-ID"] = f"<{rendered.id}@{self._sender[1].rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["Content-Language"] = rendered.lang
        mail.set_content(f"{rendered.text}\n\n{rendered.link}\n")
        return mail

    def _deliver(self, address: str, mail: EmailMessage) -> None:
        try:
            with self._connect() as connection:
                connection.send_message(mail, self._sender[1], [address])
        except smtplib.SMTPRecipientsRefused as error:
            raise _refusal(next(iter(error.recipients.values()))[0]) from None
        except smtplib.SMTPAuthenticationError as error:
            raise Temporary(f"smtp_{error.smtp_code}") from None
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code) from None
        except smtplib.SMTPNotSupportedError:
            raise Temporary("smtp_no_starttls") from None
        except ssl.SSLError:  # before ValueError, which a wrong certificate is, too
            raise Temporary("tls") from None
        except (smtplib.SMTPException, ValueError):
            raise Temporary("smtp_broken_off") from None
        except TimeoutError:
            raise Temporary("timeout") from None
        except OSError:
            raise Temporary("unreachable") from None

    async def probe(self, seconds: float) -> str:
        """Greet the server and sign in, without sending anything: "" if that works, else the error as a code."""
        return await asyncio.to_thread(self._probe, seconds)

    def _probe(self, seconds: float) -> str:
        try:
            with self._connect(seconds) as connection:
                connection.ehlo_or_helo_if_needed()
        except smtplib.SMTPResponseException as error:
            return f"smtp_{error.smtp_code}"
        except smtplib.SMTPNotSupportedError:
            return "smtp_no_starttls"
        except ssl.SSLError:
            return "tls"
        except TimeoutError:
            return "timeout"
        except (smtplib.SMTPException, ValueError):
            return "smtp_broken_off"
        except OSError:
            return "unreachable"
        return ""

    def _connect(self, seconds: float = TIMEOUT) -> smtplib.SMTP:
        server, name = self._server, self._sender[1].rpartition("@")[2]
        connection: smtplib.SMTP
        if server.security == "tls":
            context = ssl.create_default_context()
            connection = smtplib.SMTP_SSL(server.host, server.port, name, timeout=seconds, context=context)
        else:
            connection = smtplib.SMTP(server.host, server.port, name, seconds)
        try:
            if server.security == "starttls":
                connection.starttls(context=ssl.create_default_context())
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection


def _refusal(status: int) -> Temporary | Permanent:
    return Permanent(f"smtp_{status}") if 500 <= status < 600 else Temporary(f"smtp_{status}")
