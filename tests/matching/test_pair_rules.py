"""Rules 1-5 of MATCHING.md, each kept and broken, for one pair and in the vectorised candidates alike."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Problem, ProblemError, pair_check
from matching.candidates import candidates
from matching.geometry import near_pairs
from tests.matching.cast import LAT, LON, care, line, random_town, town, volunteer, worker


def broken(problem: Problem) -> tuple[str, ...]:
    """The broken rules of the first need with the first carer; the candidates must agree."""
    check = pair_check(problem, problem.needs[0].id, problem.carers[0].id)
    found = candidates(problem)
    assert (0 in found.reasons) is not check.ok
    return check.broken


def test_a_near_qualified_worker_with_time_and_a_contract_may_serve() -> None:
    assert broken(town()) == ()


def test_a_volunteer_may_not_serve_what_only_workers_may() -> None:
    assert broken(town(carers=(volunteer(qualifications=worker().qualifications),))) == ("kind",)
    assert candidates(town(carers=(volunteer(),))).reasons == {0: "no_kind"}


def test_a_worker_without_a_contract_line_may_not_serve() -> None:
    assert broken(town(contract_lines=(line(service="laundry"),))) == ("kind",)
    assert broken(town(carers=(worker(organisation=None),))) == ("kind",)


def test_a_social_worker_needs_no_contract_line() -> None:
    assert (
        broken(town(needs=(care(kinds=("social_worker",)),), carers=(worker(kind="social_worker"),), contract_lines=()))
        == ()
    )


@pytest.mark.parametrize("held", [{"H": date(2027, 1, 1)}, {"C5": date(2027, 1, 1), "H": date(2026, 1, 4)}, {}])
def test_a_missing_or_expired_code_breaks_the_qualification_rule(held: dict[str, date]) -> None:
    problem = town(carers=(worker(qualifications=held),))
    assert broken(problem) == ("qualification",)
    assert candidates(problem).reasons == {0: "no_qualified"}


def test_one_code_of_each_list_valid_on_the_day_is_enough() -> None:
    assert broken(town(carers=(worker(qualifications={"C4": date(2026, 1, 5), "H": date(2026, 1, 5)}),))) == ()


def test_the_finding_names_missing_and_expired_codes_with_their_dates() -> None:
    problem = town(carers=(worker(qualifications={"C5": date(2025, 11, 30), "H": date(2027, 1, 1)}),))
    detail = next(f.detail for f in pair_check(problem, "n1", "li").findings if f.rule == "qualification")
    assert detail == {
        "missing": (("C5", "C4"),),
        "expired": {"C5": date(2025, 11, 30)},
        "held": {"H": date(2027, 1, 1)},
    }


def test_an_excluded_carer_may_not_serve() -> None:
    assert broken(town(needs=(care(excluded=("li",)),))) == ("exclusion",)
    assert broken(town(needs=(care(excluded=("somebody who left",)),))) == ()


def test_a_required_gender_excludes_the_other() -> None:
    assert broken(town(needs=(care(gender_required="m"),))) == ("exclusion",)
    assert broken(town(needs=(care(gender_required="f"),))) == ()
    assert candidates(town(needs=(care(gender_required="m"),))).reasons == {0: "excluded"}


def test_a_need_beyond_the_reach_is_too_far() -> None:
    problem = town(carers=(worker(max_km=1.0),))
    assert broken(problem) == ("distance",)
    assert candidates(problem).reasons == {0: "too_far"}
    finding = next(f for f in pair_check(problem, "n1", "li").findings if f.rule == "distance")
    assert finding.detail["km"] == pytest.approx(1.109, abs=0.001)
    assert finding.detail["max_km"] == 1.0


def test_a_need_exactly_at_the_reach_is_near_enough() -> None:
    km = pair_check(town(), "n1", "li").km
    assert broken(town(carers=(worker(max_km=km),))) == ()


def test_too_few_common_weekdays_break_the_time_rule() -> None:
    problem = town(needs=(care(windows=[(0, 480, 720), (5, 480, 720)]),))
    assert broken(problem) == ("time",)
    assert candidates(problem).reasons == {0: "no_time"}
    finding = next(f for f in pair_check(problem, "n1", "li").findings if f.rule == "time")
    assert finding.detail == {"days": (0,), "needed_days": 2, "minutes": 60}


def test_two_windows_of_one_day_count_as_one_day() -> None:
    assert broken(town(needs=(care(windows=[(0, 480, 720), (0, 800, 1000)]),))) == ("time",)


def test_an_overlap_must_hold_a_whole_visit() -> None:
    assert broken(town(needs=(care(windows=[(0, 1020, 1200), (1, 1020, 1200)]),))) == ()
    assert broken(town(needs=(care(windows=[(0, 1021, 1200), (1, 1020, 1200)]),))) == ("time",)


def test_a_need_without_visits_costs_no_time() -> None:
    check = pair_check(town(needs=(care(visits=0, windows=[]),)), "n1", "li")
    assert check.ok
    assert (check.load, check.fen, check.cost_parts["distance"]) == (0, 0, 0)


def test_the_numbers_of_a_pair_follow_the_definition() -> None:
    need = care(gender_wish="m", language_wish="wuu", current="zhao")
    check = pair_check(town(needs=(need,)), "n1", "li")
    assert check.travel == 6  # 60 * 1.3 * 1.109 km / 15 km/h = 5.77 minutes, rounded up
    assert check.load == 8 * (60 + 6)
    assert check.fen == 8 * 6000
    assert check.cost_parts == {
        "distance": 222,
        "gender_wish": 200,
        "language_wish": 400,
        "change_of_carer": 500,
        "money": 480,
    }
    assert check.cost == 1802


def test_a_pair_of_strangers_to_the_problem_is_refused_by_name() -> None:
    with pytest.raises(ProblemError, match="carer zhang"):
        pair_check(town(), "n1", "zhang")


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_candidates_are_exactly_the_pairs_that_keep_every_rule(seed: int) -> None:
    problem = random_town(seed, needs=12, carers=6)
    found = candidates(problem)
    listed = {(problem.needs[n].id, problem.carers[c].id) for n, c in zip(found.need, found.carer, strict=True)}
    checks = [pair_check(problem, n.id, c.id) for n in problem.needs for c in problem.carers]
    assert listed == {(check.need, check.carer) for check in checks if check.ok}
    numbers = {(c.need, c.carer): (c.cost, c.load, c.fen) for c in checks}
    for row in range(len(found)):
        key = (problem.needs[found.need[row]].id, problem.carers[found.carer[row]].id)
        assert numbers[key] == (found.cost[row], found.load[row], found.fen[row])


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=8),
    st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180), st.floats(0, 21_000)), min_size=1, max_size=8),
)
def test_the_net_of_near_pairs_misses_nobody(
    points: list[tuple[float, float]], centres: list[tuple[float, ...]]
) -> None:
    from matching.geometry import geodesic_km

    lat, lon = np.array(points).T
    at_lat, at_lon, reach = np.array(centres).T
    caught = {
        (int(p), int(c)) for ps, cs in near_pairs(lat, lon, at_lat, at_lon, reach) for p, c in zip(ps, cs, strict=True)
    }
    for p, point in enumerate(points):
        for c, centre in enumerate(centres):
            if geodesic_km(*point, centre[0], centre[1]) <= centre[2]:
                assert (p, c) in caught


def test_antipodes_and_equal_places_have_distances() -> None:
    far = town(needs=(care(lat=-LAT, lon=LON - 180),), carers=(worker(max_km=30_000),))
    assert pair_check(far, "n1", "li").km == pytest.approx(20_004, abs=1)
    assert len(candidates(far)) == 1
    assert pair_check(town(needs=(care(lat=LAT, lon=LON),)), "n1", "li").km == 0
