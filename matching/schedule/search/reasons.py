"""Why a visit has no day: the first rule (in the order of plan.RULES) at which no start is left."""

from __future__ import annotations

from matching.assign.compiled import compiled
from matching.schedule.plan import RULES
from matching.schedule.problem import CalendarProblem
from matching.schedule.search.fits import fits
from matching.schedule.search.model import Model, State
from matching.schedule.search.ranges import Ranges
from matching.schedule.search.scope import day_starts
from matching.schedule.search.tables import Item
from matching.values import DAY_MINUTES

STATIC = ("holiday", "leave", "carer_windows", "household_windows", "two_carers")


@compiled
def furthest(model: Model, state: State, item: int) -> int:
    """The furthest rule that any start of the item comes to: 0 if one breaks nothing, -1 without any start."""
    worst, slot = -1, model.slot
    low_day = max(0, model.i_first[item] // DAY_MINUTES)
    high_day = min(model.days - 1, (model.i_end[item] - 1) // DAY_MINUTES)
    for day in range(low_day, high_day + 1):
        cell = model.i_task[item] * model.days + day
        for k in range(model.range_ptr[cell], model.range_ptr[cell + 1]):
            first = (model.i_first[item] - day * DAY_MINUTES + slot - 1) // slot * slot
            last = min(model.range_hi[k], (model.i_end[item] - 1 - day * DAY_MINUTES) // slot * slot)
            for start in range(max(model.range_lo[k], first), last + 1, slot):
                broken = fits(model, state, day, item, start)
                if broken == 0:
                    return 0
                worst = max(worst, broken)
    return int(worst)


class Reasons:
    """Explains items of a problem."""

    def __init__(self, problem: CalendarProblem, model: Model, items: list[Item]) -> None:
        self.problem, self.model, self.items = problem, model, items
        self.ladder = [(rule, Ranges(problem, frozenset(STATIC[number + 1 :]))) for number, rule in enumerate(STATIC)]
        self.ladder.insert(0, ("due", Ranges(problem, frozenset(STATIC))))

    def no_start(self, item: int) -> str | None:
        """The rule that alone with those before it leaves no start; None where some start is left."""
        if day_starts(self.problem, self.model, self.items, self.ladder[-1][1], item):
            return None
        for rule, ranges in self.ladder:
            if not day_starts(self.problem, self.model, self.items, ranges, item):
                return rule
        return None

    def of(self, state: State, item: int) -> str:
        """The reason of an item without a day."""
        rule = self.no_start(item)
        return rule if rule is not None else RULES[max(0, int(furthest(self.model, state, item)) - 1)]
