"""What each event makes of a problem, and that an event about nobody is named."""

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest

from matching import ContractLine, Pair, Problem, ProblemError, SharedLimit, replan
from matching.replan import (
    CarerIll,
    CarerLeaves,
    CarerShrinks,
    Event,
    LimitShrinks,
    LineShrinks,
    NeedAppears,
    NeedCloses,
    NeedMoves,
    OfferDeclined,
    OrganisationShrinks,
)
from tests.matching.cast import LAT, LON, care, given_pairs, line, town, volunteer, worker

LIMIT = SharedLimit(id="project", lines=(("sunrise", "daily_care"),), needs=("n1", "n2"), max_visits=100)
TOWN = town(needs=(care("n1"), care("n2")), carers=(worker("li"), volunteer("wang")), limits=(LIMIT,))
PAIRS = given_pairs([[1, 2], [3, 4]], [[10, 10], [10, 10]], [100, 100])


def after(*events: Event, problem: Problem = TOWN) -> Problem:
    return replan.apply(problem, events)


def test_who_is_ill_stays_in_the_problem_without_minutes_or_households() -> None:
    ill = after(CarerIll(carer="li", until=date(2026, 2, 1))).carer_of["li"]
    assert (ill.minutes_per_4_weeks, ill.max_households) == (0, 0)
    assert ill.windows == TOWN.carer_of["li"].windows


def test_who_leaves_is_no_longer_part_of_the_problem_nor_of_its_pairs() -> None:
    assert [c.id for c in after(CarerLeaves(carer="li")).carers] == ["wang"]
    assert {p.carer for p in after(CarerLeaves(carer="agent0"), problem=PAIRS).pairs or ()} == {"agent1"}


def test_of_several_shrinks_of_one_carer_the_hardest_counts_for_each_limit() -> None:
    one = CarerShrinks(carer="li", minutes_per_4_weeks=300, max_households=4)
    other = CarerShrinks(carer="li", minutes_per_4_weeks=900, max_households=1)
    for order in ((one, other), (other, one)):
        carer = after(*order).carer_of["li"]
        assert (carer.minutes_per_4_weeks, carer.max_households) == (300, 1)


def test_a_need_appears_with_its_candidates_where_pairs_are_given() -> None:
    assert "n3" in after(NeedAppears(need=care("n3"))).need_of
    pair = Pair(need="job9", carer="agent1", cost=5, minutes=10)
    assert after(NeedAppears(need=care("job9"), pairs=(pair,)), problem=PAIRS).pair_of["job9", "agent1"] == pair


def test_a_need_that_closes_leaves_shared_limits_and_pairs_too() -> None:
    problem = after(NeedCloses(need="n1"))
    assert "n1" not in problem.need_of
    assert problem.limit_of["project"].needs == ("n2",)
    assert {p.need for p in after(NeedCloses(need="job0"), problem=PAIRS).pairs or ()} == {"job1"}


def test_a_need_moves_to_its_new_place() -> None:
    need = after(NeedMoves(need="n1", lat=LAT + 0.02, lon=LON)).need_of["n1"]
    assert (need.lat, need.lon) == (LAT + 0.02, LON)


def test_who_declined_is_excluded_for_that_need_and_loses_the_given_pair() -> None:
    problem = after(OfferDeclined(need="n1", carer="li"))
    assert (problem.need_of["n1"].excluded, problem.need_of["n2"].excluded) == (("li",), ())
    assert ("job0", "agent0") not in after(OfferDeclined(need="job0", carer="agent0"), problem=PAIRS).pair_of


def test_lines_organisations_and_shared_limits_shrink() -> None:
    problem = after(
        LineShrinks(organisation="sunrise", service="daily_care", max_visits=8),
        OrganisationShrinks(organisation="sunrise", minutes_per_4_weeks=480),
        LimitShrinks(limit="project", max_fen=48_000),
    )
    assert problem.line_of["sunrise", "daily_care"] == line(max_visits=8)
    assert problem.organisation_of["sunrise"].minutes_per_4_weeks == 480
    assert (problem.limit_of["project"].max_visits, problem.limit_of["project"].max_fen) == (100, 48_000)


def test_the_order_of_events_does_not_matter() -> None:
    events: tuple[Event, ...] = (
        NeedAppears(need=care("n3")),
        OfferDeclined(need="n3", carer="li"),
        NeedMoves(need="n2", lat=LAT, lon=LON),
        NeedCloses(need="n2"),
    )
    assert len({repr(after(*order)) for order in permutations(events)}) == 1


