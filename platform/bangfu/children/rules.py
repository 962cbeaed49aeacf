"""The child file's rules: the four colours, when each is looked at again, which visits it makes due. Pure.

The seeds name the four colours (四色管理) and one child one file one plan (一人一档一策) without numbers; DOMAIN.md 1.2
and 2.2 give the meaning and the frequencies.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bangfu.catalogue.window_rules import Window, due_windows
from bangfu.errors import N_
from bangfu.shared.civil_time import add_months
from bangfu.shared.states import Machine

COLORS: Final = ("red", "yellow", "blue", "green")
"""From the highest risk to healthy growth (DOMAIN.md 1.2)."""
REVIEW_MONTHS: Final = {"red": 1, "yellow": 3, "blue": 6, "green": 6}
"""Months until the colour is looked at again; green: 6 (DOMAIN.md 2.2), the others [D]."""
VISITS: Final = {"red": (1, "week"), "yellow": (2, "month"), "blue": (1, "month"), "green": (1, "quarter")}
"""Visits per civil period [D] (DOMAIN.md 2.2)."""
RED_CONTACT_WITHIN: Final = timedelta(hours=24)
"""A child turned red is contacted within 24 hours [D] (DOMAIN.md 2.2)."""
REVIEW_SOON_DAYS: Final = 14
AREAS: Final = ("guardianship", "physical", "behaviour")
"""What a colour is based on (DOMAIN.md 1.2)."""
CONTACT_KINDS: Final = ("visit", "phone", "school", "guardian")
COUNTED: Final = frozenset({"visit"})
"""Contacts that fill a window of the norm."""
CLOSE_REASONS: Final = ("adult", "moved", "died", "placed", "not_needed")
CAPACITIES: Final = ("able", "partly", "unable", "absent")
ADULT_AT: Final = 18
MOST_MEASURES: Final = 8

STATES: Final = ("active", "closed")
SUPERVISOR: Final = frozenset({"child_supervisor"})


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of the table."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    event: str
    guards: tuple[str, ...] = ()


MACHINE: Final = Machine(
    [
        Transition("active", "close", "closed", SUPERVISOR, "closed", ("reason",)),
        Transition("closed", "reopen", "active", SUPERVISOR, "reopened", ("reason",)),
    ],
    N_("The child file is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "child_file_status",
    "child_file_action",
)


def next_review(color: str, on: date) -> date:
    """When the colour is to be looked at again after a review on `on`.

    Raises:
        KeyError: for an unknown colour.
    """
    return add_months(on, REVIEW_MONTHS[color])


def review_state(due: date, today: date) -> str:
    """`late`, `due` (within two weeks) or `later`."""
    if due < today:
        return "late"
    return "due" if (due - today).days <= REVIEW_SOON_DAYS else "later"


def worst(colors: Iterable[str]) -> str:
    """The highest risk among the colours; "" for none."""
    found = {color for color in colors if color}
    return next((color for color in COLORS if color in found), "")


def visit_windows(color: str, day: date, visits: Iterable[datetime]) -> list[Window]:
    """The windows of the running period, filled with the visits there were; each visit fills one window."""
    times, period = VISITS[color]
    return due_windows("visit_check", times, period, day, visits)


def is_adult(born: date | None, today: date) -> bool:
    """Whether the person has turned 18; an unknown birth date never counts as grown up."""
    return born is not None and add_months(born, 12 * ADULT_AT) <= today
