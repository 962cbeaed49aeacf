"""The page of one report: its steps as a line, what each recorded, and the actions that the table allows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from bangfu.discovery import candidates, following, measure_queries, queries, records, rules
from bangfu.discovery.labels import REPORT
from bangfu.discovery.queries import ReportView
from bangfu.households.labels import summary
from bangfu.households.timeline import Happening, events_of, shown
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from bangfu.shared.permissions import STATION, allows
from bangfu.shared.web.pages import Page, Request, page

VISITING = rules.VERIFIERS | STATION | {"grid_worker"}


@dataclass(frozen=True, slots=True)
class Step:
    """One of the seven steps on the line: `state` is done, now, next or skipped."""

    code: str
    state: str
    who: str
    at: datetime | None
    until: datetime | None


async def report_page(
    request: Request, report: UUID, *, status: int = 200, form: Mapping[str, str] | None = None,
    chosen: Mapping[str, list[str]] | None = None, errors: dict[str, str] | None = None, tried: str = "",
    reveal: bool = False,
) -> Page:  # fmt: skip
    """One report; `tried` names the action whose form comes back with `errors`.

    Raises:
        NotYours: for a report that this person may not see.
    """
    actor, at = request.actor, now()
    found = await queries.report_for(actor, report, reveal=reveal)
    happened = await events_of(report, 100)
    offered = _offered(actor, found)
    return await page(
        request, "discovery/show.html", status, report=found, at=at, steps=_steps(found, happened), offered=offered,
        events=shown(happened, own=str(report)), visits=await records.visits(report),
        reviews=await records.reviews(report), tellings=await records.tellings(report),
        reasons=await records.reasons(report), needs=await records.needs_from(report),
        duplicates=await records.duplicates_of(report), measures=await measure_queries.measures_of(report, at),
        may_unmask=allows(actor.roles, "households.unmask"), **_follow_up(actor, found),
        **await _choices(found, offered), key=str(uuid4()), form=form or {}, chosen=chosen or {}, errors=errors or {},
        faults=summary(errors or {}, REPORT), tried=tried,
    )  # fmt: skip


def _offered(actor: Actor, report: ReportView) -> tuple[str, ...]:
    """The actions of the table for this person, without those whose guard is known to fail."""
    hidden: set[str] = set()
    proposed = report.clearing_proposed_by is not None
    if report.hotline_kind in rules.INQUIRIES:
        hidden |= {"match", "merge"}
    answers = report.hotline_kind in rules.INQUIRIES
    if report.hotline_kind in rules.ABOUT_STAFF:
        answers = actor.has("bureau_officer")
    hidden |= set() if answers else {"answer"}
    hidden |= {"match", "merge", "reject"} if report.restricted else set()
    hidden |= {"clear", "return_clearing"} if not proposed else {"propose_clearing"}
    hidden |= {"clear"} if report.clearing_proposed_by == actor.user else set()
    hidden |= set() if report.emergency and report.papers_done_at is None else {"file_papers"}
    hidden |= {"tell_rejection"} if report.rejection_told_at is not None else set()
    hidden |= {"reopen"} if not rules.reopenable(report.cleared_at, now()) else set()
    if report.rejected_by is not None and report.rejected_by == actor.user:
        hidden |= {"verify", "not_confirm", "reject", "emergency"}
    offered = [action for action in rules.MACHINE.actions_for(report.status, actor.roles) if action not in hidden]
    if report.restricted and actor.has("bureau_officer"):
        offered.insert(0, "route")
    if report.status in {"reviewed", "intervening"} and actor.has("township_officer", "bureau_officer"):
        offered.append("measure")
    return tuple(offered)


def _follow_up(actor: Actor, report: ReportView) -> dict[str, bool]:
    """What the station makes of a confirmed report."""
    confirmed = report.status in following.CONFIRMED
    return {
        "may_household": confirmed and report.household is None and allows(actor.roles, "households.record"),
        "may_need": confirmed and report.household is not None and allows(actor.roles, "needs.record"),
        "awaits_household": confirmed and report.household is None,
    }


async def _choices(report: ReportView, offered: tuple[str, ...]) -> dict[str, Any]:
    """The people and bodies to choose from, only where a form asks for them."""
    found: dict[str, Any] = {"companions": [], "departments": [], "responsible": [], "staff": []}
    if {"verify", "file_papers"} & set(offered):
        found["companions"] = await _people(report, VISITING)
    if "review" in offered:
        found["departments"] = await candidates.departments_of(report.division)
    if "measure" in offered:
        found["responsible"] = await _people(report, candidates.RESPONSIBLE)
    if "route" in offered:
        found["staff"] = await _people(report, STATION | {"township_officer", "station_dispatcher", "grid_worker"})
    return found


async def _people(report: ReportView, roles: frozenset[str]) -> list[tuple[str, str]]:
    """(id, "unit or role · name") of whom to choose from; never whom a report concerns."""
    staff = await candidates.staff_of(report.division, roles)
    return [
        (str(user), f"{body if 'department_liaison' in held else i18n.word('role', held[0])} · {name}")
        for user, name, held, body in staff
        if user not in report.excluded
    ]


def _steps(report: ReportView, happened: list[Happening]) -> list[Step]:
    """The seven steps: those that were taken with who and when, the present one with its limit, those to come."""
    reached = {event.data.get("to"): event for event in happened if event.data.get("from") != event.data.get("to")}
    first = next((event for event in happened if event.action == "report.collected"), None)
    present = rules.STEPS.index(report.status) if report.status in rules.STEPS else -1
    steps: list[Step] = []
    for place, code in enumerate(rules.STEPS):
        event = first if code == "collected" else reached.get(code)
        if place == present:
            ends = report.status == "informed"
            state = "done" if ends else "now"
            role = i18n.word("role", report.turn.role) if report.turn else ""
            who = event.who if ends and event else report.owner_name or role
            steps.append(Step(code, state, who, event.at if event else None, None if ends else report.due_at))
        elif event is not None and (place < present or present < 0):
            steps.append(Step(code, "done", event.who or i18n.word("role", "system"), event.at, None))
        else:
            steps.append(Step(code, "skipped" if place < present else "next", "", None, None))
    return steps
