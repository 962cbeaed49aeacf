"""Changes of routes and their undoing, on the rings of a tour. All answer the change of the travel."""

from __future__ import annotations

import numpy as np

from matching.assign.compiled import compiled
from matching.schedule.day.model import Field
from matching.schedule.day.timing import Tour


@compiled
def take_out(field: Field, tour: Tour, v: int) -> float:
    """Take a visit out of its route."""
    x, y = tour.before[v], tour.after[v]
    tour.after[x], tour.before[y] = y, x
    return float(field.way[x, y] - field.way[x, v] - field.way[v, y])


@compiled
def put_in(field: Field, tour: Tour, v: int, x: int) -> float:
    """Put a visit that is in no route behind the node x."""
    y = tour.after[x]
    tour.after[x], tour.before[v], tour.after[v], tour.before[y] = v, x, y, v
    tour.route[v] = tour.route[x]
    return float(field.way[x, v] + field.way[v, y] - field.way[x, y])


@compiled
def last_before(field: Field, tour: Tour, carer: int, time: float) -> int:
    """The node of a caregiver's route behind which a visit at that time would stand."""
    visits = len(field.opens)
    x = visits + carer
    while tour.after[x] < visits and tour.start[tour.after[x]] < time:
        x = tour.after[x]
    return x


@compiled
def may_take(field: Field, tour: Tour, v: int, carer: int) -> bool:
    """True if the caregiver is able to give the visit and does not give the patient's other one."""
    return bool(field.able[v, carer]) and (field.mate[v] < 0 or tour.route[field.mate[v]] != carer)


@compiled
def _tail_fits(field: Field, tour: Tour, x: int, carer: int, cut: int) -> bool:
    """May the caregiver take all behind x, when what stands behind `cut` in the own route goes away?"""
    visits = len(field.opens)
    v = tour.after[x]
    while v < visits:
        if not field.able[v, carer]:
            return False
        if field.mate[v] >= 0 and tour.route[field.mate[v]] == carer:
            w = visits + carer
            while True:  # the other visit must not stay: it stays if it is met up to the cut
                if w == field.mate[v]:
                    return False
                if w == cut:
                    break
                w = tour.after[w]
        v = tour.after[v]
    return True


@compiled
def swap_tails(field: Field, tour: Tour, x: int, y: int) -> float:
    """Let two routes change what stands behind x and behind y; done twice, it is undone."""
    visits = len(field.opens)
    a, b = tour.route[x], tour.route[y]
    first_a, first_b = tour.after[x], tour.after[y]
    last_a, last_b = tour.before[visits + a], tour.before[visits + b]
    change = 0.0
    if first_a < visits:
        change += field.way[y, first_a] + field.way[last_a, visits + b]
        change -= field.way[x, first_a] + field.way[last_a, visits + a]
    else:
        change += field.way[y, visits + b] - field.way[x, visits + a]
    if first_b < visits:
        change += field.way[x, first_b] + field.way[last_b, visits + a]
        change -= field.way[y, first_b] + field.way[last_b, visits + b]
    else:
        change += field.way[x, visits + a] - field.way[y, visits + b]
    _hang(field, tour, x, first_b, last_b, a)
    _hang(field, tour, y, first_a, last_a, b)
    return change


@compiled
def _hang(field: Field, tour: Tour, x: int, first: int, last: int, carer: int) -> None:
    """Let the chain first..last follow x to the caregiver's office; no chain if it starts with an office."""
    visits = len(field.opens)
    office = visits + carer
    if first >= visits:
        tour.after[x], tour.before[office] = office, x
        return
    tour.after[x], tour.before[first] = first, x
    tour.after[last], tour.before[office] = office, last
    v = first
    while v < visits:
        tour.route[v] = carer
        v = tour.after[v]


@compiled
def tails_fit(field: Field, tour: Tour, x: int, y: int) -> bool:
    """May the routes of x and y change what stands behind x and y?"""
    a, b = tour.route[x], tour.route[y]
    return _tail_fits(field, tour, x, b, y) and _tail_fits(field, tour, y, a, x)


@compiled
def able_carer(field: Field, v: int) -> int:
    """A random caregiver who is able to give the visit (there must be one)."""
    carers = field.able.shape[1]
    while True:
        carer = int(np.random.random() * carers)
        if field.able[v, carer]:
            return carer
