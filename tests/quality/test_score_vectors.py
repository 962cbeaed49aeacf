"""The vectors A-H of DOMAIN.md 6.5 and the boundaries of 6.2, verbatim."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from bangfu.quality import score_rules as rules
from bangfu.quality.score_rules import Counts

A = Counts(
    due=120, submitted=119, verified=118, on_time=112, duration_ok=115, record_ok=116, checks_done=12,
    checks_passed=12, ratings_count=40, ratings_sum=Fraction(188), callbacks_reached=30, callbacks_confirmed=30,
    goals_due=10, goals_met=9, complaints_minor=0, complaints_major=0, credentials_ok=118,
)  # fmt: skip
CASES = {
    "A": A,
    "B": replace(
        A, submitted=108, verified=104, on_time=90, duration_ok=93, record_ok=95, checks_passed=10, checks_done=11,
        ratings_count=30, ratings_sum=Fraction(129), callbacks_confirmed=24, callbacks_reached=25, goals_met=7,
        complaints_minor=1, credentials_ok=104,
    ),
    "C": replace(
        A, submitted=100, verified=90, on_time=81, duration_ok=85, record_ok=88, checks_passed=9, checks_done=10,
        ratings_count=30, ratings_sum=Fraction(141), callbacks_confirmed=20, callbacks_reached=20, credentials_ok=90,
    ),
    "D": Counts(
        due=12, submitted=12, verified=12, on_time=11, duration_ok=12, record_ok=12, checks_done=2, checks_passed=2,
        ratings_count=3, ratings_sum=Fraction(15), callbacks_reached=3, callbacks_confirmed=3, goals_due=0,
        goals_met=0, complaints_minor=0, complaints_major=0, credentials_ok=12,
    ),
    "E": replace(A, complaints_major=1),
    "F": replace(A, verified=112, on_time=107, duration_ok=109, credentials_ok=112, veto=True),
    "G": replace(A, credentials_ok=117),
    "H": Counts(
        due=40, submitted=25, verified=22, on_time=18, duration_ok=20, record_ok=21, checks_passed=2, checks_done=3,
        ratings_count=8, ratings_sum=Fraction(26), callbacks_confirmed=5, callbacks_reached=6, goals_met=1,
        goals_due=4, complaints_minor=2, complaints_major=0, credentials_ok=22,
    ),
}  # fmt: skip
POINTS = {
    "A": "19.667 9.492 9.746 9.748 10 13.875 5 9 6 4",
    "B": "17.333 8.654 8.942 8.796 9.091 12.375 4.8 7 4.5 4",
    "C": "15 9 9.444 8.8 9 13.875 5 9 6 4",
    "D": "20 9.167 10 10 10 n/a 5 n/a 6 4",
    "E": "19.667 9.492 9.746 9.748 10 13.875 5 9 3 4",
    "F": "18.667 9.554 9.732 9.748 10 13.875 5 9 6 4",
    "G": "19.667 9.492 9.746 9.748 10 13.875 5 9 6 0",
    "H": "11 8.182 9.091 8.4 6.667 8.438 4.167 2.5 3 4",
}
RESULTS = {
    "A": ("96.5", "excellent", "excellent", 118, "60.00", "4956.00", "2124.00", "7080.00"),
    "B": ("85.5", "good", "good", 104, "60.00", "4368.00", "1684.80", "6052.80"),
    "C": ("89.1", "good", "fair", 90, "60.00", "3780.00", "972.00", "4752.00"),
    "D": ("98.9", "excellent", "excellent", 12, "85.50", "718.20", "307.80", "1026.00"),
    "E": ("93.5", "excellent", "fair", 118, "60.00", "4956.00", "1274.40", "6230.40"),
    "F": ("95.6", "excellent", "poor", 112, "60.00", "4704.00", "0.00", "4704.00"),
    "G": ("92.5", "excellent", "excellent", 117, "60.00", "4914.00", "2106.00", "7020.00"),
    "H": ("65.4", "fair", "poor", 22, "33.33", "513.28", "0.00", "513.28"),
}
SHARE = Decimal("0.30")


@pytest.mark.parametrize("case", CASES)
def test_points_of_each_indicator_are_those_of_the_vectors(case: str) -> None:
    scored = rules.score(CASES[case])
    wanted = [None if each == "n/a" else Decimal(each) for each in POINTS[case].split()]
    found = [None if each.points is None else rules.half_up(each.points, 3) for each in scored.indicators]
    assert found == wanted


@pytest.mark.parametrize("case", CASES)
def test_score_band_and_pay_are_those_of_the_vectors(case: str) -> None:
    scored = rules.score(CASES[case])
    value, band, final, units, rate, base, perf, total = RESULTS[case]
    assert (str(scored.score), scored.band, scored.final_band) == (value, band, final)
    paid = rules.pay(units, Decimal(rate), SHARE, rules.factor_of(scored.final_band, scored.score))
    assert (str(paid.base), str(paid.perf), str(paid.total)) == (base, perf, total)


def test_weights_of_vector_d_sum_to_75() -> None:
    assert rules.score(CASES["D"]).weight == 75


@pytest.mark.parametrize(
    ("case", "caps"),
    [("A", ()), ("C", ("completion",)), ("E", ("major_complaint",)), ("F", ("veto",)), ("H", ("completion",))],
)
def test_the_caps_that_lowered_the_band_are_named(case: str, caps: tuple[str, ...]) -> None:
    assert rules.score(CASES[case]).caps == caps


@pytest.mark.parametrize(
    ("exact", "rounded", "band"),
    [
        ("89.95", "90.0", "excellent"), ("89.94", "89.9", "good"), ("79.95", "80.0", "good"),
        ("79.94", "79.9", "fair"), ("59.95", "60.0", "fair"), ("59.94", "59.9", "poor"), ("100", "100.0", "excellent"),
        ("0", "0.0", "poor"),
    ],
)  # fmt: skip
def test_bands_go_by_the_rounded_score(exact: str, rounded: str, band: str) -> None:
    value = rules.half_up(Fraction(exact), 1)
    assert (str(value), rules.band_of(value)) == (rounded, band)


@pytest.mark.parametrize(
    ("completion", "final"),
    [
        ("0.9", "excellent"), ("0.899999", "good"), ("0.8", "good"), ("0.799999", "fair"), ("0.6", "fair"),
        ("0.599999", "poor"),
    ],
)  # fmt: skip
def test_completion_caps_the_band_below_its_exact_boundaries(completion: str, final: str) -> None:
    assert rules.capped("excellent", Fraction(completion), major=False, veto=False)[0] == final


@pytest.mark.parametrize(
    ("band", "paid"), [("excellent", "360.00"), ("good", "324.00"), ("fair", "216.00"), ("poor", "0.00")]
)
def test_the_caregivers_subsidy_is_all_performance(band: str, paid: str) -> None:
    found = rules.pay(3, Decimal("120.00"), Decimal(1), rules.factor_of(band, Decimal("70.0")))
    assert (str(found.base), str(found.total)) == ("0.00", paid)


@pytest.mark.parametrize(
    ("score", "band", "factor"),
    [
        ("60.0", "fair", "0"), ("75.0", "fair", "1/2"), ("90.0", "excellent", "1"), ("97.3", "excellent", "1"),
        ("59.9", "poor", "0"), ("89.1", "good", "291/300"),
        ("89.1", "fair", "291/300"),  # a cap takes nothing from a rule that goes by the score
    ],
)  # fmt: skip
def test_the_linear_rule_pays_by_the_score(score: str, band: str, factor: str) -> None:
    assert rules.factor_of(band, Decimal(score), "linear") == Fraction(factor)


@pytest.mark.parametrize("rule", ["steps", "linear"])
def test_a_veto_leaves_nothing_of_the_performance_part(rule: str) -> None:
    assert rules.factor_of("poor", Decimal("95.6"), rule, veto=True) == 0


def test_a_quarter_with_nothing_due_is_not_scored() -> None:
    found = rules.score(replace(A, due=0, veto=True))
    assert (found.scored, found.score, found.band, found.final_band, found.caps) == (False, None, "", "", ())
    assert all(each.points is None for each in found.indicators)


def test_more_verified_than_due_counts_as_complete() -> None:
    assert rules.score(replace(A, verified=130)).indicators[0].points == 20


def test_additional_visits_do_not_make_up_for_a_missed_window() -> None:
    assert rules.score(replace(A, verified=130, completed=108)).indicators[0].share == Fraction(9, 10)


def test_ratings_of_four_people_say_nothing_and_of_five_do() -> None:
    assert rules.score(replace(A, ratings_count=4, ratings_sum=Fraction(4))).indicators[5].points is None
    assert rules.score(replace(A, ratings_count=5, ratings_sum=Fraction(5))).indicators[5].points == 0


@pytest.mark.parametrize(
    ("minor", "major", "points"), [(0, 0, "6"), (1, 0, "4.5"), (2, 1, "0"), (4, 0, "0"), (0, 1, "3"), (9, 9, "0")]
)
def test_complaints_take_off_a_quarter_or_a_half_each_down_to_nothing(minor: int, major: int, points: str) -> None:
    found = rules.score(replace(A, complaints_minor=minor, complaints_major=major)).indicators[8]
    assert found.points == Fraction(points)
