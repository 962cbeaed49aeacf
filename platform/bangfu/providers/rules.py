"""Qualifications that run out, and how much of a carer's time is taken. Pure."""

from collections.abc import Sequence
from datetime import date
from math import ceil
from typing import Final, Literal

WARN_DAYS: Final = (7, 30, 60)
"""A qualification is announced 60, 30 and 7 days before it runs out."""
DETOUR: Final = 1.3
"""Road metres per straight metre where no road data are known (DOMAIN.md 9.6)."""

Expiry = Literal["expired", "in_7", "in_30", "in_60", "valid"]


def expiry(expires_on: date, today: date) -> Expiry:
    """Where a qualification stands: it is valid on and before its last day (DOMAIN.md 2.3)."""
    left = (expires_on - today).days
    if left < 0:
        return "expired"
    return "in_7" if left <= 7 else "in_30" if left <= 30 else "in_60" if left <= 60 else "valid"


def due_step(left: int) -> int:
    """Which announcement is due so many days before the last one: 60, 30, 7, or 0 on the last day and after it."""
    return next((step for step in (0, *WARN_DAYS) if left <= step), WARN_DAYS[-1])


def travel_minutes(km: float | None, speed_kmh: float) -> int:
    """Minutes of one way, rounded up; nothing where the distance is unknown (MATCHING.md `travel`)."""
    return ceil(60 * DETOUR * km / speed_kmh) if km else 0


def load_minutes(visits: int, minutes: int, km: float | None, speed_kmh: float) -> int:
    """Minutes per four weeks that one assignment takes of its carer, travel included (MATCHING.md `load`)."""
    return visits * (minutes + travel_minutes(km, speed_kmh))


Spans = list[tuple[int, int]]


def grouped_windows(windows: Sequence[Sequence[int]]) -> list[tuple[list[int], Spans]]:
    """Weekly spans as people say them: the weekdays (0 is Monday) that have the same spans of minutes, the earliest
    weekday first."""
    spans: dict[int, Spans] = {}
    for weekday, start, end in sorted({(window[0], window[1], window[2]) for window in windows}):
        spans.setdefault(weekday, []).append((start, end))
    days: dict[tuple[tuple[int, int], ...], list[int]] = {}
    for weekday, own in spans.items():
        days.setdefault(tuple(own), []).append(weekday)
    return [(together, list(own)) for own, together in days.items()]


def day_runs(days: Sequence[int]) -> list[tuple[int, int]]:
    """Weekdays as runs (first, last): 0 1 2 4 is Monday to Wednesday, and Friday."""
    runs: list[tuple[int, int]] = []
    for day in days:
        if runs and day == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs
