"""One visit for the organisation that serves (DOMAIN.md 9.2), and making up for a missed one."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from bangfu.accounts.tables import User
from bangfu.dispatch import queries as tasks
from bangfu.dispatch import sharing
from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.providers.tables import Carer
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import SHANGHAI, civil_datetime, parse_date
from bangfu.shared.clock import now
from bangfu.shared.masking import mask_name
from bangfu.shared.masking_filters import shown_time
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.visits import due_make_up, list_queries
from bangfu.visits.due_pages import span_words
from bangfu.visits.due_queries import View
from bangfu.visits.tables import Visit

_ORG, _OWN = requires("visits.organization"), requires("visits.own")
LEVELS = {"open": "warn", "cleared": "ok", "upheld": "bad"}


async def carers_of(actor: Actor) -> list[tuple[str, str]]:
    """(id, number and masked name) of the organisation's carers, for a filter or a form."""
    rows = await Carer.raw(
        "SELECT id, number, name FROM carer WHERE organization = {}::uuid AND active ORDER BY number LIMIT 500",
        actor.organization,
    )
    return [(str(row["id"]), f"{row['number']} {mask_name(row['name'])}") for row in rows]


@get("/org-visits/{visit:uuid}", guards=[_ORG])
async def show_org_visit(request: Request, visit: FromPath[UUID]) -> Page:
    """One of the organisation's visits: the plan and who made it, the proof in short, flags, money, what happened."""
    row, at = await list_queries.visit_for(request.actor, "organization", visit), now()
    task = await tasks.task_for(request.actor, "organization", row.assignment)
    shared = await sharing.household_of(task, at)
    await sharing.note_child(request.actor, task, shared, at)
    carers = await Carer.raw(
        "SELECT id, number, name FROM carer WHERE id = ANY({})", [row.carer, row.partner or row.carer]
    )
    return await page(
        request, "visits/org_visit.html", visit=row, task=task, shared=shared, proved=await list_queries.proved(visit),
        people={each["id"]: f"{each['number']} {mask_name(each['name'])}" for each in carers},
        planned_by=await _planner(row), window=await due_make_up.window_of(row, at),
        room=await due_make_up.room_of(row, at), events=_shown(await list_queries.events_of(visit)),
        delivered=list_queries.delivered(row), flag_levels=LEVELS, span_words=span_words,
    )  # fmt: skip


async def _planner(row: Visit) -> str:
    """In which role the visit was planned; the own organisation's people are named."""
    user = await User.objects().get(User.id == row.created_by) if row.created_by else None
    if user is None:
        return i18n.word("role", "system")
    roles = i18n._(", ").join(i18n.word("role", role) for role in user.roles)
    return f"{user.display_name} · {roles}" if user.organization == row.organization else roles


def _shown(events: list[dict[str, Any]]) -> list[dict[str, str]]:
    return [
        {
            "at": shown_time(event["at"]), "at_iso": event["at"].isoformat(),
            "what": i18n.word("event", event["action"]),
            "who": i18n._(", ").join(i18n.word("role", role) for role in event["role"].split(",") if role),
            "reason": reason_words(event["reason"]), "level": "",
        }
        for event in events
    ]  # fmt: skip


def reason_words(code: str) -> str:
    """A reason's code in words, whichever list it is from."""
    for group in ("call_off_reason", "excuse_code", "miss_reason", "verify_reason", "reject_reason"):
        if (found := i18n.word(group, code)) != code:
            return found
    return ""


@get("/org-visits/{visit:uuid}/make-up", guards=[_ORG])
async def show_make_up(request: Request, visit: FromPath[UUID]) -> Page:
    """When a missed visit is made up, and by whom."""
    return await _form(request, "organization", visit)


@post("/org-visits/{visit:uuid}/make-up", guards=[_ORG], status_code=200)
async def make_up(request: Request, visit: FromPath[UUID]) -> Page:
    """Plan it inside of the same period."""
    return await _plan(request, "organization", visit)


@get("/my-due/{task:uuid}/make-up/{visit:uuid}", guards=[_OWN])
async def show_my_make_up(request: Request, task: FromPath[UUID], visit: FromPath[UUID]) -> Page:
    """When one's own missed visit is made up."""
    return await _form(request, "own", visit, task)


@post("/my-due/{task:uuid}/make-up/{visit:uuid}", guards=[_OWN], status_code=200)
async def make_up_mine(request: Request, task: FromPath[UUID], visit: FromPath[UUID]) -> Page:
    """Plan it inside of the same period; an organisation's worker leaves that to the manager."""
    return await _plan(request, "own", visit, task)


async def _visit(request: Request, view: View, visit: UUID, task: UUID | None) -> Visit:
    row = await list_queries.visit_for(request.actor, view, visit)
    if task is not None and row.assignment != task:
        raise NotYours
    return row


async def _form(
    request: Request, view: View, visit: UUID, task: UUID | None = None, status: int = 200, **more: Any
) -> Page:
    row, at = await _visit(request, view, visit, task), now()
    room = await due_make_up.room_of(row, at)
    if room is None:
        raise Refused(due_make_up.NO_ROOM)
    carers = await carers_of(request.actor) if view == "organization" else []
    tomorrow = civil_datetime(at) + timedelta(days=1)
    suggested = {"day": tomorrow.date().isoformat(), "clock": civil_datetime(row.planned_start).strftime("%H:%M")}
    return await page(
        request, "visits/make_up.html", status, visit=row, room=room, carers=carers, view=view,
        back=f"/org-visits/{visit}" if view == "organization" else f"/my-due/{row.assignment}",
        suggested=suggested, **more,
    )  # fmt: skip


async def _plan(request: Request, view: View, visit: UUID, task: UUID | None = None) -> Page:
    row = await _visit(request, view, visit, task)
    form = Form.of(await request.form())
    try:
        start, carer = start_of(form), form.uuid("carer", required=False)
        text = form.text("remark", required=False, most=300)
        form.check()
        await due_make_up.make_up(request.actor, visit, start, now(), carer=carer, text=text)
    except FormError as error:
        return await _form(request, view, visit, task, 422, form=form, errors=error_texts(error.fields))
    message = N_("Visit {number} is planned again for {when}.")
    await flash(request, "ok", message, number=row.number, when=shown_time(start))
    return go(request, f"/org-visits/{visit}" if view == "organization" else f"/my-due/{row.assignment}")


def start_of(form: Mapping[str, str]) -> datetime:
    """The day and the clock time of a form as an instant.

    Raises:
        FormError: if one of them cannot be read.
    """
    try:
        clock = time.fromisoformat(form.get("clock", "").strip().replace("：", ":"))
        return datetime.combine(parse_date(form.get("day", "")), clock.replace(tzinfo=None), SHANGHAI)
    except ValueError:
        pass
    raise FormError({"start": (N_("Please enter a date such as 2026-11-21 and a time such as 09:30."), {})})


ROUTES = [show_org_visit, show_make_up, make_up, show_my_make_up, make_up_mine]
