"""The table of transitions of a need (DOMAIN.md 8.3): what is not listed is refused."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.errors import Refused
from bangfu.needs import rules
from bangfu.shared.civil_time import SHANGHAI, civil_datetime, published_calendar
from bangfu.shared.faults import Fault
from bangfu.shared.words import WORDS

ROLES = sorted(WORDS["role"])
states, actions = st.sampled_from(rules.STATES), st.sampled_from(rules.ACTIONS)
role_sets = st.frozensets(st.sampled_from(ROLES), max_size=4)


@given(states, st.one_of(actions, st.text(max_size=12)), role_sets)
def test_what_the_table_does_not_list_is_refused_for_every_role(state: str, action: str, roles: frozenset[str]) -> None:
    if (state, action) in rules.TRANSITIONS:
        assert rules.next_status(state, action) in rules.STATES
        return
    assert not rules.may(state, action, roles)
    with pytest.raises(Refused):
        rules.next_status(state, action)


@given(states, role_sets)
def test_a_page_offers_exactly_what_may_be_done(state: str, roles: frozenset[str]) -> None:
    offered = rules.actions_for(state, roles)
    assert set(offered) == {action for action in rules.ACTIONS if rules.may(state, action, roles)}
    assert all(rules.TRANSITIONS[state, action].roles & roles for action in offered)


def test_nobody_brings_a_rejected_or_cancelled_need_back_but_the_taking_back_of_a_leaving() -> None:
    assert {"rejected"} == rules.TERMINAL
    assert set(rules.STATES) - rules.TERMINAL - {"closed", "cancelled"} == rules.OPEN
    ways = [line for (state, _), line in rules.TRANSITIONS.items() if state == "cancelled"]
    assert {(line.action, line.roles) for line in ways} == {
        ("restore", frozenset({"system"})), ("restore_draft", frozenset({"system"})),
    }  # fmt: skip


@given(st.lists(actions, max_size=40))
def test_on_every_walk_a_need_is_confirmed_before_it_is_matched_and_served(walk: list[str]) -> None:
    state, passed = "draft", ["draft"]
    for action in walk:
        if (state, action) in rules.TRANSITIONS:
            state = rules.next_status(state, action)
            passed.append(state)
    if "matching" in passed:
        assert passed.index("submitted") < passed.index("confirmed") < passed.index("matching")
    if "in_service" in passed:
        assert "assigned" in passed[: passed.index("in_service")]
    for end in rules.TERMINAL & set(passed):
        assert passed[-1] == end, "nothing follows an end"


def test_every_state_can_be_reached_and_only_officers_decide() -> None:
    reached = {"draft"} | {row.target for row in rules.TRANSITIONS.values()}
    assert reached == set(rules.STATES)
    for action in ("confirm", "reject", "close", "reopen"):
        assert {row.roles for row in rules.TRANSITIONS.values() if row.action == action} == {rules.OFFICER}


def test_no_role_but_the_system_moves_an_assigned_need_into_service() -> None:
    assert [role for role in ROLES if rules.may("assigned", "begin_service", {role})] == ["system"]


@pytest.mark.parametrize(
    ("submitted", "due"),
    [
        ("2026-11-20 17:30", "2026-11-25 23:59"),  # Friday: Mon, Tue, Wed
        ("2026-09-30 09:00", "2026-10-10 23:59"),  # over the National Day holiday; 10 October is a make-up Saturday
    ],
)
def test_confirming_is_due_after_three_working_days(submitted: str, due: str) -> None:
    at = datetime.fromisoformat(submitted).replace(tzinfo=SHANGHAI)
    found = rules.deadline("confirm", "key", at, published_calendar())
    assert found is not None
    assert f"{civil_datetime(found):%Y-%m-%d %H:%M}" == due


def test_an_urgent_need_is_due_after_24_hours_also_at_the_weekend() -> None:
    at = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
    assert rules.deadline("confirm", "urgent", at, published_calendar()) == at + timedelta(hours=24)


def test_a_year_without_published_working_days_is_an_error_and_never_a_guess() -> None:
    with pytest.raises(Fault, match="2041"):
        rules.deadline("confirm", "key", datetime(2041, 5, 1, tzinfo=UTC), published_calendar())


def test_the_priority_comes_from_the_category_unless_somebody_called_it_urgent() -> None:
    assert rules.priority_of("tekun", urgent=False) == "key"
    assert rules.priority_of("rigid_expense", urgent=False) == "edge"
    assert rules.priority_of("emergency", urgent=False) == "general"
    assert rules.priority_of("emergency", urgent=True) == "urgent"
