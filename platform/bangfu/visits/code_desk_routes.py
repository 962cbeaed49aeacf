"""The desk's pages: today's visits, one call, the code that is read out."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError
from bangfu.shared import i18n
from bangfu.shared.civil_time import parse_date
from bangfu.shared.clock import now, today
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage
from bangfu.visits import code_desk, code_rules
from bangfu.visits import code_desk_reading as reading
from bangfu.visits.code_records import WORD_OF_HOUSEHOLD, Asked, asked_of, read_record

_ONE = "/visit-desk/{visit:uuid}"
DESK_MENU = (MenuItem(47, "visit-desk", N_("Visit desk"), "/visit-desk", "visits.desk", "phone", group="service"),)


@get("/visit-desk", guards=[requires("visits.desk")])
async def show_desk(request: Request) -> Page:
    """The day's visits of the area: who calls is found by the number."""
    number = page_number(request.query_params.get("page"))
    try:
        day = parse_date(request.query_params.get("day", "") or today().isoformat())
    except ValueError:
        day = today()
    rows, total = await reading.visits_on(request.actor, day, "", PAGE_SIZE, (number - 1) * PAGE_SIZE)
    listing = ListPage(number, total, "/visit-desk", {"day": day.isoformat()} if day != today() else {})
    return await page(request, "visits/codes/desk.html", rows=rows, listing=listing, q="", day=day, today=today())


@post("/visit-desk", guards=[requires("visits.desk")], status_code=200)
async def search_desk(request: Request) -> Page:
    """The same, searched by a phone number: posted, so that it stands in no address and no log."""
    form = Form.of(await request.form())
    query = form.get("q", "").strip()[:40]
    rows, total = await reading.visits_on(request.actor, today(), query, 50, 0)
    listing = ListPage(1, total, "/visit-desk", {})
    return await page(
        request, "visits/codes/desk.html", rows=rows, listing=listing, q=query, day=today(), today=today()
    )


@get(_ONE, guards=[requires("visits.desk")])
async def show_call(request: Request, visit: FromPath[UUID]) -> Page:
    """One visit during a call."""
    return await _call_page(request, visit)


async def _call_page(
    request: Request, visit: UUID, form: Form | None = None, error: FormError | None = None, code: str = ""
) -> Page:
    found = await reading.visit_at_desk(request.actor, visit)
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, "visits/codes/call.html", 422 if error else 200, v=found, form=form or {}, errors=errors, code=code,
        key=uuid4(), today=today(), minutes=code_rules.CALL_MINUTES,
        **record_context(await asked_of(visit), WORD_OF_HOUSEHOLD),
    )  # fmt: skip


def record_context(asked: Asked, ways: Sequence[str]) -> dict[str, Any]:
    """What templates/visits/codes/_record.html shows."""
    return {
        "lines": asked.lines(), "areas": asked.checklist.areas if asked.checklist else (),
        "ways": [(way, i18n.word("record_confirmation", way)) for way in ways],
    }  # fmt: skip


def _call(form: Form) -> code_desk.Call:
    return code_desk.Call(
        number=form.text("number", required=False, most=30), card=form.text("card", required=False, most=200),
        reason=form.choice("reason", code_desk.REASONS, required=False),
        text=form.text("text", required=False, most=300),
    )  # fmt: skip


@post(f"{_ONE}/code", guards=[requires("visits.desk")], status_code=200)
async def read_code(request: Request, visit: FromPath[UUID]) -> Page:
    """A one-time code to read out; it is shown once, on this answer."""
    found = await reading.visit_at_desk(request.actor, visit)
    form = Form.of(await request.form())
    try:
        call = _call(form)
        form.check()
        side = "in" if found.status == "planned" else "out"
        code = await code_desk.read_out(request.actor, visit, side, call, now())
    except FormError as error:
        return await _call_page(request, visit, form, error)
    return await _call_page(request, visit, form, code=f"{code[:3]} {code[3:]}")


@post(f"{_ONE}/arrive", guards=[requires("visits.desk")], status_code=200)
async def record_arrival(request: Request, visit: FromPath[UUID]) -> Page:
    """The carer has arrived, by the call."""
    await reading.visit_at_desk(request.actor, visit)
    form = Form.of(await request.form())
    try:
        key, call = form.uuid("key"), _call(form)
        form.check()
        await code_desk.arrive(request.actor, visit, key or uuid4(), call, now())
    except FormError as error:
        return await _call_page(request, visit, form, error)
    await flash(request, "ok", N_("The arrival is recorded."))
    return go(request, f"/visit-desk/{visit}")


@post(f"{_ONE}/leave", guards=[requires("visits.desk")], status_code=200)
async def record_departure(request: Request, visit: FromPath[UUID]) -> Page:
    """The carer leaves, by the call, with the record as it was told."""
    await reading.visit_at_desk(request.actor, visit)
    form = Form.of(await request.form())
    try:
        key, call = form.uuid("key"), _call(form)
        record = read_record(form, await asked_of(visit), WORD_OF_HOUSEHOLD)
        form.check()
        await code_desk.leave(request.actor, visit, key or uuid4(), call, record, now())
    except FormError as error:
        return await _call_page(request, visit, form, error)
    await flash(request, "ok", N_("The departure and the record are kept."))
    return go(request, f"/visit-desk/{visit}")


DESK = [show_desk, search_desk, show_call, read_code, record_arrival, record_departure]
