"""The rules of a score's life without a database: machines, what follows, remedies, differences."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.errors import Refused
from bangfu.quality import life_rules
from bangfu.quality.counting import count
from bangfu.quality.life_appeal_rules import APPEAL_MACHINE, GROUNDS, INDICATORS, LIKELY, reviews_for_city
from bangfu.quality.life_correction_rules import (
    Change,
    adopted,
    apply,
    changes_of,
    check_times,
    differences,
    remedies_for,
)
from bangfu.quality.life_follow_rules import follows, quarters_before, why_not_check
from bangfu.quality.life_veto_rules import VETO_MACHINE
from bangfu.quality.snapshot import CheckFact, RatingFact, text_of
from tests.quality.quarter_facts import key, quarter, visit, window

BANDS = ("", "excellent", "good", "fair", "poor")
ORDER = {state: place for place, state in enumerate(life_rules.STATES)}


@given(st.lists(st.sampled_from(life_rules.MACHINE.actions), max_size=12))
def test_whatever_is_tried_a_score_is_never_published_unconfirmed_and_never_leaves_final(tried: list[str]) -> None:
    state, seen = "open", ["open"]
    for action in tried:
        try:
            state = life_rules.MACHINE.target(state, action)
        except Refused:
            continue
        if state != seen[-1]:
            seen.append(state)
    if "published_prelim" in seen:
        assert seen[seen.index("published_prelim") - 1] == "scored"
    assert "final" not in seen[:-1]
    if "final" in seen:
        assert "published_prelim" in seen


def test_nobody_may_publish_what_the_same_person_confirmed() -> None:
    me, you = uuid4(), uuid4()
    assert life_rules.why_not_publish(me, me)
    assert not life_rules.why_not_publish(me, you)
    assert life_rules.why_not_decide(me, you, me)
    assert not life_rules.why_not_decide(me, you, uuid4())
    assert why_not_check(me, you, me)
    assert why_not_check(me, you, you)
    assert not why_not_check(me, you, uuid4())


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_period_closes_exactly_from_the_required_number_of_checks_on(done: int, required: int) -> None:
    assert life_rules.enough_checks(done, required) == (done >= required)


@given(st.sampled_from(BANDS), st.lists(st.sampled_from(BANDS), min_size=3, max_size=3))
def test_what_follows_from_a_band(band: str, earlier: list[str]) -> None:
    found = follows("contract", band, earlier)
    assert found.rectification == (band in {"fair", "poor"})
    assert found.holds == (band == "poor")
    assert found.preferred == (band == "excellent")
    assert found.termination == (band == "poor" and "poor" in earlier)
    own = follows("agreement", band, earlier)
    assert own.subsidy == (band == "poor")
    assert not (own.rectification or own.holds or own.termination)


def test_four_quarters_are_looked_at_together_over_the_turn_of_the_year() -> None:
    assert quarters_before(2026, 2) == [(2026, 1), (2025, 4), (2025, 3)]
    assert not follows("contract", "poor", ["good", "good", "good", "poor"]).termination


def test_every_indicator_offers_grounds_of_the_list_and_another_reason() -> None:
    assert set(LIKELY) == set(INDICATORS)
    assert all(set(grounds) <= set(GROUNDS) and "other" in grounds for grounds in LIKELY.values())
    assert set().union(*LIKELY.values()) == set(GROUNDS)


@pytest.mark.parametrize(("scope", "reviews"), [("9901", True), ("99", True), ("990101", False), ("", False)])
def test_only_a_wider_scope_than_the_county_reviews(scope: str, reviews: bool) -> None:
    assert reviews_for_city(scope) is reviews


def test_no_way_leads_past_hearing_or_decision() -> None:
    confirming = [line.source for (_, action), line in VETO_MACHINE.table.items() if action == "confirm"]
    assert confirming == ["heard"]
    reviewed = [line.source for (_, action), line in APPEAL_MACHINE.table.items() if action == "review"]
    assert reviewed == ["review_asked"]


FACTS = quarter(
    windows=(window(1, "missed"), window(2)),
    visits=(visit(2, lasts=30, late=50, record_complete=False, missing=("photo",), qualified=False, payable=False,
                  unpayable_reason="cred_gap"),),
    checks=(CheckFact("c1", key(2), "regular", "fail", "shorter"),),
    ratings=(RatingFact("R1", 2, 2), RatingFact("R2", 10, 2)),
)  # fmt: skip


def test_each_remedy_moves_its_case_from_the_misses_to_the_hits() -> None:
    for code, tally in count(FACTS).tallies.items():
        for item in tally.misses:
            for remedy in remedies_for(code, item.kind, item.visit):
                time = datetime.fromisoformat(FACTS.visits[0].window_start.replace("Z", "+00:00"))
                if remedy == "end":
                    time = datetime(2026, 7, 1, 5, 0, tzinfo=UTC)
                changes = changes_of(FACTS, remedy, item.id, item.visit, time)
                after = count(apply(FACTS, changes)).tallies[code]
                assert len(after.misses) <= len(tally.misses), (code, remedy)
                if remedy != "sent":
                    assert changes, (code, remedy)


def test_a_correction_never_edits_the_frozen_text_and_can_be_named() -> None:
    before = text_of(FACTS)
    changes = changes_of(FACTS, "qualified", key(2))
    after = apply(FACTS, changes)
    assert text_of(FACTS) == before
    found = differences(FACTS, after)
    assert Change("visits", key(2), "qualified", "false", "true") in found
    assert Change("visits", key(2), "unpayable_reason", "cred_gap", "") in found
    assert differences(after, after) == []


def test_a_dropped_rating_and_one_that_is_gone_already() -> None:
    change = changes_of(FACTS, "dropped", "R1")
    assert [each.recipient for each in apply(FACTS, change).ratings] == ["R2"]
    assert apply(apply(FACTS, change), change).ratings == apply(FACTS, change).ratings


def test_a_visit_cannot_end_before_it_begins() -> None:
    changes = changes_of(FACTS, "end", key(2), time=datetime(2026, 7, 1, 0, 0, tzinfo=UTC))
    assert check_times(changes, FACTS)
    assert not check_times(changes_of(FACTS, "qualified", key(2)), FACTS)


def test_what_the_features_put_right_since_is_taken_over_for_the_named_facts_only() -> None:
    now = quarter(
        windows=(window(1, "excused", excuse="death"), window(2, "missed")),
        visits=(visit(2, status="settled"),), checks=FACTS.checks, ratings=FACTS.ratings,
    )  # fmt: skip
    found = adopted(FACTS, now, ["w0001"])
    assert {(each.fact, each.field, each.after) for each in found} == {
        ("w0001", "state", "excused"), ("w0001", "excuse", "death"),
    }  # fmt: skip
    paid = quarter(windows=FACTS.windows, visits=(visit(2, status="settled"),))
    assert all(each.field != "status" for each in adopted(FACTS, paid, [key(2)]))


def test_the_machine_moves_forward_only_but_for_a_return() -> None:
    for (source, action), line in life_rules.MACHINE.table.items():
        assert action == "return" or ORDER[line.target] >= ORDER[source]
