"""The pages of households: list, detail, record, change, member, ground, showing hidden values."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.divisions.queries import areas_for, villages_for
from bangfu.errors import N_, FormError, Refused
from bangfu.households import actions, forms, queries, rules, searching, tabs, timeline
from bangfu.households.labels import summary
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

FILTERS = ("q", "category", "layer", "division", "risk")


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
    return await _form_page(request, "households/new.html", first, {"purposes": ["service", "share_provider"]})


@post("/households/new", guards=[requires("households.record")], status_code=200)
async def record_household(request: Request) -> Page:
    """Store it; a repeated post leads to the same household."""
    form = Form.of(await request.form())
    try:
        head, why = forms.read_person(form, today(), head=True)
        situation, ground = forms.read_situation(form), forms.read_ground(form, today())
        forms.check_guardian(form, head.birth_date, ground, today())
        form.check()
        household = await actions.record_household(
            request.actor, forms.key_of(form), head, situation, ground, now(), why=why
        )
    except FormError as error:
        return await _form_page(request, "households/new.html", form, _chosen(form), error=error)
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


async def detail_page(request: Request, household: UUID, *, reveal: str = "", status: int = 200, **more: Any) -> Page:
    """The page of one household."""
    return await page(
        request, "households/show.html", status, **await head_of(request, household, "people", reveal),
        members=await queries.members(household, today(), reveal), grounds=await queries.grounds(household, today()),
        **more,
    )  # fmt: skip


async def head_of(request: Request, household: UUID, tab: str, reveal: str = "") -> dict[str, Any]:
    """What households/frame.html needs on every tab; the access check is here.

    Raises:
        NotYours: for a household of another area.
    """
    actor = request.actor
    shown = await queries.household_for(actor, household, reveal)
    return {
        "household": shown,
        "reveal": reveal,
        "live": await queries.live_grounds(household, today()),
        "tabs": tabs.tabs_of(actor, household, tab),
        "events": timeline.shown(await timeline.events_of_household(household), own=str(household)),
        "unmask_groups": rules.unmaskable(actor.roles) if allows(actor.roles, "households.unmask") else [],
        "may_record": allows(actor.roles, "households.record"),
        "may_need": allows(actor.roles, "needs.record"),
    }


@get("/households/{household:uuid}/edit", guards=[requires("households.record")])
async def edit_household(request: Request, household: FromPath[UUID]) -> Page:
    """The form for what is known of a household; hidden values stay hidden."""
    shown = await queries.household_for(request.actor, household)
    present = {name: str(getattr(shown, name) or "") for name in (
        "division", "category", "admission_mode", "support_mode", "selfcare_level", "risk_color", "language",
        "gender_wish", "category_since", "version",
    )}  # fmt: skip
    present |= {name: "yes" for name in ("two_person_visits", "trained_only") if getattr(shown, name)}
    return await _form_page(request, "households/edit.html", {**present, "datum": "gcj02"}, {}, household=shown)


@post("/households/{household:uuid}/edit", guards=[requires("households.record")], status_code=200)
async def change_household(request: Request, household: FromPath[UUID]) -> Page:
    """Store the change, unless somebody else was faster."""
    shown = await queries.household_for(request.actor, household)
    form = Form.of(await request.form())
    try:
        situation, version = forms.read_situation(form, new=False), form.whole("version")
        form.check()
        await actions.change_household(request.actor, household, version or 0, situation, now())
    except FormError as error:
        return await _form_page(request, "households/edit.html", form, {}, error=error, household=shown)
    except Refused as error:
        newer = {**form, "version": str(shown.version)}
        return await _form_page(
            request, "households/edit.html", newer, {}, status=409, told=i18n.told(error), household=shown
        )
    await flash(request, "ok", N_("The change is saved."))
    return go(request, f"/households/{household}")


@get("/households/{household:uuid}/members/new", guards=[requires("households.record")])
async def new_member(request: Request, household: FromPath[UUID]) -> Page:
    """The form for one more member."""
    shown = await queries.household_for(request.actor, household)
    first = {"key": str(uuid4()), "id_type": "resident_id"}
    return await _form_page(request, "households/member.html", first, {}, household=shown)


@post("/households/{household:uuid}/members/new", guards=[requires("households.record")], status_code=200)
async def add_member(request: Request, household: FromPath[UUID]) -> Page:
    """Store the member."""
    shown = await queries.household_for(request.actor, household)
    form = Form.of(await request.form())
    try:
        person, why = forms.read_person(form, today(), head=False)
        form.check()
        await actions.add_member(request.actor, household, forms.key_of(form), person, now(), why=why)
    except FormError as error:
        return await _form_page(request, "households/member.html", form, _chosen(form), error=error, household=shown)
    await flash(request, "ok", N_("The member is recorded."))
    return go(request, f"/households/{household}")


@get("/households/{household:uuid}/grounds/new", guards=[requires("households.record")])
async def new_ground(request: Request, household: FromPath[UUID]) -> Page:
    """The form for a consent or a statutory ground."""
    shown = await queries.household_for(request.actor, household)
    first = {"key": str(uuid4()), "statute": STATUTE_ZH, "giver_relation": "self"}
    chosen = {"purposes": ["service", "share_provider"]}
    return await _form_page(request, "households/ground.html", first, chosen, household=shown)


@post("/households/{household:uuid}/grounds/new", guards=[requires("households.record")], status_code=200)
async def record_ground(request: Request, household: FromPath[UUID]) -> Page:
    """Store the consent or the statutory ground."""
    shown = await queries.household_for(request.actor, household)
    form = Form.of(await request.form())
    try:
        key, ground = forms.key_of(form), forms.read_ground(form, today())
        for head in (await queries.members(household, today()))[:1]:
            forms.check_guardian(form, head.birth_date, ground, today())
        form.check()
    except FormError as error:
        return await _form_page(request, "households/ground.html", form, _chosen(form), error=error, household=shown)
    await actions.record_ground(request.actor, household, key, ground, now())
    await flash(request, "ok", N_("The ground is recorded; needs can be confirmed on it."))
    return go(request, f"/households/{household}")


@post(
    "/households/{household:uuid}/grounds/{consent:uuid}/withdraw",
    guards=[requires("households.record")],
    status_code=200,
)
async def withdraw_ground(request: Request, household: FromPath[UUID], consent: FromPath[UUID]) -> Page:
    """Note that the person withdrew."""
    await actions.withdraw_ground(request.actor, household, consent, now())
    await flash(request, "ok", N_("The withdrawal is recorded; nothing more is shared on this ground."))
    return go(request, f"/households/{household}")


def _chosen(form: Form) -> dict[str, list[str]]:
    """The fields with several values, as ticked."""
    return {name: form.many(name) for name in ("tags", "purposes")}


async def _form_page(
    request: Request, template: str, form: Mapping[str, str], chosen: Mapping[str, list[str]], *,
    error: FormError | None = None, status: int = 200, told: str = "", **more: Any,
) -> Page:  # fmt: skip
    """A form as it was typed, with what has to be corrected."""
    errors = error_texts(error.fields) if error else ({"": told} if told else {})
    return await page(
        request, template, 422 if error else status, form=form, chosen=chosen, errors=errors, faults=summary(errors),
        villages=await villages_for(request.actor), **more,
    )  # fmt: skip


ROUTES = [
    list_households, new_household, record_household, show_household, unmask_household, edit_household,
    change_household, new_member, add_member, new_ground, record_ground, withdraw_ground,
]  # fmt: skip
MENU = [MenuItem(10, "households", N_("Households"), "/households", "households.read", "household")]
