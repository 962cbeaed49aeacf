"""When a carer is there: the rules of weeks, leave and differing days."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.providers import roster_rules as rules
from bangfu.providers.roster_rules import Leave, Window

MONDAY = date(2026, 11, 23)
MORNINGS: list[Window] = [(0, 480, 720), (2, 480, 720)]

windows = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 1380)).map(lambda pair: (pair[0], pair[1], pair[1] + 60)),
    max_size=8, unique=True,
)  # fmt: skip
days = st.integers(0, 40).map(lambda step: MONDAY + timedelta(days=step))
leaves = st.lists(
    st.tuples(days, st.integers(0, 30)).map(lambda pair: Leave(pair[0], pair[0] + timedelta(days=pair[1]))), max_size=3
)
differing = st.dictionaries(days, st.lists(st.just((480, 1200)), max_size=1), max_size=6)


def test_who_is_always_there_keeps_the_whole_week() -> None:
    assert rules.holding(MORNINGS, MONDAY, 28, [], {}) == MORNINGS
    assert rules.away(MORNINGS, MONDAY, 28, [], {}) == rules.Away(0, Decimal(1))


def test_a_window_holds_with_two_of_its_four_dates_and_falls_with_one() -> None:
    two_weeks = [Leave(MONDAY, MONDAY + timedelta(days=13))]
    assert rules.holding(MORNINGS, MONDAY, 28, two_weeks, {}) == MORNINGS
    assert rules.away(MORNINGS, MONDAY, 28, two_weeks, {}) == rules.Away(4, Decimal("0.5"))
    one_more_monday = [Leave(MONDAY, MONDAY + timedelta(days=14))]
    assert rules.holding(MORNINGS, MONDAY, 28, one_more_monday, {}) == [(2, 480, 720)]
    assert rules.away(MORNINGS, MONDAY, 28, one_more_monday, {}).share == Decimal("0.375")


def test_leave_for_the_whole_period_leaves_no_window() -> None:
    whole = [Leave(MONDAY, MONDAY + timedelta(days=27))]
    assert rules.holding(MORNINGS, MONDAY, 28, whole, {}) == []
    assert rules.away(MORNINGS, MONDAY, 28, whole, {}).share == 0


def test_a_day_on_which_one_is_there_only_for_a_part_does_not_count_for_the_window_but_is_no_day_off() -> None:
    short = {MONDAY + timedelta(weeks=week): [(600, 660)] for week in range(3)}
    assert rules.holding(MORNINGS, MONDAY, 28, [], short) == [(2, 480, 720)]
    assert rules.away(MORNINGS, MONDAY, 28, [], short).days_off == 0


def test_leave_counts_before_what_was_said_of_the_day_and_that_before_the_week() -> None:
    extra = {MONDAY: [(840, 900)]}
    assert rules.spans_on(MONDAY, MORNINGS, [], extra) == [(840, 900)]
    assert rules.spans_on(MONDAY, MORNINGS, [Leave(MONDAY, MONDAY)], extra) == []
    assert rules.spans_on(MONDAY + timedelta(days=7), MORNINGS, [], extra) == [(480, 720)]


@given(windows, leaves, differing)
def test_what_holds_is_a_part_of_the_week_and_more_leave_never_adds_to_it(known, away, other) -> None:
    held = rules.holding(known, MONDAY, 28, away, other)
    assert set(held) <= set(known)
    more = [*away, Leave(MONDAY + timedelta(days=5), MONDAY + timedelta(days=18))]
    assert set(rules.holding(known, MONDAY, 28, more, other)) <= set(held)
    left, after = (rules.away(known, MONDAY, 28, part, other) for part in (away, more))
    assert 0 <= after.share <= left.share <= 1 and after.days_off >= left.days_off


@given(windows, leaves, differing)
def test_nobody_is_there_without_a_share_and_the_share_is_of_the_days_with_windows(known, away, other) -> None:
    gone = rules.away(known, MONDAY, 28, away, other)
    counted = 4 * len({window[0] for window in known}) or 28
    assert gone.share == (Decimal(counted - gone.days_off) / counted).quantize(Decimal("0.0001"))
    if gone.share == 0:
        assert rules.holding(known, MONDAY, 28, away, other) == []


@pytest.mark.parametrize(
    ("spans", "told"),
    [
        ([(480, 720), (780, 1440)], ""), ([], ""), ([(480, 720), (720, 800)], ""),
        ([(720, 480)], "ends before"), ([(480, 480)], "ends before"), ([(480, 720), (700, 800)], "overlap"),
        ([(480, 1441)], "24:00"), ([(-1, 60)], "24:00"),
        ([(hour * 60, hour * 60 + 30) for hour in range(5)], "four spans"),
    ],
)  # fmt: skip
def test_spans_of_a_day_that_overlap_or_end_too_early_are_named(spans, told) -> None:
    fault = rules.spans_fault(spans)
    assert (told in fault and "{weekday}" in fault) if told else fault == ""


@given(st.lists(st.tuples(st.integers(0, 1439), st.integers(1, 1440)), max_size=4))
def test_spans_without_a_fault_never_share_a_minute(spans) -> None:
    if not rules.spans_fault(spans):
        minutes = [minute for start, end in spans for minute in range(start, end)]
        assert len(minutes) == len(set(minutes))
