"""How much to do: steps, moves and rounds from the size of a problem, and from the time for large ones."""

from __future__ import annotations

from dataclasses import dataclass

from matching.assign.model import Model
from matching.limits import Limits

# Rounds of annealing of a small problem: moves of one search, twice as many each round, up to the most or, from a
# thousand needs on, twice as many as at first.
MOVES_PER_NEED, LEAST_MOVES, MOST_MOVES, MOST_DOUBLINGS = 4000, 20_000, 12_000_000, 4
# So many rounds without gain end a run.
PATIENCE, MOST_ROUNDS = 8, 200
# From so many needs on, one long anneal over the map gains more than many short ones.
WHOLE_MAP_FROM = 3000
# What two threads of a small server reach, so that a large problem's anneal ends in time; see Search.
MOVES_PER_SECOND, ANNEAL_SHARE, ANNEAL_ENDS = 5_000_000, 0.45, 0.85
WINDOW_ROUNDS = 5
MOST_MOVES_PER_NEED = 40_000
# Steps of the ascent: after 700 the bound of one small problem in fifteen still lay 0.6 % below the relaxation, after
# 1,500 it had arrived; large problems pay for each step.
STEPS, STEPS_OF_LARGE = 1500, 700


@dataclass(frozen=True, slots=True)
class Effort:
    """Steps of the dual ascent; moves of one search; rounds of searches and windows; `patience` idle rounds.

    `whole_map`: one search over parts of the map instead of several side by side, `windows` rounds of windows after
    it, and the second of the clock at which it has to end.
    """

    steps: int
    moves: int
    rounds: int
    patience: int
    whole_map: bool
    windows: int
    anneal_until: float


def effort(model: Model, limits: Limits) -> Effort:
    """What to do within limits: by their iterations where given, else by their seconds."""
    whole_map, needs = model.needs >= WHOLE_MAP_FROM, max(1, model.needs)
    return Effort(
        steps=STEPS_OF_LARGE if whole_map else STEPS,
        moves=_long(needs, limits) if whole_map else max(LEAST_MOVES, MOVES_PER_NEED * needs),
        rounds=1 if whole_map else limits.iterations or MOST_ROUNDS,
        patience=PATIENCE,
        whole_map=whole_map,
        windows=(limits.iterations or MOST_ROUNDS) * WINDOW_ROUNDS * needs // 1000,
        anneal_until=ANNEAL_ENDS * limits.seconds,
    )


def moves_of(plan: Effort, turn: int) -> int:
    """Moves of each search of round `turn`."""
    if plan.whole_map:
        return plan.moves
    return min(plan.moves << min(turn, MOST_DOUBLINGS), max(MOST_MOVES, 2 * plan.moves))


def _long(needs: int, limits: Limits) -> int:
    """Moves of one anneal over the map."""
    if limits.iterations:
        return MOVES_PER_NEED * needs * limits.iterations
    fitting = int(ANNEAL_SHARE * limits.seconds * MOVES_PER_SECOND)
    return max(LEAST_MOVES, min(MOST_MOVES_PER_NEED * needs, fitting))
