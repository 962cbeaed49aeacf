"""Organisations as the area sees them, and the manager's own: carers with certificates and load, contract lines."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from litestar import get
from litestar.params import FromPath

from bangfu.contracts.queries import Account, accounts_of, open_services
from bangfu.dispatch import queries, rules
from bangfu.errors import NotYours
from bangfu.providers.queries import carers_alone, carers_of, organization_for, organizations
from bangfu.shared.clock import now, today
from bangfu.shared.phones import national_phone
from bangfu.shared.web.access import requires
from bangfu.shared.web.pages import Page, Request, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage


@get("/providers", guards=[requires("providers.read")])
async def list_providers(request: Request) -> Page:
    """The organisations that have their seat in the actor's area or serve it."""
    number, query = page_number(request.query_params.get("page")), request.query_params.get("q", "")[:60].strip()
    rows, total = await organizations(request.actor, query, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    ids = [row["id"] for row in rows]
    listing = ListPage(number, total, "/providers", {"q": query})
    alone = await carers_alone(request.actor, today()) if number == listing.pages and not query else []
    return await page(
        request, "providers/list.html", organizations=rows, listing=listing, query=query, warned=rules.warned,
        today=today(), services=await open_services(ids, today()), expiries=await queries.expiries(ids, now()),
        alone=alone, loads=await queries.loads([carer.id for carer in alone]),
    )  # fmt: skip


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
    at, day = now(), today()
    found = await organization_for(request.actor, organization)
    expired = (await queries.expiries([organization], at))[organization]
    return await page(
        request, template, organization={**found, "phone": national_phone(found["phone"])},
        lines=_current(await accounts_of([organization]), day), today=day,
        expired=expired, warned=rules.warned(expired), **await _people(organization, at, day),
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


ROUTES = [list_providers, show_provider, own_organization]
