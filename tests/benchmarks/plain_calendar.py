"""A paper diary: each visit at the first free start, dear ones first, no second thoughts."""

from __future__ import annotations

from matching.assign.compiled import compiled
from matching.schedule import CalendarProblem, Visit
from matching.schedule.search.exact import Region
from matching.schedule.search.fits import fits
from matching.schedule.search.model import Model, State, empty_state
from matching.schedule.search.run import put_fixed
from matching.schedule.search.steps import put
from matching.schedule.search.tables import build
from matching.schedule.solve import visits_of
from matching.tables import Ints
from matching.values import DAY_MINUTES


@compiled
def _first_free(model: Model, state: State, item: int) -> bool:
    slot = model.slot
    for day in range(max(0, model.i_first[item] // DAY_MINUTES), model.days):
        cell = model.i_task[item] * model.days + day
        for k in range(model.range_ptr[cell], model.range_ptr[cell + 1]):
            for start in range(model.range_lo[k], model.range_hi[k] + 1, slot):
                at = day * DAY_MINUTES + start
                if model.i_first[item] <= at < model.i_end[item] and fits(model, state, day, item, start) == 0:
                    put(model, state, item, day, start)
                    return True
    return False


@compiled
def _fill(model: Model, state: State, order: Ints) -> None:
    for item in order:
        if state.day[item] < 0:
            _first_free(model, state, item)


def plain_calendar(problem: CalendarProblem) -> tuple[Visit, ...]:
    """Every visit at the earliest start that keeps the rules, if there is one."""
    model, items, used = build(problem)
    state = empty_state(model, used)
    put_fixed(model, state)
    _fill(model, state, (-model.i_price).argsort(kind="stable"))
    return visits_of(Region(problem, model, items, state, used))
