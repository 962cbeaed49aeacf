"""The organiser's page of a volunteer: hours, trainings, no-shows, notes, stars, certificates, the record's export."""

from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath

from bangfu.errors import N_, FormError, NotYours
from bangfu.shared import i18n
from bangfu.shared.civil_time import add_months, parse_date
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import public, requires
from bangfu.shared.web.files import download
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage
from bangfu.volunteers import certifying, exporting, noting, people, record_file, starring
from bangfu.volunteers import hours_rules as rules
from bangfu.volunteers.certifying import Issue
from bangfu.volunteers.ledger import confirmed_minutes
from bangfu.volunteers.numbers import numbers_on
from bangfu.volunteers.pages import show

READ, ORGANISE, AWARD = "volunteers.read", "volunteers.organise", "volunteers.award"


@get("/volunteers", guards=[requires(READ)])
async def list_volunteers(request: Request) -> Page:
    """The volunteers of the area or organisation, with hours and stars."""
    number, query = page_number(request.query_params.get("page")), request.query_params.get("q", "").strip()[:40]
    rows, total = await people.volunteers(request.actor, query, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    return await show(
        request, "people.html", rows=rows, query=query, listing=ListPage(number, total, "/volunteers", {"q": query}),
        awards=await starring.awards(request.actor), may_award=allows(request.actor.roles, AWARD), at=now(),
        stops=i18n.words_of("star_stop"),
    )  # fmt: skip


@get("/volunteers/{carer:uuid}", guards=[requires(READ)])
async def show_volunteer(request: Request, carer: FromPath[UUID]) -> Page:
    """One volunteer's record."""
    return await _show(request, carer)


async def _show(request: Request, carer: UUID, status: int = 200, **more: Any) -> Page:
    row = await people.volunteer_for(request.actor, carer)
    minutes, numbers = (await confirmed_minutes([carer]))[carer], await numbers_on(today())
    keeps = people.organises(request.actor, row) and request.actor.carer != carer
    return await show(
        request, "person.html", status, who=row, minutes=minutes, stars=rules.stars(minutes, numbers.stars),
        record=await people.record_of(carer), brought=await record_file.brought(carer),
        keeps=keeps, may_award=allows(request.actor.roles, AWARD),
        barred=await noting.barred_until(carer, today()), key=uuid4(), first=add_months(today(), -12), last=today(),
        kinds=[(code, i18n.word("volunteer_note", code)) for code in noting.NOTES],
        grades=i18n.words_of("volunteer_grade"), revokes=i18n.words_of("certificate_revoke"), today=today(), **more,
    )  # fmt: skip


@get("/volunteers/{carer:uuid}/record/{kind:str}", guards=[requires(READ)])
async def export_record(request: Request, carer: FromPath[UUID], kind: FromPath[str]) -> Response[bytes]:
    """The record with the fields of order 67, masked."""
    row = await people.volunteer_for(request.actor, carer)
    if kind not in exporting.FORMATS:
        raise NotYours
    return download(await exporting.export(request.actor, row, kind, now()), f"record.{kind}", exporting.FORMATS[kind])


@post("/volunteers/{carer:uuid}/record", guards=[requires(AWARD)], status_code=200)
async def export_whole_record(request: Request, carer: FromPath[UUID]) -> Page | Response[bytes]:
    """The same in full, by the bureau, with a reason that is on record."""
    row = await people.volunteer_for(request.actor, carer)
    form = Form.of(await request.form())
    try:
        kind, reason = form.choice("kind", exporting.FORMATS), form.text("reason")
        form.check()
    except FormError as error:
        return await _show(request, carer, 422, form=form, errors=error_texts(error.fields), failed="record")
    made = await exporting.export(request.actor, row, kind, now(), reason=reason)
    return download(made, f"record.{kind}", exporting.FORMATS[kind])


@post("/volunteers/{carer:uuid}/record/bring", guards=[requires(ORGANISE)], status_code=200)
async def bring_record(request: Request, carer: FromPath[UUID]) -> Page:
    """Take over what another portal kept of the volunteer, from its file."""
    row = await people.volunteer_for(request.actor, carer)
    found = (await request.form()).get("file")
    content = await found.read() if isinstance(found, UploadFile) else b""
    try:
        taken = await record_file.bring(request.actor, row, content, now())
    except FormError as error:
        return await _show(request, carer, 422, errors=error_texts(error.fields), failed="bring")
    text = N_("The record was taken over.") if taken else N_("This record was taken over before.")
    await flash(request, "ok" if taken else "info", text)
    return go(request, f"/volunteers/{carer}")


@post("/volunteers/{carer:uuid}/no-shows", guards=[requires(ORGANISE)], status_code=200)
async def record_no_show(request: Request, carer: FromPath[UUID]) -> Page:
    """Write down that the volunteer did not come."""
    await people.volunteer_for(request.actor, carer)
    form = Form.of(await request.form())
    try:
        key, day = form.uuid("key", required=False) or uuid4(), form.day("day", parse_date)
        text, number = form.text("note", required=False, most=300), form.text("visit", required=False, most=32)
        form.check()
        visit = await noting.visit_by_number(number, carer)
        await noting.record_no_show(request.actor, key, carer, visit, day or today(), text, now())
    except FormError as error:
        return await _show(request, carer, 422, form=form, errors=error_texts(error.fields), failed="no_show")
    await flash(request, "ok", N_("Written down; the volunteer may say what happened."))
    return go(request, f"/volunteers/{carer}")


@post("/volunteer-no-shows/{no_show:uuid}/{action:str}", guards=[requires(ORGANISE)], status_code=200)
async def decide_no_show(request: Request, no_show: FromPath[UUID], action: FromPath[str]) -> Page:
    """Excuse it or keep it."""
    carer = await noting.carer_of(request.actor, no_show)
    if action not in {"excuse", "keep"}:
        raise NotYours
    await noting.decide_no_show(request.actor, no_show, action, now())
    await flash(request, "ok", N_("Saved."))
    return go(request, f"/volunteers/{carer}")


@post("/volunteers/{carer:uuid}/notes", guards=[requires(ORGANISE)], status_code=200)
async def add_note(request: Request, carer: FromPath[UUID]) -> Page:
    """A commendation, an appraisal, a warning or an order to correct."""
    return await _note(request, carer, "")


@post("/volunteers/{carer:uuid}/bar", guards=[requires(AWARD)], status_code=200)
async def bar(request: Request, carer: FromPath[UUID]) -> Page:
    """Bar from stars after false hours, for one to three years."""
    return await _note(request, carer, "bar")


async def _note(request: Request, carer: UUID, kind: str) -> Page:
    await people.volunteer_for(request.actor, carer)
    form = Form.of(await request.form())
    try:
        new = noting.Note(
            kind or form.choice("kind", list(noting.NOTES)), form.text("title", most=80),
            form.day("day", parse_date) or today(), form.text("granter", required=False, most=80),
            form.text("grade", required=False, most=12), form.yes("by_recipient"),
            form.day("until", parse_date, required=kind == "bar"), form.text("text", required=False, most=300),
        )  # fmt: skip
        form.check()
        await noting.note(request.actor, form.uuid("key", required=False) or uuid4(), carer, new, now())
    except FormError as error:
        return await _show(request, carer, 422, form=form, errors=error_texts(error.fields), failed=kind or "note")
    await flash(request, "ok", N_("Saved."))
    return go(request, f"/volunteers/{carer}")


@post("/volunteers/{carer:uuid}/stars", guards=[requires(AWARD)], status_code=200)
async def publish_stars(request: Request, carer: FromPath[UUID]) -> Page:
    """Make the next stars public."""
    await people.volunteer_for(request.actor, carer)
    form = Form.of(await request.form())
    form.check()
    await starring.publish(request.actor, form.uuid("key", required=False) or uuid4(), carer, now())
    await flash(request, "ok", N_("The stars are public now; they can be awarded when the days are over."))
    return go(request, f"/volunteers/{carer}")


@post("/volunteer-stars/{star:uuid}/award", guards=[requires(AWARD)], status_code=200)
async def award_stars(request: Request, star: FromPath[UUID]) -> Page:
    """Award them."""
    await starring.award(request.actor, star, now())
    await flash(request, "ok", N_("The stars are awarded."))
    return go(request, "/volunteers")


@post("/volunteer-stars/{star:uuid}/stop", guards=[requires(AWARD)], status_code=200)
async def stop_stars(request: Request, star: FromPath[UUID]) -> Page:
    """Stop the award."""
    form = Form.of(await request.form())
    try:
        await starring.stop(request.actor, star, form.get("reason", ""), now())
    except FormError:
        await flash(request, "warn", N_("Please choose a reason."))
        return go(request, "/volunteers")
    await flash(request, "info", N_("The award is stopped."))
    return go(request, "/volunteers")


@get("/volunteer-stars", guards=[public])
async def public_stars(request: Request) -> Page:
    """The awards that are public at this time; names are masked."""
    return await show(request, "public_stars.html", rows=await starring.public_list(now()))


@post("/volunteers/{carer:uuid}/certificates", guards=[requires(ORGANISE)], status_code=200)
async def issue_certificate(request: Request, carer: FromPath[UUID]) -> Page:
    """Issue a certificate, free of charge."""
    await people.volunteer_for(request.actor, carer)
    form = Form.of(await request.form())
    try:
        first, last = form.day("first", parse_date), form.day("last", parse_date)
        new = Issue(
            form.uuid("key", required=False) or uuid4(), carer, first or today(), last or today(),
            form.text("responsible", most=64), form.text("contact", required=False, most=32),
            form.text("notes", required=False, most=100), form.uuid("replaces", required=False),
        )  # fmt: skip
        form.check()
        await certifying.issue(request.actor, new, now())
    except FormError as error:
        return await _show(request, carer, 422, form=form, errors=error_texts(error.fields), failed="certificate")
    await flash(request, "ok", N_("The certificate is issued; the volunteer can download it."))
    return go(request, f"/volunteers/{carer}")


ROUTES = [
    list_volunteers, show_volunteer, export_record, export_whole_record, bring_record, record_no_show,
    decide_no_show, add_note, bar, publish_stars, award_stars, stop_stars, public_stars, issue_certificate,
]  # fmt: skip
