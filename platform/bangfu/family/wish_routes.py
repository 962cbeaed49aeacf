"""What households ask for, at the station: the list and one wish."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError
from bangfu.family import rules, wishes
from bangfu.family.wishes import STATES
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import Todo, TodoCount
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

LIST = "/wishes"


@get(LIST, guards=[requires("family.wishes")])
async def list_wishes(request: Request) -> Page:
    """Open wishes, the most urgent first; or those that were answered."""
    state = request.query_params.get("state", "open")
    state = state if state in STATES else "open"
    number = page_number(request.query_params.get("page"))
    rows, total = await wishes.wishes(request.actor, state, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    listing = ListPage(number, total, LIST, {"state": state})
    tabs = [
        {"href": listing.href(1, state=each), "label": i18n.word("family_wish_list", each), "active": each == state}
        for each in STATES
    ]
    return await page(request, "family/wishes.html", rows=rows, listing=listing, tabs=tabs, at=now())


@get(f"{LIST}/{{wish:uuid}}", guards=[requires("family.wishes")])
async def show_wish(request: Request, wish: FromPath[UUID]) -> Page:
    """What a household asks for, about which visit, and the words that it wrote."""
    return await _wish(request, wish)


@post(f"{LIST}/{{wish:uuid}}/close", guards=[requires("family.wishes")], status_code=200)
async def close_wish(request: Request, wish: FromPath[UUID]) -> Page:
    """Say how it ended."""
    form = Form.of(await request.form())
    try:
        await wishes.close(request.actor, wish, form.get("outcome", ""), now())
    except FormError as error:
        return await _wish(request, wish, 422, form=form, errors=error_texts(error.fields))
    await flash(request, "ok", N_("Answered. The household reads it on its page."))
    return go(request, f"{LIST}/{wish}")


async def _wish(request: Request, wish: UUID, status: int = 200, **more: Any) -> Page:
    found = await wishes.wish_for(request.actor, wish)
    return await page(
        request, "family/wish.html", status, wish=found, at=now(), outcomes=rules.OUTCOMES,
        may_dispatch=allows(request.actor.roles, "dispatch.read"), **more,
    )  # fmt: skip


async def todo(actor: Actor, at: datetime) -> Todo:
    """Wishes of households that wait for the station."""
    result = Todo()
    if allows(actor.roles, "family.wishes") and (number := await wishes.open_wishes(actor)):
        result.counts.append(TodoCount(i18n._("Wishes of households"), number, LIST, "warn"))
    return result


ROUTES: list[Any] = [list_wishes, show_wish, close_wish]
