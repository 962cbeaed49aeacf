"""The serving organisation's side: its visits in the check, outcomes with reasons, and its word on open flags."""

from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError
from bangfu.shared import i18n
from bangfu.shared.clock import now, today
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage
from bangfu.supervision.calendar import current_calendar
from bangfu.verification import explaining, listing, queries
from bangfu.verification.list_routes import evidence_words, filters_of, views
from bangfu.verification.rules import FLAGS

OWN = [requires("verification.organization")]
_SHOWN = ("waiting", "flagged", "disputed", "verified", "rejected", "all")


@get("/verification/own", guards=OWN)
async def own_list(request: Request) -> Page:
    """The organisation's visits with a record: what is flagged first."""
    actor, given = request.actor, filters_of(request)
    given["state"] = given["state"] if given["state"] in _SHOWN else "flagged"
    number = page_number(request.query_params.get("page"))
    rows, total = await listing.visits(
        actor, given, await current_calendar(), today(), PAGE_SIZE, (number - 1) * PAGE_SIZE, own=True
    )
    carers, _ = await listing.choices(actor, own=True)
    return await page(
        request, "verification/own_list.html", rows=rows, as_of=total.at,
        listing=ListPage(number, total.value, "/verification/own", given), filters=given,
        views=[each for each in views() if each[0] in _SHOWN], carers=carers, at=now(),
        flags=[(flag, i18n.word("visit_flag", flag)) for flag in FLAGS], evidence=evidence_words(),
    )  # fmt: skip


@get("/verification/own/{visit:uuid}", guards=OWN)
async def own_visit(request: Request, visit: FromPath[UUID]) -> Page:
    """One visit of the organisation: its flags, what was decided and why."""
    return await _own_page(request, visit)


async def _own_page(
    request: Request, visit: UUID, form: Form | None = None, error: FormError | None = None, tried: str = ""
) -> Page:
    row = await queries.visit_of(request.actor, visit, own=True)
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, "verification/own_visit.html", 422 if error else 200, v=row, flags=await queries.flags_of(visit),
        notes=await queries.notes_of(visit, own=True), due=await queries.due_of(row), key=str(uuid4()), at=now(),
        form=form or {}, errors=errors, tried=tried,
    )  # fmt: skip


@post("/verification/own/{visit:uuid}/flags/{flag:uuid}/explain", guards=OWN, status_code=200)
async def explain(request: Request, visit: FromPath[UUID], flag: FromPath[UUID]) -> Page:
    """Say something to an open flag."""
    await queries.visit_of(request.actor, visit, own=True)
    form = Form.of(await request.form())
    try:
        key, text = form.uuid("key", required=False), form.text("text", required=False, most=500)
        form.check()
        await explaining.explain(request.actor, key or uuid4(), visit, flag, text, now())
    except FormError as error:
        return await _own_page(request, visit, form, error, str(flag))
    await flash(request, "ok", N_("Your explanation is kept; the township reads it before it decides."))
    return go(request, f"/verification/own/{visit}")


OWN_ROUTES = [own_list, own_visit, explain]
