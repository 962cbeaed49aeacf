"""The pages of carers: list, one person, record, change, leave, hidden values."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError, Refused
from bangfu.households.searching import is_sensitive
from bangfu.providers import carer_actions, carer_paper_routes, certificates_routes
from bangfu.providers.carer_forms import DATUMS, key_of, read_carer
from bangfu.providers.carer_pages import detail_page
from bangfu.providers.carer_places import places_for, teams_for
from bangfu.providers.carer_reading import Row, Search, carers, kept_carer, shown_name, shown_reason
from bangfu.providers.carer_rules import ADULT
from bangfu.providers.carer_todo import todo
from bangfu.providers.carer_words import WORDS
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import age_on
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage
from bangfu.shared.words import WORDS as SHARED

UNMASK_REASONS = ("contact", "verify", "emergency", "other")
LEFT_REASONS = ("contract_ended", "resigned", "dismissed", "moved", "health", "other")


@get("/carers", guards=[requires("carers.read")])
async def list_carers(request: Request) -> Page:
    """The carers of the own organisation, or of the area; filters stand in the address."""
    actor, day = request.actor, today()
    filters = {name: request.query_params.get(name, "").strip()[:60] for name in ("q", "kind", "show")}
    filters["kind"] = filters["kind"] if filters["kind"] in SHARED["carer_kind"] else ""
    filters["show"] = filters["show"] if filters["show"] in WORDS["carer_list"] else ""
    sensitive = is_sensitive(filters["q"])
    if sensitive:
        filters["q"] = ""
    number = page_number(request.query_params.get("page"))
    search = Search(filters["q"], filters["kind"], filters["show"])
    rows, total = await carers(actor, search, day, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    listing = ListPage(number, total, "/carers", filters)
    return await page(
        request, "providers/carer_list.html", rows=[_row(actor, row, day) for row in rows], listing=listing,
        filters=filters, active=_active(filters), sensitive=sensitive, kinds=kinds_of(actor),
        verifies=allows(actor.roles, "qualifications.verify"), manager=actor.has("provider_manager"),
    )  # fmt: skip


def _row(actor: Actor, row: Row, today: date) -> Row:
    return {
        **row, "name": shown_name(actor, row), "barred": shown_reason(actor, row, row["barred"]),
        "minor": row["birth_date"] is not None and age_on(today, row["birth_date"]) < ADULT,
    }  # fmt: skip


def _active(filters: Mapping[str, str]) -> list[dict[str, str]]:
    """The filters in force as chips that remove them."""
    words = {
        "q": (i18n._("Name, pinyin or number"), filters["q"]),
        "kind": (i18n._("Kind"), i18n.word("carer_kind", filters["kind"])),
        "show": (i18n._("Show"), i18n.word("carer_list", filters["show"])),
    }
    return [
        {"label": label, "value": value, "remove_href": ListPage(1, 0, "/carers", {**filters, name: ""}).href()}
        for name, (label, value) in words.items()
        if filters[name]
    ]


def kinds_of(actor: Actor) -> list[str]:
    """The kinds of people whose records the actor keeps."""
    if not allows(actor.roles, "carers.keep"):
        return []
    own = ["worker"] if actor.has("provider_manager") and actor.organization else []
    return own + (["social_worker", "volunteer"] if actor.has("station_dispatcher", "bureau_officer") else [])


@get("/carers/new", guards=[requires("carers.keep")])
async def new_carer(request: Request) -> Page:
    """The form for a new person."""
    kinds = kinds_of(request.actor)
    first = {"key": str(uuid4()), "datum": "gcj02", "travel_mode": "ebike", "kind": kinds[0] if kinds else ""}
    return await _form_page(request, first, {"languages": ["cmn"]}, kinds)


@post("/carers/new", guards=[requires("carers.keep")], status_code=200)
async def record_carer(request: Request) -> Page:
    """Store it; a repeated post leads to the same person."""
    form, kinds = Form.of(await request.form()), kinds_of(request.actor)
    try:
        facts = read_carer(form, today(), kinds, new=True)
        form.check()
        carer = await carer_actions.record_carer(request.actor, key_of(form), facts, now())
    except FormError as error:
        return await _form_page(request, form, _chosen(form), kinds, error=error)
    await flash(request, "ok", N_("The person is recorded. Next: certificates, training and what else is missing."))
    return go(request, f"/carers/{carer}")


@get("/carers/{carer:uuid}", guards=[requires("carers.read")])
async def show_carer(request: Request, carer: FromPath[UUID]) -> Page:
    """One person with certificates, training, policies, consents, history."""
    return await detail_page(request, carer, today())


@get("/carers/{carer:uuid}/edit", guards=[requires("carers.keep")])
async def edit_carer(request: Request, carer: FromPath[UUID]) -> Page:
    """The form for what is known; ID number and phone stay hidden."""
    row = await kept_carer(request.actor, carer)
    present = {name: str(row[name] or "") for name in (
        "kind", "name", "sex", "division", "travel_mode", "max_households", "version",
    )}  # fmt: skip
    present |= {
        "birth_date": row["birth_date"].isoformat() if row["birth_date"] else "", "datum": "gcj02",
        "speed_kmh": f"{row['speed_kmh']:g}", "max_km": f"{row['max_km']:g}",
        "hours_per_week": f"{row['minutes_per_week'] / 60:g}",
    }  # fmt: skip
    return await _form_page(request, present, {"languages": row["languages"]}, [row["kind"]], carer=row)


@post("/carers/{carer:uuid}/edit", guards=[requires("carers.keep")], status_code=200)
async def change_carer(request: Request, carer: FromPath[UUID]) -> Page:
    """Store the change, unless somebody else was faster: then what was typed stands beside the newer record."""
    row = await kept_carer(request.actor, carer)
    form = Form.of(await request.form())
    try:
        facts, version = read_carer(form, today(), [row["kind"]], new=False), form.whole("version")
        form.check()
        await carer_actions.change_carer(request.actor, carer, version or 0, facts, now())
    except FormError as error:
        return await _form_page(request, form, _chosen(form), [row["kind"]], error=error, carer=row)
    except Refused as error:
        newer = {**form, "version": str(row["version"])}
        return await _form_page(
            request, newer, _chosen(form), [row["kind"]], status=409, told=i18n.told(error), carer=row
        )
    await flash(request, "ok", N_("The change is saved."))
    return go(request, f"/carers/{carer}")


@post("/carers/{carer:uuid}/leave", guards=[requires("carers.keep")], status_code=200)
async def leave(request: Request, carer: FromPath[UUID]) -> Page:
    """The person serves no longer."""
    await kept_carer(request.actor, carer)
    form = Form.of(await request.form())
    reason = form.choice("reason", LEFT_REASONS)
    if form.faults:
        return await detail_page(request, carer, today(), status=422, form=form, errors=error_texts(form.faults))
    await carer_actions.end_service(request.actor, carer, reason, now())
    await flash(request, "ok", N_("Nothing new is given to this person any more. Look at what is still running."))
    return go(request, f"/carers/{carer}")


@post("/carers/{carer:uuid}/return", guards=[requires("carers.keep")], status_code=200)
async def come_back(request: Request, carer: FromPath[UUID]) -> Page:
    """A person who had left serves again."""
    await kept_carer(request.actor, carer)
    await carer_actions.take_back(request.actor, carer, "", now())
    await flash(request, "ok", N_("The person serves again."))
    return go(request, f"/carers/{carer}")


@post("/carers/{carer:uuid}/unmask", guards=[requires("carers.keep")], status_code=200)
async def unmask(request: Request, carer: FromPath[UUID]) -> Page:
    """Show name, phone and ID number once, after the reason is logged."""
    await kept_carer(request.actor, carer)
    form = Form.of(await request.form())
    reason = form.choice("reason", UNMASK_REASONS)
    text = form.text("reason_text", required=reason == "other", most=200)
    if form.faults:
        return await detail_page(request, carer, today(), status=422, form=form, errors=error_texts(form.faults))
    await carer_actions.note_unmasking(request.actor, carer, reason, text, now())
    return await detail_page(request, carer, today(), reveal=True)


def _chosen(form: Form) -> dict[str, list[str]]:
    return {"languages": form.many("languages")}


async def _form_page(
    request: Request, form: Mapping[str, str], chosen: Mapping[str, list[str]], kinds: Collection[str], *,
    error: FormError | None = None, status: int = 200, told: str = "", carer: Row | None = None,
) -> Page:  # fmt: skip
    """The form as it was typed, with what has to be corrected."""
    errors: dict[str, Any] = error_texts(error.fields) if error else ({"": told} if told else {})
    teams = await teams_for(request.actor) if "volunteer" in kinds and carer is None else []
    return await page(
        request, "providers/carer_form.html", 422 if error else status, form=form, chosen=chosen, errors=errors,
        kinds=kinds, places=await places_for(request.actor), teams=teams, carer=carer, datums=list(DATUMS),
    )  # fmt: skip


ROUTES = [
    list_carers, new_carer, record_carer, show_carer, edit_carer, change_carer, leave, come_back, unmask,
    *certificates_routes.ROUTES, *carer_paper_routes.ROUTES,
]  # fmt: skip
MENU = [
    MenuItem(61, "carers", N_("Carers"), "/carers", "carers.read", "person", group="supply", phone=30),
    MenuItem(29, "my_certificates", N_("My certificates"), "/my-certificates", "roster.own", "quality", phone=60),
]
TODO = [todo]
