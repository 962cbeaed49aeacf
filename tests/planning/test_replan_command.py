"""`bangfu replan`: from files to the curve and the recommended plan, with one sentence for what is wrong."""

import json
from pathlib import Path

import pytest

from bangfu.errors import SetupError
from bangfu.planning.replan_command import run_replan
from matching import check, read_problem, read_solution, solve, write_problem, write_solution
from tests.matching.cast import LAT, care, town, worker


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A problem with two carers and two needs, and its plan."""
    carers = (worker("li"), worker("zhao", lat=LAT + 0.02))
    problem = town(needs=(care("n1"), care("n2")), carers=carers)
    write_problem(problem, tmp_path / "problem.json")
    write_solution(solve(problem), tmp_path / "plan.json")
    return tmp_path


def run(folder: Path, *events: dict[str, object], locked: tuple[str, ...] = (), out: str = "new.json") -> int:
    (folder / "events.json").write_text(json.dumps({"version": 1, "events": events}), encoding="utf-8")
    names = [str(folder / name) for name in ("problem.json", "plan.json", "events.json", out, "after.json")]
    return run_replan(*names, budget=None, locked=list(locked), time_limit=15, seed=1)  # type: ignore[misc, arg-type]


def test_the_curve_is_printed_and_the_recommended_plan_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, {"code": "carer_ill", "carer": "li"}) == 0
    said = capsys.readouterr().out
    assert "orphans 2 (0 of them locked), forced 0, new 0, closed 0" in said
    assert "* moves 0: changed 2 (1.00 each orphan), unserved 0" in said
    problem, plan = read_problem(folder / "after.json"), read_solution(folder / "new.json")
    assert plan.plan == {"n1": "zhao", "n2": "zhao"}
    assert check(problem, plan) == []


def test_what_is_wrong_is_said_in_one_sentence(folder: Path) -> None:
    with pytest.raises(SetupError, match=r"events\[0\] \(carer_leaves\): carer zhu is not part of the problem"):
        run(folder, {"code": "carer_leaves", "carer": "zhu"})
    with pytest.raises(SetupError, match="locked: need n9 is served by nobody"):
        run(folder, locked=("n9",))
    with pytest.raises(SetupError, match="does not exist"):
        run(folder, out="nowhere/new.json")
    (folder / "plan.json").unlink()
    with pytest.raises(SetupError, match=r"plan\.json cannot be read"):
        run(folder)
