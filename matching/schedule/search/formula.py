"""A scope as a CP-SAT model: one circuit of visits a carer and day, with any rules left out on demand."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from ortools.sat.python import cp_model

from matching.schedule.problem import CalendarProblem
from matching.schedule.search.fits import way as compiled_way
from matching.schedule.search.formula_pause import add_pauses
from matching.schedule.search.model import Model, State
from matching.schedule.search.ranges import Ranges
from matching.schedule.search.scope import Scope, day_starts, standing_in_homes
from matching.schedule.search.tables import Item
from matching.schedule.search.visit_model import Route, Stop
from matching.tables import Ints
from matching.values import DAY_MINUTES


class Formula:
    """Variables and constraints of a scope. `ignore` holds rules (plan.RULES) that are not asked for.

    `placed[i]` says whether a free item has a place, `on[i, day]` on which day, `start[i]` when.
    """

    def __init__(
        self,
        problem: CalendarProblem,
        model: Model,
        items: list[Item],
        state: State,
        used: Ints,
        scope: Scope,
        ignore: frozenset[str] = frozenset(),
    ) -> None:
        self.cp: Any = cp_model.CpModel()
        self.problem, self.model, self.items, self.state, self.used = problem, model, items, state, used
        self.scope, self.ignore = scope, ignore
        self.placed: dict[int, Any] = {}
        self.on: dict[tuple[int, int], Any] = {}
        self.start: dict[int, Any] = {}
        self.travel: list[Any] = []
        self._stops: dict[tuple[int, int], list[Stop]] = defaultdict(list)
        self._minutes: dict[tuple[int, int], list[Any]] = defaultdict(list)
        free = list(scope.free)
        kept = list(scope.kept)
        if "fixed" in ignore:
            free += [item for item in kept if model.i_fixed[item] == 1]
            kept = [item for item in kept if model.i_fixed[item] == 0]
        self.free, self.kept = free, kept
        ranges = Ranges(problem, ignore)
        for item in free:
            self._add_free(item, day_starts(problem, model, items, ranges, item))
        for item in kept:
            self._add_kept(item)
        for (carer, day), stops in self._stops.items():
            self._add_day(carer, day, stops)
        self._add_weeks()
        if "spacing" not in ignore:
            self._add_spacing()
        if "household" not in ignore:
            self._add_households()

    def _carers(self, item: int) -> tuple[int, ...]:
        first, second = int(self.model.i_c1[item]), int(self.model.i_c2[item])
        return (first,) if second < 0 or "two_carers" in self.ignore else (first, second)

    def _length(self, item: int) -> int:
        return int(self.model.t_min[self.model.i_task[item]])

    def _add_free(self, item: int, days: dict[int, tuple[tuple[int, int], ...]]) -> None:
        cp, slot = self.cp, self.model.slot
        self.placed[item] = cp.new_bool_var("")
        if not days:
            cp.add(self.placed[item] == 0)
            return
        grid = {day: cp_model.Domain.from_intervals([[a // slot, b // slot] for a, b in s]) for day, s in days.items()}
        whole = cp_model.Domain.from_intervals([[a // slot, b // slot] for spans in days.values() for a, b in spans])
        step = cp.new_int_var_from_domain(whole, "")
        self.start[item] = slot * step
        for day, spans in days.items():
            here = self.on[item, day] = cp.new_bool_var("")
            if grid[day].flattened_intervals() != whole.flattened_intervals():
                cp.add_linear_expression_in_domain(step, grid[day]).only_enforce_if(here)
            for carer in self._carers(item):
                self._stops[carer, day].append(
                    Stop(item, here, self.start[item], self._length(item), spans[0][0], spans[-1][1])
                )
        cp.add(sum(self.on[item, day] for day in days) == self.placed[item])

    def _add_kept(self, item: int) -> None:
        day, start = int(self.state.day[item]), int(self.state.start[item])
        for carer in self._carers(item):
            if carer in self.scope.carers:
                self._stops[carer, day].append(Stop(item, True, start, self._length(item), start, start))

    def _way(self, carer: int, start: int, end: int) -> int:
        return int(compiled_way(self.model, carer, start, end))

    def _add_day(self, carer: int, day: int, stops: list[Stop]) -> None:
        """Order, ways, pauses and limits of one carer's day."""
        cp, model, ignore = self.cp, self.model, self.ignore
        timed, ways = "overlap" not in ignore, "travel" not in ignore
        route, arcs, travel = Route(stops), [], []
        for a, first in enumerate(stops):
            out, home = cp.new_bool_var(""), cp.new_bool_var("")
            arcs += [(0, a + 1, out), (a + 1, 0, home)]
            route.first.append(out)
            route.last.append(home)
            travel.append(self._way(carer, -1, first.item) * out)
            if model.way_back:
                travel.append(self._way(carer, first.item, -1) * home)
            if first.on is not True:
                arcs.append((a + 1, a + 1, ~first.on))
            for b, second in enumerate(stops):
                way = self._way(carer, first.item, second.item)
                gap = first.length + (way if ways else 0)
                if a == b or (timed and first.low + gap > second.high):
                    continue
                arc = cp.new_bool_var("")
                arcs.append((a + 1, b + 1, arc))
                travel.append(way * arc)
                route.arcs[a, b] = (arc, gap)
                if timed:
                    cp.add(second.start >= first.start + gap).only_enforce_if(arc)
        if all(stop.on is not True for stop in stops):
            arcs.append((0, 0, cp.new_bool_var("")))
        cp.add_circuit(arcs)
        rule = self.problem.carers[carer].break_rule
        if timed and rule is not None and "break" not in ignore:
            add_pauses(cp, rule, route)
        self.travel += travel
        minutes = [stop.length * (1 if stop.on is True else stop.on) for stop in stops] + travel
        self._minutes[carer, (model.weekday + day) // 7] += minutes
        if "daily_limit" not in ignore:
            cp.add(sum(minutes) <= int(model.c_day[carer]))
        if "daily_visits" not in ignore:
            cp.add(sum(1 if stop.on is True else stop.on for stop in stops) <= int(model.c_visits[carer]))

    def _add_weeks(self) -> None:
        if "weekly_limit" in self.ignore:
            return
        for (carer, week), minutes in self._minutes.items():
            self.cp.add(sum(minutes) + int(self.used[carer, week]) <= int(self.model.c_week[carer]))

    def _spans(self, item: int, extra: int) -> list[Any]:
        """The item as intervals of absolute minutes, `extra` minutes longer."""
        cp, length = self.cp, self._length(item) + extra
        if item not in self.placed:
            at = int(self.state.day[item]) * DAY_MINUTES + int(self.state.start[item])
            return [cp.new_fixed_size_interval_var(at, length, "")]
        return [
            cp.new_optional_fixed_size_interval_var(day * DAY_MINUTES + self.start[item], length, here, "")
            for (other, day), here in self.on.items()
            if other == item
        ]

    def _add_spacing(self) -> None:
        """Visits of one task: at most one in any so many days, and minutes between them."""
        model, inside = self.model, set(self.free) | set(self.kept)
        for task in sorted({int(model.i_task[item]) for item in self.free}):
            mine = range(int(model.t_lo[task]), int(model.t_hi[task]))
            others = [i for i in mine if i not in inside and self.state.day[i] >= 0 and self._stands(i)]
            days: dict[int, list[Any]] = defaultdict(list)
            for item in mine:
                if item in self.placed:
                    for day in range(model.days):
                        if (item, day) in self.on:
                            days[day].append(self.on[item, day])
                elif item in self.kept or item in others:
                    days[int(self.state.day[item])].append(1)
            done = range(int(model.done_ptr[task]), int(model.done_ptr[task + 1]))
            for k in done:
                days[int(model.done_day[k])].append(1)
            least = int(model.t_space_days[task])
            for day in sorted(days) if least else ():
                near = [here for other in range(day, day + least) for here in days.get(other, ())]
                if len(near) > 1 and not all(isinstance(here, int) for here in near):
                    self.cp.add(sum(near) <= 1)
            extra = int(model.t_space_minutes[task])
            if least <= 1 + extra // DAY_MINUTES and (least == 0 or extra > 0):
                self._space_minutes(task, [i for i in mine if i in inside or i in others], extra)

    def _stands(self, item: int) -> bool:
        """Whether a placed item outside the scope has to be kept away from: not where the scope is looked at alone."""
        return bool(self.model.i_fixed[item] == 1) or bool(self.scope.strict)

    def _space_minutes(self, task: int, mine: list[int], extra: int) -> None:
        model = self.model
        spans = [span for item in mine for span in self._spans(item, extra)]
        for k in range(int(model.done_ptr[task]), int(model.done_ptr[task + 1])):
            at = int(model.done_day[k]) * DAY_MINUTES + int(model.done_start[k])
            spans.append(self.cp.new_fixed_size_interval_var(at, int(model.t_min[task]) + extra, ""))
        self.cp.add_no_overlap(spans)

    def _add_households(self) -> None:
        """Visits of one household by different carers do not stand beside each other."""
        homes: dict[int, list[int]] = defaultdict(list)
        others = standing_in_homes(self.model, self.state, self.scope) if self.scope.strict else []
        for item in [*self.free, *self.kept, *others]:
            if self.model.i_house[item] >= 0:
                homes[int(self.model.i_house[item])].append(item)
        for of_home in homes.values():
            if len({int(self.model.i_c1[item]) for item in of_home}) > 1:
                self.cp.add_no_overlap([span for item in of_home for span in self._spans(item, 0)])
