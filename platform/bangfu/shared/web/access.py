"""The access check that stands at the top of every route."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from bangfu.errors import NotAllowed, NotYours
from bangfu.shared.permissions import PERMISSIONS, allows

PROOF = "_proof"
"""The field of a form in which a person proves once more who they are."""
_NOT_KEPT = {PROOF, "_csrf_token"}


class SignInFirst(Exception):
    """Nobody is signed in: the answer is a redirect to the sign-in page."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.href = f"/signin?next={quote(path, safe='')}"


class HeldBack(Exception):
    """Something of the person's own account comes first (`href`): a password of their own, a second factor."""

    def __init__(self, href: str) -> None:
        super().__init__(href)
        self.href = href


class ProveFirst(Exception):
    """What is asked for is grave, and the last proof of who asks is too old: the answer asks for one.

    `kept` is what was filled in, which is sent once more with the proof; files cannot be kept (`with_files`).
    """

    def __init__(
        self, path: str, fault: str, kept: Sequence[tuple[str, str]], *, has_factor: bool, with_files: bool
    ) -> None:
        super().__init__(path)
        self.path, self.fault, self.kept = path, fault, kept
        self.has_factor, self.with_files = has_factor, with_files


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
    """A guard: anyone who is signed in, and whose account lacks nothing."""
    if connection.scope.get("user") is None:
        raise SignInFirst(path_of(connection))
    if held := connection.scope["state"].get("held"):
        raise HeldBack(held)


async def proved(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard behind another one, for what is grave (money, roles, unmasking in bulk, export): the person has given
    the password or a code a short while ago, or gives it with this very form."""
    hooks = connection.app.state.frame_hooks
    if hooks.is_proved(connection.scope["state"].get("proved_at")):
        return
    actor, posted = connection.scope["user"], []
    if connection.scope.get("method") != "GET":
        # The framework hands the request itself to a guard; its form is read once and kept.
        posted = list((await connection.form()).multi_items())  # type: ignore[attr-defined]
    typed = next((value for name, value in posted if name == PROOF and isinstance(value, str)), "")[:256]
    fault = await hooks.prove(actor, typed) if typed else ""
    if fault is None:
        return
    kept = [(name, value) for name, value in posted if isinstance(value, str) and name not in _NOT_KEPT]
    files = any(not isinstance(value, str) for _, value in posted)
    raise ProveFirst(path_of(connection), fault, kept, has_factor=await hooks.has_factor(actor), with_files=files)


async def public(_connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard that says: everyone may come here."""


def path_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The address that was asked for, as a path of this portal."""
    url = connection.url
    return url.path + (f"?{url.query}" if url.query else "")
