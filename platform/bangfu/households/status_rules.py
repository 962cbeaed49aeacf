"""A household's standing in the register as one table of transitions (DOMAIN.md 1.1), and how it ends. Pure.

active -> grace is the gradual exit (渐退): services go on for six months. Death or imprisonment of the only or of the
assisted person closes a household in the same month. `merged` belongs to the merge of duplicates.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bangfu.errors import N_
from bangfu.shared.civil_time import add_months, month_span
from bangfu.shared.states import Machine

OFFICER: Final = frozenset({"township_officer"})
SYSTEM: Final = frozenset({"system"})
RECORDERS: Final = frozenset({"assist_coordinator", "child_director", "social_worker"})

STATES: Final = ("active", "grace", "left", "closed")
SERVED: Final = frozenset({"active", "grace"})
"""Only in these states are needs recorded, confirmed and served."""
GRACE_MONTHS: Final = 6
"""Six months of unchanged treatment after a gradual exit (DOMAIN.md 1.1)."""

LEAVING_REASONS: Final = ("moved_out", "died", "imprisoned", "other")
SAME_MONTH: Final = frozenset({"died", "imprisoned"})
"""Reasons that change the household's standing in the same month (DOMAIN.md 1.1)."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One line: guards are checked by the action; `deadline` names the clock that starts in the new state."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    event: str
    guards: tuple[str, ...] = ()
    deadline: str = ""


MACHINE: Final = Machine(
    [
        Transition("active", "exit", "grace", OFFICER, "exiting", ("reason", "day"), "grace"),
        *(Transition(state, "leave", "left", OFFICER, "left", ("reason", "day")) for state in ("active", "grace")),
        *(Transition(state, "close", "closed", OFFICER, "closed", ("leaving",)) for state in ("active", "grace")),
        *(Transition(state, "expire", "left", SYSTEM, "expired", ("last_day_over",)) for state in ("active", "grace")),
        *(Transition(state, "readmit", "active", OFFICER, "readmitted", ("reason",)) for state in ("grace", "left")),
        # a leaving that was recorded wrongly, taken back by another person on the same day
        *(
            Transition(state, f"undo_{before}", before, OFFICER | RECORDERS, "reopened", ("same_day", "two_people"))
            for state in ("closed", "left")
            for before in ("active", "grace")
        ),
    ],
    N_("The household is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "household_status",
    "household_action",
)


def grace_until(exit_on: date) -> date:
    """The last day of services after a gradual exit: the day six months later."""
    return add_months(exit_on, GRACE_MONTHS)


def services_end_by(left_on: date) -> date:
    """The latest day on which services for somebody who died or was imprisoned may end: the month's last day."""
    return month_span(left_on.year, left_on.month)[1]


@dataclass(frozen=True, slots=True)
class Member:
    """What the rule below asks about a present member."""

    is_head: bool
    assisted: bool


def outcome_of_leaving(reason: str, leaver: Member, others: Sequence[Member], *, personal: bool) -> str:
    """What becomes of the household: "close", "leave" or "" (it goes on with the others).

    `personal`: the assistance was granted to a person, not to the household (单人保, 特困). Then the household ends
    with the last assisted member; where nobody is marked, the head counts as the assisted one. It closes where the
    reason is death or imprisonment, and leaves otherwise.
    """
    ends = not others
    if personal and not ends:
        marked = leaver.assisted or any(other.assisted for other in others)
        assisted_left = any(other.assisted if marked else other.is_head for other in others)
        ends = (leaver.assisted if marked else leaver.is_head) and not assisted_left
    if not ends:
        return ""
    return "close" if reason in SAME_MONTH else "leave"


def is_personal(category: str, admission_mode: str) -> bool:
    """Whether the assistance is granted to persons: single-person dibao (单人保) and people in special difficulty."""
    return category == "tekun" or (category == "dibao" and admission_mode == "individual")


def last_day(status: str, category: str, valid_until: date | None, grace: date | None) -> date | None:
    """The last day of services that is known today: the end of the grace, or of an emergency."""
    if status == "grace":
        return grace
    return valid_until if status == "active" and category == "emergency" else None
