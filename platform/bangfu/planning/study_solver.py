"""The child process of a study: `python -m bangfu.planning.study_solver FOLDER SECONDS SEED` (manners as in solver.py).

Reads FOLDER/problem.json, a question as study_running.py freezes it, and writes FOLDER/result.json, the answer as data.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from bangfu.planning.solver import NICE, Tell, Teller, end_with_parent

CHECKED: Final = 5
"""How many limits of each kind are checked by solving again."""
SHOWN: Final = 20
"""How many carers, organisations and lines of each kind are kept with the answer."""
BETWEEN: Final = "|"


def answer_of(question: Mapping[str, Any], seconds: float, seed: int, tell: Tell) -> dict[str, Any]:
    """The answer to a question: a re-plan's curve, what an assumption would bring, or where a run is short."""
    if question["kind"] == "replan":
        return _curve(question, seconds, seed, tell)
    return _scenario(question, tell) if question["kind"] == "scenario" else _shortage(question, tell)


def _scenario(question: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    from dataclasses import asdict

    from matching import Limits, Problem, Solution
    from matching.whatif import Assumption, what_if

    problem, solution = Problem.from_document(question["problem"]), Solution.from_document(question["solution"])
    asked = question["asked"]
    found = what_if(
        problem, solution, Assumption.from_document(asked["assumption"]),
        Limits(seconds=asked["seconds"], seed=asked["seed"]), question["towns"],
        lambda share: tell("search", 0.05 + 0.95 * share),
    )  # fmt: skip
    return {**asdict(found), "per_10000_yuan": found.per_10000_yuan}


def _shortage(question: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    from matching import Problem, Solution
    from matching.why import Case, document, worth

    tell("candidates", 0.1)
    problem, solution = Problem.from_document(question["problem"]), Solution.from_document(question["solution"])
    case = Case(problem, solution)
    tell("search", 0.3)
    found = worth(case, top=CHECKED, groups=question["towns"])
    tell("explain", 0.9)
    by_both = {need.id: f"{question['towns'].get(need.id, '')}{BETWEEN}{need.service}" for need in problem.needs}
    both = worth(case, top=0, groups=by_both).groups
    kinds = ("carers", "households", "organisations", "lines", "money", "limits")
    listed = {kind: [document(entry) for entry in getattr(found, kind)[:SHOWN] if entry.worth > 0] for kind in kinds}
    return {
        **listed,
        "services": document(found.services),
        "towns": document(found.groups),
        "both": document(both),
        "weights": dict(problem.weights.unserved),
        "prices": {f"{x.organisation}{BETWEEN}{x.service}": x.unit_price_fen for x in problem.contract_lines},
        "objective": found.objective,
        "bound": found.bound,
    }


def _curve(question: Mapping[str, Any], seconds: float, seed: int, tell: Tell) -> dict[str, Any]:
    from matching import Limits, Problem, Progress
    from matching.replan import events_of, replan

    def report(step: Progress) -> None:
        tell("search", 0.9 * step.share, step.objective, step.bound)

    problem = Problem.from_document(question["problem"])
    tell("candidates", 0.05)
    found = replan(
        problem, question["plan"], events_of({"version": 1, "events": question["events"]}), locked=question["locked"],
        keep_served=question["keep_served"], limits=Limits(seconds=seconds, seed=seed), progress=report,
    )  # fmt: skip
    from matching.why import document

    return {
        "points": [_point(found, point) for point in found.points],
        "recommended": found.recommended,
        "orphans": document(found.orphans),
        "appeared": list(found.appeared),
        "closed": document(found.closed),
        "forced": found.forced,
        "locked": len(question["locked"]),
        "served_before": len(question["plan"]),
        "whole": found.whole,
        "seconds": found.seconds,
        "seed": found.seed,
        "engine": found.engine,
        "after": found.problem.to_document(),
    }


PLAIN: Final = (
    "k", "moved", "dropped", "changed", "orphans_served", "new_served", "waiting_served", "unserved",
    "unserved_weight", "km", "objective", "proven",
)  # fmt: skip


def _point(found: Any, point: Any) -> dict[str, Any]:
    """A point's numbers, its changes with the reason where nobody is left, and what each carer must be told."""
    from matching.why import document

    reasons = {left.need: left.reason for left in point.left}
    changes = [{**document(change), "reason": reasons.get(change.need, "")} for change in point.changes]
    return {
        **{name: getattr(point, name) for name in PLAIN},
        "changes": changes,
        "carers": document(point.carers),
        "per_orphan": found.changes_per_orphan(point),
    }


def main(folder: Path, seconds: float, seed: int) -> None:
    """Answer the folder's question."""
    question = json.loads((folder / "problem.json").read_text(encoding="utf-8"))
    result = answer_of(question, seconds, seed, Teller().tell)
    partial = folder / "result.part"
    partial.write_text(json.dumps(result), encoding="utf-8")
    partial.replace(folder / "result.json")


if __name__ == "__main__":
    end_with_parent()
    os.nice(NICE)
    main(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
