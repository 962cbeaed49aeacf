"""Writing the register: organisations, conflict links; the manager's own hours.

The pages that show an organisation stand with dispatch, whose numbers they carry (dispatch/provider_routes.py).
"""

from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError
from bangfu.providers import (
    declaring,
    linking,
    register_actions,
    register_forms,
    register_licence_routes,
    register_queries,
)
from bangfu.providers.queries import organization_for
from bangfu.providers.register_licence_routes import kept_here, own_organization
from bangfu.providers.tables import Organization
from bangfu.shared import i18n
from bangfu.shared.civil_time import parse_date
from bangfu.shared.clock import now, today
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page

EDIT = [requires("providers.edit")]
DECLARE = [requires("capacity.declare")]


@get("/providers/new", guards=EDIT)
async def show_new(request: Request) -> Page:
    """The form for a new organisation."""
    return await _form(request, None, {"key": uuid4(), "active": True})


@post("/providers/new", guards=EDIT, status_code=200)
async def register(request: Request) -> Page:
    """Register an organisation; a double click registers it once."""
    form = Form.of(await request.form())
    key = form.uuid("key") or uuid4()
    try:
        values = await register_forms.read_organization(form, request.actor, None)
        await _check_runner(request, form, values)
        form.check()
        await register_actions.register(request.actor, key, values, now())
    except FormError as error:
        return await _form(request, None, form, 422, error_texts(error.fields))
    await flash(request, "ok", N_("{name} is registered."), name=values["name"])
    return go(request, f"/providers/{key}")


@get("/providers/{organization:uuid}/edit", guards=EDIT)
async def show_edit(request: Request, organization: FromPath[UUID]) -> Page:
    """The form for a known organisation."""
    found = await kept_here(request, organization)
    places = await register_forms.places_for(request.actor)
    return await _form(request, found, register_forms.typed(found, places))


@post("/providers/{organization:uuid}/edit", guards=EDIT, status_code=200)
async def edit(request: Request, organization: FromPath[UUID]) -> Page:
    """Change what the register says."""
    found = await kept_here(request, organization)
    form = Form.of(await request.form())
    try:
        row = await Organization.objects().where(Organization.id == organization).first()
        values = await register_forms.read_organization(form, request.actor, row)
        await _check_runner(request, form, values, organization)
        version = form.whole("version") or 0
        form.check()
        await register_actions.change(request.actor, organization, version, values, now())
    except FormError as error:
        return await _form(request, found, form, 422, error_texts(error.fields))
    await flash(request, "ok", N_("The changes are saved."))
    return go(request, f"/providers/{organization}")


async def _check_runner(request: Request, form: Form, values: dict[str, Any], station: UUID | None = None) -> None:
    """The agency that runs a station is one that the actor can choose."""
    if values["run_by"] is None or values["run_by"] == (station and await _runner_of(station)):
        return
    offered = await register_queries.others_for(request.actor, station, register_forms.RUNNERS)
    if str(values["run_by"]) not in {code for code, _ in offered}:
        form.fault("run_by", N_("Please choose one of the list."))


async def _runner_of(station: UUID) -> UUID | None:
    row = await Organization.objects().where(Organization.id == station).first()
    return row.run_by if row is not None else None


async def _form(
    request: Request, found: dict[str, Any] | None, form: Any, status: int = 200, errors: dict[str, str] | None = None
) -> Page:
    places = await register_forms.places_for(request.actor)
    posted = isinstance(form, Form)
    return await page(
        request, "providers/register_form.html", status, organization=found, form=form, errors=errors or {},
        places=places, areas=register_forms.areas_of(places),
        areas_chosen=form.many("areas") if posted else found["service_area"] if found else [],
        services_chosen=form.many("services") if posted else found["services"] if found else [],
        runners=await register_queries.others_for(
            request.actor, found["id"] if found else None, register_forms.RUNNERS
        ),
        ticked={
            name: form.yes(name) if posted else bool(form.get(name)) for name in ("charity", "active")
        },
    )  # fmt: skip


