"""How the messages fare that leave the portal, for the system administrator: no addresses, no contents."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_
from bangfu.messages import outbox, queries, rules
from bangfu.messages.channels import offered
from bangfu.shared.clock import now
from bangfu.shared.i18n import word
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.pages import Page, Request, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

UNSENT = tuple(state for state in rules.STATES if state != "sent")


@get("/deliveries", guards=[requires("deliveries.read")])
async def list_deliveries(request: Request) -> Page:
    """What waits, what failed, what was given up."""
    query = request.query_params
    channel, status = query.get("channel", ""), query.get("status", "")
    channel, status = channel if channel in rules.CHANNELS else "", status if status in UNSENT else ""
    number = page_number(query.get("page"))
    rows, total = await queries.deliveries(channel, status, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    return await page(
        request, "messages/deliveries.html", deliveries=rows, sums=await queries.sums(now()),
        listing=ListPage(number, total, "/deliveries", {"channel": channel, "status": status}),
        offered=[code for code in rules.CHANNELS if code in offered.channels()], channel=channel, state=status,
        channels=[(code, word("channel", code)) for code in rules.CHANNELS],
        statuses=[(code, word("delivery_status", code)) for code in UNSENT],
    )  # fmt: skip


@post("/deliveries/{delivery:uuid}/retry", guards=[requires("deliveries.read")], status_code=200)
async def retry(request: Request, delivery: FromPath[UUID]) -> Page:
    """Start a delivery again."""
    await outbox.retry(request.actor, delivery, now())
    await flash(request, "ok", N_("The delivery starts again within a few seconds."))
    return go(request, "/deliveries")


ROUTES = [list_deliveries, retry]
