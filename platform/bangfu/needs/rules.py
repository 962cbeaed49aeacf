"""The states of a need as one table of transitions (DOMAIN.md 8.3), its deadlines and its priority. Pure.

A transition that is not in the table is refused. `roles` says who may cause it; `system` stands for what follows from
an event of another feature (an accepted offer, a finished match run), whoever caused that event.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bangfu.errors import N_
from bangfu.households.rules import layer_of
from bangfu.shared.civil_time import WorkingCalendar, civil_date, day_span
from bangfu.shared.states import Machine

RECORDERS: Final = frozenset({"recipient", "guardian", "assist_coordinator", "child_director", "social_worker"})
OFFICER: Final = frozenset({"township_officer"})
SYSTEM: Final = frozenset({"system"})

STATES: Final = (
    "draft", "submitted", "confirmed", "rejected", "matching", "assigned", "in_service", "suspended", "closed",
    "cancelled",
)  # fmt: skip
BINDING_REASONS: Final = (
    "no_kind", "no_qualified", "excluded", "too_far", "no_time", "no_capacity", "budget", "rejected", "stopped",
    "returned", "no_ground",
)  # fmt: skip
"""Why a need has nobody: what the match run found (DOMAIN.md 8.4), the dispatcher's rejection, a stopped run, an offer
that came back, or a household whose consent was withdrawn or has run out."""
PRIORITIES: Final = ("urgent", "key", "edge", "general")

CONFIRM_WORKING_DAYS: Final = 3
CONFIRM_URGENT: Final = timedelta(hours=24)
REOPEN_DAYS: Final = 30


WEEKLY_MOST: Final = 5
"""More visits a week than this are split by weekday into parts that may have different carers (MATCHING.md)."""
ANY_TIME: Final = tuple((day, 480, 1200) for day in range(7))
"""What a need without wished times means [D]: any day, 8 to 20 o'clock."""

Windows = Sequence[Sequence[int]]


def weekday_parts(visits: int, windows: Windows) -> list[tuple[int, list[list[int]]]]:
    """A need's visits per four weeks and its windows [weekday, start, end], split into (visits, windows) by weekday
    where they are more than five a week: four days and three, say. One part where nothing is to be split."""
    spans = [list(window) for window in windows or ANY_TIME]
    days = sorted({span[0] for span in spans})
    if visits <= 4 * WEEKLY_MOST or len(days) < 2:
        return [(visits, [list(window) for window in windows])]
    later = set(days[(len(days) + 1) // 2 :])
    visits_later = visits * len(later) // len(days)
    return [
        (visits - visits_later, [span for span in spans if span[0] not in later]),
        (visits_later, [span for span in spans if span[0] in later]),
    ]


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of DOMAIN.md 8.3: guards are checked by the action, `deadline` starts when the new state is reached."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    event: str
    guards: tuple[str, ...] = ()
    deadline: str = ""


def _table() -> list[Transition]:
    served = ("assigned", "in_service")
    open_states = ("draft", "submitted", "confirmed", "matching", *served, "suspended")
    return [
        Transition("draft", "submit", "submitted", RECORDERS, "submitted", ("complete",), "confirm"),
        Transition("submitted", "confirm", "confirmed", OFFICER, "confirmed", ("two_people", "ground")),
        Transition("submitted", "reject", "rejected", OFFICER, "rejected", ("two_people", "reason")),
        Transition("confirmed", "start_matching", "matching", SYSTEM | {"station_dispatcher"}, "matching"),
        Transition("matching", "return", "confirmed", SYSTEM, "unserved", ("binding_reason",)),
        Transition("matching", "assign", "assigned", SYSTEM, "assigned"),
        # a household that withdraws its consent (9.1): whatever was under way waits for a new ground
        *(
            Transition(state, "lose_ground", "confirmed", SYSTEM, "ground_lost")
            for state in ("matching", *served, "suspended")
        ),
        Transition("assigned", "begin_service", "in_service", SYSTEM, "in_service"),
        *(Transition(state, "release", "matching", SYSTEM, "released") for state in served),
        *(
            Transition(state, "suspend", "suspended", frozenset({"social_worker"}), "suspended", ("reason",), "resume")
            for state in served
        ),
        Transition(
            "suspended", "resume_assigned", "assigned", frozenset({"social_worker"}), "resumed", ("was_assigned",)
        ),
        Transition(
            "suspended", "resume_service", "in_service", frozenset({"social_worker"}), "resumed", ("was_in_service",)
        ),
        Transition("in_service", "close", "closed", OFFICER, "closed", ("reason",), "reopen"),
        *(
            Transition(state, "cancel", "cancelled", OFFICER | SYSTEM | {"recipient"}, "cancelled", ("reason",))
            for state in open_states
        ),
        # a death or a leaving that was recorded wrongly is taken back: what it cancelled is to be decided again
        Transition("cancelled", "restore", "submitted", SYSTEM, "restored", ("leaving_undone",), "confirm"),
        Transition("cancelled", "restore_draft", "draft", SYSTEM, "restored", ("leaving_undone",)),
        Transition(
            "closed", "reopen", "confirmed", OFFICER, "reopened", ("within_30_days", "two_people", "ground", "reason")
        ),
    ]  # fmt: skip


MACHINE: Final = Machine(
    _table(),
    N_("The need is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "need_status",
    "need_action",
)
TRANSITIONS: Final = MACHINE.table
ACTIONS: Final = MACHINE.actions
TERMINAL: Final = MACHINE.ends(STATES)
OPEN: Final = frozenset(source for source, action in TRANSITIONS if action == "cancel")

transition = MACHINE.step
next_status = MACHINE.target
may = MACHINE.may
actions_for = MACHINE.actions_for


def deadline(name: str, priority: str, at: datetime, calendar: WorkingCalendar) -> datetime | None:
    """Until when the next step is due: confirming takes 3 working days (urgent: 24 hours), reopening 30 days.

    A deadline in days ends with the last minute of its day in China. `resume` has the end that a person expects.

    Raises:
        Fault: calendar_year_missing, for a year without published working days.
    """
    if name == "confirm" and priority == "urgent":
        return at + CONFIRM_URGENT
    if name == "confirm":
        return day_span(calendar.add_working_days(civil_date(at), CONFIRM_WORKING_DAYS))[1] - timedelta(minutes=1)
    if name == "reopen":
        return day_span(civil_date(at) + timedelta(days=REOPEN_DAYS))[1] - timedelta(minutes=1)
    return None


def priority_of(category: str, *, urgent: bool) -> str:
    """`urgent` where a person said so with a reason, else the layer of the household (DOMAIN.md 2.4)."""
    return "urgent" if urgent else layer_of(category)
