"""The pages of households: list, detail, record, change, member, showing hidden values."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.divisions.queries import areas_for
from bangfu.errors import N_, FormError, Refused
from bangfu.households import (
    actions,
    consent_forms,
    forms,
    member_routes,
    queries,
    relation_routes,
    rules,
    searching,
    standing_routes,
)
from bangfu.households.consent_queries import published_texts
from bangfu.households.labels import summary
from bangfu.households.pages import chosen_of, detail_page, form_page, head_of
from bangfu.households.words import STATUTE_ZH
from bangfu.shared import i18n
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

__all__ = ["chosen_of", "detail_page", "form_page", "head_of"]

FILTERS = ("q", "status", "category", "layer", "division", "risk")


@get("/households", guards=[requires("households.read")])
async def list_households(request: Request) -> Page:
    """The households of one's area; filters stand in the URL."""
    filters = {name: request.query_params.get(name, "").strip()[:64] for name in FILTERS}
    sensitive = searching.is_sensitive(filters["q"])
    if sensitive:
        filters["q"] = ""
    number = page_number(request.query_params.get("page"))
    rows, total = await queries.households(request.actor, filters, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    listing, areas = ListPage(number, total, "/households", filters), await areas_for(request.actor)
    return await page(
        request, "households/list.html", rows=rows, listing=listing, filters=filters, areas=areas, sensitive=sensitive,
        active=_active(listing, filters, dict(areas)), may_record=allows(request.actor.roles, "households.record"),
    )  # fmt: skip


def _active(listing: ListPage, filters: Mapping[str, str], areas: Mapping[str, str]) -> list[dict[str, str]]:
    """The filters in force as chips that remove them."""
    words = {
        "q": (i18n._("Name or number"), filters["q"]),
        "status": (
            i18n._("Standing"),
            i18n._("All") if filters["status"] == "all" else i18n.word("household_status", filters["status"]),
        ),
        "category": (i18n._("Category"), i18n.word("household_category", filters["category"])),
        "layer": (i18n._("Layer"), i18n.word("layer", filters["layer"])),
        "division": (i18n._("Area"), areas.get(filters["division"], filters["division"])),
        "risk": (i18n._("Child risk"), i18n.word("risk_color", filters["risk"])),
    }
    return [
        {"label": label, "value": value, "remove_href": ListPage(1, 0, listing.path, {**filters, name: ""}).href()}
        for name, (label, value) in words.items()
        if filters[name]
    ]


@get("/households/new", guards=[requires("households.record")])
async def new_household(request: Request) -> Page:
    """The form for a household with its head and its ground, on one page."""
    first = {
        "key": str(uuid4()),
        "id_type": "resident_id",
        "datum": "gcj02",
        "statute": STATUTE_ZH,
        "giver_relation": "self",
    }
    return await form_page(request, "households/new.html", first, {"purposes": ["service", "share_provider"]})


@post("/households/new", guards=[requires("households.record")], status_code=200)
async def record_household(request: Request) -> Page:
    """Store it; a repeated post leads to the same household."""
    form = Form.of(await request.form())
    try:
        head, why = forms.read_person(form, today(), head=True)
        situation = forms.read_situation(form, today())
        ground = consent_forms.read_ground(form, today(), await published_texts(today()))
        consent_forms.check_guardian(form, head.birth_date, ground, today())
        form.check()
        household = await actions.record_household(
            request.actor, forms.key_of(form), head, situation, ground, now(), why=why
        )
    except FormError as error:
        return await form_page(request, "households/new.html", form, chosen_of(form), error=error)
    await flash(request, "ok", N_("The household is recorded. Next: record what it needs."))
    return go(request, f"/households/{household}")


@get("/households/{household:uuid}", guards=[requires("households.read")])
async def show_household(request: Request, household: FromPath[UUID]) -> Page:
    """One household: people, grounds, safety, timeline."""
    return await detail_page(request, household)


@post("/households/{household:uuid}/unmask", guards=[requires("households.unmask")], status_code=200)
async def unmask_household(request: Request, household: FromPath[UUID]) -> Page:
    """Show a group of hidden values once, after the reason is logged."""
    await queries.household_for(request.actor, household)
    form = Form.of(await request.form())
    try:
        wish = forms.read_unmask(form, rules.unmaskable(request.actor.roles))
    except FormError as error:
        errors = error_texts(error.fields)
        return await detail_page(request, household, status=422, form=form, errors=errors, faults=summary(errors))
    await actions.log_unmasking(request.actor, household, wish.group, wish.reason, wish.text, now())
    return await detail_page(request, household, reveal=wish.group)


@get("/households/{household:uuid}/edit", guards=[requires("households.record")])
async def edit_household(request: Request, household: FromPath[UUID]) -> Page:
    """The form for what is known of a household; hidden values stay hidden."""
    shown = await queries.household_for(request.actor, household)
    present = {name: str(getattr(shown, name) or "") for name in (
        "division", "selfcare_level", "risk_color", "language", "gender_wish", "contact_channel", "version",
    )}  # fmt: skip
    present |= {name: "yes" for name in ("two_person_visits", "trained_only", "able_bodied") if getattr(shown, name)}
    present |= {"income_unstable": "" if shown.income_stable else "yes", "datum": "gcj02"}
    chosen = {"time_wishes": list(shown.time_wishes)}
    return await form_page(request, "households/edit.html", present, chosen, household=shown)


@post("/households/{household:uuid}/edit", guards=[requires("households.record")], status_code=200)
async def change_household(request: Request, household: FromPath[UUID]) -> Page:
    """Store the change, unless somebody else was faster."""
    shown = await queries.household_for(request.actor, household)
    form = Form.of(await request.form())
    try:
        situation, version = forms.read_situation(form, today(), new=False), form.whole("version")
        form.check()
        await actions.change_household(request.actor, household, version or 0, situation, now())
    except FormError as error:
        return await form_page(request, "households/edit.html", form, chosen_of(form), error=error, household=shown)
    except Refused as error:
        newer = {**form, "version": str(shown.version)}
        return await form_page(
            request, "households/edit.html", newer, chosen_of(form), status=409, told=i18n.told(error), household=shown
        )
    await flash(request, "ok", N_("The change is saved."))
    return go(request, f"/households/{household}")


ROUTES = [
    list_households, new_household, record_household, show_household, unmask_household, edit_household,
    change_household, *member_routes.ROUTES, *standing_routes.ROUTES, *relation_routes.ROUTES,
]  # fmt: skip
MENU = [
    MenuItem(10, "households", N_("Households"), "/households", "households.read", "household", group="register",
             phone=5), *standing_routes.MENU,
]  # fmt: skip
