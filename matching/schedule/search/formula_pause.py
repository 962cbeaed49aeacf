"""The break rule of one carer's day in a CP-SAT model (checks/days.py says the rule)."""

from __future__ import annotations

from typing import Any

from matching.schedule.records import BreakRule
from matching.schedule.search.visit_model import Route
from matching.values import DAY_MINUTES


def add_pauses(cp: Any, rule: BreakRule, route: Route) -> None:
    """Bound every stretch without a pause, and ask for one inside the window on a long day that spans it."""
    stops = route.stops
    if max(stop.high + stop.length for stop in stops) - min(stop.low for stop in stops) <= rule.most_work:
        return
    pause = [cp.new_bool_var("") for _ in stops]
    begin = [cp.new_int_var(0, DAY_MINUTES, "") for _ in stops]
    for b, stop in enumerate(stops):
        cp.add(begin[b] <= stop.start)
    for (a, b), (arc, gap) in route.arcs.items():
        cp.add(stops[b].start >= stops[a].start + gap + rule.minutes).only_enforce_if(arc, pause[b])
        cp.add(begin[b] <= begin[a]).only_enforce_if(arc, ~pause[b])
        cp.add(stops[b].start + stops[b].length - begin[b] <= rule.most_work).only_enforce_if(arc, ~pause[b])
    if rule.window is not None:
        _add_window(cp, rule, rule.window, route)


def _add_window(cp: Any, rule: BreakRule, window: tuple[int, int], route: Route) -> None:
    stops = route.stops
    if min(s.low for s in stops) >= window[0] or max(s.high + s.length for s in stops) <= window[1]:
        return
    early, late, long, single = (cp.new_bool_var("") for _ in range(4))
    begin, end = cp.new_int_var(0, DAY_MINUTES, ""), cp.new_int_var(0, 2 * DAY_MINUTES, "")
    inside = [cp.new_bool_var("") for _ in stops]
    for at, stop in enumerate(stops):
        cp.add(stop.start >= window[0]).only_enforce_if(route.first[at], ~early)
        cp.add(stop.start + stop.length <= window[1]).only_enforce_if(route.last[at], ~late)
        cp.add(begin <= stop.start).only_enforce_if(route.first[at])
        cp.add(end >= stop.start + stop.length).only_enforce_if(route.last[at])
        cp.add(sum(arc for (_, b), (arc, _) in route.arcs.items() if b == at) == 1).only_enforce_if(inside[at])
    cp.add(end - begin <= rule.most_work).only_enforce_if(~long)
    cp.add(sum(1 if stop.on is True else stop.on for stop in stops) <= 1).only_enforce_if(single)
    for (a, b), (arc, gap) in route.arcs.items():
        cp.add(stops[b].start >= stops[a].start + gap + rule.minutes).only_enforce_if(arc, inside[b])
        cp.add(stops[b].start >= window[0] + rule.minutes).only_enforce_if(arc, inside[b])
        cp.add(stops[a].start + stops[a].length <= window[1] - rule.minutes).only_enforce_if(arc, inside[b])
    cp.add_bool_or([*inside, ~early, ~late, ~long, single])
