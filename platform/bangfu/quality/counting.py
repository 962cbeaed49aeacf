"""From the frozen facts of a quarter to its counts, with every case that counts and that does not (DOMAIN.md 6.1, 6.6).

Pure. Each indicator is a Tally: what is in the numerator, what is in the denominator only and why, and what was left
out of both and why. The counts are the lengths of these lists: what a page lists is what was counted.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

from bangfu.quality import standard_rules
from bangfu.quality.score_rules import Counts
from bangfu.quality.snapshot import Snapshot, VisitFact, WindowFact
from bangfu.quality.standard_rules import INDICATORS, Standard

VERIFIED: Final = frozenset({"verified", "settled"})
SENT: Final = frozenset({"submitted", "flagged", "verified", "disputed", "rejected", "settled"})
"""A record was sent: the denominator of Q4, whatever became of the visit afterwards."""
SUBSTANTIATED: Final = frozenset({"substantiated", "partly"})
MAJOR: Final = frozenset({"major", "critical"})


@dataclass(frozen=True, slots=True)
class Item:
    """One case of a tally. `kind`: window, visit, check, rating, callback, goal or complaint; `reason` says why it does
    not count, "" where it does; `visit` is the visit behind it, "" for none."""

    kind: str
    id: str
    reason: str = ""
    visit: str = ""
    recipient: str = ""
    amount: Fraction = Fraction(1)
    """Of a rating its mean stars; otherwise 1."""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """One indicator: `hits` are its numerator, hits and `misses` its denominator, `left_out` neither."""

    code: str
    hits: tuple[Item, ...]
    misses: tuple[Item, ...]
    left_out: tuple[Item, ...]

    @property
    def denominator(self) -> tuple[Item, ...]:
        return self.hits + self.misses


@dataclass(frozen=True, slots=True)
class Counted:
    """The counts of a quarter and the tally of each indicator behind them."""

    counts: Counts
    tallies: Mapping[str, Tally]


def count(snapshot: Snapshot) -> Counted:
    """Counts and tallies of a snapshot, by the tolerances of its own standard."""
    standard = standard_rules.of_data(snapshot.standard)
    tallies = {code: _MAKERS[code](snapshot, standard) for code in INDICATORS}
    return Counted(_counts(snapshot, tallies), tallies)


def is_verified(visit: VisitFact) -> bool:
    """Whether a visit counts as delivered: verified (or settled since), and nobody has proven it forged."""
    return visit.status in VERIFIED and not visit.forged


def instant(text: str) -> datetime:
    """An instant of a snapshot."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def is_on_time(visit: VisitFact, standard: Standard) -> bool:
    """Started in its window, or at most the tolerance (30 minutes) before or after it."""
    if not visit.started_at:
        return False
    tolerance = timedelta(minutes=standard.tolerance_minutes)
    start = instant(visit.started_at)
    return instant(visit.window_start) - tolerance <= start <= instant(visit.window_end) + tolerance


def is_long_enough(visit: VisitFact, standard: Standard) -> bool:
    """At least 90 % of the standard minutes; exactly 90 % is enough."""
    if not (visit.started_at and visit.ended_at):
        return False
    seconds = Fraction((instant(visit.ended_at) - instant(visit.started_at)).total_seconds())
    return seconds >= visit.standard_minutes * 60 * standard.duration_share


def is_sent_in_time(visit: VisitFact, standard: Standard) -> bool:
    """Sent at most 24 hours after its end."""
    return instant(visit.submitted_at) - instant(visit.ended_at) <= timedelta(hours=standard.sending_hours)


def _counts(snapshot: Snapshot, tallies: Mapping[str, Tally]) -> Counts:
    def pair(code: str) -> tuple[int, int]:
        return len(tallies[code].hits), len(tallies[code].denominator)

    (completed, due), (record_ok, submitted), (passed, done) = pair("Q1"), pair("Q4"), pair("Q5")
    (confirmed, reached), (met, goals) = pair("Q7"), pair("Q8")
    (on_time, verified), (long_enough, _), (qualified, _) = pair("Q2"), pair("Q3"), pair("Q10")
    complaints = {each.id: each for each in snapshot.complaints}
    severities = [complaints[item.id].severity for item in tallies["Q9"].misses]
    return Counts(
        due=due, submitted=submitted, verified=verified, on_time=on_time, duration_ok=long_enough,
        record_ok=record_ok, checks_done=done, checks_passed=passed, ratings_count=len(tallies["Q6"].hits),
        ratings_sum=sum((item.amount for item in tallies["Q6"].hits), Fraction(0)), callbacks_reached=reached,
        callbacks_confirmed=confirmed, goals_due=goals, goals_met=met,
        complaints_minor=sum(each not in MAJOR for each in severities),
        complaints_major=sum(each in MAJOR for each in severities), credentials_ok=qualified,
        veto=bool(snapshot.vetoes), completed=completed,
    )  # fmt: skip


def _split(code: str, items: Iterable[Item], left_out: Iterable[Item] = ()) -> Tally:
    found = sorted(items, key=_order)
    return Tally(
        code, tuple(item for item in found if not item.reason), tuple(item for item in found if item.reason),
        tuple(sorted(left_out, key=_order)),
    )  # fmt: skip


