"""Continuity by months together (an extension, docs/decisions/0051): leaving a familiar carer costs more."""

from dataclasses import replace
from typing import Any

import pytest

from matching import Need, Problem, check, pair_check, solve
from matching.candidates import candidates
from tests.matching.brute import optimum
from tests.matching.cast import WEIGHTS, care, town, worker

# Somebody further away who has come for years, and somebody near.
KNOWN, NEAR = worker("known", lat=31.75), worker("near", lat=31.78)


def familiar(months: int, *, needs: tuple[Need, ...] = (), **weights: Any) -> Problem:
    """A need whose present carer is the further one."""
    priced = replace(WEIGHTS, change_of_carer=0, **weights)
    wanted = needs or (care(current="known", months_together=months),)
    return town(needs=wanted, carers=(KNOWN, NEAR), weights=priced)


def parts(problem: Problem, carer: str) -> dict[str, int]:
    """The parts of the cost of the only need with a carer."""
    return dict(pair_check(problem, "n1", carer).cost_parts)


def test_every_month_together_makes_another_carer_dearer_up_to_the_cap() -> None:
    assert parts(familiar(30, continuity_per_month=20), "near")["continuity"] == 600
    assert parts(familiar(30, continuity_per_month=20, continuity_most=500), "near")["continuity"] == 500
    assert parts(familiar(30, continuity_per_month=20), "known")["continuity"] == 0


def test_a_need_without_a_present_carer_pays_nothing() -> None:
    problem = familiar(0, needs=(care(months_together=30),), continuity_per_month=20)
    assert parts(problem, "near")["continuity"] == 0


def test_without_a_price_there_is_no_such_part() -> None:
    assert "continuity" not in parts(familiar(30), "near")


@pytest.mark.parametrize(("months", "chosen"), [(1, "near"), (240, "known")])
def test_a_long_acquaintance_outweighs_a_shorter_way(months: int, chosen: str) -> None:
    problem = familiar(months, continuity_per_month=20)
    plan = solve(problem)
    assert plan.plan == {"n1": chosen}
    assert plan.objective == optimum(problem)
    assert check(problem, plan) == []


def test_many_pairs_at_once_cost_the_same_as_one_by_one() -> None:
    problem = familiar(30, continuity_per_month=20, continuity_most=500)
    found = candidates(problem)
    assert found.cost.tolist() == [pair_check(problem, "n1", name).cost for name in ("known", "near")]
