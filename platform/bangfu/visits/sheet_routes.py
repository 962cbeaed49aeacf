"""Paper sheets: whose week, the paper to print, the form in which it is entered."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError
from bangfu.shared import audit, files
from bangfu.shared.civil_time import civil_datetime, parse_date
from bangfu.shared.clock import now, today
from bangfu.shared.database import transaction
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import download, file_answer, posted_scan
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.visits import sheet_reading as reading
from bangfu.visits import sheets
from bangfu.visits.code_desk_routes import record_context
from bangfu.visits.code_records import ON_PAPER, Asked, asked_of, moment, part_of, put_back, read_confirmation
from bangfu.visits.door_data import Record
from bangfu.visits.door_forms import read_answers
from bangfu.visits.sheet_paper import sheet_paper


def _monday(request: Request) -> date:
    try:
        return sheets.monday(parse_date(request.query_params.get("week", "") or today().isoformat()))
    except ValueError:
        return sheets.monday(today())


@get("/visit-sheets", guards=[requires("visits.sheets")])
async def show_carers(request: Request) -> Page:
    """Who has visits in a week: print the sheet, enter the one that came back."""
    week = _monday(request)
    rows = await reading.carers_of_week(request.actor, week)
    return await page(request, "visits/codes/sheets.html", rows=rows, week=week, days=_around(week), today=today())


def _around(week: date) -> dict[str, str]:
    day = date.fromordinal
    return {
        "before": day(week.toordinal() - 7).isoformat(), "after": day(week.toordinal() + 7).isoformat(),
        "last": day(week.toordinal() + 6).isoformat(),
    }  # fmt: skip


@get("/visit-sheets/{carer:uuid}/paper", guards=[requires("visits.sheets")])
async def print_sheet(request: Request, carer: FromPath[UUID]) -> Response[bytes]:
    """The carer's week as an A4 paper: the visits that are still to be made, with names and addresses, so who took it
    is on record."""
    week = _monday(request)
    visits = [one for one in await reading.week_of(request.actor, carer, week, today()) if one.shared]
    name, body = await reading.name_of(carer)
    made = await sheet_paper(name, body, week, visits, {one.id: await asked_of(one.id) for one in visits})
    async with transaction():
        await audit.record(
            request.actor, "visit_sheet.printed", "carer", carer, at=now(),
            division=request.actor.scope.ljust(12, "0") if request.actor.scope else "",
            data={"week": week.isoformat(), "visits": len(visits)},
        )  # fmt: skip
    return download(made, f"sheet-{week.isoformat()}.pdf", "application/pdf")


@get("/visit-sheets/{carer:uuid}/enter", guards=[requires("visits.desk")])
async def show_entry(request: Request, carer: FromPath[UUID]) -> Page:
    """The form of a sheet that came back: one block a visit, the empty ones are left alone."""
    return await _entry_page(request, carer)


async def _entry_page(request: Request, carer: UUID, form: Form | None = None, error: FormError | None = None) -> Page:
    week = _monday(request)
    visits = await reading.week_of(request.actor, carer, week, today())
    name, body = await reading.name_of(carer)
    errors = error_texts(error.fields) if error else {}
    asked = {one.id: await asked_of(one.id) for one in visits if one.status in sheets.ENTERABLE}
    return await page(
        request, "visits/codes/sheet_enter.html", 422 if error else 200, carer=carer, name=name, body=body, week=week,
        visits=visits, asked={key: each.lines() for key, each in asked.items()}, form=form or {}, errors=errors,
        key=uuid4(), done=await reading.entered_sheets(request.actor, carer, week), days=_around(week),
        ways=record_context(Asked(None, frozenset()), ON_PAPER)["ways"], today=today(),
    )  # fmt: skip


@post("/visit-sheets/{carer:uuid}/enter", guards=[requires("visits.desk")], status_code=200)
async def enter_sheet(request: Request, carer: FromPath[UUID]) -> Page:
    """The filled-in rows become records, all or none."""
    week = _monday(request)
    visits = await reading.week_of(request.actor, carer, week, today())
    posted = await request.form()
    form = Form.of(posted)
    try:
        scan = await posted_scan(posted, "scan")
        rows = [row for one in visits if (row := await _read_row(form, one))]
        key, witness = form.uuid("key"), form.text("witness", most=60)
        form.check()
        sheet = sheets.Sheet(key or uuid4(), carer, week, rows, witness, scan)
        number = await sheets.enter(request.actor, sheet, now())
    except FormError as error:
        return await _entry_page(request, carer, form, error)
    await flash(request, "ok", N_("{n} visits of the sheet are entered."), n=number or len(rows))
    return go(request, f"/visit-sheets/{carer}/enter?week={week.isoformat()}")


async def _read_row(form: Form, visit: reading.WeekVisit) -> sheets.SheetRow | None:
    """A row of which anything is filled in; its faults stand at its own fields."""
    prefix = f"{visit.id}-"
    part = part_of(form, prefix)
    if not any(part.get(name, "").strip() for name in part if name != "day"):
        return None
    asked, day = await asked_of(visit.id), civil_datetime(visit.planned_start).date()
    on = part.day("day", parse_date, required=False) or day
    start, end = moment(part, "start", on.isoformat()), moment(part, "end", on.isoformat())
    record = _record(part, asked)
    put_back(form, prefix, part)
    if start is None or end is None:
        return None
    return sheets.SheetRow(visit.id, start, end, record)


def _record(part: Form, asked: Asked) -> Record:
    answers = read_answers(part, asked.checklist) if asked.checklist else []
    given = {answer.code for answer in answers}
    for code in asked.checklist.codes() if asked.checklist else ():
        if code in asked.must - given:
            part.fault(f"line-{code}", N_("Tick it, or say why not."))
    return Record(
        form=asked.checklist.code if asked.checklist else "",
        form_version=asked.checklist.version if asked.checklist else None, checklist=answers,
        findings_text=part.text("findings_text", required=False, most=1000),
        confirmation=read_confirmation(part, ON_PAPER),
    )  # fmt: skip


@get("/visit-sheets/scans/{sheet:uuid}", guards=[requires("visits.sheets")])
async def show_scan(request: Request, sheet: FromPath[UUID]) -> Response[Any]:
    """The scan of a sheet; who looked is on record."""
    file = await reading.sheet_file(request.actor, sheet)
    async with transaction():
        await audit.record(request.actor, "visit_sheet.read", "visit_sheet", sheet, at=now())
    return file_answer(await files.opened(file, sheets.SUBJECT, sheet), "sheet")


SHEETS = [show_carers, print_sheet, show_entry, enter_sheet, show_scan]
