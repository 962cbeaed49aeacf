"""The seven steps of a discovery report as one table of transitions (DOMAIN.md 8.1), and their deadlines. Pure.

A transition that is not in the table is refused. `roles` says who may cause it; the guards are checked by the actions.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bangfu.errors import N_
from bangfu.shared.civil_time import WorkingCalendar, civil_date
from bangfu.shared.states import Machine
from bangfu.supervision.rules import end_of_day

STEPS: Final = ("collected", "matched", "verified", "reviewed", "intervening", "cleared", "informed")
"""信息收集-数据比对-核实评估-集中会审-预警干预-预警解除-政策告知, in their order."""
STATES: Final = (*STEPS, "rejected", "duplicate")

COLLECTORS: Final = frozenset(
    {
        "grid_worker", "assist_coordinator", "child_director", "social_worker", "volunteer", "recipient", "system",
    }
)  # fmt: skip
"""Who files a report; `system` stands for the hotline and for data comparison."""
SOURCES: Final = (
    "grid_worker", "aide", "hotline", "window", "school", "hospital", "volunteer", "neighbour", "self",
    "data_comparison",
)  # fmt: skip
HOTLINE_KINDS: Final = ("consult", "help", "complaint", "report", "suggestion")
INQUIRIES: Final = frozenset({"consult", "suggestion"})
"""Answered without a household."""
ABOUT_STAFF: Final = frozenset({"complaint", "report"})
"""May concern staff: the bureau opens them first and names past whom they go."""

DISPATCHER: Final = frozenset({"station_dispatcher"})
VERIFIERS: Final = frozenset({"social_worker", "township_officer"})
OFFICER: Final = frozenset({"township_officer"})
BUREAU: Final = frozenset({"bureau_officer"})
COORDINATOR: Final = frozenset({"assist_coordinator"})
STATION: Final = frozenset({"assist_coordinator", "child_director", "social_worker"})
ANSWERERS: Final = DISPATCHER | OFFICER | BUREAU

MATCH_DAYS: Final = 2
VERIFY_DAYS: Final = 5
VERIFY_URGENT: Final = timedelta(hours=24)
REVIEW_DAYS: Final = 5
PRESCRIBE_DAYS: Final = 2
"""DOMAIN.md 8.1 sets none for reviewed -> intervening; a step's list shows a limit, so this is the product's [D]."""
CONFIRM_DAYS: Final = 2
"""For the bureau to confirm a clearing; likewise the product's own [D]."""
INFORM_DAYS: Final = 3
PAPERS_DAYS: Final = 10
"""先行救助: aid first, the papers within ten working days."""
REOPEN_MONTHS: Final = 6
ROUTE: Final = "report.route"
KEPT: Final = "kept"
"""The deadline of a move that stays in its step: what was due is due."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is: the timed thing's kind (8.10), the unit and the role that acts."""

    kind: str
    unit: str
    role: str


def turn_of(status: str, hotline_kind: str = "", *, restricted: bool = False, proposed: bool = False,
            told: bool = False) -> Turn | None:  # fmt: skip
    """Whose turn a report is; None where nobody has to act.

    `restricted`: the bureau hands it on first; `proposed`: the clearing waits for the bureau; `told`: the household
    knows of the rejection.
    """
    if restricted and status == "collected":
        return Turn(ROUTE, "bureau", "bureau_officer")
    if status == "collected" and hotline_kind in INQUIRIES:
        unit, role = ("station", "station_dispatcher") if hotline_kind == "consult" else ("township", *OFFICER)
        return Turn("report.answer", unit, role)
    if status == "intervening" and proposed:
        return Turn("report.confirm_clearing", "bureau", "bureau_officer")
    if status == "rejected":
        return None if told else Turn("report.tell_rejection", "village", "assist_coordinator")
    return _TURNS.get(status)


_TURNS: Final = {
    "collected": Turn("report.match", "station", "station_dispatcher"),
    "matched": Turn("report.verify", "station", "social_worker"),
    "verified": Turn("report.review", "township", "township_officer"),
    "reviewed": Turn("report.prescribe", "township", "township_officer"),
    "intervening": Turn("report.clear", "township", "township_officer"),
    "cleared": Turn("report.inform", "village", "assist_coordinator"),
}


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of DOMAIN.md 8.1: `deadline` names the clock that starts when the new state is reached."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    event: str
    guards: tuple[str, ...] = ()
    deadline: str = ""


