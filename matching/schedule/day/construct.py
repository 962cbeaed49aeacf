"""A first plan: patients by the end of their windows, each behind the last visit of whoever can come soonest."""

from __future__ import annotations

import numpy as np

from matching.schedule.day.model import Field
from matching.schedule.day.timing import Tour, tour_of


def first_tour(field: Field) -> Tour:
    """Routes of all visits. Both visits of a patient are put in together, so no two routes wait for each other."""
    tour = tour_of(field)
    for v in np.argsort(field.closes, kind="stable").tolist():
        if tour.route[v] < 0:
            _append(field, tour, v, int(field.mate[v]))
    return tour


def _append(field: Field, tour: Tour, v: int, mate: int) -> None:
    carers = range(field.able.shape[1])
    soonest = sorted((_ready(field, tour, v, c), c) for c in carers if field.able[v, c])
    if mate < 0:
        _put_last(field, tour, v, soonest[0][1])
        return
    others = sorted((_ready(field, tour, mate, c), c) for c in carers if field.able[mate, c])
    pairs = [(max(one, two), one + two, c, d) for one, c in soonest for two, d in others if c != d]
    _, _, carer, other = min(pairs)
    _put_last(field, tour, v, carer)
    _put_last(field, tour, mate, other)


def _ready(field: Field, tour: Tour, v: int, carer: int) -> float:
    """When the caregiver could start the visit, waiting for nobody."""
    last = int(tour.before[len(field.opens) + carer])
    return max(float(field.opens[v]), float(tour.leave[last] + field.way[last, v]))


def _put_last(field: Field, tour: Tour, v: int, carer: int) -> None:
    office = len(field.opens) + carer
    start, last = _ready(field, tour, v, carer), tour.before[office]
    tour.after[last], tour.before[v], tour.after[v], tour.before[office] = v, last, office, v
    tour.route[v] = carer
    tour.start[v], tour.leave[v] = start, start + field.duration[v]
