"""Frozen facts become counts, and every case says whether it counts and why not (DOMAIN.md 6.1, 6.6)."""

from dataclasses import replace
from fractions import Fraction

import pytest

from bangfu.quality.counting import Counted, count
from bangfu.quality.freezing import figures_of
from bangfu.quality.snapshot import (
    CallbackFact,
    CheckFact,
    ComplaintFact,
    GoalFact,
    RatingFact,
    Snapshot,
    VetoFact,
)
from tests.quality.quarter_facts import key, quarter, visit, window


def reasons(counted: Counted, code: str) -> list[str]:
    return [item.reason for item in counted.tallies[code].misses]


def with_visit(**changes: object) -> Snapshot:
    """The quarter with its third visit changed."""
    return quarter(visits=(visit(1), visit(2), visit(3, **changes)))


def test_a_clean_quarter_counts_everything() -> None:
    counts = count(quarter()).counts
    assert (counts.due, counts.completed, counts.submitted, counts.verified) == (3, 3, 3, 3)
    assert (counts.on_time, counts.duration_ok, counts.record_ok, counts.credentials_ok) == (3, 3, 3, 3)
    assert (counts.checks_done, counts.ratings_count, counts.goals_due, counts.veto) == (0, 0, 0, False)


@pytest.mark.parametrize(
    ("code", "changes", "reason"),
    [
        ("Q2", {"late": 31}, "off_window"), ("Q2", {"late": -31}, "off_window"), ("Q3", {"lasts": 53}, "too_short"),
        ("Q4", {"sent": 24 * 60 + 1}, "sent_late"), ("Q4", {"record_complete": False}, "incomplete"),
        ("Q10", {"qualified": False}, "cred_gap"),
    ],
)  # fmt: skip
def test_a_visit_that_does_not_count_says_why(code: str, changes: dict[str, object], reason: str) -> None:
    found = count(with_visit(**changes))
    assert reasons(found, code) == [reason]
    assert [item.visit for item in found.tallies[code].misses] == [key(3)]
    assert len(found.tallies[code].hits) == 2


@pytest.mark.parametrize(
    ("code", "changes"),
    [("Q2", {"late": 30}), ("Q2", {"late": -30}), ("Q3", {"lasts": 54}), ("Q4", {"sent": 24 * 60})],
)
def test_on_the_boundary_a_visit_counts(code: str, changes: dict[str, object]) -> None:
    assert reasons(count(with_visit(**changes)), code) == []


@pytest.mark.parametrize(
    ("status", "reason"),
    [("flagged", "not_judged"), ("submitted", "not_judged"), ("disputed", "disputed"), ("rejected", "rejected")],
)
def test_a_record_that_is_not_verified_counts_as_sent_but_not_as_delivered(status: str, reason: str) -> None:
    found = count(with_visit(status=status))
    assert (found.counts.submitted, found.counts.verified, found.counts.completed, found.counts.due) == (3, 2, 2, 3)
    assert reasons(found, "Q1") == [reason]
    assert [item.reason for item in found.tallies["Q2"].left_out] == [reason]


def test_settled_visits_count_and_forged_ones_do_not_whatever_their_state() -> None:
    assert count(with_visit(status="settled")).counts.verified == 3
    forged = count(with_visit(forged=True))
    assert (forged.counts.verified, forged.counts.submitted, reasons(forged, "Q1")) == (2, 3, ["forged"])


def test_missed_windows_are_due_and_excused_ones_are_left_out_with_their_reason() -> None:
    found = count(quarter(windows=(window(1), window(2), window(3, "missed"), window(4, "excused", excuse="death"))))
    assert (found.counts.due, found.counts.completed) == (3, 2)
    assert reasons(found, "Q1") == ["missed"]
    assert [item.reason for item in found.tallies["Q1"].left_out] == ["death"]


def test_a_visit_without_a_window_is_delivered_but_completes_nothing() -> None:
    found = count(quarter(windows=(window(1), window(2, "missed"))))
    assert (found.counts.verified, found.counts.completed, found.counts.due) == (3, 1, 2)


def test_only_checks_that_passed_or_failed_count() -> None:
    checks = tuple(
        CheckFact(key(50 + n), key(1), "regular", result, why)
        for n, (result, why) in enumerate([("pass", ""), ("fail", "shorter"), ("unreachable", ""), ("", "")])
    )
    found = count(quarter(checks=checks))
    assert (found.counts.checks_passed, found.counts.checks_done) == (1, 2)
    assert reasons(found, "Q5") == ["shorter"]
    assert [item.reason for item in found.tallies["Q5"].left_out] == ["unreachable", "open"]


def test_each_recipient_has_one_voice() -> None:
    ratings = (RatingFact("R1", 9, 2), RatingFact("R2", 5, 1), RatingFact("R3", 10, 3))
    counts = count(quarter(ratings=ratings)).counts
    assert (counts.ratings_count, counts.ratings_sum) == (3, Fraction(9, 2) + 5 + Fraction(10, 3))


def test_call_backs_count_once_somebody_was_reached_and_goals_once_confirmed() -> None:
    calls = (
        CallbackFact(key(60), "R1", reached=True, confirmed=True),
        CallbackFact(key(61), "R2", reached=True, confirmed=False),
        CallbackFact(key(62), "R3", reached=False, confirmed=False),
    )
    goals = (GoalFact(key(70), "R1", met=True), GoalFact(key(71), "R2", met=False))
    found = count(quarter(callbacks=calls, goals=goals))
    counts = found.counts
    assert (counts.callbacks_confirmed, counts.callbacks_reached) == (1, 2)
    assert (counts.goals_met, counts.goals_due) == (1, 2)
    assert [item.reason for item in found.tallies["Q7"].left_out] == ["not_reached"]


def test_substantiated_complaints_count_by_severity_and_a_critical_one_as_major() -> None:
    given = [
        ("minor", "substantiated"), ("minor", "partly"), ("critical", "substantiated"), ("major", "unsubstantiated"),
        ("minor", "withdrawn"),
    ]  # fmt: skip
    complaints = tuple(ComplaintFact(key(80 + n), severity, result) for n, (severity, result) in enumerate(given))
    found = count(quarter(complaints=complaints))
    assert (found.counts.complaints_minor, found.counts.complaints_major) == (2, 1)
    assert sorted(item.reason for item in found.tallies["Q9"].left_out) == ["unsubstantiated", "withdrawn"]


def test_a_confirmed_veto_makes_the_quarter_poor() -> None:
    figures = figures_of(quarter(vetoes=(VetoFact(key(90), "gifts"),)))
    assert (figures.scored.band, figures.scored.final_band, figures.scored.caps) == ("excellent", "poor", ("veto",))


def test_the_tolerances_are_those_of_the_frozen_standard() -> None:
    late = with_visit(late=45)
    wider = replace(late, standard={**late.standard, "tolerance_minutes": 60})
    assert reasons(count(late), "Q2") == ["off_window"]
    assert reasons(count(wider), "Q2") == []
