"""Made-up frozen facts for settlement: a line at 60.00 with so many verified visits, and the like."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from bangfu.quality.snapshot import LineFact, Snapshot, VisitFact, WindowFact
from bangfu.quality.standard_rules import DEFAULT

_NAMES = UUID("7c9d2f4e-0b7c-4b65-9a5c-111111111111")
STANDARD = {"code": "QS-1", "version": 1, **DEFAULT}


def key(name: str) -> str:
    """A stable id for a name."""
    return str(uuid5(_NAMES, name))


LINE = key("line")


def visit(place: int, status: str = "verified", *, line: str = LINE, price: str = "60.00", **more: Any) -> VisitFact:
    """One visit on a day of its own."""
    day = f"2026-07-{place % 28 + 1:02d}T{place // 28 % 12 + 8:02d}"
    return VisitFact(**{
        "id": key(f"visit {line} {place}"), "line": line, "service": "daily_care", "recipient": "R1", "server": "S1",
        "division": "990101001", "window_start": f"{day}:00:00Z", "window_end": f"{day}:59:00Z",
        "started_at": f"{day}:00:00Z", "ended_at": f"{day}:45:00Z", "standard_minutes": 45,
        "submitted_at": f"{day}:50:00Z", "status": status, "evidence": "on_spot", "record_complete": True,
        "unit_price": price, **more,
    })  # fmt: skip


def window(place: int, state: str = "filled") -> WindowFact:
    """One due window."""
    return WindowFact(key(f"window {place}"), LINE, "daily_care", "R1", "2026-07-01", "2026-07-02", state)


def facts(*visits: VisitFact, units_left: int = 10_000, amount_left: str = "1000000.00", **more: Any) -> Snapshot:
    """The facts of a quarter of a contract with one line."""
    terms = {"perf_share": "0.30", "pay_rule": "steps", **more.pop("terms", {})}
    line = LineFact(LINE, "daily_care", "work_budget", "60.00", units_left, amount_left)
    return Snapshot(**{
        "kind": "contract", "subject": key("contract"), "number": "HT-1", "organization": key("organisation"),
        "division": "990101000000", "year": 2026, "quarter": 3, "standard": STANDARD, "terms": terms,
        "checks_required": 0, "lines": (line,), "visits": tuple(visits), **more,
    })  # fmt: skip


def subsidy(rate: str = "120.00", months: int = 3) -> Snapshot:
    """The facts of a caregiver's quarter."""
    return facts(kind="agreement", terms={"perf_share": "1", "monthly_rate": rate, "months": months}, lines=())


def money(text: str) -> Decimal:
    """CNY."""
    return Decimal(text)