UNKNOWN: dict[str, tuple[Event, str]] = {
    "carer_ill": (CarerIll(carer="zhu"), "carer zhu is not part"),
    "carer_leaves": (CarerLeaves(carer="zhu"), "carer zhu is not part"),
    "carer_shrinks": (CarerShrinks(carer="zhu", max_households=1), "carer zhu is not part"),
    "need_appears": (NeedAppears(need=care("n1")), "need n1 is already part"),
    "need_closes": (NeedCloses(need="n9"), "need n9 is not part"),
    "need_moves": (NeedMoves(need="n9", lat=LAT, lon=LON), "need n9 is not part"),
    "offer_declined": (OfferDeclined(need="n1", carer="zhu"), "carer zhu is not part"),
    "line_shrinks": (
        LineShrinks(organisation="sunrise", service="bathing", max_visits=1),
        "organisation sunrise/bathing is not part",
    ),
    "organisation_shrinks": (
        OrganisationShrinks(organisation="harbour", minutes_per_4_weeks=1),
        "organisation harbour is not part",
    ),
    "limit_shrinks": (LimitShrinks(limit="other", max_visits=1), "limit other is not part"),
}


@pytest.mark.parametrize("code", UNKNOWN)
def test_an_event_about_nobody_is_named_with_its_place(code: str) -> None:
    event, said = UNKNOWN[code]
    with pytest.raises(ProblemError) as error:
        after(CarerIll(carer="wang"), event)
    assert str(error.value).startswith(f"events[1] ({code}): {said}")


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (CarerShrinks(carer="li", minutes_per_4_weeks=5000), "minutes_per_4_weeks must be at most 2000, is 5000"),
        (LineShrinks(organisation="sunrise", service="daily_care", max_visits=1001), "max_visits must be at most 1000"),
        (OrganisationShrinks(organisation="sunrise", minutes_per_4_weeks=20_001), "must be at most 20000"),
        (LimitShrinks(limit="project", max_visits=101), "max_visits must be at most 100"),
    ],
)
def test_a_shrink_that_adds_is_refused(event: Event, said: str) -> None:
    with pytest.raises(ProblemError, match=said):
        after(event)


def test_events_that_contradict_the_kind_of_problem_are_refused() -> None:
    with pytest.raises(ProblemError, match="given pairs"):
        after(NeedMoves(need="job0", lat=LAT, lon=LON), problem=PAIRS)
    with pytest.raises(ProblemError, match="are computed"):
        after(NeedAppears(need=care("n3"), pairs=(Pair(need="n3", carer="li", cost=1, minutes=1),)))
    with pytest.raises(ProblemError, match="n1 moves to two places"):
        after(NeedMoves(need="n1", lat=LAT, lon=LON), NeedMoves(need="n1", lat=LAT + 0.1, lon=LON))


def test_events_judge_themselves_when_they_are_made() -> None:
    with pytest.raises(ProblemError, match="event carer_shrinks: minutes_per_4_weeks must be a whole number"):
        CarerShrinks(carer="li", minutes_per_4_weeks=-1)
    with pytest.raises(ProblemError, match="event line_shrinks: max_visits or another limit must be given"):
        LineShrinks(organisation="sunrise", service="daily_care")
    with pytest.raises(ProblemError, match="event need_moves: lat must be a number"):
        NeedMoves(need="n1", lat=float("nan"), lon=LON)


def test_events_are_read_back_from_their_document() -> None:
    events: list[Event] = [
        *(event for event, _ in UNKNOWN.values()),
        CarerIll(carer="li", until=date(2026, 2, 1)),
        NeedAppears(need=care("job9"), pairs=(Pair(need="job9", carer="agent1", cost=5, minutes=10),)),
    ]
    assert replan.events_of(replan.events_document(events)) == tuple(events)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"carer": "li"}, r"events\[0\]: code must be one of"),
        ({"code": "carer_ill"}, r"events\[0\] \(carer_ill\): carer is missing"),
        ({"code": "carer_ill", "carer": "li", "until": "soon"}, r"events\[0\] \(carer_ill\): until must be a date"),
        ({"code": "need_appears", "need": {"id": "n3"}}, r"events\[0\] need \(n3\): household is missing"),
        ("carer_ill", r"events\[0\]: must be an object"),
    ],
)
def test_a_bad_entry_of_a_document_is_named(entry: object, said: str) -> None:
    with pytest.raises(ProblemError, match=said):
        replan.events_of({"version": 1, "events": [entry]})


def test_unknown_services_of_lines_stay_as_they_are() -> None:
    other = ContractLine(organisation="sunrise", service="bathing", unit_price_fen=1, max_visits=1, max_fen=1)
    problem = replace(TOWN, contract_lines=(line(), other))
    shrunk = after(LineShrinks(organisation="sunrise", service="daily_care", max_fen=0), problem=problem)
    assert shrunk.line_of["sunrise", "bathing"] == other
