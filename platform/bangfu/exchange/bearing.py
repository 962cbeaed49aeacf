"""The access check of the interface for reading: no session, but a bearer token, and a free place in its bucket."""

from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from bangfu.exchange.buckets import take_place
from bangfu.exchange.problems import Refusal
from bangfu.exchange.read_tokens import digest, stands
from bangfu.exchange.reading import Reader
from bangfu.exchange.tables import ApiToken
from bangfu.shared.clock import today

_MOST_LETTERS: Final = 200


async def bearer(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard: a system with a token that counts today; sessions count for nothing here.

    A token ends with its owner: with the account, with the role that may give tokens, with the area.

    Raises:
        Refusal: where there is none, or its bucket is empty.
    """
    connection.scope["user"] = None
    scheme, _space, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(token.strip()) <= _MOST_LETTERS:
        raise Refusal("token")
    rows = await ApiToken.raw(
        "SELECT t.id, t.scopes, t.division, t.organization, u.roles, u.scope FROM api_token t JOIN app_user u"
        " ON u.id = t.created_by WHERE t.token_sha256 = {} AND t.status = 'active' AND t.expires_on >= {} AND u.active",
        digest(token.strip()), today(),
    )  # fmt: skip
    if not rows or not stands(rows[0]):
        raise Refusal("token")
    row = rows[0]
    await take_place("api_token", row["id"])
    await ApiToken.raw("UPDATE api_token SET answered = answered + 1 WHERE id = {}", row["id"])
    connection.state.reader = Reader(
        row["id"], frozenset(row["scopes"]), row["division"], row["organization"], frozenset(row["roles"])
    )
