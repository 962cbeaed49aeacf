"""The household's page: entering, the next and the last visits, somebody at home or not, signing out."""

from typing import Any
from uuid import UUID, uuid4

from litestar import get, post

from bangfu.family import entering, reading, saying
from bangfu.family.day_words import day_words, span_words
from bangfu.family.entering import PATH, Home
from bangfu.family.pages import acted, entry, forget, home_of, keep, over, show
from bangfu.shared import i18n
from bangfu.shared.civil_time import civil_date
from bangfu.shared.clock import now
from bangfu.shared.web.access import public
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, go

DONE = {"answer": "1", "change": "2", "stars": "3"}
"""What was done last, as the address of the page says it."""


@get(PATH, guards=[public])
async def show_home(request: Request) -> Page:
    """The page of who has entered; for everybody else where code and PIN are typed."""
    home = await home_of(request)
    return await entry(request) if home is None else await _home(request, home)


@post(PATH, guards=[public], status_code=200)
async def enter(request: Request) -> Page:
    """Check code and PIN; a wrong one, an unknown one and one that ended get the same answer."""
    form, at = Form.of(await request.form()), now()
    code, pin = form.get("code", "")[:120], form.get("pin", "")[:40]
    if not code.strip() or not pin.strip():
        return await entry(request, 422, form=_typed(code), missing=True)
    network = request.client.host if request.client else ""
    tried = await entering.enter(code, pin, network, at)
    if tried.waits_until is not None:
        lang = "zh" if i18n.current() == "zh" else "en"
        when = span_words(tried.waits_until, tried.waits_until, lang)
        return await entry(request, 429, form=_typed(code), waits=when)
    if tried.home is None:
        return await entry(request, 422, form=_typed(code), wrong=True)
    return keep(request, go(request, PATH), tried.home)


def _typed(code: str) -> dict[str, str]:
    return {"code": code[:20]}


@post(f"{PATH}/answer", guards=[public], status_code=200)
async def answer(request: Request) -> Page:
    """Somebody is at home for a visit, or it is not convenient."""

    async def act(home: Home, form: Form, at: Any) -> Page:
        visit, key = form.uuid("visit"), form.uuid("key")
        form.check()
        await saying.answer(request.visitor, home, visit or UUID(int=0), key or uuid4(), form.get("answer", ""), at)
        return go(request, f"{PATH}?done={DONE['answer']}#next")

    async def again(home: Home, form: Form, at: Any, errors: dict[str, str], status: int) -> Page:
        return await _home(request, home, status, errors)

    return await acted(request, act, again)


@get(f"{PATH}/kept", guards=[public])
async def kept(request: Request) -> Page:
    """What is kept about the household, in a few sentences."""
    home = await home_of(request)
    return await over(request) if home is None else await show(request, home, "kept.html")


@post(f"{PATH}/out", guards=[public], status_code=200)
async def sign_out(request: Request) -> Page:
    """Close the page on every phone on which this card was entered."""
    home = await home_of(request)
    if home is not None:
        await entering.leave(home, now())
    return forget(await entry(request, 200, out=True))


async def _home(request: Request, home: Home, status: int = 200, errors: dict[str, str] | None = None) -> Page:
    at, lang = now(), "zh" if i18n.current() == "zh" else "en"
    done = {number: name for name, number in DONE.items()}.get(request.query_params.get("done", ""), "")
    return await show(
        request, home, "home.html", status, next=await reading.coming(home, at), last=await reading.past(home, at),
        today=day_words(civil_date(at), lang), done=done, errors=errors or {}, fresh_key=uuid4,
    )  # fmt: skip


ROUTES: list[Any] = [show_home, enter, answer, kept, sign_out]
