"""Questions about plans of version 2: always answered, and a proven best plan is never said to be improvable."""

import pytest

from matching import Limits, Organisation, explain, solve, why
from tests.matching.cast import care, line, town, worker
from tests.matching.odd_problems import extended_problem


@pytest.mark.parametrize("part", range(4))
def test_no_question_fails_and_nothing_beats_a_proven_plan(part: int) -> None:
    for seed in range(30_000 + part, 30_060, 4):
        problem = extended_problem(seed)
        plan = solve(problem, Limits(seconds=5))
        assert plan.status == "optimal"
        case = why.Case(problem, plan)
        assert case.objective == plan.objective
        for need in plan.plan:
            answer = why.why_carer(case, need)
            assert answer.improvable == 0
            assert all(choice.plan_difference is None or choice.plan_difference >= 0 for choice in answer.choices)
        for left in plan.unserved[:3]:
            found = why.why_nobody(case, left.need)
            plain = explain.why_unserved(problem, plan.plan, left.need, partners=plan.partners)
            assert found.reason == plain.reason


def test_a_share_is_policy_and_no_easing() -> None:
    owners = (Organisation(id="sunrise", minutes_per_4_weeks=20_000),)
    needs = (care("n1", priority="urgent"), care("n2"))
    problem = town(needs=needs, carers=(worker(),), organisations=owners, contract_lines=(line(),))
    capped = town(needs=needs, carers=(worker(),), organisation_share=50)
    assert solve(problem).unserved == ()
    plan = solve(capped)
    answer = why.why_nobody(why.Case(capped, plan), "n2")
    assert (answer.reason, answer.easings) == ("budget", ())
    blocked = why.why_carer(why.Case(capped, plan), "n2").choices[0].limits
    assert [limit.code for limit in blocked] == ["organisation_share"]
