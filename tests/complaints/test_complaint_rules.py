"""The rules of complaints without a database: transitions, clocks, both sides heard, a reply that can be read aloud."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.complaints import rules
from bangfu.complaints.rules import Heard
from bangfu.errors import Refused

AT = datetime(2026, 11, 20, 4, tzinfo=UTC)
LISTED = {
    ("received", "accept"): "accepted", ("received", "transfer"): "transferred", ("received", "refuse"): "not_accepted",
    ("accepted", "investigate"): "investigating", ("investigating", "decide"): "decided",
    ("decided", "reply"): "replied", ("replied", "close"): "closed", ("closed", "reopen"): "investigating",
}  # fmt: skip
"""DOMAIN.md 8.9, verbatim."""


@given(st.lists(st.sampled_from(rules.MACHINE.actions), max_size=14))
def test_no_order_of_actions_reaches_a_state_but_by_the_lines_of_the_domain(actions: list[str]) -> None:
    state = "received"
    for action in actions:
        if (state, action) in LISTED:
            assert rules.MACHINE.target(state, action) == LISTED[state, action]
            state = LISTED[state, action]
        else:
            with pytest.raises(Refused):
                rules.MACHINE.target(state, action)


def test_the_table_is_the_one_of_the_domain() -> None:
    assert {key: line.target for key, line in rules.MACHINE.table.items()} == LISTED


@pytest.mark.parametrize(
    ("severity", "petition", "accept", "close", "extension", "by_days"),
    [
        ("minor", False, 2, 10, 10, False), ("major", False, 1, 5, 5, False), ("critical", False, 1, 5, 5, False),
        ("minor", True, 15, 60, 30, True), ("critical", True, 15, 60, 30, True),
    ],
)  # fmt: skip
def test_the_limits_are_those_of_the_domain(
    severity: str, petition: bool, accept: int, close: int, extension: int, by_days: bool
) -> None:
    found = rules.limits_of(severity, petition)
    assert (found.accept, found.close, found.extension, found.by_days) == (accept, close, extension, by_days)


def test_a_critical_complaint_has_hours_whatever_it_is_filed_as() -> None:
    for petition in (False, True):
        found = rules.limits_of("critical", petition)
        assert (found.contact, found.plan) == (timedelta(hours=2), timedelta(hours=24))
    assert rules.limits_of("major", False).contact is None


@pytest.mark.parametrize(
    ("roles", "level"),
    [
        ({"assist_coordinator"}, "township"), ({"station_dispatcher"}, "township"), ({"township_officer"}, "bureau"),
        ({"bureau_officer"}, "lead"), ({"finance_officer"}, "lead"), ({"bureau_lead"}, "above"), ({"auditor"}, "lead"),
        ({"township_officer", "bureau_officer"}, "lead"),
    ],
)  # fmt: skip
def test_a_complaint_about_an_officer_is_handled_above_that_officer(roles: set[str], level: str) -> None:
    assert rules.level_of_person(roles) == level


@given(st.lists(st.sampled_from(rules.LEVELS)))
def test_the_highest_of_levels_is_never_below_any_of_them(levels: list[str]) -> None:
    assert all(rules.LEVELS.index(rules.highest(levels)) >= rules.LEVELS.index(each) for each in levels)


HEARD = st.builds(Heard, st.booleans(), st.booleans(), st.integers(0, 3))


@given(
    st.sampled_from(sorted(rules.INTAKES)), st.sampled_from(rules.RESULTS), st.sampled_from(rules.TARGETS), HEARD,
    st.sampled_from([None, AT - timedelta(hours=1), AT + timedelta(hours=1)]),
)  # fmt: skip
def test_a_tried_case_is_decided_only_with_the_complainant_heard(
    intake: str, result: str, target: str, heard: Heard, due: datetime | None
) -> None:
    missing = rules.missing_for(intake, result, target, heard, due, AT)
    tried = rules.INTAKES[intake].tried
    assert ("complainant" in missing) == (tried and not heard.complainant)
    waits = due is None or due > AT
    others = tried and result != "withdrawn"
    assert ("target" in missing) == (others and not heard.target and waits and target != "unknown")
    assert ("evidence" in missing) == (others and not heard.evidence)


def test_only_complaints_and_reports_are_tried_and_reports_are_confidential_at_the_bureau() -> None:
    assert {name for name, each in rules.INTAKES.items() if each.tried} == {"complaint", "report"}
    assert (rules.INTAKES["report"].level, rules.INTAKES["report"].confidential) == ("bureau", True)
    assert rules.results_of("consult") == ("answered",)
    assert rules.results_of("complaint") == ("substantiated", "partly", "unsubstantiated", "withdrawn")


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("您好。那天没有人去。机构会补上。", ""), ("字" * 61, "sentence"), ("字" * 60 + "。" + "字" * 60, ""),
        ("短句。" * 134, "long"), ("We looked into it. Nobody came. They come again on Friday.", ""),
    ],
)  # fmt: skip
def test_a_reply_is_short_enough_to_be_read_aloud(reply: str, why: str) -> None:
    assert rules.too_hard(reply) == why


def test_it_is_opened_again_once_and_within_thirty_days() -> None:
    assert rules.may_reopen("closed", 0, AT - timedelta(days=30), AT)
    assert not rules.may_reopen("closed", 0, AT - timedelta(days=30, seconds=1), AT)
    assert not rules.may_reopen("closed", 1, AT, AT)
    assert not rules.may_reopen("replied", 0, AT, AT)


def test_the_clock_in_words_follows_the_state() -> None:
    hour, day = timedelta(hours=1), timedelta(days=2)
    assert rules.urgency("received", AT - hour, AT + day, AT) == "late"
    assert rules.urgency("accepted", AT - hour, AT + day, AT) == "in_time"
    assert rules.urgency("decided", AT - hour, AT + hour, AT) == "soon"
    assert rules.urgency("replied", AT - hour, AT - hour, AT) == "ended"
