"""Turning a template and its values into an answer."""

import hashlib
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader
from litestar import MediaType, Response
from litestar.plugins.htmx import HTMXRequest
from litestar.utils.scope.state import ScopeState
from markupsafe import Markup

from bangfu import __version__
from bangfu.paths import STATIC, TEMPLATES
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.clock import SHANGHAI, now
from bangfu.shared.masking_filters import FILTERS, shown_time
from bangfu.shared.permissions import allows
from bangfu.shared.web import frame
from bangfu.shared.web.access import SignInFirst
from bangfu.shared.web.forms import Form
from bangfu.shared.web.naming import named

Page = Response[str]
_IN_ADDRESS = "/?#[]@!$&'()*+,;=:%-._~"
"""What stands in an address as it is; a header holds nothing but ASCII."""


class Request(HTMXRequest):
    """A request of this portal; `actor` is who asks."""

    @property
    def actor(self) -> Actor:
        """The signed-in person.

        Raises:
            SignInFirst: if nobody is.
        """
        actor: Actor | None = self.scope.get("user")
        if actor is None:
            raise SignInFirst(self.url.path)
        return actor

    @property
    def visitor(self) -> Actor | None:
        """The signed-in person, or None."""
        found: Actor | None = self.scope.get("user")
        return found


@cache
def environment() -> Environment:
    """The one Jinja environment: autoescaped, both languages."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
    )
    env.install_gettext_callables(i18n.gettext_now, i18n.ngettext_now, newstyle=True)  # type: ignore[attr-defined]
    env.globals.update(
        word=i18n.word, words_of=i18n.words_of, static_url=static_url, app_version=__version__, sentence=i18n.sentence
    )
    env.globals.update(menu_parts=frame.parts_of, menu_bar=frame.bar_of)
    env.filters.update(FILTERS)
    return env


@cache
def static_url(path: str) -> str:
    """The address of a static file, changed whenever its content changes so that browsers may keep it."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:10]
    return f"/static/{path}?v={digest}"


def csrf_field(request: Request) -> Markup:
    """The hidden input that every form carries."""
    token = ScopeState.from_scope(request.scope).csrf_token
    text = token if isinstance(token, str) else ""
    return Markup('<input type="hidden" name="_csrf_token" value="{}">').format(text)


async def page(request: Request, template: str, /, status: int = 200, **values: Any) -> Page:
    """A whole page inside the frame."""
    values.setdefault("errors", {})
    values.setdefault("form", {})
    context = await _frame(request)
    if status in (200, 422):
        context["hint"] = _hint(request)
    html = named(environment().get_template(template).render({**context, **_typed(values)}))
    headers = {"Cache-Control": "no-store", "Vary": "HX-Request, Cookie"}
    return Response(html, status_code=status, media_type=MediaType.HTML, headers=headers)


def fragment(request: Request, template: str, /, status: int = 200, **values: Any) -> Page:
    """A part of a page, for an update in place."""
    base = {"csrf_field": lambda: csrf_field(request), "actor": request.scope.get("user"), "errors": {}, "form": {}}
    html = named(environment().get_template(template).render({**base, **_language(request), **_typed(values)}))
    return Response(html, status_code=status, media_type=MediaType.HTML, headers={"Cache-Control": "no-store"})


def go(request: Request, path: str) -> Page:
    """Send the browser to another page after a change (303), also from an update in place."""
    path = quote(path.encode("utf-8", "replace"), safe=_IN_ADDRESS)
    if request.headers.get("HX-Request"):
        return Response("", status_code=200, media_type=MediaType.HTML, headers={"HX-Redirect": path})
    return Response("", status_code=303, media_type=MediaType.HTML, headers={"Location": path})


def error_texts(faults: dict[str, Any]) -> dict[str, str]:
    """A FormError's fields as sentences in the reader's language."""
    return {field: i18n.sentence(message, params) for field, (message, params) in faults.items()}


def _typed(values: dict[str, Any]) -> dict[str, Any]:
    """The values with a posted form as plain text: `form.text` in a template is the field, never the method."""
    return {**values, "form": dict(values["form"])} if isinstance(values.get("form"), Form) else values


def _language(request: Request) -> dict[str, Any]:
    actor = request.scope.get("user")
    preferences = request.state.get("preferences") or {}
    return {
        "lang": i18n.TAGS[i18n.current()],
        "large_type": bool(preferences.get("large_type")),
        "actor_id": actor.user if actor else None,
    }


def _hint(request: Request) -> frame.Hint | None:
    """The help on the form of this page."""
    return frame.hint_for(str(request.scope.get("path_template") or ""), request.method, request.scope.get("user"))


async def _frame(request: Request) -> dict[str, Any]:
    actor: Actor | None = request.scope.get("user")
    settings = request.app.state.settings
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    hooks = request.app.state.frame_hooks
    return {
        **_language(request),
        "request": request,
        "csrf_field": lambda: csrf_field(request),
        "actor": await hooks.actor(actor) if actor else None,
        "me": actor,
        "menu": await frame.shown_menu(actor, request.url.path, i18n.gettext_now) if actor else [],
        "flashes": await hooks.flashes(request),
        "inbox_count": await hooks.inbox_count(actor) if actor else 0,
        "data_time": shown_time(now()),
        "path": path,
        "show_search": actor is not None and allows(actor.roles, "search"),
        "may_report_harm": actor is not None and allows(actor.roles, "incidents.report"),
        "may_visit": lambda permission: actor is not None and allows(actor.roles, permission),
        "demo": settings.demo,
        "tiles": settings.tiles,
        "tiles_attribution": settings.tiles_attribution,
        "tiles_datum": settings.tiles_datum,
    }


def local(moment: datetime | None) -> datetime | None:
    """An instant in Chinese civil time."""
    return moment.astimezone(SHANGHAI) if moment else None
