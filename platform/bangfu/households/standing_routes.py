"""The pages of a household's standing: category with its history, exit and return, regular reviews."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.divisions.queries import areas_for
from bangfu.errors import N_, FormError, Refused
from bangfu.households import forms, history, leaving, queries, register_forms, reviews, status_rules
from bangfu.households.pages import form_page, head_of
from bangfu.households.tabs import Tab, add_tab
from bangfu.shared import i18n
from bangfu.shared.civil_time import parse_date
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem
from bangfu.shared.web.pages import Page, Request, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage
from bangfu.supervision.todo import show_on_start

FILTERS = ("state", "category", "division")

show_on_start(reviews.KIND, N_("Review the household"))
add_tab(Tab(5, "standing", N_("Category and reviews"), "/households/{household}/standing", "households.read"))


@get("/households/{household:uuid}/standing", guards=[requires("households.read")])
async def show_standing(request: Request, household: FromPath[UUID]) -> Page:
    """Category with its history, reviews, status, and what may be done with them."""
    head = await head_of(request, household, "standing")
    return await page(
        request, "households/standing.html", **head, spans=await history.spans_of(household),
        past=await reviews.past(household), review_key=str(uuid4()),
        offered=status_rules.MACHINE.actions_for(head["household"].status, request.actor.roles),
    )  # fmt: skip


@get("/households/{household:uuid}/category", guards=[requires("households.status")])
async def edit_category(request: Request, household: FromPath[UUID]) -> Page:
    """The form for another category."""
    shown = await queries.household_for(request.actor, household)
    first = {
        "category": shown.category, "admission_mode": shown.admission_mode, "support_mode": shown.support_mode,
        "starts_on": today().isoformat(), "version": str(shown.version),
    }  # fmt: skip
    return await form_page(request, "households/category.html", first, {}, household=shown)


@post("/households/{household:uuid}/category", guards=[requires("households.status")], status_code=200)
async def change_category(request: Request, household: FromPath[UUID]) -> Page:
    """Store it: the present span ends, a new one begins."""
    shown = await queries.household_for(request.actor, household)
    form = Form.of(await request.form())
    try:
        standing, version = register_forms.read_standing(form), form.whole("version")
        day, why = form.day("starts_on", parse_date), form.text("why", most=register_forms.WHY_MOST)
        until = form.day("valid_until", parse_date, required=False)
        form.check()
        await history.change_category(
            request.actor, household, version or 0, standing, day or today(), why, now(), valid_until=until
        )
    except FormError as error:
        return await form_page(request, "households/category.html", form, {}, error=error, household=shown)
    except Refused as error:
        newer = {**form, "version": str(shown.version)}
        return await form_page(
            request, "households/category.html", newer, {}, status=409, told=i18n.told(error), household=shown
        )
    await flash(request, "ok", N_("The category is changed; layer and priority follow from it."))
    return go(request, f"/households/{household}/standing")


@get("/households/{household:uuid}/category/{span:uuid}/correct", guards=[requires("households.status")])
async def edit_span(request: Request, household: FromPath[UUID], span: FromPath[UUID]) -> Page:
    """The form that corrects one span of the history."""
    shown, found = await queries.household_for(request.actor, household), await history.span_of(household, span)
    first = {
        "category": found.category, "admission_mode": found.admission_mode, "support_mode": found.support_mode,
        "starts_on": found.starts_on.isoformat(),
    }  # fmt: skip
    return await form_page(request, "households/correct.html", first, {}, household=shown, span=found)


@post(
    "/households/{household:uuid}/category/{span:uuid}/correct", guards=[requires("households.status")], status_code=200
)
async def correct_span(request: Request, household: FromPath[UUID], span: FromPath[UUID]) -> Page:
    """Store the correction; what stood there before is kept as replaced."""
    shown, found = await queries.household_for(request.actor, household), await history.span_of(household, span)
    form = Form.of(await request.form())
    try:
        standing, day = register_forms.read_standing(form), form.day("starts_on", parse_date)
        why = form.text("why", most=register_forms.WHY_MOST)
        form.check()
        await history.correct_category(request.actor, household, span, standing, day or found.starts_on, why, now())
    except FormError as error:
        return await form_page(request, "households/correct.html", form, {}, error=error, household=shown, span=found)
    await flash(request, "ok", N_("The history is corrected; what stood there before is kept."))
    return go(request, f"/households/{household}/standing")


@get("/households/{household:uuid}/exit", guards=[requires("households.status")])
async def ask_exit(request: Request, household: FromPath[UUID]) -> Page:
    """The form for the gradual exit, or for leaving at once."""
    shown = await queries.household_for(request.actor, household)
    first = {"exit_on": today().isoformat(), "how": "gradual", "version": str(shown.version)}
    return await form_page(request, "households/exit.html", first, {}, household=shown)


@post("/households/{household:uuid}/exit", guards=[requires("households.status")], status_code=200)
async def exit_household(request: Request, household: FromPath[UUID]) -> Page:
    """Store it; a gradual exit lets the services go on for six months."""
    shown = await queries.household_for(request.actor, household)
    form = Form.of(await request.form())
    try:
        how, version = form.choice("how", ("gradual", "now")), form.whole("version")
        day, why = form.day("exit_on", parse_date), form.text("why", most=register_forms.WHY_MOST)
        form.check()
        await leaving.exit_household(
            request.actor, household, version or 0, day or today(), why, now(), gradual=how == "gradual"
        )
    except FormError as error:
        return await form_page(request, "households/exit.html", form, {}, error=error, household=shown)
    await flash(request, "ok", N_("The exit is recorded."))
    return go(request, f"/households/{household}/standing")


@post("/households/{household:uuid}/readmit", guards=[requires("households.status")], status_code=200)
async def readmit(request: Request, household: FromPath[UUID]) -> Page:
    """The household is in the register again."""
    shown = await queries.household_for(request.actor, household)
    form = Form.of(await request.form())
    why, version = form.text("why", most=register_forms.WHY_MOST), form.whole("version", required=False)
    form.check()
    await leaving.readmit(request.actor, household, shown.version if version is None else version, why, now())
    await flash(request, "ok", N_("The household is in the register again."))
    return go(request, f"/households/{household}/standing")


@get("/households/reviews", guards=[requires("households.reviews")])
async def list_reviews(request: Request) -> Page:
    """Households whose review is late or due within 30 days."""
    filters = {name: request.query_params.get(name, "").strip()[:64] for name in FILTERS}
    number = page_number(request.query_params.get("page"))
    rows, total, late = await reviews.due(request.actor, filters, today(), PAGE_SIZE, (number - 1) * PAGE_SIZE)
    areas = await areas_for(request.actor)
    listing = ListPage(number, total, "/households/reviews", filters)
    return await page(
        request, "households/reviews.html", rows=rows, listing=listing, filters=filters, areas=areas, late=late,
        active=_active(listing, filters, dict(areas)), may_record=allows(request.actor.roles, "households.record"),
        keys={row.id: str(uuid4()) for row in rows},
    )  # fmt: skip


def _active(listing: ListPage, filters: Mapping[str, str], areas: Mapping[str, str]) -> list[dict[str, str]]:
    words = {
        "state": (i18n._("Review"), i18n.word("review_state", filters["state"])),
        "category": (i18n._("Category"), i18n.word("household_category", filters["category"])),
        "division": (i18n._("Area"), areas.get(filters["division"], filters["division"])),
    }
    return [
        {"label": label, "value": value, "remove_href": ListPage(1, 0, listing.path, {**filters, name: ""}).href()}
        for name, (label, value) in words.items()
        if filters[name]
    ]


@get("/households/{household:uuid}/review", guards=[requires("households.record")])
async def new_review(request: Request, household: FromPath[UUID]) -> Page:
    """The form for a review."""
    shown = await queries.household_for(request.actor, household)
    first = {
        "key": str(uuid4()), "reviewed_on": today().isoformat(), "outcome": "unchanged",
        "income_unstable": "" if shown.income_stable else "yes", "able_bodied": "yes" if shown.able_bodied else "",
    }  # fmt: skip
    return await form_page(request, "households/review.html", first, {}, household=shown)


@post("/households/{household:uuid}/review", guards=[requires("households.record")], status_code=200)
async def record_review(request: Request, household: FromPath[UUID]) -> Page:
    """Store the review; "unchanged" takes one click."""
    shown = await queries.household_for(request.actor, household)
    form = Form.of(await request.form())
    if form.get("quick"):
        same = {"income_unstable": not shown.income_stable, "able_bodied": shown.able_bodied}
        form = Form({**{name: form.many(name) for name in form}, **{n: ["yes"] for n, on in same.items() if on}})
    try:
        review = register_forms.read_review(form, today())
        await reviews.record_review(request.actor, household, forms.key_of(form), review, now())
    except FormError as error:
        return await form_page(request, "households/review.html", form, {}, error=error, household=shown)
    await flash(request, "ok", N_("The review is recorded."))
    back = form.get("back") == "list"
    return go(request, "/households/reviews" if back else f"/households/{household}/standing")


ROUTES = [
    list_reviews, show_standing, edit_category, change_category, edit_span, correct_span, ask_exit, exit_household,
    readmit, new_review, record_review,
]  # fmt: skip
MENU = [
    MenuItem(12, "reviews", N_("Reviews"), "/households/reviews", "households.reviews", "calendar", group="register")
]
