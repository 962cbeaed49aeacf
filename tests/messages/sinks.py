"""Real servers on this machine that take what leaves the portal: a mail server and a JSON receiver."""

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def certificate(folder: Path) -> Path:
    """A self-signed certificate with its key for 127.0.0.1, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    at = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return file


def server_context(file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@dataclass
class Mailbox:
    """A mail server. `answers` are the codes for the next messages (250 when empty), `hang` keeps the answer back."""

    port: int = 0
    answers: list[int] = field(default_factory=list)
    recipient_answer: int = 250
    hang: bool = False
    starttls: ssl.SSLContext | None = None
    user: str = ""
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)
    signed_in: bool = False
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.mails]

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            await self._say(writer, "220 sink")
            while line := await reader.readline():
                if not await self._answer(line.decode().strip(), reader, writer):
                    break
        writer.close()

    async def _answer(self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        verb = line.split(" ")[0].upper()
        secure = writer.get_extra_info("ssl_object") is not None
        if verb == "EHLO":
            offers = ["STARTTLS"] if self.starttls and not secure else []
            offers += ["AUTH PLAIN"] if self.user else []
            lines = ["sink", *offers]
            for place, text in enumerate(lines):
                await self._say(writer, f"250{' ' if place == len(lines) - 1 else '-'}{text}")
        elif verb == "STARTTLS":
            await self._say(writer, "220 go")
            await writer.start_tls(self.starttls)
        elif verb == "AUTH":
            self.signed_in = True
            await self._say(writer, "235 ok")
        elif verb == "RCPT":
            await self._say(writer, f"{self.recipient_answer} recipient")
            if self.recipient_answer == 250:
                self.recipients.append(line.partition("<")[2].partition(">")[0])
        elif verb == "DATA":
            await self._take(reader, writer, secure)
        elif verb == "QUIT":
            await self._say(writer, "221 bye")
            return False
        else:
            await self._say(writer, "250 ok")
        return True

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, secure: bool) -> None:
        await self._say(writer, "354 send")
        content = await reader.readuntil(b"\r\n.\r\n")
        self.mails.append(message_from_bytes(content[:-5], policy=default))  # type: ignore[arg-type]
        self.secured.append(secure)
        self.arrived.set()
        if self.hang:
            await asyncio.sleep(3600)
        await self._say(writer, f"{self.answers.pop(0) if self.answers else 250} done")

    async def _say(self, writer: asyncio.StreamWriter, text: str) -> None:
        writer.write(text.encode() + b"\r\n")
        await writer.drain()


@dataclass
class Received:
    """A request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """An HTTP server. `answers` are (status, document) or "hang" or raw bytes, in order; then 200 and `usual`."""

    port: int = 0
    answers: list[Any] = field(default_factory=list)
    usual: Any = field(default_factory=dict)
    requests: list[Received] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            pairs = (line.partition(":") for line in head[1:] if line)
            headers = {name.lower(): value.strip() for name, _, value in pairs}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            self.requests.append(Received(head[0].split(" ")[1], headers, body))
            answer = self.answers.pop(0) if self.answers else (200, self.usual)
            if answer == "hang":
                await asyncio.sleep(3600)
            writer.write(answer if isinstance(answer, bytes) else answered(*answer))
            await writer.drain()
        writer.close()


def answered(status: int, document: Any, *headers: str) -> bytes:
    """An answer in one chunk, as gateways behind a proxy give it."""
    body = json.dumps(document).encode()
    chunks = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
    lines = [f"HTTP/1.1 {status} X", "Transfer-Encoding: chunked", *headers, "", ""]
    return "\r\n".join(lines).encode() + chunks


@contextlib.asynccontextmanager
async def listening(sink: Mailbox | Receiver, tls: ssl.SSLContext | None = None) -> AsyncIterator[Any]:
    """The sink on a free port of this machine."""
    tasks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        await sink.talk(reader, writer)

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=tls)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
