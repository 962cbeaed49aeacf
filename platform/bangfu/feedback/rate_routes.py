"""The public page on which a household gives stars with the code of its card: no account, no names, big targets."""

from typing import Any
from uuid import uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import FormError, NotYours, Told
from bangfu.feedback import codes, rating, rules
from bangfu.feedback.pages import show
from bangfu.feedback.rating import Score
from bangfu.feedback.tables import RatingCode
from bangfu.shared import i18n, tries
from bangfu.shared.clock import now
from bangfu.shared.crypto import audit_hash
from bangfu.shared.tries import Limit
from bangfu.shared.web.access import public
from bangfu.shared.web.forms import Form
from bangfu.shared.web.limits import address_of, may_try, was_right
from bangfu.shared.web.pages import Page, Request, error_texts, go

LIST = "/rate"
GUESSING = Limit("rate")


@get(LIST, guards=[public])
async def ask_code(request: Request) -> Page:
    """Where the code of the card is typed."""
    return await _ask(request)


@post(LIST, guards=[public], status_code=200)
async def read_code(request: Request) -> Page:
    """Lead a right code to its form; a wrong one is counted and says the same as a void one."""
    typed = Form.of(await request.form()).get("code", "")[:80]
    if not typed.strip():
        return await _ask(request, 422, missing=True)
    if await _row(request, typed) is None:
        return await _wrong(request, typed)
    return go(request, f"{LIST}/{codes.typed(typed)}")


@get(f"{LIST}/{{code:str}}", guards=[public])
async def show_form(request: Request, code: FromPath[str]) -> Page:
    """What the card's QR code opens: services and days of the quarter, five stars for each."""
    row = await _row(request, code[:80])
    return await _wrong(request, "") if row is None else await _form(request, code, row)


@post(f"{LIST}/{{code:str}}", guards=[public], status_code=200)
async def give_stars(request: Request, code: FromPath[str]) -> Page:
    """Keep the stars."""
    row = await _row(request, code[:80])
    if row is None:
        return await _wrong(request, "")
    form = Form.of(await request.form())
    try:
        source = form.choice("source", ["self", "guardian"])
        words, key = form.text("words", required=False, most=500), form.uuid("key", required=False)
        stars = {}
        for n, part in enumerate(await rating.parts_of(row)):
            given = form.whole(f"stars_{n}", least=1, most=5, required=False)
            if given is not None:
                stars[part.kind, part.subject] = given
        form.check()
        score = Score(key or uuid4(), stars, source, words, _traits(request))
        await rating.give_by_code(request.visitor, code, score, now())
    except FormError as error:
        return await _form(request, code, row, 422, form=form, errors=error_texts(error.fields))
    except NotYours:
        return await _wrong(request, "")
    except Told as refused:
        return await _form(request, code, row, 409, form=form, errors={"": i18n.told(refused)})
    return await show(request, "thanks.html", code=codes.typed(code))


async def _form(request: Request, code: str, row: RatingCode, status: int = 200, **more: Any) -> Page:
    return await show(
        request, "rate.html", status, code=codes.typed(code), parts=await rating.parts_of(row), key=uuid4(),
        year=row.year, quarter=row.quarter, stars=list(reversed(rules.STARS)), **more,
    )  # fmt: skip


async def _row(request: Request, typed: str) -> RatingCode | None:
    """The card behind a code; who tried many wrong ones gets none for a while, right or wrong."""
    if not await may_try(request, GUESSING):
        return None
    found = await rating.code_row(typed, now())
    if found is not None or not typed.strip():
        await was_right(request, GUESSING)
    return found


async def _ask(request: Request, status: int = 200, **more: Any) -> Page:
    return await show(request, "rate_code.html", status, **more)


async def _wrong(request: Request, typed: str) -> Page:
    if await tries.closed_until(GUESSING, address_of(request), now()):
        return await _ask(request, 429, throttled=True)
    return await _ask(request, 422, wrong=True, form={"code": typed[:20]})


def _traits(request: Request) -> str:
    """A keyed hash of network and browser: two homes with the same one were scored from alike devices."""
    return audit_hash(f"rating:{address_of(request)}:{request.headers.get('user-agent', '')[:200]}")


ROUTES: list[Any] = [ask_code, read_code, show_form, give_stars]
