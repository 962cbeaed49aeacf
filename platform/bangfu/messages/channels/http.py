"""Posting JSON to a system that the operator named: no redirects, no private networks, a limit on time and size.

The name is resolved once and the connection goes to the address that was checked, so that a name cannot point
elsewhere a moment later. Plain HTTP is for this machine only.
"""

import asyncio
import ipaddress
import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPException, HTTPResponse
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from bangfu.errors import SetupError
from bangfu.messages.channels.base import Permanent, Temporary

TIMEOUT = 15.0
"""Seconds for a whole request, from resolving the name to the last byte of the answer [D]."""
MOST_BYTES = 64 * 1024
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_REFUSED = frozenset({400, 404, 405, 410, 413, 415, 422})
"""The message itself is refused; any other failure may be mended by the operators of either side."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body (at most 64 KB) of an answer."""

    status: int
    body: bytes
    retry_after: timedelta | None = None

    def document(self) -> dict[str, Any]:
        """The body as a JSON object.

        Raises:
            Temporary: if it is none.
        """
        try:
            found = json.loads(self.body)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise Temporary("bad_answer")
        return found

    def check(self) -> "Answer":
        """Itself, if the status is a success.

        Raises:
            Temporary, Permanent: otherwise.
        """
        if 200 <= self.status < 300:
            return self
        if 300 <= self.status < 400:
            raise Permanent("redirected")
        code = f"http_{self.status}"
        raise Permanent(code) if self.status in _REFUSED else Temporary(code, self.retry_after)


def check_url(name: str, url: str) -> str:
    """The address of a setting, if it may be posted to.

    Raises:
        SetupError: unless it is https, or http on this machine, without user name or fragment.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise SetupError(f"{name} is not an address.") from error
    plain_here = parts.scheme == "http" and host in LOOPBACK
    if not (parts.scheme == "https" or plain_here) or not host or port == 0:
        raise SetupError(f"{name} must be an https address (http only on 127.0.0.1 or localhost).")
    if parts.username or parts.password or parts.fragment or not url.isascii() or any(c.isspace() for c in url):
        raise SetupError(f"{name} must be a plain address: no user name, no fragment, no spaces.")
    return url


async def request(
    url: str, *, method: str = "POST", body: bytes = b"", headers: Mapping[str, str] | None = None,
    private: bool = False, loopback: bool = True, limit: float = TIMEOUT,
) -> Answer:  # fmt: skip
    """One request and its answer; redirects are answers, too. `loopback`: whether a name of this machine is allowed
    without `private`, as it is for addresses that the operator set.

    Raises:
        Temporary: `timeout`, `unreachable`, `tls`, `bad_answer`, `answer_too_long`.
        Permanent: `private_address` where the name leads into a private network and `private` is not set.
    """
    try:
        async with asyncio.timeout(limit):
            here = loopback and (urlsplit(url).hostname or "") in LOOPBACK
            return await _ask(url, method, body, headers or {}, private=private or here)
    except TimeoutError:
        raise Temporary("timeout") from None
    except ssl.SSLError:
        raise Temporary("tls") from None
    except OSError:
        raise Temporary("unreachable") from None


async def _ask(url: str, method: str, body: bytes, headers: Mapping[str, str], *, private: bool) -> Answer:
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    places = await _places(host, port, allowed=private)
    reader, writer = await _connect(places, port, host if secure else "")
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        head = {
            "Host": parts.netloc, "User-Agent": "bangfu", "Accept": "application/json", "Connection": "close",
            "Content-Length": str(len(body)), **headers,
        }  # fmt: skip
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
        writer.write("\r\n".join(lines).encode("latin-1") + body)
        await writer.drain()
        return _parsed(await _read(reader))
    finally:
        writer.close()


async def _connect(places: list[str], port: int, name: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to the first of the addresses that answers; with a name under TLS, checked against the name."""
    context = ssl.create_default_context() if name else None
    for place in places[:-1]:
        try:
            return await asyncio.open_connection(place, port, ssl=context, server_hostname=name or None)
        except ssl.SSLError:
            raise
        except OSError:
            continue
    return await asyncio.open_connection(places[-1], port, ssl=context, server_hostname=name or None)


async def _places(host: str, port: int, *, allowed: bool) -> list[str]:
    """The addresses to connect to; every address of the name must be one of the open net."""
    loop = asyncio.get_running_loop()
    found = [info[4][0] for info in await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    places = [str(place).partition("%")[0] for place in found]
    if not allowed and not all(is_open(place) for place in places):
        raise Permanent("private_address")
    return list(dict.fromkeys(places))


def is_open(place: str) -> bool:
    """Whether an IP address belongs to the open net, not to this machine or a private or special network."""
    address = ipaddress.ip_address(place)
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is not None:
            return is_open(str(inner))
        if address in _NAT64:
            return is_open(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
    return address.is_global and not address.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


async def _read(reader: asyncio.StreamReader) -> bytes:
    """Everything up to the end of the connection."""
    received = bytearray()
    while chunk := await reader.read(16 * 1024):
        received += chunk
        if len(received) > MOST_BYTES:
            raise Temporary("answer_too_long")
    return bytes(received)


class _Received:
    """Bytes as the standard library's parser reads them from a socket."""

    def __init__(self, received: bytes) -> None:
        self._received = received

    def makefile(self, *_: object, **__: object) -> BytesIO:
        return BytesIO(self._received)


def _parsed(received: bytes) -> Answer:
    response = HTTPResponse(_Received(received))  # type: ignore[arg-type]
    try:
        response.begin()
        body = response.read()
    except (HTTPException, ValueError):
        raise Temporary("bad_answer") from None
    asked = response.getheader("Retry-After", "") or ""
    seconds = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else None
    return Answer(response.status, body, timedelta(seconds=seconds) if seconds else None)
