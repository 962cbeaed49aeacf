"""Voluntary hours for the organiser: to confirm, to correct, not to confirm; group activities; the numbers."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError
from bangfu.providers.tables import Organization
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import SHANGHAI, civil_datetime, parse_date
from bangfu.shared.clock import now, today
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import Todo, TodoCount
from bangfu.shared.web.pages import Page, Request, error_texts, go
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage
from bangfu.volunteers import activities, hours, people
from bangfu.volunteers import hours_rules as rules
from bangfu.volunteers import numbers as setting
from bangfu.volunteers.activities import Activity
from bangfu.volunteers.hours import Correction
from bangfu.volunteers.hours_words import WORDS
from bangfu.volunteers.pages import show

LIST = "/volunteer-hours"
ORGANISE, AWARD = "volunteers.organise", "volunteers.award"
LEVELS = {"recorded": "info", "confirmed": "ok", "rejected": "bad"}


@get(LIST, guards=[requires(ORGANISE)])
async def list_hours(request: Request) -> Page:
    """What waits for confirmation, the nearest deadline first; and what was decided."""
    number, state = page_number(request.query_params.get("page")), request.query_params.get("state", "recorded")
    state = state if state in WORDS["volunteer_service_status"] else ""
    rows, total = await people.waiting(request.actor, state, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    return await show(
        request, "hours.html", rows=rows, state=state, levels=LEVELS, at=now(),
        listing=ListPage(number, total, LIST, {"state": state or "all"}),
        states=i18n.words_of("volunteer_service_status"),
    )  # fmt: skip


@post(LIST + "/confirm", guards=[requires(ORGANISE)], status_code=200)
async def confirm_hours(request: Request) -> Page:
    """Confirm the chosen ones; what a rule keeps back stays in the list."""
    chosen = []
    for text in Form.of(await request.form()).many("service")[:PAGE_SIZE]:
        try:
            chosen.append(UUID(text))
        except ValueError:
            continue
    for service in chosen:
        await people.service_for(request.actor, service)
    done, left = await hours.confirm_all(request.actor, chosen, now())
    if not chosen:
        await flash(request, "warn", N_("Nothing was chosen."))
    else:
        await flash(request, "warn" if left else "ok", N_("{done} confirmed, {left} left."), done=done, left=left)
    return go(request, LIST)


@get(LIST + "/{service:uuid}", guards=[requires(ORGANISE)])
async def show_hours(request: Request, service: FromPath[UUID]) -> Page:
    """One service with its entries and corrections."""
    return await _one(request, service)


async def _one(request: Request, service: UUID, status: int = 200, **more: Any) -> Page:
    row = await people.service_for(request.actor, service)
    return await show(
        request, "hours_one.html", status, row=row, entries=await people.entries_of(service), levels=LEVELS,
        corrections=await people.corrections_of(service), rejects=_choices("hours_reject", rules.REJECT_REASONS),
        reasons=_choices("hours_correct", rules.CORRECT_REASONS),
        can=rules.SERVICE_MACHINE.actions_for(row["status"], request.actor.roles), **more,
    )  # fmt: skip


def _choices(group: str, codes: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(code, i18n.word(group, code)) for code in codes if code != "visit_rejected"]


@post(LIST + "/{service:uuid}/confirm", guards=[requires(ORGANISE)], status_code=200)
async def confirm_one(request: Request, service: FromPath[UUID]) -> Page:
    """Confirm one."""
    await people.service_for(request.actor, service)
    await hours.confirm(request.actor, service, now())
    await flash(request, "ok", N_("The hours are confirmed."))
    return go(request, f"{LIST}/{service}")


@post(LIST + "/{service:uuid}/reject", guards=[requires(ORGANISE)], status_code=200)
async def reject_one(request: Request, service: FromPath[UUID]) -> Page:
    """Do not confirm, or take back, with a reason."""
    await people.service_for(request.actor, service)
    form = Form.of(await request.form())
    try:
        text = form.text("remark", required=False)
        form.check()
        await hours.reject(request.actor, service, form.get("reason", ""), text, now())
    except FormError as error:
        return await _one(request, service, 422, form=form, errors=error_texts(error.fields), failed="reject")
    await flash(request, "info", N_("The hours are not confirmed; the volunteer reads why."))
    return go(request, f"{LIST}/{service}")


@post(LIST + "/{service:uuid}/correct", guards=[requires(ORGANISE)], status_code=200)
async def correct_one(request: Request, service: FromPath[UUID]) -> Page:
    """Correct times or take minutes off."""
    row = await people.service_for(request.actor, service)
    form = Form.of(await request.form())
    try:
        new = Correction(
            moment(form, "start", row["started_at"]), moment(form, "end", row["ended_at"]),
            form.whole("excluded", most=1440, required=False) or 0, form.get("reason", ""),
            form.text("remark", required=False),
        )  # fmt: skip
        form.check()
        await hours.correct(request.actor, service, new, now())
    except FormError as error:
        return await _one(request, service, 422, form=form, errors=error_texts(error.fields), failed="correct")
    await flash(request, "ok", N_("Corrected; what stood there before stays readable."))
    return go(request, f"{LIST}/{service}")


def moment(form: Form, name: str, same: datetime | None = None) -> datetime:
    """Day and minute of a field; a minute that is unchanged keeps the seconds of `same`."""
    text = form.text(name)
    try:
        found = datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
    except ValueError:
        form.fault(name, N_("Please enter day and time, such as 2026-11-21 09:30."))
        return now()
    if same is not None and civil_datetime(same).replace(second=0, microsecond=0) == found:
        return same
    return found


@get("/volunteer-activities/new", guards=[requires(ORGANISE)])
async def new_activity(request: Request) -> Page:
    """The form for a group activity."""
    return await show(request, "activity_new.html", key=uuid4())


@post("/volunteer-activities", guards=[requires(ORGANISE)], status_code=200)
async def record_activity(request: Request) -> Page:
    """Keep a group activity and who took part."""
    form = Form.of(await request.form())
    try:
        new = Activity(
            form.uuid("key", required=False) or uuid4(), form.text("title", most=80),
            form.text("content", required=False), form.text("target", required=False, most=80),
            form.text("place", most=80), form.text("in_charge", most=64), moment(form, "start"), moment(form, "end"),
            form.get("numbers", "").replace(",", " ").replace("，", " ").replace("、", " ").split(),
            form.whole("excluded", most=1440, required=False) or 0,
        )  # fmt: skip
        form.check()
        done, left = await activities.record(request.actor, new, await _division(request.actor), now())
    except FormError as error:
        return await show(request, "activity_new.html", 422, key=uuid4(), form=form, errors=error_texts(error.fields))
    await flash(request, "ok", N_("The activity is kept: {done} confirmed, {left} left."), done=done, left=left)
    return go(request, LIST + "?state=confirmed")


async def _division(actor: Actor) -> str:
    """Where an activity belongs: the station's area, or the seat of the organisation."""
    if actor.scope:
        return actor.scope.ljust(12, "0")
    found = await Organization.objects().get(Organization.id == actor.organization)
    return found.division if found else ""