@get("/providers/{organization:uuid}/links/new", guards=EDIT)
async def show_new_link(request: Request, organization: FromPath[UUID]) -> Page:
    """The form for a conflict link."""
    asked = {name: request.query_params.get(name, "")[:40] for name in ("other", "kind")}
    return await _link_form(
        request, await kept_here(request, organization),
        {"key": uuid4(), "starts_on": today().isoformat(), **asked},
    )  # fmt: skip


@post("/providers/{organization:uuid}/links/new", guards=EDIT, status_code=200)
async def new_link(request: Request, organization: FromPath[UUID]) -> Page:
    """Record a conflict link."""
    found = await kept_here(request, organization)
    form = Form.of(await request.form())
    key = form.uuid("key") or uuid4()
    try:
        other, kind = form.uuid("other"), form.choice("kind", linking.FREE_KINDS)
        starts_on, note = form.day("starts_on", parse_date), form.text("note", required=False)
        form.check()
        if other is None or starts_on is None:
            raise FormError({})
        await linking.link(request.actor, key, organization, other, kind, starts_on, note, now())
    except FormError as error:
        return await _link_form(request, found, form, 422, error_texts(error.fields))
    await flash(request, "ok", N_("The link is recorded."))
    return go(request, f"/providers/{organization}#links")


async def _link_form(
    request: Request, found: dict[str, Any], form: Any, status: int = 200, errors: dict[str, str] | None = None
) -> Page:
    return await page(
        request, "providers/register_link.html", status, organization=found, form=form, errors=errors or {},
        others=await register_queries.others_for(request.actor, found["id"]),
        kinds=[(kind, i18n.word("organization_link", kind)) for kind in linking.FREE_KINDS],
    )  # fmt: skip


@post("/providers/{organization:uuid}/links/{link:uuid}/end", guards=EDIT, status_code=200)
async def end_link(request: Request, organization: FromPath[UUID], link: FromPath[UUID]) -> Page:
    """Let a conflict link end today."""
    await kept_here(request, organization)
    await linking.end_link(request.actor, organization, link, now())
    await flash(request, "ok", N_("The link ends today; it stays in the history."))
    return go(request, f"/providers/{organization}#links")


@get("/organization/capacity", guards=DECLARE)
async def show_capacity(request: Request) -> Page:
    """The form for the hours of the own organisation."""
    return await _capacity_form(request, None)


@post("/organization/capacity", guards=DECLARE, status_code=200)
async def declare_capacity(request: Request) -> Page:
    """Declare the hours of the own organisation."""
    found = await organization_for(request.actor, own_organization(request))
    form = Form.of(await request.form())
    try:
        minutes, services, note = register_forms.read_hours(form, _asked_services(found))
        form.check()
    except FormError as error:
        return await _capacity_form(request, form, 422, error_texts(error.fields))
    await declaring.declare(request.actor, minutes, services, note, now())
    await flash(request, "ok", N_("The capacity is declared. Please confirm it again within 30 days."))
    return go(request, "/organization#capacity")


@post("/organization/capacity/confirm", guards=DECLARE, status_code=200)
async def confirm_capacity(request: Request) -> Page:
    """Say that the hours are still valid."""
    own_organization(request)
    await declaring.confirm(request.actor, now())
    await flash(request, "ok", N_("The capacity is confirmed for another 30 days."))
    return go(request, "/organization#capacity")


def _asked_services(found: dict[str, Any]) -> list[str]:
    return sorted(found["services"])


async def _capacity_form(
    request: Request, form: Form | None, status: int = 200, errors: dict[str, str] | None = None
) -> Page:
    found = await organization_for(request.actor, own_organization(request))
    known = (await declaring.capacities([found["id"]])).get(found["id"])
    return await page(
        request, "providers/register_capacity.html", status, organization=found, known=known,
        services=_asked_services(found), form=form or {}, posted=form is not None, errors=errors or {},
    )  # fmt: skip


ROUTES = [
    show_new, register, show_edit, edit, *register_licence_routes.ROUTES, show_new_link, new_link, end_link,
    show_capacity, declare_capacity, confirm_capacity,
]  # fmt: skip
