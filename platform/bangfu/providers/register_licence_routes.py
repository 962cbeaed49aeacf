"""Licences: entered by the bureau or handed in by the organisation, verified by somebody else, their scans."""

from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError, NotYours
from bangfu.providers import licensing, register_forms
from bangfu.providers.queries import organization_for
from bangfu.shared.clock import now, today
from bangfu.shared.files import opened
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import file_answer, posted_scan
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page

EDIT = [requires("providers.edit")]
OWN = [requires("own_organization.read")]
HAND_IN = [requires("licences.hand_in")]


async def kept_here(request: Request, organization: UUID) -> dict[str, Any]:
    """An organisation whose register the actor keeps.

    Raises:
        NotYours: for one that has its seat elsewhere, even where it serves the actor's area.
    """
    found = await organization_for(request.actor, organization)
    if not request.actor.sees(found["division"]):
        raise NotYours
    return found


def own_organization(request: Request) -> UUID:
    """The organisation that the manager manages.

    Raises:
        NotYours: without one.
    """
    if request.actor.organization is None:
        raise NotYours
    return request.actor.organization


@get("/providers/{organization:uuid}/licences/new", guards=EDIT)
async def show_new_licence(request: Request, organization: FromPath[UUID]) -> Page:
    """The form for a licence that the bureau enters."""
    return await _licence_form(request, await kept_here(request, organization), f"/providers/{organization}")


@post("/providers/{organization:uuid}/licences/new", guards=EDIT, status_code=200)
async def new_licence(request: Request, organization: FromPath[UUID]) -> Page:
    """Enter a licence; somebody else verifies it."""
    return await _take_licence(request, await kept_here(request, organization), f"/providers/{organization}")


@get("/organization/licences/new", guards=HAND_IN)
async def show_own_licence(request: Request) -> Page:
    """The form for a renewed licence of the own organisation."""
    found = await organization_for(request.actor, own_organization(request))
    return await _licence_form(request, found, "/organization")


@post("/organization/licences/new", guards=HAND_IN, status_code=200)
async def hand_in_licence(request: Request) -> Page:
    """Hand in a licence of the own organisation with its scan."""
    found = await organization_for(request.actor, own_organization(request))
    return await _take_licence(request, found, "/organization", scan_needed=True)


async def _licence_form(
    request: Request, found: dict[str, Any], back: str, form: Any = None, status: int = 200,
    errors: dict[str, str] | None = None,
) -> Page:  # fmt: skip
    asked = request.query_params.get("kind", "")
    return await page(
        request, "providers/register_licence.html", status, organization=found, back=back, errors=errors or {},
        form=form if form is not None else {"key": uuid4(), "kind": asked},
        forever=form is not None and form.yes("forever"),
    )  # fmt: skip


async def _take_licence(request: Request, found: dict[str, Any], back: str, *, scan_needed: bool = False) -> Page:
    posted = await request.form()
    form = Form.of(posted)
    key = form.uuid("key") or uuid4()
    try:
        paper = register_forms.read_licence(form, today())
        scan = await posted_scan(posted)
        if scan is None and scan_needed:
            form.fault("file", N_("Please choose the scan of the licence."))
        form.check()
        await licensing.hand_in(request.actor, found["id"], key, paper, scan, now())
    except FormError as error:
        return await _licence_form(request, found, back, form, 422, error_texts({**form.faults, **error.fields}))
    await flash(request, "ok", N_("The licence is handed in. It counts once somebody else has verified it."))
    return go(request, f"{back}#licences")


@post("/providers/{organization:uuid}/licences/{licence:uuid}/verify", guards=EDIT, status_code=200)
async def verify_licence(request: Request, organization: FromPath[UUID], licence: FromPath[UUID]) -> Page:
    """Verify a licence that somebody else handed in."""
    await kept_here(request, organization)
    await licensing.decide(request.actor, organization, licence, "verify", now())
    await flash(request, "ok", N_("The licence is verified."))
    return go(request, f"/providers/{organization}#licences")


@get("/providers/{organization:uuid}/licences/{licence:uuid}/reject", guards=EDIT)
async def show_reject(request: Request, organization: FromPath[UUID], licence: FromPath[UUID]) -> Page:
    """The form for the reason."""
    return await _reject_form(request, organization, licence)


@post("/providers/{organization:uuid}/licences/{licence:uuid}/reject", guards=EDIT, status_code=200)
async def reject_licence(request: Request, organization: FromPath[UUID], licence: FromPath[UUID]) -> Page:
    """Reject a licence with a reason that its sender reads."""
    await kept_here(request, organization)
    await licensing.licence_row(organization, licence)
    form = Form.of(await request.form())
    try:
        reason = form.text("reason")
        form.check()
    except FormError as error:
        return await _reject_form(request, organization, licence, 422, error_texts(error.fields), form)
    await licensing.decide(request.actor, organization, licence, "reject", now(), reason=reason)
    await flash(request, "ok", N_("The licence is rejected; its sender reads the reason."))
    return go(request, f"/providers/{organization}#licences")


async def _reject_form(
    request: Request, organization: UUID, licence: UUID, status: int = 200, errors: dict[str, str] | None = None,
    form: Any = None,
) -> Page:  # fmt: skip
    found = await kept_here(request, organization)
    return await page(
        request, "providers/register_reject.html", status, organization=found, errors=errors or {}, form=form or {},
        licence=await licensing.licence_row(organization, licence),
    )  # fmt: skip


@get("/providers/{organization:uuid}/licences/{licence:uuid}/files/{file:uuid}", guards=[requires("providers.read")])
async def licence_file(
    request: Request, organization: FromPath[UUID], licence: FromPath[UUID], file: FromPath[UUID]
) -> Response[bytes]:
    """The scan of a licence."""
    await organization_for(request.actor, organization)
    row = await licensing.licence_row(organization, licence)
    return file_answer(await opened(file, licensing.FILES, row.id))


@get("/organization/licences/{licence:uuid}/files/{file:uuid}", guards=OWN)
async def own_licence_file(request: Request, licence: FromPath[UUID], file: FromPath[UUID]) -> Response[bytes]:
    """The scan of a licence of the own organisation."""
    row = await licensing.licence_row(own_organization(request), licence)
    return file_answer(await opened(file, licensing.FILES, row.id))


ROUTES = [
    show_new_licence, new_licence, show_own_licence, hand_in_licence, verify_licence, show_reject, reject_licence,
    licence_file, own_licence_file,
]  # fmt: skip
