"""From the arcs of a plan to a point of the curve: numbers, changes, who must be told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from matching.assign.model import NONE
from matching.replan.curve import MOVED, NEW, ORPHAN, WAITING, CarerNews, Change, Point
from matching.replan.situation import Situation, holders
from matching.solution import Assignment, UnservedNeed
from matching.tables import Ints


class Teller:
    """Words plans of one situation as points; what is equal in all of them is made once."""

    def __init__(self, case: Situation) -> None:
        self.case, problem = case, case.problem
        self.ids = [need.id for need in problem.needs]
        self.orphans = {orphan.need for orphan in case.orphans}
        self.new = set(case.appeared)
        self.minutes = np.array([carer.minutes_per_4_weeks for carer in problem.carers], dtype=np.int64)
        self.homes = np.array([carer.max_households for carer in problem.carers], dtype=np.int64)
        self.worker = np.array([carer.kind == "worker" for carer in problem.carers], dtype=np.bool_)
        self.entries: dict[int, Assignment] = {}

    def point(self, chosen: Ints, *, proven: bool) -> Point:
        """The point of a plan given as the arc of each need."""
        case, served = self.case, np.flatnonzero(chosen != NONE)
        rows = case.model.origin[chosen[served]]
        changes = tuple(self._changes(chosen))
        served_now = [change.kind for change in changes if change.after is not None]
        moved = sum(change.kind == MOVED for change in changes)
        weight = int(case.worth[chosen == NONE].sum())
        return Point(
            k=max(0, moved - case.forced),
            moved=moved,
            dropped=sum(change.kind == MOVED and change.after is None for change in changes),
            changed=sum(change.before is not None for change in changes),
            orphans_served=served_now.count(ORPHAN),
            new_served=served_now.count(NEW),
            waiting_served=served_now.count(WAITING),
            unserved=int((chosen == NONE).sum()),
            unserved_weight=weight,
            km=None if case.problem.given_pairs else round(float(case.found.km[rows].sum()), 3),
            objective=weight + int(case.found.cost[rows].sum()) + case.model.unevenness(chosen),
            proven=proven,
            changes=changes,
            carers=_news(changes),
            assignments=tuple(self._assignment(row) for row in rows.tolist()),
            left=tuple(self._left(chosen)),
        )

    def _assignment(self, row: int) -> Assignment:
        """The entry of one candidate row, made once."""
        if row not in self.entries:
            case, found = self.case, self.case.found
            self.entries[row] = Assignment(
                need=self.ids[found.need[row]],
                carer=case.problem.carers[int(found.carer[row])].id,
                cost=int(found.cost[row]),
                km=None if case.problem.given_pairs else float(found.km[row]),
                load=int(found.load[row]),
            )
        return self.entries[row]

    def _changes(self, chosen: Ints) -> Iterable[Change]:
        """Needs whose carer is another than in the present plan, in the problem's order."""
        case = self.case
        carers, holder = case.problem.carers, holders(case.model, chosen)
        lost = np.array([name in self.orphans for name in self.ids], dtype=np.bool_)
        for need in np.flatnonzero((chosen != case.stay) | lost).tolist():
            before = case.before.get(self.ids[need])
            after = None if holder[need] == NONE else carers[int(holder[need])].id
            if before != after:
                household = case.problem.needs[need].household
                kind = self._kind(self.ids[need], before)
                yield Change(need=self.ids[need], household=household, before=before, after=after, kind=kind)

    def _kind(self, need: str, before: str | None) -> str:
        if need in self.orphans:
            return ORPHAN
        if before is not None:
            return MOVED
        return NEW if need in self.new else WAITING

    def _left(self, chosen: Ints) -> Iterable[UnservedNeed]:
        """Unserved needs with the reason that MATCHING.md asks for."""
        unpaid, reasons = self._only_money_lacks(chosen), self.case.found.reasons
        for need in np.flatnonzero(chosen == NONE).tolist():
            reason = reasons.get(need) or ("budget" if need in unpaid else "no_capacity")
            yield UnservedNeed(need=self.ids[need], reason=reason)

    def _only_money_lacks(self, chosen: Ints) -> set[int]:
        """Unserved needs with a worker who has the time and a household to spare: only money is short."""
        model, found = self.case.model, self.case.found
        rows = np.flatnonzero(chosen[found.need] == NONE)
        need, carer = found.need[rows], found.carer[rows]
        held = model.slot[chosen[chosen != NONE]]
        homes = np.unique(model.slot_home[held] * max(1, model.carers) + model.slot_carer[held])
        known = np.isin(model.home[need] * max(1, model.carers) + carer, homes)
        time_left = model.used(chosen)[: model.carers][carer] + found.load[rows] <= self.minutes[carer]
        home_left = known | (model.homes(chosen)[carer] < self.homes[carer])
        return set(need[time_left & home_left & self.worker[carer]].tolist())


def _news(changes: Iterable[Change]) -> tuple[CarerNews, ...]:
    """What each carer gains and loses, by carer id."""
    gains: dict[str, list[str]] = defaultdict(list)
    loses: dict[str, list[str]] = defaultdict(list)
    for change in changes:
        if change.before is not None:
            loses[change.before].append(change.need)
        if change.after is not None:
            gains[change.after].append(change.need)
    return tuple(
        CarerNews(carer=carer, gains=tuple(gains.get(carer, ())), loses=tuple(loses.get(carer, ())))
        for carer in sorted({*gains, *loses})
    )