def _order(item: Item) -> tuple[str, str]:
    return item.at, item.id


def _completion(snapshot: Snapshot, _: Standard) -> Tally:
    visits = {visit.id: visit for visit in snapshot.visits}
    due = [
        Item(
            "window",
            each.id,
            _why_not_complete(each, visits.get(each.visit)),
            each.visit,
            each.recipient,
            at=each.start,
        )
        for each in snapshot.windows
        if each.state != "excused"
    ]
    excused = [
        Item("window", each.id, each.excuse or "excused", each.visit, each.recipient, at=each.start)
        for each in snapshot.windows
        if each.state == "excused"
    ]
    return _split("Q1", due, excused)


def _why_not_complete(window: WindowFact, visit: VisitFact | None) -> str:
    if window.state != "filled":
        return "missed"
    if visit is None:
        return "no_visit"
    return "" if is_verified(visit) else _why_not_verified(visit)


def _why_not_verified(visit: VisitFact) -> str:
    if visit.forged:
        return "forged"
    return {"submitted": "not_judged", "flagged": "not_judged"}.get(visit.status, visit.status)


def _of_verified(code: str, fault: str, good: Callable[[VisitFact, Standard], bool]) -> Callable[..., Tally]:
    def make(snapshot: Snapshot, standard: Standard) -> Tally:
        counted = [
            _visit(visit, "" if good(visit, standard) else fault)
            for visit in snapshot.visits
            if is_verified(visit) and not visit.late
        ]
        others = [
            _visit(visit, "late" if visit.late else _why_not_verified(visit))
            for visit in snapshot.visits
            if visit.status in SENT and (visit.late or not is_verified(visit))
        ]
        return _split(code, counted, others)

    return make


def _visit(visit: VisitFact, reason: str = "") -> Item:
    return Item("visit", visit.id, reason, visit.id, visit.recipient, at=visit.started_at or visit.window_start)


def _records(snapshot: Snapshot, standard: Standard) -> Tally:
    return _split(
        "Q4",
        [
            _visit(visit, _why_not_complete_record(visit, standard))
            for visit in snapshot.visits
            if visit.status in SENT and not visit.late
        ],
        [
            _visit(visit, "late" if visit.late else visit.status)
            for visit in snapshot.visits
            if visit.late or visit.status not in SENT
        ],
    )


def _why_not_complete_record(visit: VisitFact, standard: Standard) -> str:
    if not visit.record_complete:
        return "incomplete"
    if not (visit.submitted_at and visit.ended_at):
        return "no_times"
    return "" if is_sent_in_time(visit, standard) else "sent_late"


def _checks(snapshot: Snapshot, _: Standard) -> Tally:
    visits = {visit.id: visit for visit in snapshot.visits}
    done, others = [], []
    for check in snapshot.checks:
        recipient = visits[check.visit].recipient if check.visit in visits else ""
        if check.result in {"pass", "fail"}:
            fault = "" if check.result == "pass" else check.reason or "fail"
            done.append(Item("check", check.id, fault, check.visit, recipient))
        else:
            others.append(Item("check", check.id, check.result or "open", check.visit, recipient))
    return _split("Q5", done, others)


def _ratings(snapshot: Snapshot, _: Standard) -> Tally:
    return _split(
        "Q6",
        [
            Item("rating", each.recipient, "", "", each.recipient, Fraction(each.stars_sum, each.stars_count))
            for each in snapshot.ratings
            if each.stars_count > 0
        ],
    )


def _callbacks(snapshot: Snapshot, _: Standard) -> Tally:
    return _split(
        "Q7",
        [
            Item("callback", each.id, "" if each.confirmed else "not_confirmed", "", each.recipient)
            for each in snapshot.callbacks
            if each.reached
        ],
        [
            Item("callback", each.id, "not_reached", "", each.recipient)
            for each in snapshot.callbacks
            if not each.reached
        ],
    )


def _goals(snapshot: Snapshot, _: Standard) -> Tally:
    return _split(
        "Q8", [Item("goal", each.id, "" if each.met else "not_met", "", each.recipient) for each in snapshot.goals]
    )


def _complaints(snapshot: Snapshot, _: Standard) -> Tally:
    return _split(
        "Q9",
        [
            Item("complaint", each.id, f"{'major' if each.severity in MAJOR else 'minor'}_{each.result}")
            for each in snapshot.complaints
            if each.result in SUBSTANTIATED
        ],
        [Item("complaint", each.id, each.result) for each in snapshot.complaints if each.result not in SUBSTANTIATED],
    )


_MAKERS: Final[Mapping[str, Callable[[Snapshot, Standard], Tally]]] = {
    "Q1": _completion,
    "Q2": _of_verified("Q2", "off_window", is_on_time),
    "Q3": _of_verified("Q3", "too_short", is_long_enough),
    "Q4": _records,
    "Q5": _checks,
    "Q6": _ratings,
    "Q7": _callbacks,
    "Q8": _goals,
    "Q9": _complaints,
    "Q10": _of_verified("Q10", "cred_gap", lambda visit, _: visit.qualified),
}
