"""Errors as pages: what happened and what to do next, in the reader's language, never a traceback."""

import logging
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import asyncpg
from litestar import Response
from litestar.exceptions import HTTPException, PermissionDeniedException

from bangfu.errors import Elsewhere, FormError, SetupError, Told
from bangfu.shared import i18n
from bangfu.shared.tracing import where
from bangfu.shared.web.access import HeldBack, ProveFirst, SignInFirst
from bangfu.shared.web.pages import Page, Request, fragment, go

log = logging.getLogger("bangfu")


def _told(request: Request, error: Told) -> Response[Any]:
    return _simple(request, error.status, i18n.told(error))


def _elsewhere(request: Request, error: Elsewhere) -> Page:
    return go(request, error.href)


def _sign_in_first(request: Request, error: SignInFirst) -> Page:
    if request.method == "GET":
        return go(request, error.href)
    return _simple(request, 401, i18n._("You are signed out. Sign in and try again; nothing was changed."))


def _held_back(request: Request, error: HeldBack) -> Page:
    return go(request, error.href)


def _prove_first(request: Request, error: ProveFirst) -> Page:
    """Ask for the password or a code; what was filled in goes along and is sent again with it."""
    if request.method == "GET":
        return go(request, f"/account/prove?next={quote(error.path, safe='')}")
    answer = fragment(
        request, "accounts/prove.html", 422, action=error.path, kept=error.kept, with_files=error.with_files,
        has_factor=error.has_factor, path=str(request.scope["path"]), signed_in=True,
        fault=i18n.sentence(error.fault, {}) if error.fault else "", **_bare(),
    )  # fmt: skip
    if request.headers.get("HX-Request"):
        answer.headers.update({"HX-Retarget": "body", "HX-Reswap": "innerHTML"})
    return answer


def _http(request: Request, error: HTTPException) -> Response[Any]:
    if isinstance(error, PermissionDeniedException):
        text = i18n._("The form has expired. Go back, reload the page and send it again.")
        return _simple(request, 403, text)
    texts = {
        404: i18n._("This page does not exist, or it is not yours to see."),
        405: i18n._("This address does not take that kind of request."),
        413: i18n._("The file is too large."),
    }
    text = texts.get(error.status_code, i18n._("The request was not understood."))
    answer = _simple(request, error.status_code, text)
    if allowed := (error.headers or {}).get("allow"):
        answer.headers["allow"] = allowed
    return answer


def _route(request: Request) -> str:
    """The address as the log may keep it: its pattern, since a home's code and a calendar's secret stand in paths."""
    return str(request.scope.get("path_template") or "(no route)")


def _unexpected(request: Request, error: Exception) -> Response[Any]:
    number = uuid4().hex[:8]
    log.error("error %s at %s %s\n%s", number, request.method, _route(request), where(error),
              extra={"error": number})  # fmt: skip
    text = i18n._("Something went wrong here. Nothing was changed. Tell the administrator the number {number}.")
    return _simple(request, 500, text.format(number=number), reference=number)


def _collided(request: Request, error: Exception) -> Response[Any]:
    log.warning("two changes waited for each other at %s %s: %s", request.method, _route(request), type(error).__name__)
    text = i18n._("Somebody else changed the same data at this very moment. Nothing was changed here. Send it again.")
    return _simple(request, 409, text)


SEPARATION = "separation_of_duties"
"""The name under which the database refuses a second duty on one chain (DOMAIN.md 8.11)."""


def _violated(request: Request, error: Exception) -> Response[Any]:
    """A rule of the database that no action asked before: of these only the separation of duties is a person's."""
    if getattr(error, "constraint_name", "") != SEPARATION:
        return _unexpected(request, error)
    log.warning("two duties of one person were refused at %s %s", request.method, _route(request))
    text = i18n._("You did another part of this matter already; somebody else has to do this one. Nothing was changed.")
    return _simple(request, 409, text)


def _no_database(request: Request, error: Exception) -> Response[Any]:
    log.warning("the database does not answer: %s", type(error).__name__)
    return _simple(request, 503, i18n._("The database does not answer. Nothing was changed. Try again in a minute."))


def _simple(request: Request, status: int, text: str, reference: str = "") -> Page:
    """An error page without asking the database anything."""
    known = status if status in {400, 401, 403, 404, 409, 422, 429, 500} else {405: 404, 503: 500}.get(status, 400)
    signed_in = request.scope.get("user") is not None
    answer = fragment(
        request, f"errors/{known}.html", status, message=text, path=str(request.scope["path"]),
        signed_in=signed_in, reference=reference, **_bare(),
    )  # fmt: skip
    # What fails before the middleware (an unknown method, a form without its token) has no other place for these.
    answer.headers.update(request.app.state.headers)
    return answer


def _bare() -> dict[str, Any]:
    """The frame of a page that asks the database nothing."""
    return {"actor": None, "menu": [], "flashes": [], "inbox_count": 0, "data_time": "", "demo": False}


# The framework's type knows its own request class only.
HANDLERS: dict[Any, Any] = {
    Told: _told,
    Elsewhere: _elsewhere,
    FormError: _told,
    SignInFirst: _sign_in_first,
    HeldBack: _held_back,
    ProveFirst: _prove_first,
    HTTPException: _http,
    SetupError: _unexpected,
    asyncpg.DeadlockDetectedError: _collided,
    asyncpg.SerializationError: _collided,
    ConnectionError: _no_database,
    asyncpg.CheckViolationError: _violated,
    asyncpg.PostgresConnectionError: _no_database,
    asyncpg.CannotConnectNowError: _no_database,
    asyncpg.InterfaceError: _no_database,
    Exception: _unexpected,
}
