"""The inbox page."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from bangfu.messages import actions, queries
from bangfu.shared.web.access import signed_in
from bangfu.shared.web.pages import Page, Request, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage


@get("/inbox", guards=[signed_in])
async def show_inbox(request: Request) -> Page:
    """A person's messages."""
    number = page_number(request.query_params.get("page"))
    messages, total = await queries.inbox(request.actor.me, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    return await page(request, "messages/inbox.html", messages=messages, listing=ListPage(number, total, "/inbox", {}))


@post("/inbox/read", guards=[signed_in], status_code=200)
async def read_all(request: Request) -> Page:
    """Mark everything as read."""
    await actions.mark_read(request.actor.me)
    return go(request, "/inbox")


@get("/inbox/{message:uuid}", guards=[signed_in])
async def open_message(request: Request, message: FromPath[UUID]) -> Page:
    """Open what a message is about."""
    await actions.mark_read(request.actor.me, message)
    return go(request, await queries.href_of(request.actor.me, message))


ROUTES = [show_inbox, read_all, open_message]
