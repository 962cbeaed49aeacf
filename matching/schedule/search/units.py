"""Who must be planned together, and how two threads share a region without meeting.

A unit is one carer, or the carers that two-carer visits link. Units that share households are planned apart all the
same: parts of the region take turns in moving the visits of a household that lies in several parts.
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import NamedTuple

import numpy as np

from matching.schedule.search.model import Model
from matching.tables import Ints


class Units(NamedTuple):
    """Items of each unit, the unit of each carer, the part of each unit, and the parts of each item's household."""

    items: list[Ints]
    of_carer: list[int]
    part: list[int]
    shared: dict[int, tuple[int, ...]]


def _roots(model: Model) -> list[int]:
    parent = list(range(len(model.c_day)))

    def root(carer: int) -> int:
        while parent[carer] != carer:
            parent[carer] = parent[parent[carer]]
            carer = parent[carer]
        return carer

    for item in np.flatnonzero(model.i_c2 >= 0):
        a, b = root(int(model.i_c1[item])), root(int(model.i_c2[item]))
        parent[max(a, b)] = min(a, b)
    for task in range(len(model.t_lo)):  # a fixed visit of another carer keeps spacing with the task's others
        carers = {int(model.i_c1[i]) for i in range(model.t_lo[task], model.t_hi[task])}
        for carer in carers:
            a, b = root(min(carers)), root(carer)
            parent[max(a, b)] = min(a, b)
    return [root(carer) for carer in range(len(parent))]


def _homes(model: Model, unit_of_item: Ints) -> list[set[int]]:
    """The units of each household that must be looked at."""
    homes: list[set[int]] = [set() for _ in range(len(model.h_ptr) - 1)]
    for house in range(len(homes)):
        homes[house] = {int(unit_of_item[i]) for i in model.h_items[model.h_ptr[house] : model.h_ptr[house + 1]]}
    return homes


def _parts(loads: list[int], homes: list[set[int]], parts: int) -> list[int]:
    """Split the units, neighbours beside each other, into parts of about the same load."""
    beside: dict[int, set[int]] = defaultdict(set)
    for units in homes:
        for unit in units:
            beside[unit] |= units
    order: list[int] = []
    seen = [False] * len(loads)
    for first in range(len(loads)):
        queue = deque([] if seen[first] else [first])
        seen[first] = True
        while queue:
            unit = queue.popleft()
            order.append(unit)
            for other in sorted(beside[unit]):
                if not seen[other]:
                    seen[other] = True
                    queue.append(other)
    part, total, whole = [0] * len(loads), 0, max(1, sum(loads))
    for unit in order:
        part[unit] = min(parts - 1, parts * total // whole)
        total += loads[unit]
    return part


def units_of(model: Model, parts: int) -> Units:
    """The units of a model, split into `parts`."""
    roots = _roots(model)
    number = {root: at for at, root in enumerate(sorted(set(roots)))}
    of_carer = [number[root] for root in roots]
    unit_of_item = np.array(of_carer, dtype=np.int64)[model.i_c1] if of_carer else model.i_c1
    order = np.argsort(unit_of_item, kind="stable")
    edges = np.searchsorted(unit_of_item[order], np.arange(len(number) + 1))
    items = [order[edges[u] : edges[u + 1]] for u in range(len(number))]
    homes = _homes(model, unit_of_item)
    part = _parts([len(of_unit) for of_unit in items], homes, parts)
    of_house = {house: tuple(sorted({part[unit] for unit in units})) for house, units in enumerate(homes)}
    return Units(items, of_carer, part, {house: among for house, among in of_house.items() if len(among) > 1})
