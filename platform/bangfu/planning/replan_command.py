"""`bangfu replan PROBLEM.json PLAN.json EVENTS.json`: the curve of plans after events, without a database."""

from pathlib import Path

from bangfu.errors import SetupError
from bangfu.planning.command import LEAST_SECONDS, MOST_SECONDS
from matching import Limits, ProblemError, check, read_problem, read_solution, write_problem, write_solution
from matching.replan import Point, Replan, read_events, replan


def run_replan(
    problem_path: str,
    plan_path: str,
    events_path: str,
    out_path: str | None,
    problem_out_path: str | None,
    budget: int | None,
    locked: list[str],
    time_limit: float,
    seed: int,
) -> int:
    """Re-plan, verify every plan of the curve, print it; write the recommended plan and the problem after the events.

    0, or 1 if a plan does not pass the check.

    Raises:
        SetupError: one sentence for what is wrong with a file or an argument.
    """
    if not LEAST_SECONDS <= time_limit <= MOST_SECONDS:
        raise SetupError(f"The time limit must be from {LEAST_SECONDS} to {MOST_SECONDS:.0f} seconds.")
    if not 0 <= seed < 2**31:
        raise SetupError("The seed must be a whole number from 0 to 2147483647.")
    for path in (out_path, problem_out_path):
        if path is not None and not Path(path).parent.is_dir():
            raise SetupError(f"The folder of {path} does not exist.")
    try:
        problem, plan = read_problem(problem_path), read_solution(plan_path).plan
        events, limits = read_events(events_path), Limits(seconds=time_limit, seed=seed)
        found = replan(problem, plan, events, budget, locked=locked, limits=limits)
    except OSError as error:
        raise SetupError(f"{error.filename} cannot be read: {error.strerror}.") from error
    except ProblemError as error:
        raise SetupError(f"There is no re-planning from these files: {error}.") from error
    _write(found, out_path, problem_out_path)
    faults = [fault for point in found.points for fault in check(found.problem, found.solution(point))]
    for line in [*summary(found), *(f"fault: {fault}" for fault in faults[:10])]:
        print(line)  # noqa: T201 (this is a command)
    return 1 if faults else 0


def _write(found: Replan, out: str | None, problem_out: str | None) -> None:
    try:
        if out is not None:
            write_solution(found.solution(found.best), out)
        if problem_out is not None:
            write_problem(found.problem, problem_out)
    except OSError as error:
        raise SetupError(f"{error.filename} cannot be written: {error.strerror}.") from error


def summary(found: Replan) -> list[str]:
    """The curve in a few lines; the recommended point is marked."""
    released = sum(orphan.locked for orphan in found.orphans)
    return [
        f"orphans {len(found.orphans)} ({released} of them locked), forced {found.forced},"
        f" new {len(found.appeared)}, closed {len(found.closed)}",
        *(_line(found, point) for point in found.points),
        f"{found.seconds:.1f} s, seed {found.seed}, {found.engine}",
    ]


def _line(found: Replan, point: Point) -> str:
    ratio = found.changes_per_orphan(point)
    km = "" if point.km is None else f", straight kilometres {point.km:.1f}"
    return (
        f"{'*' if point is found.best else ' '} moves {point.k}: changed {point.changed}"
        f"{'' if ratio is None else f' ({ratio:.2f} each orphan)'}, unserved {point.unserved}"
        f" (weight {point.unserved_weight}){km}, objective {point.objective},"
        f" to tell {len(point.households)} households and {len(point.carers)} carers"
    )
