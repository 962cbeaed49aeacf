"""What an assumption would bring: bought hours, a longer reach, an organisation gone, a larger contract line."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Limits, Problem, ProblemError, solve
from matching.whatif import Assumption, under, what_if
from tests.matching.cast import LAT, LON, care, line, random_town, town, volunteer, worker

LIMITS = Limits(seconds=20, iterations=2)
HOURS = Assumption(code="more_hours", service="daily_care", lat=LAT, lon=LON, minutes=480, fen=6000)


def short(needs: int = 4) -> Problem:
    """One carer with time for one need; the others wait."""
    return town(needs=tuple(care(f"n{number}") for number in range(needs)), carers=(worker(minutes_per_4_weeks=700),))


def asked(problem: Problem, assumption: Assumption, **more: dict[str, str]):
    return what_if(problem, solve(problem, LIMITS), assumption, LIMITS, **more)


def test_bought_hours_serve_who_waited_and_are_paid_by_the_visit() -> None:
    problem = short()
    found = asked(problem, HOURS, groups={f"n{number}": "柳树镇" for number in range(4)})
    assert (found.today.unserved, found.again.unserved, found.assumed.unserved) == (3, 3, 2)
    assert found.removed == 1, "480 minutes are eight visits of an hour: one need"
    assert found.fen == 8 * 6000
    assert found.per_10000_yuan == pytest.approx(1 / 0.048)
    assert found.assumed.by_group == {"柳树镇": 2} and found.assumed.by_service == {"daily_care": 2}
    assert found.assumed.weight == 2 * 40_000


def test_hours_far_away_serve_nobody_and_cost_nothing() -> None:
    found = asked(short(), replace(HOURS, lat=LAT + 1.0))
    assert (found.removed, found.fen, found.per_10000_yuan) == (0, 0, None)


def test_more_hours_than_one_person_has_are_more_people_with_every_qualification_of_the_service() -> None:
    problem = under(short(), replace(HOURS, minutes=12_000))
    added = [carer for carer in problem.carers if carer.id.startswith("assumed")]
    assert len(added) == 3 and {carer.organisation for carer in added} == {"assumed"}
    assert {"C5", "C4", "H"} <= set(added[0].qualifications)
    assert {carer.gender for carer in added} == {"f", "m"}
    assert problem.organisation_of["assumed"].minutes_per_4_weeks == 12_000


def test_hours_of_a_service_that_volunteers_give_need_no_contract() -> None:
    needs = (care("n1", service="company", kinds=("volunteer",), qualifications=()),)
    problem = under(town(needs=needs), replace(HOURS, service="company"))
    assert problem.carers[-1].kind == "volunteer" and problem.carers[-1].organisation is None
    assert len(problem.contract_lines) == 1
    assert asked(town(needs=needs), replace(HOURS, service="company")).removed == 1


def test_a_longer_reach_brings_carers_to_homes_that_were_too_far() -> None:
    needs = (care("far", lat=LAT + 0.09, service="company", kinds=("volunteer",), qualifications=()),)
    problem = town(needs=needs, carers=(volunteer(max_km=5.0),))
    found = asked(problem, Assumption(code="reach", kind="volunteer", km=12.0))
    assert (found.removed, found.fen, found.per_10000_yuan) == (1, 0, None)
    nearer = under(problem, Assumption(code="reach", kind="volunteer", km=2.0))
    assert nearer.carers == problem.carers, "a reach never shrinks"


def test_an_organisation_that_leaves_takes_its_carers_lines_and_limits_along() -> None:
    problem = short(1)
    found = asked(problem, Assumption(code="organisation_leaves", organisation="sunrise"))
    assert (found.again.unserved, found.assumed.unserved, found.removed) == (0, 1, -1)
    assert found.fen == -8 * 6000
    left = under(problem, Assumption(code="organisation_leaves", organisation="sunrise"))
    assert (left.carers, left.contract_lines, left.organisations) == ((), (), ())


def test_a_contract_line_that_grows_pays_for_more_visits() -> None:
    problem = town(needs=(care("n1"), care("n2")), contract_lines=(line(max_visits=8),))
    found = asked(problem, Assumption(code="line_grows", organisation="sunrise", service="daily_care", visits=8))
    assert (found.removed, found.fen) == (1, 8 * 6000)


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"code": "wishes"}, "code"),
        ({"code": "reach", "kind": "volunteer"}, "km"),
        ({"code": "reach", "kind": "robot", "km": 3.0}, "kind"),
        ({"code": "reach", "kind": "volunteer", "km": float("nan")}, "km"),
        ({"code": "more_hours", "service": "daily_care", "lat": LAT, "lon": LON, "minutes": -1, "fen": 0}, "minutes"),
        ({"code": "organisation_leaves", "organisation": "x", "sql": "1"}, "sql"),
    ],
)
def test_a_bad_assumption_names_its_field(document: dict[str, object], field: str) -> None:
    with pytest.raises(ProblemError) as caught:
        Assumption.from_document(document)
    assert field in str(caught.value)


@pytest.mark.parametrize(
    "assumption",
    [
        Assumption(code="organisation_leaves", organisation="nobody"),
        Assumption(code="reach", kind="volunteer", km=8.0),
        replace(HOURS, service="unknown"),
        Assumption(code="line_grows", organisation="sunrise", service="unknown", visits=3),
    ],
)
def test_an_assumption_about_what_is_not_there_is_refused(assumption: Assumption) -> None:
    with pytest.raises(ProblemError):
        under(short(), assumption)


def test_a_document_comes_back_as_it_was() -> None:
    assert Assumption.from_document(HOURS.to_document()) == HOURS


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), minutes=st.integers(0, 20_000))
def test_more_never_leaves_more_weight_unserved_than_as_things_are(seed: int, minutes: int) -> None:
    problem = random_town(seed, 12, 4, 0.6)
    service = problem.needs[0].service
    found = asked(problem, replace(HOURS, service=service, minutes=minutes))
    assert found.assumed.objective <= found.again.objective <= found.today.objective
    assert found.assumed.served + found.assumed.unserved == len(problem.needs)
