"""What the pages of rosters show: a week of several people, one person's times."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from bangfu.providers import roster_queries as queries
from bangfu.providers import roster_rules as rules
from bangfu.providers.roster_people import Who
from bangfu.shared import i18n
from bangfu.shared.civil_time import parse_date
from bangfu.shared.clock import SHANGHAI
from bangfu.shared.masking import mask_name
from bangfu.shared.masking_filters import shown_time
from bangfu.shared.web.pages import Page, Request, page

ABOUT_LEAVE = frozenset({"provider_manager", "station_dispatcher"})
"""Who sees beside the carer what kind of leave it is (sick leave says something about health)."""
SHOWN_WEEKS = 60
"""How many weeks before and after today may be opened."""


def asked_week(request: Request, today: date) -> date:
    """The Monday of the week in the address; this week's for anything that is none."""
    this = rules.week_of(today)
    try:
        monday = rules.week_of(parse_date(request.query_params.get("week", "")))
    except (ValueError, OverflowError):
        return this
    return monday if abs((monday - this).days) <= 7 * SHOWN_WEEKS else this


def around(monday: date, today: date) -> dict[str, Any]:
    """The links to the weeks before and after, and the days."""
    week = timedelta(days=7)
    return {
        "monday": monday, "sunday": monday + timedelta(days=6), "before": monday - week, "after": monday + week,
        "days": list(rules.span_of_days(monday, 7)), "today": today, "this_week": rules.week_of(today),
    }  # fmt: skip


async def person_page(
    request: Request, who: Who, base: str, at: datetime, *, keeper: bool, own: bool = False, status: int = 200,
    **more: Any,
) -> Page:  # fmt: skip
    """One person's week, single days, leave and history; forms for who may enter."""
    today = at.astimezone(SHANGHAI).date()
    monday = asked_week(request, today)
    rows = await queries.week_of([who], monday)
    named = own or request.actor.has(*ABOUT_LEAVE)
    return await page(
        request, "providers/roster_person.html", status, who=who, base=base, keeper=keeper, own=own, row=rows[0],
        layout="base_phone.html" if own else "base.html", weekly=await queries.windows_of(who.id),
        differing=await queries.days_of(who.id, today), leaves=await queries.leaves_of(who.id),
        history=[_event(row, named=named) for row in await queries.history_of(who.id)], key=uuid4(),
        kinds=i18n.words_of("leave_kind"), about_leave=named,
        may=lambda leave: _may(request, leave, keeper=keeper, own=own), **around(monday, today), **more,
    )  # fmt: skip


def _may(request: Request, leave: queries.LeaveView, *, keeper: bool, own: bool) -> tuple[str, ...]:
    if not keeper and not own:
        return ()
    allowed = rules.LEAVE_MACHINE.actions_for(leave.status, request.actor.roles)
    if leave.requested_by == request.actor.user or own:
        return tuple(action for action in allowed if action == "withdraw")
    return allowed


def _event(row: dict[str, Any], *, named: bool) -> dict[str, Any]:
    """One event as components/timeline.html shows it; the carer's own name is masked where the page masks it."""
    name = row["display_name"] if named or not row["own"] else mask_name(row["display_name"])
    return {
        "at": shown_time(row["at"]), "at_iso": row["at"].isoformat(), "level": "info",
        "what": i18n.word("roster_event", row["action"]), "who": name,
    }  # fmt: skip


async def week_page(
    request: Request, who: Who, base: str, *, own: bool = False, status: int = 200, **more: Any
) -> Page:
    """The form of the weekly times: the known spans and room for another on each weekday."""
    known = await queries.windows_of(who.id)
    return await page(
        request, "providers/roster_week_form.html", status, who=who, base=base, own=own,
        layout="base_phone.html" if own else "base.html", weekly=known,
        places={day: min(rules.SPANS_A_DAY, max(2, len(spans) + 1)) for day, spans in known.items()}, **more,
    )  # fmt: skip
