"""What makes a contract need somebody's eye, as points that can be added up by hand (PRODUCT.md, Evaluator 1). Pure.

Points order the list and nothing else: every one comes with its reason and with where to look.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

NEAR, NEARLY_USED = Decimal("0.80"), Decimal("0.95")
SOON_DAYS: Final = 60
"""A contract that ends within so many days needs its successor [D]."""
UNSPENT_DAYS: Final = 90
UNSPENT_SHARE: Final = Decimal("0.50")
"""With less than a quarter year left and less than half used, money will be left over [D]."""
POINTS: Final[dict[str, int]] = {
    "barred": 50, "suspended": 40, "line_used_up": 40, "line_95": 30, "acceptance_overdue": 30, "milestone_overdue": 25,
    "publication_overdue": 20, "filing_overdue": 20, "line_80": 15, "offers_expired": 15, "ends_soon": 10,
    "unspent": 10,
}  # fmt: skip
"""Reason -> points [D]."""
RED, AMBER = 40, 10
Level = Literal["bad", "warn", "ok"]
COUNTED: Final = frozenset({"signed", "published", "active", "suspended", "accepting"})
"""States in which a contract is watched."""


@dataclass(frozen=True, slots=True)
class LineUse:
    """How much of a line is used: its service and the larger used share of its ceilings, 0 to 1."""

    service: str
    share: Decimal
    open: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one contract on a day."""

    status: str
    ends_on: date
    lines: tuple[LineUse, ...] = ()
    milestones_overdue: int = 0
    barred: str = ""
    publish_due: date | None = None
    """Until when it is to be published; None where it is or need not be."""
    file_due: date | None = None
    acceptance_due: date | None = None
    offers_expired: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: its code, its points, a number or a code for its sentence, and the tab that shows what is behind."""

    code: str
    points: int
    detail: str = ""
    tab: str = ""


@dataclass(frozen=True, slots=True)
class Risk:
    """A contract's reasons, the heaviest first."""

    reasons: tuple[Reason, ...]

    @property
    def points(self) -> int:
        """Their sum."""
        return sum(reason.points for reason in self.reasons)

    @property
    def level(self) -> Level:
        """bad from 40 points, warn from 10."""
        return "bad" if self.points >= RED else "warn" if self.points >= AMBER else "ok"


def risk_of(facts: Facts, today: date) -> Risk:
    """Every reason that holds on a day."""
    if facts.status not in COUNTED:
        return Risk(())
    found = [*_of_lines(facts), *_of_dates(facts, today), *_of_the_rest(facts)]
    return Risk(tuple(sorted(found, key=lambda reason: (-reason.points, reason.code, reason.detail))))


def _of_lines(facts: Facts) -> Iterable[Reason]:
    for line in facts.lines:
        if line.open and line.share >= NEAR:
            code = "line_used_up" if line.share >= 1 else "line_95" if line.share >= NEARLY_USED else "line_80"
            yield _reason(code, line.service, "burn")


def _of_dates(facts: Facts, today: date) -> Iterable[Reason]:
    days = (facts.ends_on - today).days
    running = facts.status in {"active", "suspended"}
    if running and 0 <= days <= SOON_DAYS:
        yield _reason("ends_soon", str(days), "overview")
    if facts.status == "active" and 0 <= days <= UNSPENT_DAYS and facts.lines:
        used = sum((line.share for line in facts.lines), Decimal(0)) / len(facts.lines)
        if used < UNSPENT_SHARE:
            yield _reason("unspent", str(int(used * 100)), "burn")
    for code, due, tab in (
        ("publication_overdue", facts.publish_due, "overview"), ("filing_overdue", facts.file_due, "overview"),
        ("acceptance_overdue", facts.acceptance_due, "acceptance"),
    ):  # fmt: skip
        if due is not None and due < today:
            yield _reason(code, str((today - due).days), tab)


def _of_the_rest(facts: Facts) -> Iterable[Reason]:
    if facts.barred:
        yield _reason("barred", facts.barred, "supplier")
    if facts.status == "suspended":
        yield _reason("suspended", "", "overview")
    if facts.milestones_overdue:
        yield _reason("milestone_overdue", str(facts.milestones_overdue), "milestones")
    if facts.offers_expired:
        yield _reason("offers_expired", str(facts.offers_expired), "supplier")


def _reason(code: str, detail: str, tab: str) -> Reason:
    return Reason(code, POINTS[code], detail, tab)
