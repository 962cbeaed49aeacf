"""When somebody is ill: their visits with who can stand in for each."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError
from bangfu.providers.roster_people import Who, person_for
from bangfu.schedules import pages, replacing, rules, views
from bangfu.schedules.sides import may_plan
from bangfu.shared.civil_time import parse_date
from bangfu.shared.clock import now, today
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page

SHOWN = 12
"""For so many visits the best names stand on the page itself."""


@get("/schedule/carers/{carer:uuid}", guards=[requires("schedules.plan")])
async def show_absence(request: Request, carer: FromPath[UUID]) -> Page:
    """A carer's planned visits of the coming days, each with the best who can stand in."""
    return await _absence_page(request, await person_for(request.actor, carer, keep=True))


async def _absence_page(request: Request, who: Who, status: int = 200, **more: Any) -> Page:
    at = now()
    day = pages.asked_day(request, "day", today())
    days = 1 if request.query_params.get("days") == "1" else 7
    found = await replacing.affected(who.id, max(at, rules.at_minute(day, 0)), _end(day, days))
    # what the carer does for another side or county is planned there
    visits = [item for item in found if may_plan(request.actor, item.task)]
    rows = []
    for number, item in enumerate(visits):
        mine = number < SHOWN and item.carer == who.id
        offers = await replacing.offers(request.actor, item.id, at, show_barred=0) if mine else None
        rows.append((item, offers))
    return await page(
        request, "schedules/absence.html", status, who=who, rows=rows, day=day, days=days, key=uuid4(),
        names=await views.names_of({carer for item, _ in rows for carer in item.carers}), **more,
    )  # fmt: skip


def _end(day: Any, days: int) -> datetime:
    return rules.at_minute(day + timedelta(days=days), 0)


@post("/schedule/carers/{carer:uuid}/ill", guards=[requires("schedules.plan")], status_code=200)
async def enter_illness(request: Request, carer: FromPath[UUID]) -> Page:
    """Ill from today on: the leave is entered, the visits stand on the page to be given on."""
    who = await person_for(request.actor, carer, keep=True)
    form, at = Form.of(await request.form()), now()
    try:
        last = form.day("last", parse_date, required=False)
        key = form.uuid("key")
        form.check()
        await replacing.ill(request.actor, carer, last or rules.day_of(at), key or uuid4(), at)
    except FormError as error:
        faults = dict(error.fields)
        for name in ("first", "starts_on", "ends_on"):
            if name in faults:
                faults["last"] = faults.pop(name)
        return await _absence_page(request, who, 422, form=form, errors=error_texts(faults))
    await flash(request, "ok", N_("The sick leave is entered. Give the visits on, one by one."))
    return go(request, f"/schedule/carers/{carer}")


ROUTES = [show_absence, enter_illness]
