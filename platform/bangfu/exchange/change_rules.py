"""What of a household's histories is a change that other offices have to know (monthly list, PRODUCT.md B, D). Pure.

A change belongs to the month in which it was put on record, so that the list of a month that is over stays what it
was; every line also says from which day the change holds.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from bangfu.shared.audit import canonical
from bangfu.shared.civil_time import SHANGHAI, month_span

EVENTS: Final[Mapping[str, str]] = {
    "household.exiting": "grace",
    "household.left": "left",
    "household.expired": "expired",
    "household.readmitted": "readmitted",
    "household.merged_away": "merged",
    "household.unmerged": "unmerged",
    "person.left": "member_left",
}
"""Audit event -> kind of change; what happened to members is told by `person_left`."""
KINDS: Final = (
    "entered", "category", "grace", "left", "expired", "readmitted", "merged", "unmerged", "joined", "died",
    "imprisoned", "moved_out", "member_left",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One line: codes, days and ids, no names. `before` and `after`: categories or standings, "" where none."""

    division: str
    number: str
    at: str
    kind: str
    household: str
    person: str = ""
    before: str = ""
    after: str = ""
    on: str = ""


@dataclass(frozen=True, slots=True)
class SpanFact:
    """A span of household_category as it was decided; `replaced_at`: when a correction took its place."""

    household: str
    category: str
    mode: str
    starts_on: date
    decided_at: datetime
    replaced_at: datetime | None


def moments_of(month: date) -> tuple[datetime, datetime]:
    """The first moment of a month and of the next one, in China."""
    last = month_span(month.year, month.month)[1]
    first_of_next = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    return _midnight(month), _midnight(first_of_next)


def is_over(month: date, at: datetime) -> bool:
    """Whether nothing more can be put on record in the month."""
    return at >= moments_of(month)[1]


def of_category(spans: Sequence[SpanFact], new: SpanFact) -> tuple[str, str] | None:
    """(kind, category before) of a span that was decided in the month; None where it says nothing new.

    `spans`: all of the household's. The one before is the span that the correction replaced, else the one that counted
    when this one was decided.
    """
    others = [span for span in spans if span is not new and span.decided_at <= new.decided_at]
    replaced = [span for span in others if span.replaced_at == new.decided_at]
    sooner = [span for span in others if (span.decided_at, span.starts_on) < (new.decided_at, new.starts_on)]
    earlier = [span for span in sooner if span.replaced_at is None or span.replaced_at > new.decided_at]
    if not replaced and not earlier:
        return None if any(span.starts_on < new.starts_on for span in others) else ("entered", "")
    pool = replaced or [span for span in earlier if span.starts_on <= new.starts_on] or earlier
    before = max(pool, key=lambda span: (-abs((span.starts_on - new.starts_on).days), span.decided_at))
    same = (before.category, before.mode) == (new.category, new.mode)
    return None if same and (not replaced or before.starts_on == new.starts_on) else ("category", before.category)


def ordered(changes: Iterable[Change]) -> list[Change]:
    """In the order of villages and households, then of time."""
    return sorted(changes, key=lambda one: (one.division, one.number, one.at, one.kind, one.person))


def as_rows(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """For keeping."""
    return [asdict(change) for change in changes]


def print_of(rows: Sequence[Mapping[str, Any]]) -> str:
    """SHA-256 of the list's content: the same content, the same hash."""
    return hashlib.sha256(canonical(list(rows)).encode()).hexdigest()


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
