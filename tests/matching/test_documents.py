"""Problem and solution documents: read, written, and refused with the place named."""

import copy
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import (
    Limits,
    Problem,
    ProblemError,
    Solution,
    read_problem,
    read_solution,
    solve,
    write_problem,
    write_solution,
)
from tests.matching.cast import care, given_pairs, random_town, town, worker


def document() -> dict[str, Any]:
    """A sound document to spoil."""
    return copy.deepcopy(random_town(3, needs=4, carers=3).to_document())


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_a_problem_survives_its_document(seed: int) -> None:
    problem = random_town(seed, needs=6, carers=4)
    assert Problem.from_document(json.loads(json.dumps(problem.to_document()))) == problem


def test_given_pairs_survive_too_and_an_empty_list_differs_from_none() -> None:
    problem = given_pairs([[1, 2]], [[3, 4]], [5])
    assert Problem.from_document(problem.to_document()) == problem
    assert Problem.from_document(town(pairs=()).to_document()).given_pairs
    assert "pairs" not in town().to_document()


def test_files_are_read_and_written(tmp_path: Path) -> None:
    problem = random_town(5, needs=5, carers=3)
    write_problem(problem, tmp_path / "problem.json")
    assert read_problem(tmp_path / "problem.json") == problem
    solution = solve(problem, Limits(seconds=2))
    write_solution(solution, tmp_path / "solution.json")
    assert read_solution(tmp_path / "solution.json") == solution


def test_unknown_extra_keys_are_ignored() -> None:
    spoiled = document() | {"comment": "from the demo"}
    spoiled["needs"][0]["colour"] = "red"
    assert len(Problem.from_document(spoiled).needs) == 4


def test_a_bad_solution_is_refused_with_its_place() -> None:
    sound = solve(town(), Limits(seconds=1)).to_document()
    for path, value, said in (
        (("objective",), "much", "objective"),
        (("bound",), float("nan"), "bound"),
        (("status",), "perfect", "status"),
        (("assignments", 0, "km"), float("inf"), "km"),
        (("assignments", 0, "need"), None, "need"),
        (("unserved",), [{"need": "n2", "reason": "because"}], "reason"),
    ):
        spoiled: Any = copy.deepcopy(sound)
        place = spoiled
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        with pytest.raises(ProblemError, match=said):
            Solution.from_document(spoiled)


def test_a_record_made_in_code_is_judged_too_and_the_error_travels() -> None:
    with pytest.raises(ProblemError, match="need n1: minutes") as caught:
        care(minutes=-1)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301  # our own bytes
    with pytest.raises(ProblemError, match="carer li: languages"):
        worker(languages="cmn")
