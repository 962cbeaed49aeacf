"""Rules 7-10 of MATCHING.md over whole plans, each kept and broken, and what one change would break."""

from dataclasses import replace

from matching import Organisation, Problem, edit_check, plan_check
from tests.matching.cast import care, given_pairs, line, town, volunteer, worker

TWO = (care("n1", household="chen"), care("n2", household="zhou"))
BOTH = {"n1": "li", "n2": "li"}


def codes(problem: Problem, plan: dict[str, str]) -> list[str]:
    """Codes of the plan's faults."""
    return [fault.code for fault in plan_check(problem, plan)]


def test_a_plan_within_all_limits_has_no_fault() -> None:
    assert codes(town(needs=TWO), BOTH) == []


def test_load_with_travel_must_fit_the_carer() -> None:
    assert codes(town(needs=TWO, carers=(worker(minutes_per_4_weeks=2 * 8 * 66),)), BOTH) == []
    problem = town(needs=TWO, carers=(worker(minutes_per_4_weeks=2 * 8 * 66 - 1),))
    (fault,) = plan_check(problem, BOTH)
    assert (fault.code, fault.carer, fault.said, fault.actual) == ("capacity", "li", 1055, 1056)


def test_households_count_once_however_many_needs_they_have() -> None:
    assert codes(town(needs=TWO, carers=(worker(max_households=1),)), BOTH) == ["households"]
    same = tuple(replace(need, household="chen") for need in TWO)
    assert codes(town(needs=same, carers=(worker(max_households=1),)), BOTH) == []


def test_an_organisation_gives_no_more_service_minutes_than_it_has() -> None:
    exactly = (Organisation(id="sunrise", minutes_per_4_weeks=960),)
    assert codes(town(needs=TWO, organisations=exactly), BOTH) == []
    short = (Organisation(id="sunrise", minutes_per_4_weeks=959),)
    assert codes(town(needs=TWO, organisations=short), BOTH) == ["organisation"]


def test_a_contract_line_pays_no_more_visits_and_no_more_money() -> None:
    assert codes(town(needs=TWO, contract_lines=(line(max_visits=16, max_fen=96_000),)), BOTH) == []
    assert codes(town(needs=TWO, contract_lines=(line(max_visits=15),)), BOTH) == ["line_visits"]
    assert codes(town(needs=TWO, contract_lines=(line(max_fen=95_999),)), BOTH) == ["line_fen"]


def test_volunteers_draw_on_no_contract() -> None:
    checks = tuple(replace(n, kinds=("volunteer",), qualifications=(("V",),)) for n in TWO)
    problem = town(needs=checks, carers=(volunteer(),), contract_lines=(line(max_visits=0),))
    assert codes(problem, {"n1": "wang", "n2": "wang"}) == []


def test_broken_pair_rules_and_strangers_are_faults_of_the_plan() -> None:
    assert codes(town(needs=(care(excluded=("li",)),)), {"n1": "li"}) == ["exclusion"]
    assert codes(town(), {"n9": "li", "n1": "zhang"}) == ["unknown_need", "unknown_carer"]


def test_given_pairs_replace_rules_1_to_5_and_9_and_10() -> None:
    problem = given_pairs([[5, 7]], [[60, 60]], room=[119])
    problem = replace(problem, contract_lines=(), organisations=problem.organisations)
    assert codes(problem, {"job0": "agent0"}) == []
    assert codes(problem, {"job0": "agent0", "job1": "agent0"}) == ["capacity"]


def test_an_edit_is_judged_as_if_the_need_had_left_its_carer() -> None:
    problem = town(needs=TWO, carers=(worker(max_households=2), worker("zhao", max_households=1)))
    plan = {"n1": "li", "n2": "zhao"}
    assert edit_check(problem, plan, "n1", "li") == []
    assert edit_check(problem, plan, "n2", "li") == []
    assert [fault.code for fault in edit_check(problem, plan, "n1", "zhao")] == ["households"]
    assert plan == {"n1": "li", "n2": "zhao"}


def test_an_edit_within_one_contract_line_does_not_count_the_need_twice() -> None:
    problem = town(carers=(worker(), worker("zhao")), contract_lines=(line(max_visits=8),))
    assert edit_check(problem, {"n1": "li"}, "n1", "zhao") == []


def test_an_edit_names_broken_pair_rules_with_their_detail() -> None:
    problem = town(carers=(worker(), worker("zhao", max_km=1.0)))
    (fault,) = edit_check(problem, {"n1": "li"}, "n1", "zhao")
    assert (fault.code, fault.actual["max_km"]) == ("distance", 1.0)
