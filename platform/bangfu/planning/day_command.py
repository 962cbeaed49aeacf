"""`bangfu day INSTANCE.json --out PLAN.json`: route the day of a team from a file, without a database."""

import time
from pathlib import Path

from bangfu.errors import SetupError
from bangfu.planning.command import LEAST_SECONDS, MOST_SECONDS
from matching import Limits, ProblemError
from matching.schedule.day import (
    DayFault,
    DayPlan,
    DayProblem,
    check_day,
    costs_of,
    plan_document,
    read_day,
    write_plan,
)


def run_day(instance_path: str, out_path: str, time_limit: float, seed: int) -> int:
    """Route, verify and write the plan; print a summary. 0, or 1 if a service cannot be given or a rule is broken.

    Raises:
        SetupError: one sentence for what is wrong with a file or an argument.
    """
    if not LEAST_SECONDS <= time_limit <= MOST_SECONDS:
        raise SetupError(f"The time limit must be from {LEAST_SECONDS} to {MOST_SECONDS:.0f} seconds.")
    if not 0 <= seed < 2**31:
        raise SetupError("The seed must be a whole number from 0 to 2147483647.")
    out = Path(out_path)
    if not out.parent.is_dir():
        raise SetupError(f"The folder of {out} does not exist.")
    start = time.monotonic()
    problem = _read(instance_path)
    from matching.schedule.day.solve import solve_day  # the search is loaded only by those who solve

    plan = solve_day(problem, Limits(seconds=time_limit, seed=seed), spent=time.monotonic() - start)
    try:
        write_plan(plan, out)
    except OSError as error:
        raise SetupError(f"{out} cannot be written: {error.strerror}.") from error
    faults = _faults(problem, plan)
    for line in [*_summary(problem, plan, seed), *(f"fault: {fault}" for fault in faults[:10])]:
        print(line)  # noqa: T201 (this is a command)
    return 1 if faults or plan.unable else 0


def _read(path: str) -> DayProblem:
    try:
        return read_day(path)
    except OSError as error:
        raise SetupError(f"{path} cannot be read: {error.strerror}.") from error
    except ProblemError as error:
        raise SetupError(f"{path} is not a day of a team: {error}.") from error


def _faults(problem: DayProblem, plan: DayPlan) -> list[DayFault]:
    """What the independent checker finds, but for the patients of whom the plan says that nobody can serve them."""
    left_out = {lost.patient for lost in plan.unable}
    found = check_day(problem, plan_document(plan))
    return [fault for fault in found if not (fault.code == "missing" and fault.patient in left_out)]


def _summary(problem: DayProblem, plan: DayPlan, seed: int) -> list[str]:
    costs = costs_of(problem, plan_document(plan))
    visits = sum(len(route.visits) for route in plan.routes)
    return [
        f"patients {len(problem.patients)}, caregivers {len(problem.caregivers)}, visits {visits}",
        f"cost {costs.cost:.3f}: travel {costs.travel:.3f}, tardiness {costs.tardiness:.3f},"
        f" largest tardiness {costs.largest:.3f}",
        f"{plan.moves} moves, {plan.seconds:.1f} s, seed {seed}",
        *(str(lost) for lost in plan.unable),
    ]
