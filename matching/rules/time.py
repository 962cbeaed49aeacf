"""Rule 5: on enough weekdays a window of both overlaps by one visit (MATCHING.md, rule 5)."""

from __future__ import annotations

import numpy as np

from matching.problem import Problem
from matching.records import Carer, Need
from matching.rules.finding import Finding
from matching.tables import WEEK, Bools, Ints, Tables
from matching.values import DAY_MINUTES

CODE, REASON = "time", "no_time"
WEEKS = 4
CHUNK = 200_000


def needed_days(visits: int) -> int:
    """Weekdays that the visits of 4 weeks need: at most one visit a day."""
    return -(-visits // WEEKS)


def common_days(need: Need, carer: Carer) -> tuple[int, ...]:
    """The weekdays on which a window of the need and one of the carer overlap by at least one visit."""
    days = {
        day
        for day, start, end in need.windows
        for other, opens, closes in carer.windows
        if day == other and min(end, closes) - max(start, opens) >= need.minutes
    }
    return tuple(sorted(days))


def judge(problem: Problem, need: Need, carer: Carer) -> Finding:
    """Detail: `days` (weekday numbers), `needed_days` (how many), `minutes` of one visit."""
    days, needed = common_days(need, carer), needed_days(need.visits)
    return Finding(CODE, len(days) >= needed, {"days": days, "needed_days": needed, "minutes": need.minutes})


def _count_days(tables: Tables, need: Ints, carer: Ints) -> Ints:
    """Weekdays with a common window; an unused slot ends before it starts and overlaps nothing."""
    mine = tables.need_windows[tables.need_windows_sig[need]]
    theirs = tables.carer_windows[tables.carer_windows_sig[carer]]
    minutes = np.minimum(tables.minutes[need], DAY_MINUTES + 1).astype(np.int16)[:, None]
    found = np.zeros((len(need), WEEK), dtype=np.bool_)
    for a in range(mine.shape[2]):
        for b in range(theirs.shape[2]):
            ends = np.minimum(mine[:, :, a, 1], theirs[:, :, b, 1])
            found |= ends - np.maximum(mine[:, :, a, 0], theirs[:, :, b, 0]) >= minutes
    days: Ints = found.sum(axis=1, dtype=np.int64)
    return days


def holds(tables: Tables, need: Ints, carer: Ints) -> Bools:
    """The rule for pairs (need[i], carer[i])."""
    needed = -(-tables.visits[need] // WEEKS)
    count = np.empty(len(need), dtype=np.int64)
    for start in range(0, len(need), CHUNK):
        part = slice(start, start + CHUNK)
        count[part] = _count_days(tables, need[part], carer[part])
    return count >= needed
