"""The changes that could let a carer serve a need, in full size: with them the pair fits while nobody else moves."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from matching.ledger import Ledger
from matching.plan_check import findings
from matching.problem import Problem
from matching.records import Carer, Need, Window
from matching.rules import organisation_share
from matching.rules.finding import Finding
from matching.why.binding import Binding, bindings
from matching.why.easing import Step

HOUR = 60
MOST_BROKEN = 2
Steps = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """What is enough for a carer while the rest of the plan stays: each group of steps is one change.

    All that the pair rules ask for is one group, the first.
    """

    carer: str
    groups: tuple[Steps, ...]

    @property
    def steps(self) -> Steps:
        """All of them."""
        return tuple(step for group in self.groups for step in group)


def options(problem: Problem, ledger: Ledger, need: Need) -> list[Option]:
    """What it takes for every carer who breaks no pair rule, one that may be eased, or two that have a size."""
    found = []
    for carer in problem.carers:
        broken = [finding for finding in findings(problem, need, carer) if not finding.ok]
        if len(broken) > MOST_BROKEN or ledger.measure(need, carer) is None:
            continue
        ways = [pair_steps(problem, need, carer, finding) for finding in broken]
        if len(broken) == MOST_BROKEN:
            ways = [[step for step in way if step.sized] for way in ways]
        short = bindings(ledger, need, carer) if all(ways) else ()
        if any(binding.code == organisation_share.CODE for binding in short):  # not for a planner to ease
            continue
        limits = limit_steps(problem, short)
        for steps in product(*ways):
            groups = (tuple(steps), *limits) if steps else limits
            found += [Option(carer.id, groups)] if groups else []
    return found


def limit_steps(problem: Problem, short: tuple[Binding, ...]) -> tuple[Steps, ...]:
    """A group of steps for each limit without room; visits and money of one line or shared limit are one group."""
    groups: dict[tuple[Any, ...], list[Step]] = {}
    for binding in short:
        step = _limit_step(problem, binding)
        key = (step.code.split("_")[0], step.carer, step.organisation, step.service, step.limit)
        groups.setdefault(key, []).append(step)
    return tuple(tuple(group) for group in groups.values())


def _limit_step(problem: Problem, binding: Binding) -> Step:
    code, line = binding.code, (binding.organisation, binding.service)
    if code in ("capacity", "households"):
        carer = problem.carer_of[binding.carer or ""]
        has = carer.minutes_per_4_weeks if code == "capacity" else carer.max_households
        return Step(code=code, carer=carer.id, has=has, to=has + _amount(binding))
    if code == "organisation":
        has = problem.organisation_of[binding.organisation or ""].minutes_per_4_weeks
        return Step(code=code, organisation=binding.organisation, has=has, to=has + _amount(binding))
    if code.startswith("line"):
        paid = problem.line_of[(line[0] or "", line[1] or "")]
        has = paid.max_visits if code == "line_visits" else paid.max_fen
        return Step(code=code, organisation=line[0], service=line[1], has=has, to=has + _amount(binding))
    shared = problem.limit_of[binding.limit or ""]
    most = (shared.max_visits if code == "limit_visits" else shared.max_fen) or 0
    return Step(code=code, limit=shared.id, has=most, to=most + _amount(binding))


def _amount(binding: Binding) -> int:
    """What is missing; hours are whole."""
    whole = binding.code in ("capacity", "organisation")
    return HOUR * math.ceil(binding.short / HOUR) if whole else binding.short


def pair_steps(problem: Problem, need: Need, carer: Carer, broken: Finding) -> list[Step]:
    """The ways to ease the one pair rule that is broken; none for an exclusion by name or a kind not allowed."""
    detail = broken.detail
    if broken.rule == "distance":
        to = math.ceil(detail["km"] * 10) / 10
        return [Step(code="distance", carer=carer.id, has=detail["max_km"], to=to)]
    if broken.rule == "time":
        return _weekdays(need, carer, detail)
    if broken.rule == "qualification":
        codes = tuple(_to_get(group, detail["expired"]) for group in detail["missing"])
        return [Step(code="qualification", carer=carer.id, codes=tuple(dict.fromkeys(codes)))]
    if broken.rule == "exclusion" and not detail["excluded"]:
        return [Step(code="gender", need=need.id)]
    if broken.rule == "kind" and detail["kind"] in detail["kinds"] and carer.organisation is not None:
        prices = [x.unit_price_fen for x in problem.contract_lines if x.service == need.service]
        price = int(statistics.median_low(prices)) if prices else 0
        organisation, visits = carer.organisation, need.visits
        return [Step(code="line", organisation=organisation, service=need.service, has=0, to=visits, price=price)]
    return []


def _to_get(group: tuple[str, ...], expired: Mapping[str, Any]) -> str:
    """What is easiest to get: a code that only expired."""
    return next((code for code in group if code in expired), group[0])


def _weekdays(need: Need, carer: Carer, detail: Mapping[str, Any]) -> list[Step]:
    """Further weekdays on which both have time: new ones for the need, or for the carer."""
    has, to = len(detail["days"]), detail["needed_days"]
    taken = set(detail["days"])
    theirs, mine = (_new_days(windows, taken, need.minutes, to - has) for windows in (carer.windows, need.windows))
    found = []
    if theirs:
        found.append(Step(code="need_weekday", need=need.id, carer=carer.id, has=has, to=to, windows=theirs))
    if mine:
        found.append(Step(code="carer_weekday", need=need.id, carer=carer.id, has=has, to=to, windows=mine))
    return found


def _new_days(windows: tuple[Window, ...], taken: set[int], minutes: int, count: int) -> tuple[Window, ...]:
    """The longest window of each of the first `count` weekdays that are not taken; none where there are not so many."""
    longest: dict[int, Window] = {}
    for day, start, end in sorted(windows):
        known = longest.get(day)
        if day not in taken and end - start >= minutes and (known is None or end - start > known[2] - known[1]):
            longest[day] = (day, start, end)
    days = sorted(longest)[:count]
    return tuple(longest[day] for day in days) if len(days) == count else ()


def smaller(problem: Problem, need: Need, steps: Steps, units: int) -> Steps:
    """The steps with at most `units` of their own unit: hours, visits, or the money of so many visits."""
    return tuple(
        step if (size := _unit(problem, need, step)) is None else _capped(step, units * size) for step in steps
    )


def _capped(step: Step, more: float) -> Step:
    return replace(step, to=min(step.to or 0, (step.has or 0) + more))


def units(problem: Problem, need: Need, steps: Steps) -> int:
    """How many units the largest of the steps has; 1 for what cannot be made smaller."""
    sizes = [(step, _unit(problem, need, step)) for step in steps]
    return max((math.ceil(step.more / size) for step, size in sizes if size), default=1)


def _unit(problem: Problem, need: Need, step: Step) -> int | None:
    if step.code in ("capacity", "organisation"):
        return HOUR
    if step.code in ("line_visits", "limit_visits"):
        return 1
    if step.code == "line_fen":
        return max(1, problem.line_of[(step.organisation or "", step.service or "")].unit_price_fen)
    if step.code == "limit_fen":
        lines = problem.limit_of[step.limit or ""].lines
        return max(1, max(problem.line_of[line].unit_price_fen for line in lines))
    return None
