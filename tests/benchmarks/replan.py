"""How fast and how gently plans change after events: python -m tests.benchmarks.replan [--full] [PROBLEM PLAN ...]

One row an event. PROBLEM and PLAN are files, for problems already solved. "taken k" is the recommended point; "weight
saved" is what it leaves unserved less than nobody moving; "dropped" lose all care (the forced included); "changes each"
are the changes for each need that the event takes from its carer; "told" are households / carers; faults are what the
independent checker finds in both plans, and must be 0. "again" rows, with --again, solve the problem anew in 20 s.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from matching import Limits, Problem, check, read_problem, read_solution, solve, warm_up
from matching.replan import (
    CarerLeaves,
    CarerShrinks,
    Event,
    LineShrinks,
    NeedAppears,
    NeedCloses,
    OfferDeclined,
    OrganisationShrinks,
    Replan,
    replan,
)
from tests.benchmarks.problems import Case, Size, make

COLUMNS = (
    "problem", "event", "orphans", "forced", "points", "wall s", "CPU s", "served, k = 0", "taken k", "served",
    "weight saved", "dropped", "changes each", "told", "faults",
)  # fmt: skip
PLAN_SECONDS = 20.0


def events_of(problem: Problem, plan: dict[str, str], numbers: random.Random) -> dict[str, list[Event]]:
    """One of each kind of event, three carers that leave, and one carer in a hundred gone."""
    busy = sorted(set(plan.values()))
    leavers = numbers.sample(busy, 3)
    need, other = numbers.sample(sorted(plan), 2)
    shrunk = problem.carer_of[numbers.choice(busy)]
    paid = [(problem.carer_of[carer].organisation, problem.need_of[need].service) for need, carer in plan.items()]
    (owner, service), _ = Counter(pair for pair in paid if pair in problem.line_of).most_common(1)[0]
    used = sum(problem.need_of[need].visits for need, pair in zip(plan, paid, strict=True) if pair == (owner, service))
    minutes = sum(
        problem.need_of[need].visits * problem.need_of[need].minutes
        for need, pair in zip(plan, paid, strict=True)
        if pair in problem.line_of and pair[0] == owner
    )
    new = replace(problem.need_of[other], id="a new need", household="a new household", current=None)
    return {
        **{f"leaves {at + 1}": [CarerLeaves(carer=carer)] for at, carer in enumerate(leavers)},
        "half the minutes": [CarerShrinks(carer=shrunk.id, minutes_per_4_weeks=shrunk.minutes_per_4_weeks // 2)],
        "declined": [OfferDeclined(need=need, carer=plan[need])],
        "appears": [NeedAppears(need=new)],
        "closes": [NeedCloses(need=need)],
        "line -5 %": [LineShrinks(organisation=owner or "", service=service, max_visits=used * 95 // 100)],
        "organisation -3 %": [OrganisationShrinks(organisation=owner or "", minutes_per_4_weeks=minutes * 97 // 100)],
        "1 % of carers": [CarerLeaves(carer=c) for c in numbers.sample(busy, max(1, len(problem.carers) // 100))],
    }


def row(name: str, what: str, found: Replan, wall: float, cpu: float) -> str:
    """One line of the table."""
    first, best = found.points[0], found.best
    ratio = found.changes_per_orphan(best)
    cells = [
        name, what, len(found.orphans), found.forced, len(found.points), f"{wall:.2f}", f"{cpu:.2f}",
        first.orphans_served, best.k, best.orphans_served, first.unserved_weight - best.unserved_weight, best.dropped,
        "-" if ratio is None else f"{ratio:.2f}", f"{len(best.households)} / {len(best.carers)}",
        sum(len(check(found.problem, found.solution(point))) for point in (first, best)),
    ]  # fmt: skip
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def measure(name: str, problem: Problem, plan: dict[str, str], seed: int, keep_served: bool, anew: bool) -> None:
    """All events of one problem."""
    for what, events in events_of(problem, plan, random.Random(seed)).items():
        wall, cpu = time.monotonic(), time.process_time()
        found = replan(problem, plan, events, keep_served=keep_served)
        print(row(name, what, found, time.monotonic() - wall, time.process_time() - cpu), flush=True)
        if anew and found.bereft:
            again(name, found, seed)


def again(name: str, found: Replan, seed: int) -> None:
    """What a new plan from nothing would change and leave unserved."""
    plan = solve(found.problem, Limits(seconds=PLAN_SECONDS, seed=seed)).plan
    changed = sum(plan.get(need) != carer for need, carer in found.before.items())
    weight = sum(found.problem.unserved_cost(n) for n in found.problem.needs if n.id not in plan)
    saved = found.points[0].unserved_weight - weight
    print(f"| {name} | again | weight saved {saved} | changes each {changed / max(1, found.bereft):.2f} |", flush=True)


def main() -> None:
    """Measure the sizes, or the files, asked for and print the table."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("files", nargs="*", help="problems and their plans in turn")
    reader.add_argument("--full", action="store_true", help="also 10,000 x 600")
    reader.add_argument("--keep-served", action="store_true", help="nobody who could stay loses all care")
    reader.add_argument("--again", action="store_true", help="also solve anew after each event")
    reader.add_argument("--seed", type=int, default=1)
    asked = reader.parse_args()
    warm_up()
    print("| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|")
    for problem, plan in zip(asked.files[::2], asked.files[1::2], strict=True):
        measure(
            Path(problem).stem,
            read_problem(problem),
            read_solution(plan).plan,
            asked.seed,
            asked.keep_served,
            asked.again,
        )
    if asked.files:
        return
    sizes = [Size(1000, 60, 0.75), Size(1000, 60, 0.92), Size(1000, 60, 0.75, 0.9)]
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes + [Size(10_000, 600, 0.75)] * asked.full:
            case = Case(size, 21 + asked.seed)
            problem_read = read_problem(make(case, Path(folder)))
            solved = solve(problem_read, Limits(seconds=PLAN_SECONDS, seed=asked.seed)).plan
            measure(case.name, problem_read, solved, asked.seed, asked.keep_served, asked.again)


if __name__ == "__main__":
    main()
