"""Due windows as rules: they tile, one visit fills one, what rests is not owed (DOMAIN.md 2.2)."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.shared.civil_time import civil_date, civil_datetime, day_span
from bangfu.visits.due_rules import FOUR_WEEKS, Counted, Rhythm, Span, cut, edges, period_of, spans, standing, state_of

DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))
PERIODS = st.sampled_from(["week", "two_weeks", "month", "quarter", FOUR_WEEKS])
WEEKDAYS = st.frozensets(st.integers(0, 6))
RHYTHMS = st.lists(st.builds(Rhythm, DAYS, st.integers(1, 30), PERIODS), min_size=1, max_size=4).map(
    lambda found: sorted(found, key=lambda each: each.since)
)
ALWAYS = [Rhythm(date(2024, 1, 1), 1, "month", "key_elder")]


def visit(at: datetime, status: str = "planned", key: UUID | None = None) -> Counted:
    return Counted(key or uuid4(), status, at, at + timedelta(minutes=30))


def at(day: date, hour: int = 9) -> datetime:
    return day_span(day)[0] + timedelta(hours=hour)


@given(RHYTHMS, DAYS, st.integers(0, 120), WEEKDAYS, st.booleans())
def test_windows_tile_the_time_whatever_changes_of_the_norm_there_were(rhythms, first, days, weekdays, once) -> None:
    last = first + timedelta(days=days)
    found = spans(rhythms, first, last, weekdays, one_a_day=once)
    assert found[0].start <= day_span(first)[0] and found[-1].end >= day_span(last)[1]
    assert all(left.end == right.start for left, right in pairwise(found))


@given(RHYTHMS, DAYS, st.integers(0, 60), st.integers(0, 60), WEEKDAYS)
def test_a_day_has_the_same_windows_whichever_days_are_asked_about(rhythms, first, before, after, weekdays) -> None:
    alone = spans(rhythms, first, first, weekdays)
    wide = spans(rhythms, first - timedelta(days=before), first + timedelta(days=after), weekdays)
    assert [span for span in wide if span.end > day_span(first)[0] and span.start < day_span(first)[1]] == alone


@given(RHYTHMS, DAYS, st.lists(st.tuples(DAYS, st.integers(0, 23)), max_size=12), WEEKDAYS)
def test_no_visit_fills_two_windows(rhythms, first, times, weekdays) -> None:
    visits = [visit(at(*time), "verified") for time in times]
    owed = cut(spans(rhythms, first, first + timedelta(days=100), weekdays), day_span(first)[0], None)
    filled = [window.filled_by for window in standing(owed, visits, [], at(first)) if window.filled_by]
    assert len(filled) == len(set(filled))


@given(DAYS, st.integers(1, 90), st.integers(1, 28), WEEKDAYS)
def test_two_visits_of_one_day_fill_one_window_of_a_visit_check(first, days, times, weekdays) -> None:
    last = first + timedelta(days=days)
    found = edges(first, last, times, weekdays, one_a_day=True)
    assert all(civil_datetime(edge).hour == 0 for edge in found)
    assert len({civil_date(edge) for edge in found}) == len(found)


@given(DAYS, st.integers(1, 20), WEEKDAYS)
def test_each_window_has_a_day_on_which_the_household_can_be_visited(day, times, weekdays) -> None:
    first, last = period_of(FOUR_WEEKS, day)
    able = [
        first + timedelta(days=n)
        for n in range(28)
        if not weekdays or (first + timedelta(days=n)).weekday() in weekdays
    ]
    marks = edges(first, last, min(times, len(able)), weekdays)
    assert all(any(start <= day_span(each)[0] < end for each in able) for start, end in pairwise(marks))


def test_three_a_week_on_working_days_can_be_kept_on_monday_wednesday_and_friday() -> None:
    marks = edges(date(2026, 11, 16), date(2026, 11, 22), 3, frozenset({0, 1, 2, 3, 4}))
    assert [civil_date(mark) for mark in marks] == [
        date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 19), date(2026, 11, 23),
    ]  # fmt: skip


def test_two_a_day_are_halves_of_the_day() -> None:
    marks = edges(date(2026, 11, 16), date(2026, 11, 22), 14, frozenset())
    assert [civil_datetime(mark).hour for mark in marks[:4]] == [0, 12, 0, 12]


@given(DAYS, st.integers(0, 40), st.integers(1, 80), RHYTHMS)
def test_a_task_owes_nothing_before_it_begins_or_after_it_ends(first, later, days, rhythms) -> None:
    begins = at(first + timedelta(days=later))
    ends = begins + timedelta(days=days)
    owed = cut(spans(rhythms, first, first + timedelta(days=130)), begins, ends)
    assert all(begins <= span.start < span.end <= ends for span, _ in owed)
    assert all(left[0].end == right[0].start for left, right in pairwise(owed))


def test_a_window_that_the_task_covers_for_less_than_half_is_optional() -> None:
    whole = spans(ALWAYS, date(2026, 11, 1), date(2026, 11, 30))
    assert [optional for _, optional in cut(whole, at(date(2026, 11, 10)), None)] == [False]
    assert [optional for _, optional in cut(whole, at(date(2026, 11, 20)), None)] == [True]
    assert [optional for _, optional in cut(whole, at(date(2026, 11, 1), 0), at(date(2026, 11, 12)))] == [True]


def test_nothing_is_owed_while_the_service_rests() -> None:
    rhythm = [Rhythm(date(2024, 1, 1), 1, "week")]
    whole = spans(rhythm, date(2026, 11, 2), date(2026, 11, 29))
    rest = (day_span(date(2026, 11, 9))[0], day_span(date(2026, 11, 19))[0])
    owed = cut(whole, day_span(date(2026, 11, 1))[0], None, [rest])
    assert [(civil_date(span.start).day, optional) for span, optional in owed] == [(2, False), (16, False), (23, False)]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("submitted", "filled"), ("flagged", "filled"), ("verified", "filled"), ("disputed", "filled"),
        ("settled", "filled"), ("in_progress", "planned"), ("planned", "planned"), ("excused", "excused"),
        ("missed", "due"), ("rejected", "due"), ("cancelled", "due"),
    ],
)  # fmt: skip
def test_what_each_state_of_a_visit_makes_of_its_window(status: str, state: str) -> None:
    owed = cut(spans(ALWAYS, date(2026, 11, 1), date(2026, 11, 30)), at(date(2026, 10, 1)), None)
    moment = at(date(2026, 11, 10))
    assert [window.state for window in standing(owed, [visit(moment, status)], [], moment)] == [state]


def test_an_excused_window_is_neither_missed_nor_filled() -> None:
    owed = cut(spans(ALWAYS, date(2026, 10, 1), date(2026, 10, 31)), at(date(2026, 9, 1)), None)
    (window,) = standing(
        owed, [visit(at(date(2026, 10, 5)), "missed")], [at(date(2026, 10, 20))], at(date(2026, 11, 3))
    )
    assert (window.state, window.filled_by) == ("excused", None)


def test_a_plan_counts_until_a_day_after_its_end_and_then_the_window_is_missed() -> None:
    start, end = day_span(date(2026, 11, 2))[0], day_span(date(2026, 11, 8))[1]
    planned = visit(end - timedelta(hours=8))
    for hours, state in ((15, "planned"), (17, "missed")):
        moment = end + timedelta(hours=hours)
        assert state_of(start, end, planned, excused=False, optional=False, at=moment) == state


def test_of_two_visits_in_a_window_the_one_that_took_place_fills_it() -> None:
    owed = [(Span(at(date(2026, 11, 1)), at(date(2026, 11, 30)), at(date(2026, 11, 30)), "need"), False)]
    done = visit(at(date(2026, 11, 20)), "submitted")
    (window,) = standing(owed, [visit(at(date(2026, 11, 5)), "missed"), done], [], at(date(2026, 11, 21)))
    assert window.filled_by == done.id
