"""Organisations as the area sees them, and the manager's own: register, carers with load, contract lines.

Barring stands here too: its page says how many assignments are still open.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from bangfu.contracts.queries import Account, accounts_of, open_services
from bangfu.dispatch import queries, rules
from bangfu.errors import N_, FormError, NotYours
from bangfu.households.timeline import events_of, shown
from bangfu.providers import barring, register_forms, register_queries
from bangfu.providers.queries import carers_alone, carers_of, organization_for, organizations
from bangfu.providers.register_licence_routes import kept_here
from bangfu.shared import i18n
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.phones import national_phone
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

BAR = [requires("providers.bar")]


@get("/providers", guards=[requires("providers.read")])
async def list_providers(request: Request) -> Page:
    """The organisations that have their seat in the actor's area or serve it; filters stand in the address."""
    asked = {name: request.query_params.get(name, "")[:60].strip() for name in ("q", "type", "state")}
    number, day = page_number(request.query_params.get("page")), today()
    only = await register_queries.in_state(asked["state"], day)
    rows, total = await organizations(
        request.actor, asked["q"], PAGE_SIZE, (number - 1) * PAGE_SIZE, org_type=asked["type"], only=only
    )
    ids = [row["id"] for row in rows]
    listing = ListPage(number, total, "/providers", asked)
    bare = number == listing.pages and not any(asked.values())
    alone = await carers_alone(request.actor, day) if bare else []
    return await page(
        request, "providers/list.html", organizations=rows, listing=listing, filters=asked, active=_active(asked),
        warned=rules.warned, marks=await register_queries.marks(ids, day),
        today=day, services=await open_services(ids, day), expiries=await queries.expiries(ids, now()),
        alone=alone, loads=await queries.loads([carer.id for carer in alone]),
        may_edit=allows(request.actor.roles, "providers.edit"),
    )  # fmt: skip


def _active(asked: dict[str, str]) -> list[dict[str, str]]:
    words = {
        "q": (i18n._("Search"), asked["q"]),
        "type": (i18n._("Kind"), i18n.word("org_type", asked["type"])),
        "state": (i18n._("State"), i18n.word("organization_state", asked["state"])),
    }
    return [
        {"label": label, "value": value, "remove_href": ListPage(1, 0, "/providers", {**asked, name: ""}).href()}
        for name, (label, value) in words.items()
        if asked[name]
    ]


@get("/providers/{organization:uuid}", guards=[requires("providers.read")])
async def show_provider(request: Request, organization: FromPath[UUID]) -> Page:
    """One organisation with its contract lines and carers, names masked."""
    return await _organization_page(request, organization, "providers/show.html")


@get("/organization", guards=[requires("own_organization.read")])
async def own_organization(request: Request) -> Page:
    """The manager's own organisation."""
    if request.actor.organization is None:
        raise NotYours
    return await _organization_page(request, request.actor.organization, "providers/own.html")


async def _organization_page(request: Request, organization: UUID, template: str) -> Page:
    at, day, actor = now(), today(), request.actor
    found = await organization_for(actor, organization)
    expired = (await queries.expiries([organization], at))[organization]
    kept = allows(actor.roles, "providers.edit") and actor.sees(found["division"])
    own = actor.organization == organization
    return await page(
        request, template, organization={**found, "phone": national_phone(found["phone"])},
        lines=_current(await accounts_of([organization]), day), today=day,
        expired=expired, warned=rules.warned(expired), **await _people(organization, at, day),
        **await register_queries.sheet(actor, found, day), may_edit=kept,
        may_bar=allows(actor.roles, "providers.bar") and actor.sees(found["division"]),
        proposed=await register_queries.proposed_links(actor, found) if kept else [],
        events=[] if own else shown(await events_of(organization), own=str(organization)),
        place="/organization" if own else f"/providers/{organization}",
    )  # fmt: skip


@get("/providers/{organization:uuid}/bar", guards=BAR)
async def show_bar(request: Request, organization: FromPath[UUID]) -> Page:
    """The form for the blacklist, or for lifting a bar that stands."""
    return await _bar_page(request, organization)


@post("/providers/{organization:uuid}/bar", guards=BAR, status_code=200)
async def bar(request: Request, organization: FromPath[UUID]) -> Page:
    """Bar the organisation until a day."""
    await kept_here(request, organization)
    form = Form.of(await request.form())
    try:
        ground, until, reason = register_forms.read_bar(form, today())
        form.check()
        if until is None:
            raise FormError({})
    except FormError as error:
        return await _bar_page(request, organization, 422, form, error_texts(error.fields), "bar")
    await barring.bar(request.actor, organization, ground, until, reason, now())
    await flash(request, "ok", N_("The organisation is barred until {day}."), day=until.isoformat())
    return go(request, f"/providers/{organization}#bars")


@post("/providers/{organization:uuid}/lift", guards=BAR, status_code=200)
async def lift(request: Request, organization: FromPath[UUID]) -> Page:
    """Lift the bar."""
    await kept_here(request, organization)
    form = Form.of(await request.form())
    try:
        reason = form.text("lift_reason", most=500)
        form.check()
    except FormError as error:
        return await _bar_page(request, organization, 422, form, error_texts(error.fields), "lift")
    await barring.lift(request.actor, organization, reason, now())
    await flash(request, "ok", N_("The bar is lifted."))
    return go(request, f"/providers/{organization}#bars")


async def _bar_page(
    request: Request, organization: UUID, status: int = 200, form: Form | None = None,
    errors: dict[str, str] | None = None, tried: str = "",
) -> Page:  # fmt: skip
    found, day = await kept_here(request, organization), today()
    return await page(
        request, "providers/register_bar.html", status, organization=found, form=form or {}, errors=errors or {},
        tried=tried, bars=await register_queries.bars_of(request.actor, organization, day), today=day,
        open_assignments=await queries.open_of(organization),
        open_lines=len([each for each in await accounts_of([organization]) if each.line.open_on(day)]),
    )  # fmt: skip


def _current(lines: list[Account], day: date) -> list[Account]:
    """Open lines first, then those to come, then the past."""
    return sorted(lines, key=lambda each: (not each.line.open_on(day), each.line.ends_on < day, each.line.service))


async def _people(organization: UUID, at: datetime, day: date) -> dict[str, Any]:
    carers = await carers_of(organization, day)
    running_out = [(carer, each) for carer in carers for each in carer.running_out]
    return {
        "carers": carers, "loads": await queries.loads([carer.id for carer in carers]),
        "running_out": sorted(running_out, key=lambda pair: pair[1].expires_on),
    }  # fmt: skip


ROUTES = [list_providers, show_provider, own_organization, show_bar, bar, lift]
