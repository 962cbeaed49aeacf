"""The pages of the mandatory report: one click from any page, no approval, a clock in minutes (DOMAIN.md 8.2)."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.divisions.queries import villages_for
from bangfu.errors import N_, FormError, NotYours
from bangfu.households.queries import household_for
from bangfu.incidents import actions, forms, queries, rules
from bangfu.incidents.tables import Incident
from bangfu.shared.clock import now
from bangfu.shared.i18n import _
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem, Todo, TodoCount, TodoRow
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

ROWS = 6


@get("/incidents", guards=[requires("incidents.report")])
async def list_incidents(request: Request) -> Page:
    """One's own reports; for handlers those of their area."""
    status = request.query_params.get("status", "")
    number = page_number(request.query_params.get("page"))
    rows, total = await queries.incidents(request.actor, status, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    listing = ListPage(number, total, "/incidents", {"status": status})
    return await page(
        request, "incidents/list.html", rows=rows, listing=listing, chosen=status, at=now(), rules=rules,
        handles=allows(request.actor.roles, "incidents.handle"),
    )  # fmt: skip


@get("/incidents/new", guards=[requires("incidents.report")])
async def new_incident(request: Request) -> Page:
    """The form: one field that is needed, everything else helps."""
    household = forms.household_of(request.query_params.get("from", ""))
    return await _form_page(request, {"key": str(uuid4()), "household": household}, {})


@post("/incidents/new", guards=[requires("incidents.report")], status_code=200)
async def report_incident(request: Request) -> Page:
    """Store the report; a repeated post leads to the same one."""
    form = Form.of(await request.form())
    villages = {code for _town, choices in await villages_for(request.actor) for code, _name in choices}
    try:
        harm = forms.read_harm(form, request.actor, villages)
        key = form.uuid("key")
        form.check()
        assert key is not None  # noqa: S101 (checked with the form)
        incident = await actions.report(request.actor, key, harm, now())
    except FormError as error:
        chosen = {name: form.many(name) for name in ("kinds", "told")}
        return await _form_page(request, form, chosen, error=error)
    await flash(request, "ok", N_("The report stands; the people in charge were told. Stay with the child if you can."))
    return go(request, f"/incidents/{incident}")


@get("/incidents/{incident:uuid}", guards=[requires("incidents.report")])
async def show_incident(request: Request, incident: FromPath[UUID]) -> Page:
    """One report; opening it is on record."""
    return await _show(request, incident)


@post("/incidents/{incident:uuid}/reveal", guards=[requires("incidents.handle")], status_code=200)
async def reveal_child(request: Request, incident: FromPath[UUID]) -> Page:
    """Show the child's name and the place once, after the reason is logged."""
    await queries.incident_for(request.actor, incident)
    form = Form.of(await request.form())
    try:
        reason = form.choice("reason", _codes("rescue", "police", "review"))
        form.check()
    except FormError as error:
        return await _show(request, incident, form=form, error=error)
    row = await Incident.objects().get(Incident.id == incident)
    if row is None:
        raise NotYours
    await actions.note_reading(request.actor, row, now(), reason=reason)
    return await _show(request, incident, reveal=True)


@post("/incidents/{incident:uuid}/note", guards=[requires("incidents.report")], status_code=200)
async def add_note(request: Request, incident: FromPath[UUID]) -> Page:
    """Add words to a report."""

    async def act(form: Form, at: datetime) -> None:
        text = form.text("text", most=forms.MOST_WORDS)
        form.check()
        await actions.add_note(request.actor, incident, text, at, form.uuid("key", required=False))

    return await _act(request, incident, act, N_("Your words were added."))


@post("/incidents/{incident:uuid}/tell", guards=[requires("incidents.report")], status_code=200)
async def tell_authority(request: Request, incident: FromPath[UUID]) -> Page:
    """Note that an authority was told."""

    async def act(form: Form, at: datetime) -> None:
        body, text = form.choice("body", rules.BODIES), form.text("tell_text", required=False, most=400)
        form.check()
        await actions.tell(request.actor, incident, body, text, at)

    return await _act(request, incident, act, N_("It is noted that the authority was told."))


@post("/incidents/{incident:uuid}/acknowledge", guards=[requires("incidents.handle")], status_code=200)
async def acknowledge(request: Request, incident: FromPath[UUID]) -> Page:
    """Take the report on."""

    async def act(_form: Form, at: datetime) -> None:
        await actions.acknowledge(request.actor, incident, at)

    return await _act(request, incident, act, N_("You have taken the report on."))


@post("/incidents/{incident:uuid}/conclude", guards=[requires("incidents.handle")], status_code=200)
async def conclude(request: Request, incident: FromPath[UUID]) -> Page:
    """Conclude the report with its outcome."""

    async def act(form: Form, at: datetime) -> None:
        outcome, text = form.choice("outcome", rules.OUTCOMES), form.text("end_text", most=forms.MOST_WORDS)
        form.check()
        await actions.conclude(request.actor, incident, outcome, text, at)

    return await _act(request, incident, act, N_("The report is concluded."))


@post("/incidents/{incident:uuid}/reopen", guards=[requires("incidents.handle")], status_code=200)
async def reopen(request: Request, incident: FromPath[UUID]) -> Page:
    """Handle it again."""

    async def act(form: Form, at: datetime) -> None:
        text = form.text("reopen_text", most=forms.MOST_WORDS)
        form.check()
        await actions.reopen(request.actor, incident, text, at)

    return await _act(request, incident, act, N_("The report is open again."))


def _codes(*codes: str) -> tuple[str, ...]:
    return codes


async def _act(request: Request, incident: UUID, act: Callable[[Form, datetime], Awaitable[None]], done: str) -> Page:
    """Fetch with the access check, act, go back; a fault shows the page with what was typed."""
    await queries.incident_for(request.actor, incident)
    form = Form.of(await request.form())
    try:
        await act(form, now())
    except FormError as error:
        return await _show(request, incident, form=form, error=error)
    await flash(request, "ok", done)
    return go(request, f"/incidents/{incident}")


async def _show(
    request: Request, incident: UUID, *, reveal: bool = False, form: Mapping[str, str] | None = None,
    error: FormError | None = None,
) -> Page:  # fmt: skip
    actor, at = request.actor, now()
    shown = await queries.incident_for(actor, incident, reveal=reveal)
    handles = allows(actor.roles, "incidents.handle") and actor.sees(shown.division)
    if handles and not reveal and not shown.own:
        row = await Incident.objects().get(Incident.id == incident)
        if row is not None:
            await actions.note_reading(actor, row, at)
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, "incidents/show.html", 422 if error else 200, incident=shown, at=at, rules=rules, handles=handles,
        possible=rules.MACHINE.actions_for(shown.status, actor.roles) if handles else (), revealed=reveal,
        form=form or {}, errors=errors, key=str(uuid4()),
    )  # fmt: skip