@get("/volunteer-rules", guards=[requires(AWARD)])
async def show_numbers(request: Request) -> Page:
    """The numbers that count now, and the form for a new version."""
    return await _numbers(request)


async def _numbers(request: Request, status: int = 200, **more: Any) -> Page:
    return await show(request, "numbers.html", status, numbers=await setting.numbers_on(today()), key=uuid4(), **more)


@post("/volunteer-rules", guards=[requires(AWARD)], status_code=200)
async def enter_numbers(request: Request) -> Page:
    """A new version from a day on."""
    form = Form.of(await request.form())
    try:
        stars = [form.whole(f"star{place}", least=1, most=20000) or 0 for place in range(1, 6)]
        new = setting.Numbers(
            tuple(60 * each for each in stars), (form.whole("cap", least=1, most=24) or 12) * 60,
            form.whole("experienced", most=100) or 0, form.whole("publicity", least=5, most=60) or 5,
            form.whole("confirm", least=1, most=60) or 10, None, form.text("source", most=120),
        )  # fmt: skip
        day = form.day("valid_from", parse_date)
        if day is not None and day < today():
            form.fault("valid_from", N_("A new version begins today or later."))
        form.check()
        await setting.enter(request.actor, form.uuid("key", required=False) or uuid4(), new, day or today(), now())
    except FormError as error:
        return await _numbers(request, 422, form=form, errors=error_texts(error.fields))
    await flash(request, "ok", N_("The new version is kept."))
    return go(request, "/volunteer-rules")


async def todo(actor: Actor, _at: datetime) -> Todo:
    """Hours that wait for the organiser."""
    result = Todo()
    if actor.has("station_dispatcher", "provider_manager"):
        _rows, count = await people.waiting(actor, "recorded", 1, 0)
        if count:
            result.counts.append(TodoCount(i18n._("Voluntary hours to confirm"), count, LIST, "info"))
    return result


ROUTES = [
    list_hours, confirm_hours, show_hours, confirm_one, reject_one, correct_one, new_activity, record_activity,
    show_numbers, enter_numbers,
]  # fmt: skip
