"""Taking visits out of routes and putting them in, on the rings of a tour; all answer the change of the travel."""

from __future__ import annotations

from matching.assign.compiled import compiled
from matching.schedule.day.inlined import inlined
from matching.schedule.day.model import Field
from matching.schedule.day.timing import Tour


@inlined
def take_out(field: Field, tour: Tour, v: int) -> float:
    """Take a visit out of its route."""
    x, y = tour.before[v], tour.after[v]
    tour.after[x], tour.before[y] = y, x
    return float(field.way[x, y] - field.way[x, v] - field.way[v, y])


@inlined
def put_in(field: Field, tour: Tour, v: int, x: int) -> float:
    """Put a visit that is in no route behind the node x."""
    y = tour.after[x]
    tour.after[x], tour.before[v], tour.after[v], tour.before[y] = v, x, y, v
    tour.route[v] = tour.route[x]
    return float(field.way[x, v] + field.way[v, y] - field.way[x, y])


@inlined
def last_before(field: Field, tour: Tour, carer: int, time: float) -> int:
    """The node of a caregiver's route behind which a visit at that time would stand."""
    visits = len(field.opens)
    x = visits + carer
    while tour.after[x] < visits and tour.start[tour.after[x]] < time:
        x = tour.after[x]
    return int(x)


@inlined
def may_take(field: Field, tour: Tour, v: int, carer: int) -> bool:
    """True if the caregiver is able to give the visit and does not give the patient's other one."""
    return bool(field.able[v, carer]) and (field.mate[v] < 0 or tour.route[field.mate[v]] != carer)


@compiled
def _stays(tour: Tour, v: int, office: int, cut: int) -> bool:
    """Does the visit stand between the office and the cut (inclusive) of a route?"""
    w = office
    while w != v:
        if w == cut:
            return False
        w = tour.after[w]
    return True


@compiled
def _tail_fits(field: Field, tour: Tour, x: int, carer: int, cut: int) -> bool:
    """May the caregiver take all behind x, when what stands behind `cut` in the own route goes away?"""
    visits = len(field.opens)
    v = tour.after[x]
    while v < visits:
        if not field.able[v, carer]:
            return False
        w = field.mate[v]
        if w >= 0 and tour.route[w] == carer and _stays(tour, w, visits + carer, cut):
            return False
        v = tour.after[v]
    return True


@compiled
def tails_fit(field: Field, tour: Tour, x: int, y: int) -> bool:
    """May the routes of x and y change what stands behind x and y?"""
    return _tail_fits(field, tour, x, tour.route[y], y) and _tail_fits(field, tour, y, tour.route[x], x)


@compiled
def swap_tails(field: Field, tour: Tour, x: int, y: int) -> float:
    """Let two routes change what stands behind x and behind y; done twice, it is undone."""
    visits = len(field.opens)
    a, b = tour.route[x], tour.route[y]
    first_a, first_b = tour.after[x], tour.after[y]
    last_a, last_b = tour.before[visits + a], tour.before[visits + b]
    gone = field.way[x, first_a] + field.way[y, first_b]
    return _hang(field, tour, x, first_b, last_b, a, b) + _hang(field, tour, y, first_a, last_a, b, a) - float(gone)


@compiled
def _hang(field: Field, tour: Tour, x: int, first: int, last: int, carer: int, of: int) -> float:
    """Let the chain first..last of another caregiver follow x to this one's office; no chain if first is an office.

    Answers the new arcs' travel less that of the chain's old way to its own office.
    """
    visits = len(field.opens)
    office, old = visits + carer, visits + of
    if first >= visits:
        tour.after[x], tour.before[office] = office, x
        return float(field.way[x, office])
    tour.after[x], tour.before[first] = first, x
    tour.after[last], tour.before[office] = office, last
    v = first
    while v < visits:
        tour.route[v] = carer
        v = tour.after[v]
    return float(field.way[x, first] + field.way[last, office] - field.way[last, old])
