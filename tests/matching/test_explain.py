"""Explanations as data: alternatives, loads, and why nobody serves a need."""

from dataclasses import replace
from datetime import date

import pytest

from matching import Limits, Organisation, Problem, ProblemError, explain, solve
from tests.matching.cast import LAT, care, line, random_town, town, volunteer, worker

LI, ZHAO, SUN = worker("li"), worker("zhao", lat=LAT - 0.01), worker("sun", lat=LAT - 0.02, max_households=0)


def test_alternatives_come_cheapest_first_with_their_difference() -> None:
    problem = town(carers=(SUN, ZHAO, LI))
    one, two = explain.alternatives(problem, {"n1": "li"}, "n1")
    assert (one.carer, one.blocked_by, two.carer, two.blocked_by) == ("zhao", None, "sun", "households")
    assert one.km == pytest.approx(2.218, abs=0.001)
    assert one.difference == one.cost - 702 == 222
    assert one.cost_parts["distance"] == 444


def test_only_free_alternatives_and_only_as_many_as_asked() -> None:
    problem = town(carers=(SUN, ZHAO, LI))
    assert [a.carer for a in explain.alternatives(problem, {"n1": "li"}, "n1", free_only=True)] == ["zhao"]
    assert [a.carer for a in explain.alternatives(problem, {"n1": "li"}, "n1", count=1)] == ["zhao"]


def test_the_limit_that_binds_is_named() -> None:
    other = care("n2")
    for changed, code in (
        ({"carers": (LI, worker("zhao", minutes_per_4_weeks=600))}, "capacity"),
        ({"carers": (LI, worker("zhao", max_households=1))}, "households"),
    ):
        problem = town(needs=(care(), other), **changed)
        (found,) = explain.alternatives(problem, {"n1": "li", "n2": "zhao"}, "n1")
        assert found.blocked_by == code


def test_a_shared_contract_does_not_block_an_exchange_within_it() -> None:
    problem = town(carers=(LI, ZHAO), contract_lines=(line(max_visits=8),))
    (found,) = explain.alternatives(problem, {"n1": "li"}, "n1")
    assert found.blocked_by is None


def test_for_an_unserved_need_the_difference_is_to_leaving_it() -> None:
    (found,) = explain.alternatives(town(), {}, "n1")
    assert found.difference == 702 - 40_000


def test_loads_show_use_and_limit_of_everything() -> None:
    problem = town(needs=(care("n1", household="chen"), care("n2", household="chen")), carers=(LI, ZHAO))
    loads = explain.loads(problem, {"n1": "li", "n2": "li"})
    li, zhao = loads.carers
    assert (li.minutes, li.minutes_limit, li.households, li.households_limit, li.needs) == (1056, 2000, 1, 5, 2)
    assert (zhao.minutes, zhao.households, zhao.needs) == (0, 0, 0)
    assert (loads.organisations[0].minutes, loads.organisations[0].minutes_limit) == (960, 20_000)
    (drawn,) = loads.lines
    assert (drawn.visits, drawn.visits_limit, drawn.fen, drawn.fen_limit) == (16, 1000, 96_000, 10_000_000)


def easiest(problem: Problem, plan: dict[str, str] | None = None) -> explain.Relaxation:
    """The easiest change for n1."""
    return explain.why_unserved(problem, plan or {}, "n1").relaxations[0]


def test_too_far_names_the_carer_and_the_kilometres_it_takes() -> None:
    found = easiest(town(carers=(worker("li", max_km=0.5), worker("zhao", max_km=1.0))))
    assert (found.code, found.carer, found.has, found.also) == ("distance", "zhao", 1.0, ())
    assert found.needs == pytest.approx(1.109, abs=0.001)


def test_a_missing_code_names_what_to_learn_and_what_expired() -> None:
    found = easiest(town(carers=(worker(qualifications={"C5": date(2027, 1, 1), "H": date(2025, 1, 1)}),)))
    assert (found.code, found.detail["missing"], found.detail["expired"]) == (
        "qualification",
        (("H",),),
        {"H": date(2025, 1, 1)},
    )


def test_too_little_time_names_the_weekdays_it_takes() -> None:
    found = easiest(town(needs=(care(windows=[(0, 480, 720), (6, 480, 720)]),)))
    assert (found.code, found.has, found.needs) == ("time", 1, 2)


def test_a_full_carer_names_the_minutes_it_takes() -> None:
    found = easiest(town(needs=(care("n1"), care("n2")), carers=(worker(minutes_per_4_weeks=900),)), {"n2": "li"})
    assert (found.code, found.carer, found.has, found.needs) == ("capacity", "li", 900, 1056)


def test_a_spent_contract_names_the_line_and_what_it_lacks() -> None:
    problem = town(contract_lines=(line(max_fen=40_000),))
    why = explain.why_unserved(problem, {}, "n1")
    found = why.relaxations[0]
    assert why.reason == "budget"
    assert (found.code, found.organisation, found.service) == ("line_fen", "sunrise", "daily_care")
    assert (found.has, found.needs) == (40_000, 48_000)


def test_a_missing_contract_line_is_named_but_a_forbidden_kind_is_not() -> None:
    found = easiest(town(contract_lines=()))
    assert (found.code, found.organisation, found.service) == ("kind", "sunrise", "daily_care")
    volunteers = town(carers=(volunteer(qualifications=LI.qualifications),))
    assert explain.why_unserved(volunteers, {}, "n1").relaxations == ()


def test_an_exclusion_by_name_is_not_for_easing_but_a_gender_is_named() -> None:
    assert explain.why_unserved(town(needs=(care(excluded=("li",)),)), {}, "n1").relaxations == ()
    assert easiest(town(needs=(care(gender_required="m"),))).code == "exclusion"


def test_what_binds_besides_is_told() -> None:
    problem = town(
        carers=(worker(max_households=0, minutes_per_4_weeks=10),),
        organisations=(Organisation(id="sunrise", minutes_per_4_weeks=100),),
    )
    found = easiest(problem)
    assert (found.code, found.also) == ("capacity", ("households", "organisation"))


def test_the_chain_counts_the_carers_left_after_each_rule() -> None:
    problem = town(carers=(LI, volunteer(), worker("zhao", qualifications={}), worker("sun", max_km=0.1)))
    left = explain.why_unserved(problem, {}, "n1").carers_left
    assert left == {"kind": 3, "qualification": 2, "exclusion": 2, "distance": 1, "time": 1}


def test_reasons_agree_with_the_solution_and_nothing_is_changed() -> None:
    ample = random_town(4, needs=80, carers=10, tightness=0.4)
    lines = tuple(replace(known, max_visits=known.max_visits // 4) for known in ample.contract_lines)
    seen = set()
    for problem in (ample, replace(ample, contract_lines=lines)):
        solution = solve(problem, Limits(seconds=2))
        plan = solution.plan
        for entry in solution.unserved:
            seen.add(entry.reason)
            assert explain.why_unserved(problem, plan, entry.need).reason == entry.reason
        assert plan == solution.plan
    assert seen >= {"no_capacity", "budget", "no_time"}


def test_a_stranger_is_refused_by_name() -> None:
    with pytest.raises(ProblemError, match="need n9"):
        explain.why_unserved(town(), {}, "n9")
