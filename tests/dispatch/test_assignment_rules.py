"""The states of an assignment: the whole table, and what follows from it (DOMAIN.md 8.5)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.dispatch import rules
from bangfu.errors import Refused
from bangfu.shared.permissions import SERVERS

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
states = st.sampled_from(rules.STATES)
actions = st.sampled_from(rules.ACTIONS)
kinds = st.sampled_from(["worker", "social_worker", "volunteer"])
roles = st.frozensets(
    st.sampled_from(["provider_manager", "social_worker", "volunteer", "station_dispatcher", "bureau_lead", "system"])
)

LISTED = {
    ("offered", "accept"): "accepted", ("offered", "decline"): "declined", ("offered", "expire"): "expired",
    ("accepted", "schedule"): "scheduled", ("scheduled", "start"): "active", ("active", "complete"): "completed",
    ("accepted", "withdraw"): "withdrawn", ("scheduled", "withdraw"): "withdrawn", ("active", "withdraw"): "withdrawn",
    ("offered", "cancel"): "cancelled", ("accepted", "cancel"): "cancelled", ("scheduled", "cancel"): "cancelled",
    ("active", "cancel"): "cancelled", ("active", "replace"): "replaced",
}  # fmt: skip
"""DOMAIN.md 8.5 written out by hand."""


@given(states, actions)
def test_every_transition_is_listed_or_refused(status: str, action: str) -> None:
    if (status, action) in LISTED:
        assert rules.transition(status, action).target == LISTED[status, action]
    else:
        with pytest.raises(Refused):
            rules.transition(status, action)


def test_the_table_is_the_domains_table() -> None:
    assert {key: row.target for key, row in rules.TRANSITIONS.items()} == LISTED


@given(states, actions, roles)
def test_a_page_offers_exactly_what_the_table_gives_the_roles(status: str, action: str, held: frozenset[str]) -> None:
    listed = (status, action) in rules.TRANSITIONS
    allowed = listed and bool(rules.TRANSITIONS[status, action].roles & held)
    assert (action in rules.actions_for(status, held)) == allowed == rules.may(status, action, held)


@given(st.lists(actions, max_size=8))
def test_what_has_ended_never_opens_again(steps: list[str]) -> None:
    status = "offered"
    for action in steps:
        if (status, action) not in rules.TRANSITIONS:
            continue
        assert status not in rules.TERMINAL
        status = rules.transition(status, action).target
    assert status in rules.OPEN | rules.TERMINAL


def test_open_and_ended_are_all_states_and_only_servers_answer() -> None:
    assert set(rules.STATES) == rules.OPEN | rules.TERMINAL
    assert rules.OPEN.isdisjoint(rules.TERMINAL)
    assert rules.RETURNED <= rules.TERMINAL
    for action in ("accept", "decline"):
        assert rules.transition("offered", action).roles == SERVERS
        assert rules.transition("offered", action).whose == "own"


@given(states, actions)
def test_a_volunteer_never_needs_a_reason(status: str, action: str) -> None:
    step = rules.TRANSITIONS.get((status, action))
    if step and "volunteer" in step.roles:
        assert not rules.reason_needed(step, "volunteer")


@pytest.mark.parametrize("kind", ["worker", "social_worker"])
def test_an_organisation_and_a_social_worker_decline_with_a_reason(kind: str) -> None:
    assert rules.reason_needed(rules.transition("offered", "decline"), kind)
    assert not rules.reason_needed(rules.transition("offered", "accept"), kind)


@given(kinds, st.sampled_from(["urgent", "key", "edge", "general"]))
def test_deadlines_are_two_hours_a_day_or_three_days(kind: str, priority: str) -> None:
    hours = 2 if priority == "urgent" else 72 if kind == "volunteer" else 24
    assert rules.deadline_of(kind, priority, AT) - AT == timedelta(hours=hours)


@given(st.integers(-10_000, 10_000))
def test_an_offer_is_answered_in_time_or_expires_never_both(seconds: int) -> None:
    at, possible = AT + timedelta(seconds=seconds), []
    for action in ("accept", "expire"):
        try:
            rules.check_time(rules.transition("offered", action), AT, at)
        except Refused:
            continue
        possible.append(action)
    assert possible == (["accept"] if seconds <= 0 else ["expire"])


@given(states, kinds, st.integers(-40, 40))
def test_the_household_is_seen_only_from_acceptance_and_never_by_a_volunteer_after_the_end(
    status: str, kind: str, days: int
) -> None:
    ended = AT if status in rules.TERMINAL else None
    shown = rules.household_shown(status, kind, ended, AT + timedelta(days=abs(days)))
    if status in {"offered", "declined", "expired", "cancelled"}:
        assert not shown
    if status in rules.SERVING:
        assert shown
    if status in rules.TERMINAL and shown:
        assert kind == "worker"
        assert abs(days) <= 30


@given(st.floats(0, 500))
def test_a_distance_band_says_no_more_than_its_band(km: float) -> None:
    band = rules.distance_band(km)
    least = {"under_1": 0, "1_3": 1, "3_5": 3, "5_10": 5, "over_10": 10}[band]
    assert km >= least
    assert rules.distance_band(None) == "unknown"


def test_the_time_left_grows_louder_at_half_and_at_four_fifths() -> None:
    end = AT + timedelta(hours=10)
    heard = [rules.urgency(AT, end, AT + timedelta(hours=h)) for h in (0, 4, 5, 7, 8, 10, 12)]
    assert heard == ["info", "info", "warn", "warn", "bad", "bad", "bad"]


def test_three_expiries_warn() -> None:
    assert [rules.warned(n) for n in (0, 2, 3, 7)] == [False, False, True, True]


@given(st.floats(0, 500))
def test_before_acceptance_no_sentence_tells_the_exact_way(km: float) -> None:
    message, params = rules.coarse("The straight way is {km} km; {most} at most.", {"km": f"{km:.1f}", "most": "9.0"})
    assert "{km}" not in message
    assert params == {"most": "9.0"}
    assert rules.coarse("{needs} hours, {has} free", {"needs": "12.8", "has": "3.1"})[1]["needs"] == 13
    assert rules.coarse("{needs} households", {"needs": "6", "has": "5"})[1]["needs"] == "6"
