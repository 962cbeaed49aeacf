"""When every visit of given routes starts at the earliest: the inner loop that judges each move of the search.

Starts are the least solution of: not before the window opens, not before the caregiver has come from the visit before,
two simultaneous services together, ordered ones at least and at most so far apart. The least starts are the least tardy
ones too, so the routes alone decide the cost.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.assign.compiled import compiled
from matching.schedule.day.model import ALONE, FIRST, SECOND, TOGETHER, Field
from matching.tables import Floats, Ints

UNTIMED, WAITING, TIMED = 0, 1, 2
# Differences below this are rounding.
HAIR = 1e-9
# A visit that has to start later again and again (times the number of visits): the routes wait for each other.
ROUNDS = 4


class Tour(NamedTuple):
    """Routes as rings: from the office node of a caregiver along `after` through the visits and back to it.

    before: the same backwards; route: the caregiver of each node; start, leave: the times found, by node.
    """

    after: Ints
    before: Ints
    route: Ints
    start: Floats
    leave: Floats


class Desk(NamedTuple):
    """Room to work in: how far each visit is timed, the last timed node of each caregiver, two stacks, flags."""

    timed: Ints
    at: Ints
    stack: Ints
    later: Ints


def tour_of(field: Field) -> Tour:
    """Empty routes."""
    nodes, visits = len(field.way), len(field.opens)
    ring = np.arange(nodes)
    route = np.full(nodes, -1)
    route[visits:] = np.arange(nodes - visits)
    return Tour(after=ring.copy(), before=ring.copy(), route=route, start=np.zeros(nodes), leave=np.zeros(nodes))


def desk_of(field: Field) -> Desk:
    """An empty desk."""
    nodes, visits = len(field.way), len(field.opens)
    return Desk(
        timed=np.zeros(nodes, dtype=np.int64),
        at=np.zeros(nodes - visits, dtype=np.int64),
        stack=np.zeros(2 * nodes + 2, dtype=np.int64),
        later=np.zeros((2 * ROUNDS + 2) * visits + 4, dtype=np.int64),
    )


@compiled
def _delay(field: Field, tour: Tour, desk: Desk, first: int, to: float) -> bool:
    """Start a timed visit later and move on what hangs on it; False if the routes wait for each other."""
    visits = len(field.opens)
    tour.start[first] = to
    desk.later[0], held, rounds = first, 1, ROUNDS * visits
    while held > 0:
        rounds -= 1
        if rounds < 0:
            return False
        held -= 1
        v = desk.later[held]
        tour.leave[v] = tour.start[v] + field.duration[v]
        w = tour.after[v]
        if w < visits and desk.timed[w] == TIMED:
            then = tour.leave[v] + field.way[v, w]
            if then > tour.start[w] + HAIR:
                tour.start[w] = then
                desk.later[held] = w
                held += 1
        role = field.role[v]
        if role != ALONE:
            w = field.mate[v]
            if desk.timed[w] == TIMED:
                then = tour.start[v]
                if role == FIRST:
                    then += field.least[v]
                elif role == SECOND:
                    then -= field.most[v]
                if then > tour.start[w] + HAIR:
                    tour.start[w] = then
                    desk.later[held] = w
                    held += 1
    return True


@compiled
def cost_of(field: Field, tour: Tour, desk: Desk, travel: float, most: float) -> float:
    """Travel plus total plus largest tardiness of the routes; infinite if above `most` or if no times exist."""
    visits, carers = len(field.opens), len(desk.at)
    for v in range(visits):
        desk.timed[v] = UNTIMED
    for c in range(carers):
        desk.at[c] = visits + c
    late, latest, moved, count = 0.0, 0.0, False, 0
    for first in range(carers):
        desk.stack[0], held = first, 1
        while held > 0:
            held -= 1
            c = desk.stack[held]
            before = desk.at[c]
            while True:
                v = tour.after[before]
                if v >= visits:
                    break
                then = max(field.opens[v], tour.leave[before] + field.way[before, v])
                role, tardy = field.role[v], 1
                if role != ALONE:
                    w = field.mate[v]
                    if role == TOGETHER:
                        if desk.timed[w] != WAITING:
                            desk.timed[v] = WAITING
                            break
                        behind = tour.before[w]
                        then = max(then, tour.leave[behind] + field.way[behind, w])
                        tour.start[w], tour.leave[w] = then, then + field.duration[w]
                        desk.timed[w], tardy = TIMED, 2
                        count += 1
                        desk.at[tour.route[w]] = w
                        desk.stack[held] = tour.route[w]
                        held += 1
                    elif role == FIRST:
                        if desk.timed[w] == WAITING:
                            desk.stack[held] = tour.route[w]
                            held += 1
                    else:
                        if desk.timed[w] != TIMED:
                            desk.timed[v] = WAITING
                            break
                        then = max(then, tour.start[w] + field.least[v])
                tour.start[v], tour.leave[v] = then, then + field.duration[v]
                desk.timed[v] = TIMED
                count += 1
                if role == SECOND and then > tour.start[field.mate[v]] + field.most[v] + HAIR:
                    moved = True
                    if not _delay(field, tour, desk, field.mate[v], then - field.most[v]):
                        return np.inf
                over = then - field.closes[v]
                if over > 0.0:
                    late += tardy * over
                    latest = max(latest, over)
                    if travel + late + latest > most:
                        return np.inf
                before = v
            desk.at[c] = before
    if count < visits:
        return np.inf
    if moved:
        late, latest = 0.0, 0.0
        for v in range(visits):
            over = tour.start[v] - field.closes[v]
            if over > 0.0:
                late += over
                latest = max(latest, over)
        if travel + late + latest > most:
            return np.inf
    return travel + late + latest
