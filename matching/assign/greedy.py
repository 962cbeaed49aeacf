"""The plan a patient clerk would make: most urgent needs first, each to the cheapest carer that still has room."""

from __future__ import annotations

import numpy as np

from matching.assign.model import NONE, Model
from matching.tables import Ints


class Room:
    """What a growing plan leaves of every limit."""

    def __init__(self, model: Model) -> None:
        """All limits whole."""
        self._model = model
        self._left = model.limit.tolist()
        self._homes = model.homes_limit.tolist()
        self._held: set[int] = set()

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
        for arc in by_cost[first[need] : first[need + 1]].tolist():
            if room.fits(arc):
                room.take(arc)
                chosen[need] = arc
                break
    return chosen
