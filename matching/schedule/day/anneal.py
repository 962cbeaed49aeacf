"""Simulated annealing over routes: one stretch of it at falling heat, compiled."""

from __future__ import annotations

import numpy as np

from matching.assign.compiled import compiled
from matching.schedule.day.model import SECOND, Field
from matching.schedule.day.moves import able_carer, last_before, may_take, put_in, swap_tails, tails_fit, take_out
from matching.schedule.day.timing import Desk, Tour, cost_of

# Shares of the moves: one visit elsewhere, two exchanged, tails exchanged, both of a patient elsewhere; else a chain.
ONE, EXCHANGE, TAILS, PAIR = 0.40, 0.58, 0.74, 0.92
# How the new place of one visit is found: behind a near visit, by time in the route of an able caregiver; else any.
BY_NEAR, BY_TIME = 0.45, 0.9
LONGEST_CHAIN = 3


@compiled
def _wish(field: Field, v: int) -> float:
    """A time at which the visit might start."""
    return float(field.opens[v] + np.random.random() * 1.1 * (field.closes[v] - field.opens[v]))


@compiled
def _place(field: Field, now: Tour, v: int) -> int:
    """Where a visit might go: the node to stand behind."""
    draw = np.random.random()
    if draw < BY_NEAR and field.near.shape[1] > 0:
        rank = np.random.random()
        return int(field.near[v, int(rank * rank * field.near.shape[1])])
    if draw < BY_TIME:
        return last_before(field, now, able_carer(field, v), _wish(field, v))
    return int(np.random.random() * len(field.way))


@compiled
def _copy(source: Tour, target: Tour) -> None:
    for node in range(len(source.after)):
        target.after[node] = source.after[node]
        target.before[node] = source.before[node]
        target.route[node] = source.route[node]
        target.start[node] = source.start[node]
        target.leave[node] = source.leave[node]


@compiled
def anneal(
    field: Field, now: Tour, trial: Tour, best: Tour, desk: Desk, state: np.ndarray, hot: float, cold: float,
    moves: int, seed: int,
) -> None:  # fmt: skip
    """Try moves while the heat falls from hot to cold; `now` and `best` and state = (travel, cost, best cost) follow.

    `trial` shares its rings with `now` and holds the times of what is tried.
    """
    np.random.seed(seed)
    visits = len(field.opens)
    travel, cost = state[0], state[1]
    fall = (cold / hot) ** (1.0 / max(1, moves))
    heat = hot
    chain = np.zeros(LONGEST_CHAIN, np.int64)
    for _ in range(moves):
        heat *= fall
        most = cost - heat * np.log(1.0 - np.random.random())
        draw = np.random.random()
        v = int(np.random.random() * visits)
        if draw < ONE:
            x = _place(field, now, v)
            if (
                x == v
                or x == now.before[v]
                or not (now.route[x] == now.route[v] or may_take(field, now, v, now.route[x]))
            ):
                continue
            old = now.before[v]
            change = take_out(field, now, v)
            change += put_in(field, now, v, x)
            found = np.inf
            if travel + change <= most:
                found = cost_of(field, trial, desk, travel + change, most)
            if found == np.inf:
                take_out(field, now, v)
                put_in(field, now, v, old)
                continue
        elif draw < EXCHANGE:
            w = int(np.random.random() * visits)
            if np.random.random() < 0.7 and field.near.shape[1] > 0:
                w = field.near[v, int(np.random.random() * field.near.shape[1])]
                if np.random.random() < 0.7:
                    w = now.after[w]
            if w >= visits or w == v or now.after[v] == w or now.after[w] == v:
                continue
            a, b = now.route[v], now.route[w]
            if a != b:
                if not field.able[v, b] or not field.able[w, a]:
                    continue
                if field.mate[v] != w and (
                    (field.mate[v] >= 0 and now.route[field.mate[v]] == b)
                    or (field.mate[w] >= 0 and now.route[field.mate[w]] == a)
                ):
                    continue
            x, y = now.before[v], now.before[w]
            change = take_out(field, now, v)
            change += take_out(field, now, w)
            change += put_in(field, now, v, y)
            change += put_in(field, now, w, x)
            found = np.inf
            if travel + change <= most:
                found = cost_of(field, trial, desk, travel + change, most)
            if found == np.inf:
                take_out(field, now, v)
                take_out(field, now, w)
                put_in(field, now, v, x)
                put_in(field, now, w, y)
                continue
        elif draw < TAILS:
            other = int(np.random.random() * (len(field.way) - visits))
            if other == now.route[v]:
                continue
            x = v if np.random.random() < 0.9 else visits + now.route[v]
            y = last_before(field, now, other, now.leave[v] + 40.0 * (np.random.random() - 0.25))
            if not tails_fit(field, now, x, y):
                continue
            change = swap_tails(field, now, x, y)
            found = np.inf
            if travel + change <= most:
                found = cost_of(field, trial, desk, travel + change, most)
            if found == np.inf:
                swap_tails(field, now, x, y)
                continue
        elif draw < PAIR:
            w = field.mate[v]
            if w < 0:
                continue
            if field.role[v] == SECOND:
                v, w = w, v
            a, b = able_carer(field, v), able_carer(field, w)
            if np.random.random() < 0.3:
                a = now.route[v]
            elif np.random.random() < 0.4:
                b = now.route[w]
            if a == b:
                continue
            wish = _wish(field, v)
            x, y = now.before[v], now.before[w]
            change = take_out(field, now, v)
            change += take_out(field, now, w)
            change += put_in(field, now, v, last_before(field, now, a, wish))
            wish += field.least[v]
            if field.most[v] > field.least[v]:
                wish += np.random.random() * (field.most[v] - field.least[v])
            change += put_in(field, now, w, last_before(field, now, b, wish))
            found = np.inf
            if travel + change <= most:
                found = cost_of(field, trial, desk, travel + change, most)
            if found == np.inf:
                take_out(field, now, v)
                take_out(field, now, w)
                put_in(field, now, v, x)
                put_in(field, now, w, y)
                continue
        else:
            length = 2 + int(np.random.random() * (LONGEST_CHAIN - 1))
            x = _place(field, now, v)
            carer = now.route[x]
            fits, w, size = True, v, 0
            while size < length and w < visits:
                if w == x or (carer != now.route[v] and not may_take(field, now, w, carer)):
                    fits = False
                    break
                chain[size] = w
                size += 1
                w = now.after[w]
            if not fits or size < 2 or x == now.before[v]:
                continue
            old, change, behind = now.before[v], 0.0, x
            for k in range(size):
                change += take_out(field, now, chain[k])
            for k in range(size):
                change += put_in(field, now, chain[k], behind)
                behind = chain[k]
            found = np.inf
            if travel + change <= most:
                found = cost_of(field, trial, desk, travel + change, most)
            if found == np.inf:
                for k in range(size):
                    take_out(field, now, chain[k])
                for k in range(size):
                    put_in(field, now, chain[k], old)
                    old = chain[k]
                continue
        travel += change
        cost = found
        for node in range(visits):
            now.start[node], now.leave[node] = trial.start[node], trial.leave[node]
        if cost < state[2] - 1e-7:
            state[2] = cost
            _copy(now, best)
    state[0], state[1] = travel, cost
