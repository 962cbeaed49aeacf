"""When a household is to be looked at again (DOMAIN.md 1.1). Pure.

People in special difficulty and stable dibao yearly; dibao with unstable income or able-bodied members half-yearly;
others yearly [D]; an emergency at its end, or after three months where no end is known [D].
"""

from datetime import date
from typing import Final

from bangfu.shared.civil_time import add_months

YEARLY: Final = 12
HALF_YEARLY: Final = 6
EMERGENCY: Final = 3
SOON_DAYS: Final = 30
"""So many days before it is due, a review stands in the list and supervision knows of it [D]."""
OUTCOMES: Final = ("unchanged", "changed")


def months_between(category: str, *, income_stable: bool, able_bodied: bool) -> int:
    """Months from one review to the next."""
    if category == "emergency":
        return EMERGENCY
    if category == "dibao" and (able_bodied or not income_stable):
        return HALF_YEARLY
    return YEARLY


def next_review(
    since: date, category: str, *, income_stable: bool, able_bodied: bool, valid_until: date | None = None
) -> date:
    """The day on which the next review is due after one on `since` (or the start of the category).

    A day that the month does not have is the month's last one: 31 August and six months give 28 February.
    """
    due = add_months(since, months_between(category, income_stable=income_stable, able_bodied=able_bodied))
    return min(due, valid_until) if category == "emergency" and valid_until and valid_until >= since else due


def first_review(
    since: date, today: date, category: str, *, income_stable: bool, able_bodied: bool, valid_until: date | None = None
) -> date:
    """For a household whose earlier reviews are not known: the first anniversary of its start after today."""
    months = months_between(category, income_stable=income_stable, able_bodied=able_bodied)
    if category == "emergency" and valid_until:
        return valid_until
    start = min(since, today)
    periods = max(1, ((today.year - start.year) * 12 + today.month - start.month) // months)
    due = add_months(start, periods * months)
    return due if due > today else add_months(start, (periods + 1) * months)


def state_of(next_on: date | None, today: date) -> str:
    """`late`, `due` (within 30 days), `later`, or "" without a clock."""
    if next_on is None:
        return ""
    if next_on < today:
        return "late"
    return "due" if (next_on - today).days <= SOON_DAYS else "later"
