"""The pages of what is due: lists with filters in the address, their files, and the windows of one task."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from litestar.response import Stream

from bangfu.dispatch.queries import organizations_asked
from bangfu.divisions.queries import areas_for
from bangfu.needs.catalogue import WORDS as SERVICES
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date, day_span
from bangfu.shared.clock import now
from bangfu.shared.masking_filters import shown_date, shown_time
from bangfu.shared.permissions import allows
from bangfu.shared.web.files import stream_list
from bangfu.shared.web.pages import Page, Request, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage
from bangfu.visits import due_queries, due_shown
from bangfu.visits.due import windows_of
from bangfu.visits.due_excuse_rules import CODES
from bangfu.visits.due_excuses import ASKABLE
from bangfu.visits.due_queries import LISTS, RISKS, SINCE, STATES, View, Wanted, due_list, due_parts
from bangfu.visits.due_rules import DueWindow

PATHS: Final[Mapping[View, str]] = {"scope": "/due", "organization": "/org-due", "own": "/my-due"}
FILTERS: Final = ("show", "division", "service", "organization", "state", "since")
LEVELS: Final = {
    "due": "warn", "planned": "info", "filled": "ok", "excused": "neutral", "missed": "bad", "ahead": "neutral",
    "optional": "neutral", "stuck": "bad", "day_over": "bad", "late": "bad", "carer_away": "bad", "unplanned": "warn",
    "last_day": "warn", "asked": "warn", "confirmed": "ok", "refused": "bad", "taken_back": "neutral",
}  # fmt: skip


def wanted_of(request: Request, view: View) -> tuple[Wanted, dict[str, str]]:
    """The list and its filters from the address; anything odd falls back."""
    typed = {name: request.query_params.get(name, "").strip()[:40] for name in FILTERS}
    shown = typed["show"] if typed["show"] in LISTS else "week"
    states = {"week": STATES, "risk": RISKS}.get(shown, ())
    filters = {
        "show": shown,
        "division": typed["division"] if typed["division"].isascii() and typed["division"].isdigit() else "",
        "service": typed["service"] if typed["service"] in SERVICES["service"] else "",
        "organization": str(_uuid(typed["organization"]) or "") if view == "scope" else "",
        "state": typed["state"] if typed["state"] in states else "",
        "since": typed["since"] if typed["since"] in SINCE and shown == "missed" else "",
    }
    wanted = Wanted(
        view, shown, filters["division"][:12], filters["service"], _uuid(filters["organization"]), None,
        filters["state"], filters["since"],
    )  # fmt: skip
    return wanted, filters


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


async def list_page(request: Request, view: View) -> Page:
    """One of the three lists: due this week, at risk, missed."""
    wanted, filters = wanted_of(request, view)
    number, at = page_number(request.query_params.get("page")), now()
    rows = await due_list(request.actor, wanted, at, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    total = await due_queries.total(request.actor, wanted, at)
    listing = ListPage(number, total.value, PATHS[view], filters)
    areas = await areas_for(request.actor) if view == "scope" else []
    bodies = await organizations_asked(request.actor) if view == "scope" else []
    return await page(
        request, "visits/due.html", rows=await due_shown.shown(rows), listing=listing, filters=filters, view=view,
        tabs=[
            {"href": ListPage(1, 0, PATHS[view], {**filters, "show": shown, "state": "", "since": ""}).href(),
             "label": i18n.word("due_list", shown), "active": shown == wanted.shown}
            for shown in LISTS
        ],
        active=_active(listing, filters, dict(areas), dict(bodies)), areas=areas, organizations=bodies,
        states=_states(wanted.shown), levels=LEVELS, base=PATHS[view], at=at, span_words=span_words, as_of=total.at,
    )  # fmt: skip


def _states(shown: str) -> list[tuple[str, str]]:
    if shown == "risk":
        return i18n.words_of("due_risk")
    return [(code, i18n.word("due_state", code)) for code in STATES] if shown == "week" else []


def _active(
    listing: ListPage, filters: Mapping[str, str], areas: Mapping[str, str], bodies: Mapping[str, str]
) -> list[dict[str, str]]:
    group = "due_risk" if filters["show"] == "risk" else "due_state"
    shown = {
        "division": (i18n._("Area"), areas.get(filters["division"], filters["division"])),
        "service": (i18n._("Service"), i18n.word("service", filters["service"])),
        "organization": (i18n._("Organisation"), bodies.get(filters["organization"], filters["organization"])),
        "state": (i18n._("State"), i18n.word(group, filters["state"])),
        "since": (i18n._("Period"), i18n.word("due_since", filters["since"])),
    }
    return [
        {"label": label, "value": value, "remove_href": listing.href(1, **{name: ""})}
        for name, (label, value) in shown.items()
        if filters[name]
    ]


async def list_file(request: Request, view: View, kind: str) -> Stream:
    """The whole list with its filters as CSV or Excel, names masked."""
    wanted, _filters = wanted_of(request, view)
    at = now()
    titles = [
        i18n._("Township"), i18n._("Village"), i18n._("Household"), i18n._("Task"), i18n._("Service"),
        i18n._("Due from"), i18n._("Due until"), i18n._("State"), i18n._("Organisation"), i18n._("Carer"),
        i18n._("Visit"), i18n._("Planned for"),
    ]  # fmt: skip

    async def parts() -> AsyncIterator[list[list[object]]]:
        async for rows in due_parts(request.actor, wanted, at):
            yield [_cells(one, view) for one in await due_shown.shown(rows)]

    return await stream_list(
        titles, parts(), f"{i18n.word('due_list', wanted.shown)} {civil_date(at).isoformat()}", kind
    )


def _cells(one: due_shown.ShownRow, view: View) -> list[object]:
    return [
        one.task.township, one.task.village, one.task.household_number if view == "scope" else "", one.task.number,
        i18n.word("service", one.task.service), shown_time(one.row.due_from), shown_time(one.row.due_until),
        i18n.word("due_risk", one.row.risk) if one.row.risk else i18n.word("due_state", one.row.state),
        one.task.organization_name, f"{one.task.carer_number} {one.task.carer_name}",
        one.visit["number"] if one.visit else "", shown_time(one.visit["planned_start"]) if one.visit else "",
    ]  # fmt: skip


async def task_page(request: Request, view: View, task: UUID, status: int = 200, **more: Any) -> Page:
    """The due windows of one task around today, the reasons given, and what can be done about each."""
    head, at = await due_shown.head_for(request.actor, view, task), now()
    day = civil_date(at)
    windows = (await windows_of([task], day - timedelta(days=91), day + timedelta(days=28), at)).get(task, [])
    visits = await due_shown.visits_of([each.visit for each in windows])
    given = await due_shown.excuses_of(task)
    asks = _may_ask(request.actor, view)
    return await page(
        request, "visits/due_task.html", status, task=head, windows=_in_order(windows), visits=visits,
        span_words=span_words,
        given=given, view=view, base=PATHS[view], levels=LEVELS, at=at, asks=asks, key=uuid4(),
        choices=window_choices(windows, given) if asks else [],
        codes=[(code, i18n.word("excuse_code", code)) for code in CODES],
        opens=view != "scope" or allows(request.actor.roles, "households.unmask"), me=request.actor, **more,
    )  # fmt: skip


def _in_order(windows: list[DueWindow]) -> list[DueWindow]:
    """What runs or is over, the latest first; then what is ahead."""
    ahead = [each for each in windows if each.state == "ahead"]
    return [each for each in reversed(windows) if each.state != "ahead"] + ahead


def _may_ask(actor: Actor, view: View) -> bool:
    return view != "scope" or allows(actor.roles, "visits.desk")


def window_choices(windows: list[DueWindow], given: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """The windows for which a reason can be given: (first instant, words), the ones over first."""
    taken = [each["due_from"] for each in given if each["status"] in {"asked", "confirmed"}]
    able = [
        each for each in windows
        if each.state in ASKABLE and each.state != "optional" and not any(each.start <= one < each.end for one in taken)
    ]  # fmt: skip
    return [
        (each.start.isoformat(), f"{span_words(each.start, each.end)} · {i18n.word('due_state', each.state)}")
        for each in sorted(able, key=lambda each: (each.state != "missed", each.start))
    ]  # fmt: skip


def span_words(start: datetime, end: datetime) -> str:
    """A window as people say it: its first and last day, with clock times only where it is cut by the clock."""
    last = end - timedelta(minutes=1)
    if start != day_span(civil_date(start))[0] or end != day_span(civil_date(end))[0]:
        return i18n._("{start} to {end}", start=shown_time(start), end=shown_time(last))
    if civil_date(start) == civil_date(last):
        return shown_date(civil_date(start))
    return i18n._("{start} to {end}", start=shown_date(civil_date(start)), end=shown_date(civil_date(last)))
