"""What the pages of a household share: who has entered, the cookie, and the way back when its time is over."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from litestar.datastructures import Cookie

from bangfu.errors import FormError, NotYours, Told
from bangfu.family import entering, reading
from bangfu.family.entering import COOKIE, IDLE_SECONDS, PATH, Home
from bangfu.shared import i18n
from bangfu.shared.clock import now
from bangfu.shared.phones import national_phone
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page

Act = Callable[[Home, Form, datetime], Awaitable[Page]]
Again = Callable[[Home, Form, datetime, dict[str, str], int], Awaitable[Page]]


async def home_of(request: Request) -> Home | None:
    """Who has entered on this phone."""
    token = request.cookies.get(COOKIE, "")
    return await entering.home_of(token, now()) if token else None


async def show(request: Request, home: Home | None, template: str, status: int = 200, **values: Any) -> Page:
    """A page of this feature; whoever has entered stays in for another half an hour."""
    station = await reading.station_of(home.division) if home else ("", "")
    answer = await page(
        request, f"family/{template}", status, entered=home is not None, station=station,
        station_phone=national_phone(station[1]), **values,
    )  # fmt: skip
    return keep(request, answer, home) if home else answer


def keep(request: Request, answer: Page, home: Home) -> Page:
    """Put the cookie of an entry into an answer."""
    answer.set_cookie(
        Cookie(
            key=COOKIE,
            value=entering.token_of(home, now()),
            path=PATH,
            httponly=True,
            samesite="strict",
            secure=request.app.state.settings.https,
            max_age=IDLE_SECONDS,
        )
    )
    return answer


def forget(answer: Page) -> Page:
    """Take the cookie away."""
    answer.delete_cookie(COOKIE, path=PATH)
    return answer


async def entry(request: Request, status: int = 200, **more: Any) -> Page:
    """Where code and PIN are typed."""
    return await show(request, None, "entry.html", status, **more)


async def over(request: Request) -> Page:
    """The page is not open any more: nothing was kept, the card opens it again."""
    if request.method == "GET":
        return forget(go(request, PATH))
    return forget(await entry(request, 403, over=True))


async def acted(request: Request, act: Act, again: Again) -> Page:
    """Run one action of who has entered; its form comes back with what was typed where something is wrong."""
    home = await home_of(request)
    if home is None:
        return await over(request)
    form, at = Form.of(await request.form()), now()
    try:
        return keep(request, await act(home, form, at), home)
    except FormError as error:
        return await again(home, form, at, error_texts(error.fields), 422)
    except NotYours:
        raise
    except Told as refused:
        return await again(home, form, at, {"": i18n.told(refused)}, 409)
