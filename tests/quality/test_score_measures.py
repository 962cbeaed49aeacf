"""The six measures beside a score with n and interval, and cohorts without a rank (DOMAIN.md 6.6)."""

import pytest

from bangfu.quality import measure_rules as rules
from bangfu.quality.counting import count
from bangfu.quality.score_view import view_of
from bangfu.quality.snapshot import RatingFact
from tests.quality.quarter_facts import quarter, visit, window


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(0, 0, 0.0, 1.0), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (90, 100, 0.8256, 0.9448)],
)
def test_wilson_intervals(hits: int, n: int, low: float, high: float) -> None:
    assert rules.wilson(hits, n) == pytest.approx((low, high), abs=5e-5)


def test_continuity_is_the_mean_over_recipients_and_services() -> None:
    one = [visit(n, recipient="R1", server=server) for n, server in enumerate(("S1", "S1", "S2"))]
    two = [visit(n, recipient="R2", server="S1") for n in (4, 5)]
    once = [visit(6, recipient="R3", server="S3")]
    lost = [visit(7, recipient="R1", server="S9", status="rejected")]
    assert rules.continuity_of([*one, *two, *once, *lost]) == [0.5, 1.0, 1.0]


def test_each_measure_says_its_n_and_a_small_sample_says_so() -> None:
    facts = quarter(visits=(visit(1), visit(2, late=50), visit(3, evidence="afterwards")))
    found = {each.name: each for each in rules.measures_of(facts, count(facts).counts)}
    assert set(found) == set(rules.NAMES)
    assert (found["punctuality"].hits, found["punctuality"].n, found["punctuality"].few) == (2, 3, True)
    assert (found["on_spot"].hits, found["afterwards"].hits) == (2, 1)
    assert found["satisfaction"].value is None


def test_no_distribution_is_shown_under_five_respondents() -> None:
    four = tuple(RatingFact(f"R{n}", 5, 1) for n in range(4))
    assert view_of(quarter(ratings=four)).stars is None
    five = (*four, RatingFact("R4", 5, 2))  # a mean of 2.5 is about 3
    assert view_of(quarter(ratings=five)).stars == [0, 0, 1, 0, 4]


def test_cohorts_hold_like_cases_only_and_say_when_there_are_too_few() -> None:
    many = [window(n, grade="semi", area="rural") for n in range(20)]
    served = [visit(n, grade="semi", area="rural") for n in range(20)]
    other = [window(50, "missed", grade="full_care", area="urban")]
    found = rules.cohorts_of(quarter(windows=(*many, *other), visits=tuple(served)))
    rural, urban = found["daily_care", "semi", "rural"], found["daily_care", "full_care", "urban"]
    assert (rural.due, rural.delivered.hits, rural.few, rural.few_ratings) == (20, 20, False, True)
    assert (urban.due, urban.delivered.hits, urban.few) == (1, 0, True)


def test_what_cost_most_comes_first() -> None:
    view = view_of(quarter(windows=(window(1), window(2, "missed"), window(3)), visits=(visit(1), visit(3, late=90))))
    assert [row.code for row in view.pulled_down] == ["Q1", "Q2"]
    assert view.pulled_down[0].reasons == [("missed", 1)]
