"""Which needs to solve again: the cheapest chains of moves from what is touched, grown like shortest paths.

A need that enters a full carer pushes that carer's needs out, each to its next best place; a need that leaves one lets
others in. The label of a need is the least cost of such a chain up to it, so the needs with the lowest labels are those
that a better plan would move.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from matching.assign.model import NONE
from matching.tables import Bools, Floats, Ints

if TYPE_CHECKING:
    from matching.assign.nearby import Surroundings

# Arcs of a free need that are offered to the solver: the cheapest at the prices, its present one, and what led to it.
SHORT_LIST = 8
# Needs that a freed place lets in, at most.
LET_IN = 40
MENDED_AT_ONCE = 4

Node = tuple[str, int]
NEED, ENTER, LEAVE, EASED = "need", "enter", "leave", "eased"


class Growth:
    """The free needs and allowed arcs around some needs of one plan."""

    def __init__(self, near: Surroundings, chosen: Ints, start: Ints, fixed: Bools, barred: Bools) -> None:
        """`start` is the plan with the forced arcs in, `fixed` needs stay as in it, `barred` arcs are not used."""
        self.near, self.model, self.chosen, self.start = near, near.model, chosen, start
        self.fixed, self.barred = fixed, barred
        self.left = self.model.limit - self.model.used(start)
        self.homes_left = self.model.homes_limit - self.model.homes(start)
        self.held = set(self.model.slot[start[start != NONE]].tolist())
        self.freed: dict[int, None] = {}
        self.arcs: set[int] = set()
        self.heap: list[tuple[float, str, int, int]] = []
        self.done: set[Node] = set()
        self.whole = False

    @property
    def free(self) -> Ints:
        """The needs to solve again, by number."""
        return np.array(sorted(self.freed), dtype=np.int64)

    @property
    def allowed(self) -> Ints:
        """The arcs they may use, by number."""
        return np.array(sorted(self.arcs), dtype=np.int64)

    def begin(
        self,
        needs: Iterable[int],
        forced: Iterable[int] = (),
        offered: Iterable[int] = (),
        eased: Iterable[int] = (),
    ) -> None:
        """Start at touched needs, arcs to offer at any cost, what forced arcs draw on or leave, what has more room."""
        for number in eased:
            self._push(0.0, EASED, int(number))
        for arc in offered:
            self._push(0.0, NEED, int(self.model.need[arc]), int(arc))
        for need in needs:
            self._push(0.0, NEED, int(need))
        for arc in forced:
            self._enter(0.0, arc)
            before = int(self.chosen[self.model.need[arc]])
            if before not in (NONE, arc):
                self._leave(0.0, before)
        for resource in np.flatnonzero(self.left < 0).tolist():
            self._push(0.0, ENTER, resource)
        for carer in np.flatnonzero(self.homes_left < 0).tolist():
            self._push(0.0, ENTER, carer)

    def grow(self, most: int) -> None:
        """Free needs in the order of their labels until they have `most` arcs; a small model is freed whole."""
        if self.model.arcs <= most:
            self._free_all()
            return
        while self.heap and len(self.arcs) < most:
            label, kind, number, arc = heapq.heappop(self.heap)
            if kind == NEED and arc != NONE and number in self.freed and not self.barred[arc]:
                self.arcs.add(arc)
            if (kind, number) in self.done:
                continue
            self.done.add((kind, number))
            if kind == NEED:
                self._free(label, number, arc)
            elif kind == ENTER:
                self._push_out(label, number)
            else:
                self._let_in(label, number, free=kind == EASED)

    def _free_all(self) -> None:
        self.freed = dict.fromkeys(np.flatnonzero(~self.fixed).tolist())
        self.arcs = set(np.flatnonzero(~self.fixed[self.model.need] & ~self.barred).tolist())
        self.heap, self.whole = [], True

    def mend(self) -> bool:
        """Free more until the plan without the free needs keeps every limit; False where fixed needs prevent it."""
        while (over := self._overdrawn()) is not None:
            users, extra = self._exits(over)
            still = np.array([need not in self.freed for need in users.tolist()], dtype=np.bool_)
            users, extra = users[still], extra[still]
            if not len(users):
                return False
            for need in users[np.lexsort((users, extra))][:MENDED_AT_ONCE].tolist():
                self._free(0.0, need, NONE)
        return True

    def _overdrawn(self) -> int | None:
        """The first carer or other resource that the plan without the free needs overdraws."""
        rest = self.start.copy()
        rest[self.free] = NONE
        over = np.flatnonzero(self.model.used(rest) > self.model.limit)
        homes = np.flatnonzero(self.model.homes(rest) > self.model.homes_limit)
        first = np.concatenate([homes, over])
        return int(first[0]) if len(first) else None

    def _push(self, label: float, kind: str, number: int, arc: int = NONE) -> None:
        if kind == NEED and self.fixed[number]:
            return
        if (kind, number) not in self.done or arc != NONE:
            heapq.heappush(self.heap, (label, kind, number, arc))

    def _free(self, label: float, need: int, led_by: int) -> None:
        """One need: its short list becomes allowed; whom it may enter and what it leaves comes next."""
        model, present = self.model, int(self.start[need])
        mine = np.arange(model.first[need], model.first[need + 1])
        order = mine[np.lexsort((mine, self.near.reduced[mine]))]
        listed = [arc for arc in order[:SHORT_LIST].tolist() if not self.barred[arc]]
        listed += [arc for arc in (present, led_by) if arc != NONE and not self.barred[arc]]
        self.freed[need] = None
        here = self._worth(need)
        for arc in dict.fromkeys(listed):
            self.arcs.add(arc)
            if arc != present:
                self._enter(label + max(0.0, float(self.near.reduced[arc]) - here), arc)
        if present != NONE:
            self._leave(label, present)

    def _worth(self, need: int) -> float:
        """What the need costs now, at the prices."""
        present = int(self.start[need])
        return float(self.model.unserved[need]) if present == NONE else float(self.near.reduced[present])

    def _enter(self, label: float, arc: int) -> None:
        """What is too full for an arc has to be left by others first."""
        model, carer = self.model, int(self.model.carer[arc])
        if self.homes_left[carer] < 1 and int(model.slot[arc]) not in self.held:
            self._push(label, ENTER, carer)
        for resource, amount in zip(model.resource[arc].tolist(), model.amount[arc].tolist(), strict=True):
            if resource != NONE and amount > self.left[resource]:
                self._push(label, ENTER, resource)

    def _leave(self, label: float, arc: int) -> None:
        """What an arc no longer draws on lets others in, and needs of the same home may go along."""
        model = self.model
        slot, carer = int(model.slot[arc]), int(model.carer[arc])
        self._push(label, LEAVE, carer)
        for resource in model.resource[arc].tolist():
            if resource >= model.carers and self.left[resource] < self.near.largest[resource]:
                self._push(label, LEAVE, resource)
        if model.homes_limit[carer] < model.needs:
            theirs = self.near.arcs_of(carer)
            for other in theirs[model.slot[theirs] == slot].tolist():
                if self.start[model.need[other]] == other:
                    self._push(label, NEED, int(model.need[other]))

    def _drawing(self, arcs: Ints, number: int) -> Bools:
        """Which arcs draw on a carer, or on another resource."""
        if number < self.model.carers:
            return np.asarray(self.model.carer[arcs] == number)
        return np.asarray((self.model.resource[arcs] == number).any(axis=1))

    def _push_out(self, label: float, number: int) -> None:
        """The needs that draw on something full, by what their next best place without it costs more."""
        users, extra = self._exits(number)
        for need, cost in zip(users.tolist(), extra.tolist(), strict=True):
            self._push(label + cost, NEED, need)

    def _exits(self, number: int) -> tuple[Ints, Floats]:
        """The needs that draw on something and are not fixed, and what it costs each to do without."""
        model, reduced = self.model, self.near.reduced
        drawing = self.near.arcs_of(number)
        users = np.sort(model.need[drawing[self.start[model.need[drawing]] == drawing]])
        users = users[~self.fixed[users]]
        if not len(users):
            return users, np.zeros(0)
        counts = model.first[users + 1] - model.first[users]
        offsets = np.concatenate([[0], np.cumsum(counts)[:-1]])
        arcs = np.arange(counts.sum()) - np.repeat(offsets, counts) + np.repeat(model.first[users], counts)
        elsewhere = np.where(self._drawing(arcs, number) | self.barred[arcs], np.inf, reduced[arcs])
        best = np.minimum(np.minimum.reduceat(elsewhere, offsets), model.unserved[users])
        return users, np.maximum(0.0, best - reduced[self.start[users]])

    def _let_in(self, label: float, number: int, *, free: bool) -> None:
        """The needs that would most like to draw on what others left, or on new room, which is `free`."""
        model, reduced = self.model, self.near.reduced
        arcs = self.near.arcs_of(number)
        needs = model.need[arcs]
        open_ = (self.start[needs] != arcs) & ~self.fixed[needs] & ~self.barred[arcs]
        arcs, needs = arcs[open_], needs[open_]
        present = self.start[needs]
        outside = (present == NONE) | ~self._drawing(present, number)
        arcs, needs, present = arcs[outside], needs[outside], present[outside]
        here = np.where(present == NONE, model.unserved[needs], reduced[present])
        extra = reduced[arcs] - here
        if free:
            drawn = np.where(model.resource[arcs] == number, model.amount[arcs], 0).sum(axis=1)
            extra -= self.near.price[number] * drawn
        order = np.lexsort((arcs, extra))
        if free:  # who is served already only makes room elsewhere: those who wait get half of the places
            waits = present[order] == NONE
            order = np.concatenate([order[waits][: LET_IN // 2], order[~waits][: LET_IN // 2]])
        for at in order[:LET_IN].tolist():
            self._push(label + max(0.0, float(extra[at])), NEED, int(needs[at]), int(arcs[at]))
