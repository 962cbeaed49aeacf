"""Two runs side by side: what each serves, drives, costs and fills, and which needs change hands.

Both as the solver left them, from what is stored with the runs; later edits of proposals are not part of it.
"""

import asyncio
import json
import statistics
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from bangfu.planning.tables import MatchRun

PRIORITIES: Final = ("urgent", "key", "edge", "general")
KINDS: Final = ("lost", "gained", "moved", "only_before", "only_after")
"""What may happen to a need between two runs, in the order in which a page lists it."""
BANDS: Final = (("none", 0.0), ("low", 0.5), ("middle", 0.75), ("high", 0.9))
"""Up to which share of their hours carers count to a band; the rest are full."""
KEPT: Final = 4
_read: "OrderedDict[UUID, Result]" = OrderedDict()


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """How full the carers of a run are, open tasks included: shares of their hours (0 to 1), carers by band."""

    carers: int
    mean: float
    median: float
    most: float
    deviation: float
    bands: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a finished run came to. `km` are straight kilometres of the served needs, `fen` and `visits` count 4 weeks,
    of contract lines; `unserved` counts needs by priority, `unplaced` those without a place on the map."""

    needs: int
    served: int
    unserved: Mapping[str, int]
    unplaced: int
    km: float
    fen: int
    visits: int
    use: Use
    searched: int | None
    """Of a what-if that is kept near its parent's plan: the objective that a fresh search came to."""
    priority_of: Mapping[str, str]
    carers_of: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A need whose carers differ; `kind` is one of KINDS, no carer stands for nobody (or for not part of the run)."""

    need: str
    kind: str
    priority: str
    before: tuple[str, ...]
    after: tuple[str, ...]


async def result_of(run: UUID) -> Result:
    """A finished run's result; the last ones are kept, since they never change."""
    if run not in _read:
        rows = await MatchRun.raw("SELECT problem, solution, loads FROM match_run WHERE id = {}", run)
        _read[run] = await asyncio.to_thread(_result, rows[0])
        while len(_read) > KEPT:
            _read.popitem(last=False)
    found = _read[run]
    _read.move_to_end(run)
    return found


def _result(row: Mapping[str, Any]) -> Result:
    problem, solution, loads = (json.loads(row[name] or "{}") for name in ("problem", "solution", "loads"))
    plan = loads.get("plan", {})
    priorities = {need["id"]: need["priority"] for need in problem.get("needs", [])}
    assigned = solution.get("assignments", [])
    carers_of = _carers_of(assigned)
    lines = plan.get("lines", [])
    return Result(
        needs=len(priorities),
        served=len(carers_of),
        unserved=dict(Counter(priority for need, priority in priorities.items() if need not in carers_of)),
        unplaced=len(loads.get("unplaced", [])),
        km=sum(entry["km"] or 0.0 for entry in assigned),
        fen=sum(line[4] for line in lines),
        visits=sum(line[2] for line in lines),
        use=use_of(plan.get("carers", {}), loads.get("minutes", {})),
        searched=plan.get("searched"),
        priority_of=priorities,
        carers_of=carers_of,
    )


def _carers_of(assigned: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for entry in assigned:
        found[entry["need"]] = tuple(sorted({*found.get(entry["need"], ()), entry["carer"]}))
    return found


def use_of(carers: Mapping[str, Sequence[int]], taken: Mapping[str, int]) -> Use:
    """How full carers are: `carers` gives minutes and limit of a plan, `taken` the minutes of open tasks before it."""
    shares = [
        (taken.get(carer, 0) + row[0]) / (taken.get(carer, 0) + row[1])
        for carer, row in carers.items()
        if taken.get(carer, 0) + row[1] > 0
    ]
    counted = Counter(_band(share) for share in shares)
    return Use(
        carers=len(shares),
        mean=statistics.fmean(shares) if shares else 0.0,
        median=statistics.median(shares) if shares else 0.0,
        most=max(shares, default=0.0),
        deviation=statistics.pstdev(shares) if shares else 0.0,
        bands={band: counted[band] for band in (*(name for name, _ in BANDS), "full")},
    )


def _band(share: float) -> str:
    return next((name for name, most in BANDS if share < most or share == most == 0), "full")


def changes(before: Result, after: Result) -> list[Change]:
    """Every need that another carer has, or that only one of the runs serves or knows; weighty ones first."""
    found = []
    for need in before.priority_of.keys() | after.priority_of.keys():
        there, then = before.carers_of.get(need, ()), after.carers_of.get(need, ())
        kind = _kind(need in before.priority_of, need in after.priority_of, there, then)
        if kind:
            priority = after.priority_of.get(need) or before.priority_of[need]
            found.append(Change(need=need, kind=kind, priority=priority, before=there, after=then))
    return sorted(found, key=lambda one: (KINDS.index(one.kind), _weight(one.priority), one.need))


def _kind(was: bool, is_: bool, there: tuple[str, ...], then: tuple[str, ...]) -> str:
    if not (was and is_):
        return "only_before" if was else "only_after"
    if there == then:
        return ""
    if there and then:
        return "moved"
    return "lost" if there else "gained"


def _weight(priority: str) -> int:
    return PRIORITIES.index(priority) if priority in PRIORITIES else len(PRIORITIES)
