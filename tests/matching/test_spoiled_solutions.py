"""Whatever stands in a solution, it is refused with its place or judged: the checks never crash, and miss no change."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Fault, Limits, ProblemError, Solution, check, plan_check, solve
from tests.matching.cast import random_town
from tests.matching.spoiling import spoil

PROBLEM = random_town(8, needs=9, carers=5, tightness=0.8)
SOUND: dict[str, Any] = json.loads(json.dumps(solve(PROBLEM, Limits(seconds=5)).to_document()))
HARMLESS = {"seconds", "seed", "engine"}


@settings(max_examples=200, deadline=None)
@given(st.data(), st.integers(1, 3))
def test_a_spoiled_solution_is_refused_or_judged(data: st.DataObject, times: int) -> None:
    spoiled = copy.deepcopy(SOUND)
    spoil(spoiled, data, times)
    try:
        solution = Solution.from_document(spoiled)
    except ProblemError:
        return
    assert all(isinstance(fault, Fault) for fault in check(PROBLEM, solution))
    assert isinstance(plan_check(PROBLEM, solution.plan), list)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_need_given_to_anybody_else_is_noticed(data: st.DataObject) -> None:
    spoiled = copy.deepcopy(SOUND)
    entry = data.draw(st.sampled_from(spoiled["assignments"]))
    entry["carer"] = data.draw(st.sampled_from([c.id for c in PROBLEM.carers if c.id != entry["carer"]] + ["nobody"]))
    assert check(PROBLEM, Solution.from_document(spoiled))


def test_every_missing_key_of_a_solution_is_named() -> None:
    for key in SOUND.keys() - {"bound"}:
        with pytest.raises(ProblemError) as caught:
            Solution.from_document({k: v for k, v in SOUND.items() if k != key})
        assert (caught.value.record, caught.value.field) == ("solution", key)
