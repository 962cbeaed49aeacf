"""Townships in frozen facts and beside each other: within like cohorts only, no small group pointed at (DOMAIN.md 6.6,
PRODUCT.md evaluator 10)."""

import re
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from bangfu.quality import freezing, gathering, life
from bangfu.quality.counting import count
from bangfu.quality.measure_rules import cohorts_of, measures_of
from bangfu.quality.snapshot import RatingFact, Snapshot, text_of
from bangfu.quality.tables import QuarterScore
from bangfu.quality.towns import Towns, compared
from bangfu.shared.actor import SYSTEM
from bangfu.shared.database import transaction
from bangfu.visits.tables import Visit
from tests.quality import life_steps
from tests.quality.quarter_facts import key, quarter, visit, window
from tests.quality.scored import AFTER, QUARTER, YEAR, accepted, contract_of, verified
from tests.support import NEAR_VILLAGE, VILLAGE, World

HERE, THERE = "990101001", "990101002"
RURAL = ("daily_care", "semi", "rural")
LIKE = {"grade": "semi", "area": "rural"}


def test_a_township_with_fewer_than_five_homes_is_named_by_its_county() -> None:
    homes = [(UUID(int=n), f"{HERE}201") for n in range(5)] + [(UUID(int=n), f"{THERE}201") for n in range(4)]
    towns = Towns([*homes, *homes, (UUID(int=9), "")])
    assert towns.shown(f"{HERE}202") == HERE
    assert towns.shown(f"{THERE}201") == "990101"
    assert towns.shown("") == ""


def two_towns(missed: int = 6, late: int = 4) -> Snapshot:
    """Twenty windows of each of two townships; in the second some were missed, some visits began too late."""
    windows = [window(n, township=HERE, **LIKE) for n in range(20)]
    windows += [window(n, "missed" if n < 20 + missed else "filled", township=THERE, recipient=f"T{n % 7}", **LIKE)
                for n in range(20, 40)]  # fmt: skip
    visits = [visit(n, division=HERE, **LIKE) for n in range(20)]
    visits += [visit(n, late=90 if n >= 40 - late else 0, division=THERE, recipient=f"T{n % 7}", **LIKE)
               for n in range(20 + missed, 40)]  # fmt: skip
    return quarter(windows=tuple(windows), visits=tuple(visits))


def test_townships_are_compared_by_code_with_an_interval_each() -> None:
    here, there = compared([two_towns()], RURAL)
    assert (here.code, there.code) == (HERE, THERE)
    assert (here.figures.delivered.hits, here.figures.due, here.figures.few) == (20, 20, False)
    assert (there.figures.delivered.hits, there.figures.due) == (14, 20)
    assert (there.figures.punctuality.hits, there.figures.punctuality.n) == (10, 14)
    low, high = there.figures.delivered.low, there.figures.delivered.high
    assert low is not None and high is not None and 0.48 < low < 0.7 < high < 0.86


def test_two_contracts_of_a_township_count_together_and_other_cohorts_apart() -> None:
    one = quarter(windows=tuple(window(n, township=HERE, **LIKE) for n in range(12)), visits=())
    other = quarter(
        subject=key(2), visits=(),
        windows=(*(window(n, "missed", township=HERE, **LIKE) for n in range(8)),
                 window(30, township=HERE, grade="full_care", area="rural")),
    )  # fmt: skip
    (town,) = compared([one, other], RURAL)
    assert (town.figures.due, town.figures.few) == (20, False)
    (small,) = compared([one, other], ("daily_care", "full_care", "rural"))
    assert small.figures.few


def test_the_order_of_the_facts_changes_nothing_and_stars_follow_their_home() -> None:
    facts = replace(two_towns(), ratings=tuple(RatingFact(f"T{n}", 5, 1) for n in range(7)))
    turned = replace(facts, windows=facts.windows[::-1], visits=facts.visits[::-1], ratings=facts.ratings[::-1])
    assert compared([facts], RURAL) == compared([turned], RURAL)
    here, there = compared([facts], RURAL)
    assert here.figures.few_ratings and not there.figures.few_ratings
    assert there.figures.satisfaction.n == 7


def test_a_visit_of_an_earlier_quarter_is_in_no_measure_and_no_cohort() -> None:
    """It is only paid here (snapshot.VisitFact.late), and belongs to the quarter in which it was due."""
    own = quarter(visits=(visit(1), visit(2), visit(3)))
    late = visit(9, evidence="afterwards", server="S9", recipient="R1", grade="semi", area="rural")
    carried = replace(own, visits=(*own.visits, replace(late, late=True)))
    assert measures_of(carried, count(carried).counts) == measures_of(own, count(own).counts)
    assert cohorts_of(carried) == cohorts_of(own)


async def test_facts_name_a_township_only_for_five_homes_or_more(world: World) -> None:
    for _ in range(4):
        await verified(world)
    contract = await contract_of(world)
    few = await gathering.gather("contract", contract, YEAR, QUARTER, AFTER)
    assert {each.division for each in few.visits} == {"990101"} == {each.township for each in few.windows}
    await verified(world, task=await accepted(world, division=NEAR_VILLAGE, at=None))
    facts = await gathering.gather("contract", contract, YEAR, QUARTER, AFTER)
    assert {each.division for each in facts.visits} == {HERE}
    assert {each.township for each in facts.windows} == {HERE}
    assert VILLAGE not in text_of(facts) and NEAR_VILLAGE not in text_of(facts)


async def test_the_page_shows_townships_beside_each_other_and_small_ones_together(world: World, visit: Any) -> None:
    contract = await life_steps.contract_of(world.organization)
    small = (window(50, township="990101", grade="semi", area="rural"),)
    facts = two_towns()
    facts = replace(
        facts, subject=str(contract.id), organization=str(contract.supplier), windows=(*facts.windows, *small)
    )
    score = uuid4()
    async with transaction():
        await QuarterScore(
            id=score, kind="contract", subject=contract.id, number=contract.number, organization=contract.supplier,
            division=contract.division, year=2026, quarter=3, frozen_at=life_steps.AT,
        ).save()  # fmt: skip
        await freezing._revise(SYSTEM, score, contract.division, 1, facts, "freeze", life_steps.AT)
        await life.begun(score, life_steps.AT)
    shown = (await (await visit("bureau")).get("/scores/cohorts")).text
    towns = shown.split("By township</h3>")[1]
    assert "河东街道" in towns and "河西街道" in towns and "东区: townships with few homes" in towns
    assert re.search(r"70\.0\s%", towns) and "Small sample" in towns
    assert "990101" not in towns.split("</table>")[0]
    assert await Visit.count() == 0
