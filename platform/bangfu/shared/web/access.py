"""The access check that stands at the top of every route."""

from typing import Any
from urllib.parse import quote

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from bangfu.errors import NotAllowed, NotYours
from bangfu.shared.permissions import PERMISSIONS, allows


class SignInFirst(Exception):
    """Nobody is signed in: the answer is a redirect to the sign-in page."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.href = f"/signin?next={quote(path, safe='')}"


class Requires:
    """A guard: the signed-in person's roles must allow `permission`; others get 404, outsiders the sign-in page."""

    def __init__(self, permission: str) -> None:
        if permission not in PERMISSIONS:
            raise KeyError(permission)
        self.permission = permission

    async def __call__(self, connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        await signed_in(connection, handler)
        if not allows(connection.user.roles, self.permission):
            if connection.scope.get("method") == "GET":
                raise NotYours
            raise NotAllowed


def requires(permission: str) -> Requires:
    """The guard for a permission of shared/permissions.py."""
    return Requires(permission)


async def signed_in(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard: anyone who is signed in."""
    if connection.scope.get("user") is None:
        url = connection.url
        raise SignInFirst(url.path + (f"?{url.query}" if url.query else ""))


async def public(_connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard that says: everyone may come here."""