async def _form_page(
    request: Request, form: Mapping[str, str], chosen: Mapping[str, list[str]], *, error: FormError | None = None
) -> Page:
    errors: dict[str, Any] = error_texts(error.fields) if error else {}
    return await page(
        request, "incidents/new.html", 422 if error else 200, form=form, chosen=chosen, errors=errors,
        villages=await villages_for(request.actor), household=await _household(request, form.get("household", "")),
    )  # fmt: skip


async def _household(request: Request, household: str) -> Any:
    """The household that the report is about, if the person may see it."""
    if not household or not allows(request.actor.roles, "households.read"):
        return None
    try:
        return await household_for(request.actor, UUID(household))
    except (NotYours, ValueError):
        return None


async def todo(actor: Any, _at: datetime) -> Todo:
    """Reports that nobody has taken on: their number, and each with the minute until which it should be."""
    result = Todo()
    if allows(actor.roles, "incidents.handle") and (count := await queries.waiting(actor)):
        result.counts.append(TodoCount(_("Mandatory reports to take on"), count, "/incidents?status=reported", "bad"))
        rows, _total = await queries.incidents(actor, "reported", ROWS, 0)
        result.rows += [
            TodoRow(
                what=_("Mandatory report {number}", number=row.number), who=row.place_name, href=f"/incidents/{row.id}",
                button=_("Take the report on"), since=row.reported_at,
                until=row.reported_at + rules.ACKNOWLEDGE_WITHIN,
            )
            for row in rows
        ]  # fmt: skip
    return result


ROUTES = [
    list_incidents, new_incident, report_incident, show_incident, reveal_child, add_note, tell_authority, acknowledge,
    conclude, reopen,
]  # fmt: skip
MENU = [MenuItem(16, "incidents", N_("Mandatory reports"), "/incidents", "incidents.handle", "warn", group="discovery")]
TODO = [todo]
