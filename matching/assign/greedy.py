"""The plan a patient clerk would make: most urgent needs first, each to the cheapest carer that still has room."""

from __future__ import annotations

import numpy as np

from matching.assign.model import NONE, Model
from matching.rules import even_load
from matching.tables import Ints


class Room:
    """What a growing plan leaves of every limit."""

    def __init__(self, model: Model) -> None:
        """All limits whole."""
        self._model = model
        self._left = model.limit.tolist()
        self._homes = model.homes_limit.tolist()
        self._held: set[int] = set()
        self._even = {carer: int(model.even[carer]) for carer in np.flatnonzero(model.even).tolist()}

    @classmethod
    def after(cls, model: Model, chosen: Ints) -> Room:
        """What a given plan leaves."""
        room = cls(model)
        room._left = (model.limit - model.used(chosen)).tolist()
        room._homes = (model.homes_limit - model.homes(chosen)).tolist()
        room._held = set(model.slots(chosen).tolist())
        return room

    def _draws(self, arc: int) -> list[tuple[int, int]]:
        resource, amount = self._model.resource[arc].tolist(), self._model.amount[arc].tolist()
        return [(r, q) for r, q in zip(resource, amount, strict=True) if r != NONE]

    def _new_slots(self, arc: int) -> list[int]:
        """The households that the arc's carers do not visit yet."""
        slots = (int(self._model.slot[arc]), int(self._model.second_slot[arc]))
        return [slot for slot in slots if slot != NONE and slot not in self._held]

    def fits(self, arc: int) -> bool:
        """True where the arc breaks no limit."""
        if any(self._homes[self._model.slot_carer[slot]] < 1 for slot in self._new_slots(arc)):
            return False
        return all(self._left[resource] >= amount for resource, amount in self._draws(arc))

    def choice(self, arcs: list[int]) -> int | None:
        """The first of one need's arcs that fits; where load is to be even, the one that costs least, if it pays."""
        fitting = (arc for arc in arcs if self.fits(arc))
        if not self._even:
            return next(fitting, None)
        cost, arc = min(((int(self._model.cost[arc]) + self._uneven(arc), arc) for arc in fitting), default=(0, NONE))
        return arc if arc != NONE and cost <= self._model.unserved[self._model.need[arc]] else None

    def _uneven(self, arc: int) -> int:
        """What the arc adds to the cost of uneven load."""
        more = 0
        for resource, amount in self._draws(arc):
            if resource in self._even:
                weight, limit = self._even[resource], int(self._model.limit[resource])
                used = limit - self._left[resource]
                more += even_load.cost(weight, used + amount, limit) - even_load.cost(weight, used, limit)
        return more

    def take(self, arc: int) -> None:
        """Draw what the arc needs."""
        for resource, amount in self._draws(arc):
            self._left[resource] -= amount
        for slot in self._new_slots(arc):
            self._held.add(slot)
            self._homes[self._model.slot_carer[slot]] -= 1


def greedy(model: Model) -> Ints:
    """The arc of each need (NONE = unserved): needs by falling weight then position, arcs by cost then position."""
    chosen, room = np.full(model.needs, NONE, dtype=np.int64), Room(model)
    by_cost = np.lexsort((np.arange(model.arcs), model.cost, model.need))
    first = model.first.tolist()
    for need in np.argsort(-model.unserved, kind="stable").tolist():
        arc = room.choice(by_cost[first[need] : first[need + 1]].tolist())
        if arc is not None:
            room.take(arc)
            chosen[need] = arc
    return chosen
