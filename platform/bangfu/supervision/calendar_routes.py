"""The page of the working days: the years that are in, a list to check, and taking it."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from datetime import date, timedelta

from litestar import get, post
from litestar.datastructures import UploadFile

from bangfu.errors import N_
from bangfu.shared import i18n
from bangfu.shared.clock import now, today
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, go, page
from bangfu.shared.working_calendar import SpecialDay
from bangfu.supervision import calendar_actions, forms

MANAGE = [requires("calendar.manage")]


@get("/calendar", guards=MANAGE)
async def show_calendar(request: Request) -> Page:
    """The years, the days of one of them, and the form for a new list."""
    asked = request.query_params.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else today().year
    return await _calendar_page(request, year=year)


@post("/calendar/check", guards=MANAGE, status_code=200)
async def check_days(request: Request) -> Page:
    """What the list would put in; nothing is written."""
    posted = await request.form()
    form = Form.of(posted)
    text, fault = form.get("days", ""), ""
    uploaded = posted.get("file")
    if isinstance(uploaded, UploadFile) and uploaded.filename:
        text, fault = _decoded(await uploaded.read(forms.MOST_BYTES + 1))
    if fault or not text.strip():
        sentence = fault or i18n._("Choose a file or paste the list.")
        return await _calendar_page(request, 422, text=text, errors={"days": sentence})
    year, days, faults = forms.read_days(text)
    if faults:
        return await _calendar_page(
            request, 422, text=text, faults=faults, errors={"days": i18n._("Mend the lines named below.")}
        )
    known = await calendar_actions.days_of(year)
    return await page(
        request, "supervision/calendar_check.html", year=year, days=days, text=text, known=known,
        changed=sorted({day.day for day in set(days) ^ set(known)}), kept=await calendar_actions.promised(year),
    )  # fmt: skip


@post("/calendar", guards=MANAGE, status_code=200)
async def take_days(request: Request) -> Page:
    """Replace the year by the list that was checked."""
    form = Form.of(await request.form())
    year, days, faults = forms.read_days(form.get("days", ""))
    if faults:
        return await _calendar_page(
            request, 422, text=form.get("days", ""), faults=faults,
            errors={"days": i18n._("Mend the lines named below.")},
        )  # fmt: skip
    kept = await calendar_actions.replace_year(request.actor, year, days, now())
    await flash(
        request, "ok", N_("The working days of {year} are in. {kept} open tasks keep the due dates that were told."),
        year=str(year), kept=str(kept),
    )  # fmt: skip
    return go(request, f"/calendar?year={year}")


async def _calendar_page(request: Request, status: int = 200, *, year: int = 0, text: str = "", **more: object) -> Page:
    shown = year or today().year
    return await page(
        request, "supervision/calendar.html", status, years=await calendar_actions.years(), year=shown,
        days=runs_of(await calendar_actions.days_of(shown)), text=text,
        **{"faults": [], "errors": {}, **more},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """Days in a row that are free, or worked, for the same occasion."""

    first: date
    last: date
    working: bool
    occasion_zh: str
    occasion_en: str


def runs_of(days: Sequence[SpecialDay]) -> list[Run]:
    """The days of a year as the announcement names them: from, to, occasion."""
    runs: list[Run] = []
    for one in days:
        like = (one.working, one.occasion_zh, one.occasion_en)
        if runs and runs[-1].last + timedelta(days=1) == one.day and like == astuple(runs[-1])[2:]:
            runs[-1] = replace(runs[-1], last=one.day)
        else:
            runs.append(Run(one.day, one.day, *like))
    return runs


def _decoded(content: bytes) -> tuple[str, str]:
    if len(content) > forms.MOST_BYTES:
        return "", i18n._("The file is too large.")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding), ""
        except UnicodeDecodeError:
            continue
    return "", i18n._("This file is not a text. Save the list as CSV.")


CALENDAR = [show_calendar, check_days, take_days]
