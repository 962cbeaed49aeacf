"""Calendar addresses: one's own, to make, renew and end; and the public address that a calendar program reads."""

import hashlib
from uuid import UUID, uuid4

from litestar import MediaType, Response, get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError, NotYours
from bangfu.providers import feeds
from bangfu.providers.feeds_calendar import calendar_text
from bangfu.providers.feeds_entries import content_of
from bangfu.shared import i18n, tries
from bangfu.shared.clock import now, today
from bangfu.shared.tries import Limit
from bangfu.shared.web.access import public, requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.limits import may_try, was_right
from bangfu.shared.web.pages import Page, Request, error_texts, go, page

GUESSING = Limit("feed guessed")
READING = Limit("feed read")

LONGEST_TOKEN = 64


@get("/my-calendars", guards=[requires("feeds.own")])
async def my_calendars(request: Request) -> Page:
    """One's own calendar addresses."""
    return await _list(request)


@post("/my-calendars", guards=[requires("feeds.own")], status_code=200)
async def make_calendar(request: Request) -> Page:
    """Make an address; it is shown this once."""
    form = Form.of(await request.form())
    try:
        label = form.text("label", most=40)
        form.check()
    except FormError as error:
        return await _list(request, 422, form=form, errors=error_texts(error.fields))
    key = form.uuid("key", required=False) or uuid4()
    token = await feeds.make(request.actor, key, label, i18n.current(), now())
    return await _shown_once(request, token)


@post("/my-calendars/{feed:uuid}/renew", guards=[requires("feeds.own")], status_code=200)
async def renew_calendar(request: Request, feed: FromPath[UUID]) -> Page:
    """A new secret for an address; the old one is dead."""
    return await _shown_once(request, await feeds.renew(request.actor, feed, now()))


@post("/my-calendars/{feed:uuid}/end", guards=[requires("feeds.own")], status_code=200)
async def end_calendar(request: Request, feed: FromPath[UUID]) -> Page:
    """End an address."""
    await feeds.revoke(request.actor, feed, now())
    await flash(request, "ok", N_("The address is ended; calendars that use it get nothing any more."))
    return go(request, "/my-calendars")


async def _list(request: Request, status: int = 200, **more: object) -> Page:
    return await page(
        request, "providers/feeds.html", status, feeds=await feeds.feeds_of(request.actor), key=uuid4(),
        most=feeds.MOST, **more,
    )  # fmt: skip


async def _shown_once(request: Request, token: str) -> Page:
    address = f"{_portal(request)}/feeds/{token}.ics"
    shown = await page(request, "providers/feed_made.html", address=address, webcal=_webcal(address))
    shown.headers["Referrer-Policy"] = "no-referrer"
    return shown


def _webcal(address: str) -> str:
    """What a phone's calendar offers to subscribe to."""
    return f"webcal://{address.partition('://')[2]}"


def _portal(request: Request) -> str:
    settings = request.app.state.settings
    return str(settings.public_url or settings.url)


@get("/feeds/{name:str}", guards=[public])
async def read_feed(request: Request, name: FromPath[str]) -> Response[bytes]:
    """The calendar behind a secret address. Whatever is wrong with the address: the same 404."""
    at = now()
    if not await may_try(request, GUESSING):
        return _too_often()
    token, dot, extension = name.rpartition(".")
    if not dot or extension != "ics" or len(token) > LONGEST_TOKEN:
        raise NotYours
    reader = await feeds.reader_of(token)
    await was_right(request, GUESSING)
    # A program that asks again and again is told to wait, too: 50 times in 15 minutes.
    if await tries.take(READING, str(reader.feed), at) is not None:
        return _too_often()
    i18n.use(reader.lang)
    text = calendar_text(await content_of(reader, today()), _portal(request))
    await feeds.used(reader, at)
    return _answer(text, request.headers.get("If-None-Match", ""))


def _answer(text: bytes, known: str) -> Response[bytes]:
    tag = f'"{hashlib.sha256(text).hexdigest()[:32]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "private, max-age=3600",
        "Referrer-Policy": "no-referrer",
        "Content-Disposition": 'attachment; filename="bangfu.ics"',
        "X-Robots-Tag": "noindex",
    }
    if tag in [each.strip().removeprefix("W/") for each in known.split(",")]:
        return Response(b"", status_code=304, headers=headers, media_type=MediaType.TEXT)
    return Response(text, headers=headers, media_type="text/calendar")


def _too_often() -> Response[bytes]:
    return Response(b"", status_code=429, headers={"Retry-After": "900"}, media_type=MediaType.TEXT)


ROUTES = [my_calendars, make_calendar, renew_calendar, end_calendar, read_feed]
