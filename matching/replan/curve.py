"""What a re-plan answers: plans along the curve changes / unserved / kilometres, and who must be told (data only)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matching.problem import Problem
from matching.solution import Assignment, Solution, UnservedNeed

# Kinds of a change: lost the carer by an event, moved though it could have stayed, new need, waited for a carer before.
ORPHAN, MOVED, NEW, WAITING = "orphan", "moved", "new", "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphan:
    """A served need whose carer can no longer serve it.

    `code` is the event's (carer_ill, offer_declined ...), None where the present plan was never allowed; `locked` where
    the assignment was locked and the event itself made it impossible.
    """

    need: str
    carer: str
    code: str | None
    locked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One need whose carer is another than before (None = nobody); `kind` is orphan, moved, new or waiting."""

    need: str
    household: str
    before: str | None
    after: str | None
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CarerNews:
    """What one carer must be told: the needs it gains and the needs it loses, by id."""

    carer: str
    gains: tuple[str, ...]
    loses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One plan of the curve, and what it changes against the present one.

    `k`: moves beyond what the events force; `moved`: needs that could each have stayed and have another carer or none
    (k + forced), `dropped` those of them that nobody serves any more; `changed`: all needs served before that have
    another carer or none, orphans included. Orphans, new and waiting needs that got a carer are counted apart.
    `unserved_weight` is what the unserved needs cost, `km` the sum of the pairs' straight kilometres (None where pairs
    are given). `proven`: no plan of at most k moves near the event is better; with `Replan.whole`, none at all.
    """

    k: int
    moved: int
    dropped: int
    changed: int
    orphans_served: int
    new_served: int
    waiting_served: int
    unserved: int
    unserved_weight: int
    km: float | None
    objective: int
    proven: bool
    changes: tuple[Change, ...]
    carers: tuple[CarerNews, ...]
    assignments: tuple[Assignment, ...]
    left: tuple[UnservedNeed, ...]

    @property
    def plan(self) -> dict[str, str]:
        """Carer id by need id."""
        return {entry.need: entry.carer for entry in self.assignments}

    @property
    def households(self) -> tuple[str, ...]:
        """Households to be told: those of every change."""
        return tuple(dict.fromkeys(change.household for change in self.changes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Replan:
    """The curve after some events.

    `problem` is the one after the events in which every served need's `current` is its present carer. `points` have
    rising k and falling objective (with `keep_served` first falling numbers of dropped needs), the first has k = 0;
    `recommended` is the index of one. `closed` are (need, carer) that ended. `forced`: how many needs have to leave
    because limits shrank below what they use. `whole`: everything that could matter was searched, not only what lies
    near the events.
    """

    problem: Problem
    before: Mapping[str, str]
    orphans: tuple[Orphan, ...]
    appeared: tuple[str, ...]
    closed: tuple[tuple[str, str], ...]
    forced: int
    points: tuple[Point, ...]
    recommended: int
    whole: bool
    seconds: float
    seed: int
    engine: str

    @property
    def best(self) -> Point:
        """The recommended point."""
        return self.points[self.recommended]

    @property
    def bereft(self) -> int:
        """Needs that the events take from their carers: orphans, and those that shrunken limits force out."""
        return len(self.orphans) + self.forced

    def changes_per_orphan(self, point: Point) -> float | None:
        """Needs with another carer or none, in proportion to those that the events take from theirs; None without."""
        return point.changed / self.bereft if self.bereft else None

    def solution(self, point: Point) -> Solution:
        """The point's plan as a solution of `problem`; no bound is known."""
        return Solution(
            objective=point.objective,
            bound=None,
            status="feasible",
            seconds=self.seconds,
            seed=self.seed,
            engine=self.engine,
            assignments=point.assignments,
            unserved=point.left,
        )


def recommend(points: tuple[Point, ...], *, most: float, worth: float, keep_served: bool = False) -> int:
    """The index of the point to take: the fewest moves that leave the least weight unserved (with `keep_served` first
    the fewest dropped); from there on further moves only while each saves at least `worth` (more than nothing) and k
    stays within `most`.
    """

    def lost(point: Point) -> tuple[int, int]:
        return (point.dropped if keep_served else 0, point.unserved_weight)

    least = min(lost(point) for point in points)
    taken = next(at for at, point in enumerate(points) if lost(point) == least)
    for at in range(taken + 1, len(points)):
        one, other = points[taken], points[at]
        saved = (one.objective - other.objective) / (other.k - one.k)
        if other.k <= most and lost(other) == least and saved > 0 and saved >= worth:
            taken = at
    return taken
