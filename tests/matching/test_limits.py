"""Shared limits: what several contract lines, or some needs of one, use together (docs/decisions/0024)."""

import json
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import (
    Limits,
    Organisation,
    Problem,
    ProblemError,
    SharedLimit,
    check,
    edit_check,
    explain,
    plan_check,
    read_problem,
    solve,
    write_problem,
)  # fmt: skip
from matching.assign.greedy import greedy
from matching.assign.improve import improve
from tests.matching.cast import care, random_town, town, worker
from tests.matching.test_optimum import cheapest, model_of, watch

LINE = ("sunrise", "daily_care")


def bounded(problem: Problem, seed: int) -> Problem:
    """The same town with up to four random limits on its lines."""
    draw = Random(seed)
    keys = list(problem.line_of)
    if not keys:
        return problem
    limits = []
    for at in range(draw.randint(1, 4)):
        some = [need.id for need in problem.needs if draw.random() < 0.6]
        limits.append(
            SharedLimit(
                id=f"limit {at}", lines=tuple(draw.sample(keys, draw.randint(1, len(keys)))),
                needs=draw.choice([None, tuple(some)]), max_visits=draw.choice([None, draw.randint(0, 24)]),
                max_fen=draw.randint(0, 200_000),
            )
        )  # fmt: skip
    return replace(problem, limits=tuple(limits))


towns = st.builds(
    lambda seed, needs, carers, tightness: bounded(
        random_town(seed, needs=needs, carers=carers, tightness=tightness), seed
    ),
    st.integers(0, 100_000), st.integers(1, 6), st.integers(1, 4), st.sampled_from([0.6, 1.0, 3.0]),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(towns)
def test_small_problems_with_limits_are_solved_to_the_optimum_of_trying_every_plan(problem: Problem) -> None:
    solution = solve(problem, Limits(seconds=10))
    assert check(problem, solution) == []
    assert plan_check(problem, solution.plan) == []
    assert solution.objective == solution.bound == cheapest(problem)


@settings(max_examples=20, deadline=None)
@given(towns)
def test_the_search_for_large_problems_keeps_the_limits_too(problem: Problem) -> None:
    model = model_of(problem)
    if not model.arcs:
        return
    found, optimum = improve(model, greedy(model), watch()), cheapest(problem)
    assert model.feasible(found.chosen)
    assert found.bound <= optimum + 1e-6 <= model.objective(found.chosen) + 1e-6


@settings(max_examples=30, deadline=None)
@given(towns)
def test_a_document_with_limits_reads_back_equal(problem: Problem) -> None:
    assert Problem.from_document(json.loads(json.dumps(problem.to_document()))) == problem


def test_a_problem_without_limits_says_nothing_of_them(tmp_path) -> None:
    write_problem(town(), tmp_path / "problem.json")
    assert "limits" not in json.loads((tmp_path / "problem.json").read_text())
    assert read_problem(tmp_path / "problem.json").limits == ()


def three(limit: SharedLimit) -> Problem:
    return town(needs=tuple(care(f"n{at}") for at in range(3)), limits=(limit,))


@pytest.mark.parametrize(
    ("limit", "served"),
    [
        (SharedLimit(id="quota", lines=(LINE,), max_visits=16), 2),
        (SharedLimit(id="quota", lines=(LINE,), max_visits=15), 1),
        (SharedLimit(id="quota", lines=(LINE,), needs=("n0", "n1"), max_visits=8), 2),
        (SharedLimit(id="cap", lines=(LINE,), max_fen=7), 0),
    ],
)
def test_a_limit_counts_the_visits_and_the_money_of_its_needs(limit: SharedLimit, served: int) -> None:
    problem = three(limit)
    solution = solve(problem, Limits(seconds=5))
    assert len(solution.assignments) == served
    assert {entry.reason for entry in solution.unserved} == {"budget"}


def test_checks_and_reasons_name_the_limit() -> None:
    problem = three(SharedLimit(id="quota", lines=(LINE,), needs=("n0", "n1"), max_visits=8))
    everybody = {"n0": "li", "n1": "li", "n2": "li"}
    assert [(fault.code, fault.limit, fault.said, fault.actual) for fault in plan_check(problem, everybody)] == [
        ("limit_visits", "quota", 8, 16)
    ]
    assert [fault.code for fault in edit_check(problem, {"n0": "li"}, "n1", "li")] == ["limit_visits"]
    assert edit_check(problem, {"n0": "li"}, "n2", "li") == []
    why = explain.why_unserved(problem, {"n0": "li", "n2": "li"}, "n1")
    assert why.reason == "budget"
    assert [(x.code, x.limit, x.has, x.needs) for x in why.relaxations] == [("limit_visits", "quota", 8, 16)]
    other = explain.alternatives(replace(problem, carers=(worker(), worker("zhao"))), {"n0": "li"}, "n1")
    assert {each.blocked_by for each in other} == {"limit_visits"}


def test_one_cap_binds_the_lines_of_two_organisations() -> None:
    line = town().contract_lines[0]
    limit = SharedLimit(id="cap", lines=(LINE, ("sunset", "daily_care")), max_fen=line.unit_price_fen * 8)
    problem = town(
        needs=(care("n0"), care("n1")), carers=(worker(), worker("zhao", organisation="sunset")),
        organisations=(*town().organisations, Organisation(id="sunset", minutes_per_4_weeks=20_000)),
        contract_lines=(line, replace(line, organisation="sunset")), limits=(limit,),
    )  # fmt: skip
    assert len(solve(problem, Limits(seconds=5)).assignments) == 1
    assert [fault.code for fault in plan_check(problem, {"n0": "li", "n1": "zhao"})] == ["limit_fen"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"lines": [["sunrise", "meal"]]}, "lines"), ({"lines": [["sunrise"]]}, "lines"),
        ({"needs": ["nobody"]}, "needs"), ({"max_visits": None}, "max_visits"), ({"max_visits": -1}, "max_visits"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_limit_is_named(changed: dict[str, object], field: str) -> None:
    document = town().to_document()
    document["limits"] = [{"id": "quota", "lines": [list(LINE)], "max_visits": 8, **changed}]
    with pytest.raises(ProblemError, match="limit quota") as error:
        Problem.from_document(document)
    assert error.value.field == field


def test_a_limit_is_not_named_twice() -> None:
    limit = SharedLimit(id="quota", lines=(LINE,), max_visits=8)
    with pytest.raises(ProblemError, match="twice"):
        town(limits=(limit, limit))
