"""Working days with holidays and make-up days."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.shared.civil_time import WorkingCalendar, published_calendar
from bangfu.shared.faults import Fault
from bangfu.shared.working_calendar import SpecialDay

CALENDAR = published_calendar()


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 10, 1), False),  # a Thursday, National Day
        (date(2026, 10, 10), True),  # a Saturday, make-up day
        (date(2026, 2, 14), True),
        (date(2026, 2, 23), False),
        (date(2026, 11, 21), False),
        (date(2026, 11, 23), True),
        (date(2025, 9, 28), True),
    ],
)
def test_holidays_and_make_up_days_are_those_of_the_arrangement(day: date, working: bool) -> None:
    assert CALENDAR.is_working_day(day) is working


def test_2025_has_248_and_2026_has_248_working_days() -> None:
    assert CALENDAR.working_days_between(date(2025, 1, 1), date(2025, 12, 31)) == 248
    assert CALENDAR.working_days_between(date(2026, 1, 1), date(2026, 12, 31)) == 248


def test_a_holiday_week_stretches_a_deadline() -> None:
    assert CALENDAR.add_working_days(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert CALENDAR.add_working_days(date(2026, 9, 30), 3) == date(2026, 10, 10)


def test_zero_working_days_is_the_same_day_or_the_next_working_day() -> None:
    assert CALENDAR.add_working_days(date(2026, 11, 20), 0) == date(2026, 11, 20)
    assert CALENDAR.add_working_days(date(2026, 11, 21), 0) == date(2026, 11, 23)


def test_a_deadline_across_new_year_says_that_it_is_provisional() -> None:
    assert not CALENDAR.deadline(date(2026, 12, 21), 5).provisional
    crossing = CALENDAR.deadline(date(2026, 12, 30), 5)
    assert crossing.day == date(2027, 1, 7)
    assert crossing.provisional


def test_a_missing_year_is_an_error_and_never_a_guess() -> None:
    with pytest.raises(Fault, match="2031"):
        CALENDAR.is_working_day(date(2031, 1, 6))
    only_2026 = WorkingCalendar.from_rows([SpecialDay(date(2026, 1, 1), working=False)])
    with pytest.raises(Fault) as caught:
        only_2026.add_working_days(date(2026, 12, 30), 5)
    assert caught.value.code == "calendar_year_missing"


@given(st.dates(date(2025, 1, 1), date(2026, 11, 1)), st.integers(0, 20))
def test_counting_forward_and_counting_between_agree(start: date, number: int) -> None:
    reached = CALENDAR.add_working_days(start, number)
    assert CALENDAR.is_working_day(reached)
    assert number == 0 or CALENDAR.working_days_between(start, reached) == number
