"""Simulated annealing over routes: one stretch of it at falling heat, compiled."""

from __future__ import annotations

import numpy as np

from matching.assign.compiled import compiled
from matching.schedule.day.model import Field
from matching.schedule.day.moves import MEMO, NO, exchange, exchange_tails, move_chain, move_one, move_pair, undo
from matching.schedule.day.timing import Desk, Tour, cost_of
from matching.tables import Floats

# Shares of the moves: one visit elsewhere, two exchanged, tails exchanged, both of a patient elsewhere; else a chain.
ONE, EXCHANGE, TAILS, PAIR = 0.40, 0.58, 0.74, 0.92
# A cost lower by less than this is the same.
SAME = 1e-7
# What `state` holds.
TRAVEL, COST, BEST = 0, 1, 2


@compiled
def copy_tour(source: Tour, target: Tour) -> None:
    """Make the target what the source is."""
    for node in range(len(source.after)):
        target.after[node] = source.after[node]
        target.before[node] = source.before[node]
        target.route[node] = source.route[node]
        target.start[node] = source.start[node]
        target.leave[node] = source.leave[node]


@compiled
def anneal(
    field: Field, now: Tour, trial: Tour, best: Tour, desk: Desk, state: Floats, heats: Floats, moves: int, seed: int
) -> None:
    """Try moves while the heat falls from heats[0] to heats[1]; `now`, `best` and `state` follow.

    `trial` shares its rings with `now` and holds the times of what is tried; state = (travel, cost, best cost).
    """
    np.random.seed(seed)
    memo = np.zeros(MEMO, np.int64)
    visits, heat = len(field.opens), heats[0]
    fall = (heats[1] / heats[0]) ** (1.0 / max(1, moves))
    for _ in range(moves):
        heat *= fall
        most = state[COST] - heat * np.log(1.0 - np.random.random())
        kind, v = np.random.random(), int(np.random.random() * visits)
        if kind < ONE:
            change = move_one(field, now, memo, v)
        elif kind < EXCHANGE:
            change = exchange(field, now, memo, v)
        elif kind < TAILS:
            change = exchange_tails(field, now, memo, v)
        elif kind < PAIR:
            change = move_pair(field, now, memo, v)
        else:
            change = move_chain(field, now, memo, v)
        if change == NO:
            continue
        travel, cost = state[TRAVEL] + change, np.inf
        if travel <= most:
            cost = cost_of(field, trial, desk, travel, most)
        if cost == np.inf:
            undo(field, now, memo)
            continue
        state[TRAVEL], state[COST] = travel, cost
        for node in range(visits):
            now.start[node], now.leave[node] = trial.start[node], trial.leave[node]
        if cost < state[BEST] - SAME:
            state[BEST] = cost
            copy_tour(now, best)
