"""The access check of the interface: no session, but a signature, a fresh time stamp, a new nonce and a free place."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from litestar.connection import ASGIConnection, Request
from litestar.handlers.base import BaseRouteHandler

from bangfu.exchange import rules
from bangfu.exchange.buckets import take_place
from bangfu.exchange.problems import Refusal
from bangfu.exchange.rules import Signed
from bangfu.exchange.tables import ApiClient, ApiNonce
from bangfu.shared.clock import now
from bangfu.shared.crypto import decrypt

_NOBODY = "no client has this secret"


@dataclass(frozen=True, slots=True)
class Caller:
    """The system whose request this is."""

    id: UUID
    name: str
    kind: str
    division: str
    key: str
    """The request's idempotency key; "" where it reads only."""


async def signed(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard: a system of the list, by its signature; sessions count for nothing here.

    Raises:
        Refusal: with what the other side can do about it.
    """
    connection.scope["user"] = None
    if connection.scope["query_string"]:
        raise Refusal("query")
    claimed = _claimed(connection)
    if not rules.is_timely(claimed.timestamp, now()):
        raise Refusal("clock")
    row = await _client(claimed.client)
    body = await _body(connection)
    secret = decrypt(row["secret_enc"], f"api_client:secret_enc:{row['id']}") if row else _NOBODY
    path = connection.scope["path"]
    if not rules.is_signed(secret, _method(connection), path, claimed, body) or row is None:
        raise Refusal("signature")
    if row["status"] != "active":
        raise Refusal("disabled")
    await take_place("api_client", row["id"])
    await remember_nonce(row["id"], claimed.nonce, now())
    connection.state.caller = Caller(row["id"], row["name"], row["kind"], row["division"], claimed.key)


def _method(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    return str(connection.scope.get("method", ""))


async def _body(connection: ASGIConnection[Any, Any, Any, Any]) -> bytes:
    return await connection.body() if isinstance(connection, Request) and _method(connection) == "POST" else b""


def _claimed(connection: ASGIConnection[Any, Any, Any, Any]) -> Signed:
    """The headers, in the right form."""
    names = ("bangfu-client", "bangfu-timestamp", "bangfu-nonce", "idempotency-key", "bangfu-signature")
    found = Signed(*(connection.headers.get(name, "") for name in names))
    writes = _method(connection) == "POST"
    key_fits = rules.KEY.fullmatch(found.key) if writes else found.key == ""
    if not (found.signature and rules.KEY.fullmatch(found.nonce) and key_fits):
        raise Refusal("headers")
    return found


async def _client(text: str) -> dict[str, Any] | None:
    try:
        client = UUID(text)
    except ValueError:
        return None
    rows = await ApiClient.raw(
        "SELECT id, name, kind, division, secret_enc, status FROM api_client WHERE id = {}", client
    )
    return rows[0] if rows else None


async def remember_nonce(client: UUID, nonce: str, at: datetime) -> None:
    """Note a nonce.

    Raises:
        Refusal: where it was seen before.
    """
    rows = await ApiNonce.raw(
        "INSERT INTO api_nonce (id, client, nonce, at) VALUES ({}, {}, {}, {}) ON CONFLICT DO NOTHING RETURNING id",
        uuid4(), client, nonce, at,
    )  # fmt: skip
    if not rows:
        raise Refusal("replayed")


async def forget_nonces(at: datetime) -> int:
    """Forget nonces whose time stamps are too old to be sent again; the worker repeats this."""
    old = at - timedelta(seconds=rules.NONCE_SECONDS)
    return len(await ApiNonce.raw("DELETE FROM api_nonce WHERE at < {} RETURNING id", old))
