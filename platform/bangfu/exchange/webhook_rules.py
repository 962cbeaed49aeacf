"""Webhooks: the address that may be told, the secret, the signature (Standard Webhooks), the numbers. Pure."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

PREFIX: Final = "whsec_"
"""How secrets of that convention begin; the key is the base64 behind it."""
OVERLAP: Final = timedelta(hours=24)
"""How long the secret of before signs beside a new one [D]."""
MOST_ITEMS: Final = 100
"""Changes of one message at most [D]."""
TIME_LIMIT: Final = 10.0
"""Seconds for a whole request [D]."""
LEASE: Final = timedelta(minutes=2)
"""How long a worker may hold an endpoint [D]; a request is broken off well before."""
TRIAL_WAIT: Final = timedelta(seconds=10)
"""Between two trials of one endpoint [D]: the portal is no tool to knock on doors with."""
KEPT: Final = timedelta(days=90)
"""How long a message that arrived stays listed [D]."""
MOST_URL: Final = 500
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def fresh_secret() -> str:
    """A new secret of 256 random bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(keys: Sequence[str], message: str, timestamp: str, body: bytes) -> str:
    """The header `webhook-signature`: one `v1,<base64>` for each secret, separated by spaces."""
    text = f"{message}.{timestamp}.".encode() + body
    return " ".join("v1," + base64.b64encode(_mac(key, text)).decode() for key in keys)


def _mac(key: str, text: bytes) -> bytes:
    return hmac.new(base64.b64decode(key.removeprefix(PREFIX)), text, hashlib.sha256).digest()


def host_of(url: str, named: Collection[str]) -> str | None:
    """The host of an address that webhooks may be sent to, or None: https, or http on this machine where the operator
    named it; no user name, no fragment, no spaces. Where the name leads is checked at each request."""
    if len(url) > MOST_URL or not url.isascii() or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    plain_here = parts.scheme == "http" and host in _HERE and host in named
    if not (parts.scheme == "https" or plain_here) or not host or len(host) > 255 or port == 0:
        return None
    return None if parts.username is not None or parts.password is not None or "#" in url else host
