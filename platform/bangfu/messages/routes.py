"""The inbox page; one's own channels and the operator's page on deliveries stand beside it."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_
from bangfu.messages import actions, channel_routes, delivery_routes, queries
from bangfu.shared.web.access import signed_in
from bangfu.shared.web.frame import MenuItem
from bangfu.shared.web.pages import Page, Request, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage


@get("/inbox", guards=[signed_in])
async def show_inbox(request: Request) -> Page:
    """A person's messages, all or those not read."""
    number, unread = page_number(request.query_params.get("page")), request.query_params.get("unread") == "1"
    me = request.actor.me
    messages, total = await queries.inbox(me, PAGE_SIZE, (number - 1) * PAGE_SIZE, unread=unread)
    listing = ListPage(number, total, "/inbox", {"unread": "1" if unread else ""})
    return await page(request, "messages/inbox.html", messages=messages, listing=listing, unread=unread)


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


@post("/inbox/{message:uuid}/read", guards=[signed_in], status_code=200)
async def read_one(request: Request, message: FromPath[UUID]) -> Page:
    """Mark one message as read without opening what it is about, and stay on the list."""
    await actions.mark_read(request.actor.me, message)
    form = await request.form()
    number, unread = page_number(str(form.get("page", ""))), form.get("unread") == "1"
    return go(request, ListPage(1, 0, "/inbox", {"unread": "1" if unread else ""}).href(number))


ROUTES = [show_inbox, read_all, open_message, read_one, *channel_routes.ROUTES, *delivery_routes.ROUTES]
MENU = [MenuItem(92, "deliveries", N_("Deliveries"), "/deliveries", "deliveries.read", "inbox")]
