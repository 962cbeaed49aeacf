"""What is kept how long and what happens then (DOMAIN.md 9.4), and the states of a deletion. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from bangfu.errors import N_, SetupError
from bangfu.shared.civil_time import add_months
from bangfu.shared.states import Machine

Effect = Literal["delete", "anonymise", "reduce", "keep"]
By = Literal["approval", "clock", "nobody"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table. `code` names it, its start and its basis in words.py; `years` counts from the start.

    `by`: deleted once two people agreed, by the worker alone, or by nobody in this portal.
    """

    code: str
    years: int | None
    effect: Effect
    by: By


RULES: Final = (
    Rule("point", None, "reduce", "clock"),
    Rule("declined", 1, "delete", "approval"),
    Rule("photo", 3, "delete", "approval"),
    Rule("child", 10, "delete", "approval"),
    Rule("household", 10, "anonymise", "approval"),
    Rule("audit", 6, "keep", "nobody"),
    Rule("procurement", 15, "keep", "nobody"),
    Rule("voucher", 30, "keep", "nobody"),
)
BY_CODE: Final[Mapping[str, Rule]] = {rule.code: rule for rule in RULES}
APPROVED: Final = tuple(rule.code for rule in RULES if rule.by == "approval")
ADULT_AT: Final = 18
"""A child's file is kept until this birthday, and the rule's years from then."""
UNPAID_DAYS: Final = 92
"""Days [D] after which the point of a visit that no statement pays for is forgotten: a quarter and its appeals."""
LAPSES: Final = timedelta(days=30)
"""A proposal that nobody approved within so long [D] is made anew: what is due and held has changed."""
MOST_YEARS: Final = 100

_years: dict[str, int] = {}


def configure(text: str) -> None:
    """Take longer periods from the settings, such as `photo=5 declined=2`; nothing may be kept for less than the
    default, which the law or DOMAIN.md 9.4 sets.

    Raises:
        SetupError: naming what cannot be.
    """
    chosen: dict[str, int] = {}
    for part in text.replace(",", " ").split():
        code, _, number = part.partition("=")
        rule = BY_CODE.get(code)
        if rule is None or rule.by != "approval" or rule.years is None:
            raise SetupError(f"BANGFU_RETENTION: {code!r} is none of {', '.join(APPROVED)}.")
        if not (number.isascii() and number.isdigit() and rule.years <= int(number) <= MOST_YEARS):
            raise SetupError(
                f"BANGFU_RETENTION: {code} takes whole years from {rule.years} to {MOST_YEARS}, not {number!r}."
            )
        chosen[code] = int(number)
    _years.clear()
    _years.update(chosen)


def years_of(code: str) -> int:
    """The years of a rule in this deployment."""
    return _years.get(code) or BY_CODE[code].years or 0


def counted(code: str, years: int) -> int:
    """The years from the rule's first day: a child's run from the birth."""
    return years + ADULT_AT if code == "child" else years


def last_day(start: date, years: int) -> date:
    """The last day on which it is kept: the same day of the year, and the last of February where that day is missing
    (as Civil Code art. 202 ends periods)."""
    return add_months(start, 12 * years)


def is_due(start: date, years: int, today: date) -> bool:
    """Whether the period is over: from the day after its last day."""
    return last_day(start, years) < today


STATES: Final = ("proposed", "approved", "done", "withdrawn")
OFFICER: Final = frozenset({"bureau_officer"})
LEAD: Final = frozenset({"bureau_lead"})


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of the table of a deletion."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    event: str


MACHINE: Final = Machine(
    [
        Transition("proposed", "approve", "approved", LEAD, "approved"),
        Transition("proposed", "withdraw", "withdrawn", OFFICER | LEAD, "withdrawn"),
        Transition("approved", "finish", "done", frozenset({"system"}), "done"),
    ],
    N_("The deletion is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "retention_status",
    "retention_action",
)
