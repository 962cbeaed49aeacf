"""How another system proves who it is, and how much it may send (DOMAIN.md 8.1: hotline, data comparison). Pure.

The signature is HMAC-SHA256 over seven lines: the version, the method, the path, the time stamp, the nonce, the
idempotency key (empty where none is needed) and the SHA-256 of the body in hexadecimal.
"""

import hashlib
import hmac
import math
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

VERSION: Final = "bangfu-v1"
SCHEME: Final = "v1="
KINDS: Final = ("hotline", "data_comparison")
CLOCK_SECONDS: Final = 300
"""How far the clocks of both sides may differ [D]."""
NONCE_SECONDS: Final = 2 * CLOCK_SECONDS + 60
"""How long a nonce is remembered: longer than any time stamp that is accepted."""
MOST_BYTES: Final = 64 * 1024
"""Of a request's body [D]."""
PER_MINUTE: Final = 60
"""Requests of a client in a minute, and at once [D]."""
KEY: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
"""A nonce or an idempotency key."""
REFERENCE: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""A client's own number of a report: it stands in an address, so it says nothing about a person."""
_STAMP: Final = re.compile(r"[0-9]{1,11}")


@dataclass(frozen=True, slots=True)
class Signed:
    """What a request says in its headers; `key` is "" where the method needs none."""

    client: str
    timestamp: str
    nonce: str
    key: str
    signature: str


def fresh_secret() -> str:
    """A secret of 256 random bits, in letters that can be typed."""
    return secrets.token_urlsafe(32)


def text_to_sign(method: str, path: str, signed: Signed, body: bytes) -> bytes:
    """The seven lines."""
    digest = hashlib.sha256(body).hexdigest()
    lines = (VERSION, method.upper(), path, signed.timestamp, signed.nonce, signed.key, digest)
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def signature(secret: str, method: str, path: str, signed: Signed, body: bytes) -> str:
    """`v1=` and 64 hexadecimal digits."""
    return SCHEME + hmac.new(secret.encode(), text_to_sign(method, path, signed, body), hashlib.sha256).hexdigest()


def is_signed(secret: str, method: str, path: str, signed: Signed, body: bytes) -> bool:
    """Whether the signature is the secret's; takes as long for a wrong one."""
    expected = signature(secret, method, path, signed, body)
    return hmac.compare_digest(expected.encode(), signed.signature.encode("utf-8", "surrogatepass"))


def is_timely(timestamp: str, at: datetime) -> bool:
    """Whether the time stamp (whole seconds since 1970) lies within five minutes of the server's clock."""
    return bool(_STAMP.fullmatch(timestamp)) and abs(int(timestamp) - at.timestamp()) <= CLOCK_SECONDS


def wait_seconds(tokens: float, per_minute: int) -> int:
    """How long until a bucket with less than one token holds one again; at least a second."""
    return max(1, math.ceil((1 - tokens) * 60 / per_minute))
