"""Made-up quarters as frozen facts, for tests; nobody in them exists."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from bangfu.quality.snapshot import Snapshot, VisitFact, WindowFact
from bangfu.quality.standard_rules import DEFAULT, data_of

FIRST = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)


def key(number: int) -> str:
    """The n-th id."""
    return str(UUID(int=number))


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def visit(number: int, **changes: Any) -> VisitFact:
    """A verified visit of 60 minutes that began in its window; `late`, `lasts`, `sent` (minutes) change its times."""
    window = FIRST + timedelta(hours=number)
    start = window + timedelta(minutes=changes.pop("late", 0))
    end = start + timedelta(minutes=changes.pop("lasts", 60))
    sent = end + timedelta(minutes=changes.pop("sent", 10))
    plain: dict[str, Any] = {
        "id": key(number), "line": key(9000), "service": "daily_care", "recipient": f"R{number % 7}", "server": "S1",
        "division": "990101001", "window_start": iso(window), "window_end": iso(window), "started_at": iso(start),
        "ended_at": iso(end), "standard_minutes": 60, "submitted_at": iso(sent), "status": "verified",
        "evidence": "on_spot", "record_complete": True, "unit_price": "60.00",
    }  # fmt: skip
    return VisitFact(**plain | changes)


def window(number: int, state: str = "filled", filled_by: str = "", **changes: Any) -> WindowFact:
    """A due window, filled by the visit of the same number if nothing else is said."""
    start = FIRST + timedelta(hours=number)
    by = filled_by or (key(number) if state == "filled" else "")
    plain: dict[str, Any] = {
        "id": f"w{number:04d}", "line": key(9000), "service": "daily_care", "recipient": f"R{number % 7}",
        "start": iso(start), "end": iso(start + timedelta(hours=1)), "state": state, "visit": by,
    }  # fmt: skip
    return WindowFact(**plain | changes)


def quarter(**changes: Any) -> Snapshot:
    """A quarter with three visits in three windows."""
    plain: dict[str, Any] = {
        "kind": "contract", "subject": key(1), "number": "C-1", "organization": key(2), "division": "990101000000",
        "year": 2026, "quarter": 3, "standard": data_of("QS-1", 1, DEFAULT),
        "terms": {"perf_share": "0.3000", "pay_rule": "steps", "afterwards_share": "0.1000"}, "checks_required": 1,
        "windows": tuple(window(n) for n in (1, 2, 3)), "visits": tuple(visit(n) for n in (1, 2, 3)),
    }  # fmt: skip
    return Snapshot(**plain | changes)
