"""Runs of annealing one after the other, each from hot to cold, within moves and seconds."""

from __future__ import annotations

import numpy as np

from matching.limits import Watch
from matching.schedule.day.anneal import BEST, COST, TRAVEL, anneal, copy_tour
from matching.schedule.day.model import Field
from matching.schedule.day.timing import Tour, cost_of, desk_of, tour_of

CHUNKS = 100
# The search ends by this share of the time limit, whatever the machine.
SEARCH_ENDS = 0.93
# About two thirds of the moves one core of a small server tries in a second, for 120 visits; so the clock hardly ever
# has to stop a run, and the same instance, seed and limit give the same plan.
MOVES_PER_SECOND, FOR_VISITS, MOST_PER_SECOND = 1_000_000, 120, 2_000_000
MOST_MOVES_PER_VISIT, LEAST_MOVES = 1_000_000, 20_000
# A run of so many moves a visit is long enough; what is left goes into another run.
RUN_PER_VISIT = 150_000
# Heat in minutes of travel plus tardiness.
HOT, COLD = 60.0, 1.0


def moves_for(visits: int, seconds: float) -> int:
    """How many moves to try, from the size and the limit, never from the clock."""
    rate = min(MOST_PER_SECOND, MOVES_PER_SECOND * FOR_VISITS / max(1, visits))
    return max(LEAST_MOVES, int(min(0.85 * seconds * rate, MOST_MOVES_PER_VISIT * visits)))


class Search:
    """The search of one day; `best` are the best routes with their times, `cost` three times their cost."""

    def __init__(self, field: Field, tour: Tour) -> None:
        """Start from the routes of a tour."""
        self.field, self.now, self.best, self._desk = field, tour, tour_of(field), desk_of(field)
        self._trial = tour._replace(start=np.zeros_like(tour.start), leave=np.zeros_like(tour.leave))
        self.state = np.array([0.0, np.inf, np.inf])
        self.moves = 0
        self._measure()
        self.state[BEST] = self.state[COST]
        copy_tour(self.now, self.best)

    @property
    def cost(self) -> float:
        """Travel plus total plus largest tardiness of the best routes, counted afresh."""
        return cost_of(self.field, self.best, self._desk, _travel(self.field, self.best), np.inf)

    def run(self, moves: int, watch: Watch) -> None:
        """Try so many moves in as many runs as make sense, fewer on a machine too slow for them."""
        runs = max(1, round(moves / (RUN_PER_VISIT * max(1, len(self.field.opens)))))
        for at in range(runs):
            self._measure()
            left = SEARCH_ENDS * watch.limits.seconds - watch.seconds
            self._anneal(at, -(-moves // (runs * CHUNKS)), watch, left / (runs - at))

    def _anneal(self, run: int, moves: int, watch: Watch, allowed: float) -> None:
        start, at = watch.seconds, 0
        while at < CHUNKS and not watch.over():
            self._chunk(run, at, moves, watch.limits.seed)
            at += _stride(at + 1, watch.seconds - start, allowed)

    def _chunk(self, run: int, at: int, moves: int, seed: int) -> None:
        """One of CHUNKS equal parts of a run."""
        heats = HOT * (COLD / HOT) ** (np.array([at, at + 1]) / CHUNKS)
        mixed = (seed * 7919 + run * 15485863 + at * 104729) % 2**31
        anneal(self.field, self.now, self._trial, self.best, self._desk, self.state, heats, moves, mixed)
        self.moves += moves

    def _measure(self) -> None:
        """Count the present routes afresh: sums of millions of changes drift."""
        self.state[TRAVEL] = _travel(self.field, self.now)
        self.state[COST] = cost_of(self.field, self.now, self._desk, float(self.state[TRAVEL]), np.inf)


def _travel(field: Field, tour: Tour) -> float:
    return float(field.way[np.arange(len(tour.after)), tour.after].sum())


def _stride(done: int, spent: float, allowed: float) -> int:
    """How many parts to go on: 1, or more where `done` parts show that not all fit into the seconds allowed."""
    ahead = (CHUNKS - done) * spent / done
    left = max(allowed - spent, 1e-9)
    return 1 if ahead <= left else min(CHUNKS, 1 + int(ahead / left))
