"""A carer's own calendar, made for a phone."""

from litestar import get

from bangfu.errors import N_
from bangfu.providers.roster_rules import week_of
from bangfu.schedules import pages, views
from bangfu.shared.clock import today
from bangfu.shared.web.access import requires
from bangfu.shared.web.frame import MenuItem
from bangfu.shared.web.pages import Page, Request, page

OWN = "/my-schedule"


@get(OWN, guards=[requires("schedules.own")])
async def my_calendar(request: Request) -> Page:
    """One's own visits of a week, day by day."""
    now_day = today()
    monday = week_of(pages.asked_day(request, "week", now_day))
    row = await views.own(request.actor, views.Span(monday, 7))
    names = await views.names_of({carer for cell in row.cells for card in cell.cards for carer in card.item.carers})
    return await page(
        request, "schedules/own.html", row=row, names=names, me_carer=request.actor.carer,
        **pages.around(monday, now_day),
    )  # fmt: skip


ROUTES = [my_calendar]
MENU = [MenuItem(10, "my_schedule", N_("My calendar"), OWN, "schedules.own", "calendar", phone=2)]
