"""Due windows of a number of visits."""

from __future__ import annotations

from itertools import pairwise

from matching.schedule.records import Due
from matching.values import DAY_MINUTES


def equal_windows(first_day: int, days: int, visits: int, by_days: int | None = None) -> tuple[Due, ...]:
    """`visits` windows of equal length over `days` days from `first_day` (DOMAIN.md 2.2, due-date rule).

    With `by_days` a visit that starts more than so many days after its window's beginning is late.
    """
    begin, length = first_day * DAY_MINUTES, days * DAY_MINUTES
    edges = [begin + length * number // visits for number in range(visits + 1)]
    return tuple(
        Due(first=first, end=end, by=None if by_days is None else first + by_days * DAY_MINUTES)
        for first, end in pairwise(edges)
    )