def _table() -> list[Transition]:
    return [
        Transition("collected", "match", "matched", DISPATCHER, "matched", ("compared",), "verify"),
        *(
            Transition(state, "merge", "duplicate", DISPATCHER, "merged", ("open_first",))
            for state in ("collected", "matched")
        ),
        Transition("collected", "answer", "informed", ANSWERERS, "answered", ("inquiry_or_about_staff", "receipt")),
        Transition(
            "matched", "verify", "verified", VERIFIERS, "verified", ("home_visit", "not_reporter_alone"), "review"
        ),
        Transition("matched", "not_confirm", "matched", VERIFIERS, "not_confirmed", ("home_visit",), KEPT),
        Transition("matched", "emergency", "reviewed", OFFICER, "emergency", ("reason",), "prescribe"),
        Transition(
            "verified", "review", "reviewed", OFFICER, "reviewed", ("departments_for_several_needs",), "prescribe"
        ),
        Transition(
            "reviewed", "intervene", "intervening", OFFICER | BUREAU, "intervening", ("measure_list",), "measures"
        ),
        *(
            Transition(
                state, "file_papers", state, VERIFIERS, "papers_filed", ("emergency", "not_reporter_alone"), KEPT
            )
            for state in ("reviewed", "intervening")
        ),
        Transition(
            "intervening", "propose_clearing", "intervening", OFFICER, "clearing_proposed", ("all_closed", "papers"),
            "confirm",
        ),
        Transition(
            "intervening", "return_clearing", "intervening", BUREAU, "clearing_returned", ("proposed", "reason"),
            "prescribe",
        ),
        Transition("intervening", "clear", "cleared", BUREAU, "cleared", ("proposed", "two_people"), "inform"),
        Transition("cleared", "inform", "informed", COORDINATOR, "informed", ("receipt",), "reopen"),
        *(
            Transition(state, "reopen", "intervening", OFFICER, "reopened", ("within_6_months", "reason"), "prescribe")
            for state in ("cleared", "informed")
        ),
        *(
            Transition(state, "reject", "rejected", OFFICER, "rejected", ("reason", "another_officer"), "inform")
            for state in STEPS[:-1]
        ),
        Transition("rejected", "tell_rejection", "rejected", COORDINATOR, "rejection_told", ("receipt",)),
        Transition("rejected", "appeal", "matched", STATION | BUREAU, "appealed", ("reason",), "verify"),
    ]  # fmt: skip


MACHINE: Final = Machine(
    _table(),
    N_("The report is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "report_status",
    "report_action",
)
TRANSITIONS: Final = MACHINE.table
OPEN: Final = frozenset(STEPS[:-1])
"""Reports that still wait for somebody."""


_DAYS: Final = {
    "match": MATCH_DAYS,
    "verify": VERIFY_DAYS,
    "review": REVIEW_DAYS,
    "prescribe": PRESCRIBE_DAYS,
    "confirm": CONFIRM_DAYS,
    "inform": INFORM_DAYS,
    "papers": PAPERS_DAYS,
}


def deadline(name: str, at: datetime, calendar: WorkingCalendar, *, urgent: bool = False) -> datetime | None:
    """Until when the step is due: working days of DOMAIN.md 8.1; an urgent report is verified within 24 hours.

    Raises:
        Fault: calendar_year_missing.
    """
    if name == "verify" and urgent:
        return at + VERIFY_URGENT
    if name == "reopen":
        return end_of_day(reopen_until(civil_date(at)))
    if name not in _DAYS:
        return None
    return end_of_day(calendar.add_working_days(civil_date(at), _DAYS[name]))


def reopenable(cleared_at: datetime | None, at: datetime) -> bool:
    """Whether a new signal may still reopen a report that was cleared at that moment."""
    return cleared_at is not None and civil_date(at) <= reopen_until(civil_date(cleared_at))


def reopen_until(cleared_on: date) -> date:
    """The last day of the six months in which a new signal reopens a cleared report; a shorter month ends earlier."""
    months = cleared_on.month - 1 + REOPEN_MONTHS
    year, month = cleared_on.year + months // 12, months % 12 + 1
    for day in range(cleared_on.day, 27, -1):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    return date(year, month, cleared_on.day)


def is_restricted(hotline_kind: str) -> bool:
    """Whether only the bureau opens it first: complaints and reports on somebody (PRODUCT.md B, 12345)."""
    return hotline_kind in ABOUT_STAFF


def others_went_along(visitors: Collection[object], reporters: Collection[object]) -> bool:
    """Whether somebody beside those who reported it made the visit (DOMAIN.md 8.1: not the reporter alone)."""
    return bool(set(visitors) - set(reporters))
