"""Documents of version 2: they alone may use extensions, and nothing changes where none is used."""

import copy
import json
from typing import Any

import numpy as np
import pytest

from matching import Problem, ProblemError, Solution, solve
from matching.assign.model import build
from matching.candidates import candidates
from tests.matching.cast import random_town
from tests.matching.spoiling import document, put

EXTENSIONS: list[tuple[tuple[str | int, ...], Any, str]] = [
    (("weights", "continuity_per_month"), 20, "weights"),
    (("weights", "continuity_most"), 500, "weights"),
    (("weights", "even_load"), {"worker": 100, "volunteer": 20}, "weights"),
    (("organisation_share",), 50, "problem"),
    (("newcomer_months",), 9, "problem"),
    (("weights", "rotation"), 300, "weights"),
    (("carers", 1, "experience_months"), 0, "carer w1"),
    (("needs", 1, "months_together"), 12, "need n1"),
    (("needs", 2, "carers"), 2, "need n2"),
    (("needs", 2, "experienced_only"), True, "need n2"),
]


@pytest.mark.parametrize(("path", "value", "record"), EXTENSIONS)
def test_version_one_must_not_use_an_extension_and_version_two_may(
    path: tuple[str | int, ...], value: object, record: str
) -> None:
    spoiled = document()
    put(spoiled, path, value)
    with pytest.raises(ProblemError) as caught:
        Problem.from_document(spoiled)
    assert (caught.value.record, caught.value.field) == (record, path[-1])
    problem = Problem.from_document(spoiled | {"version": 2})
    assert problem.version == 2
    written = json.loads(json.dumps(problem.to_document()))
    assert written["version"] == 2
    assert Problem.from_document(written) == problem


def test_a_problem_without_extensions_is_written_as_version_one() -> None:
    sound = document()
    problem = Problem.from_document(copy.deepcopy(sound) | {"version": 2})
    assert problem.version == 1
    assert problem.to_document() == problem.to_document() | sound


def test_extensions_that_are_off_leave_every_number_as_it_was() -> None:
    plain = random_town(9, needs=60, carers=9)
    off = plain.to_document() | {"version": 2}
    off["weights"] |= {"continuity_per_month": 0, "continuity_most": None, "even_load": {"worker": 0}, "rotation": 0}
    off |= {"organisation_share": None, "newcomer_months": 6}
    off["needs"][0] |= {"carers": 1, "experienced_only": False, "months_together": 0}
    off["carers"][0] |= {"experience_months": None}
    switched = Problem.from_document(off)
    one, other = (build(problem, candidates(problem)) for problem in (plain, switched))
    for name in type(one).__slots__:
        assert np.array_equal(getattr(one, name), getattr(other, name))


def test_a_solution_of_a_plan_with_one_carer_each_stays_version_one() -> None:
    plan = solve(random_town(2, needs=5, carers=3))
    assert plan.to_document()["version"] == 1
    assert Solution.from_document(plan.to_document()) == plan
