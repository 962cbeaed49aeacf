"""Civil dates of Shanghai and the dates that lists hold."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.shared.civil_time import (
    age_on,
    civil_date,
    day_span,
    month_span,
    parse_date,
    quarter_of,
    quarter_span,
)
from bangfu.shared.faults import Fault

days = st.dates(date(1910, 1, 1), date(2150, 1, 1))


def test_the_last_hours_of_a_utc_day_are_the_next_day_in_shanghai() -> None:
    assert civil_date(datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)) == date(2026, 12, 31)
    assert civil_date(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)) == date(2027, 1, 1)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        civil_date(datetime(2026, 1, 1))  # noqa: DTZ001 - the case under test


@given(days)
def test_a_civil_day_holds_its_first_and_last_instant_and_not_the_next(day: date) -> None:
    first, after = day_span(day)
    assert civil_date(first) == civil_date(after - timedelta(microseconds=1)) == day
    assert civil_date(after) == day + timedelta(days=1)


@given(days)
def test_a_day_lies_in_its_month_and_its_quarter(day: date) -> None:
    first, last = quarter_span(*quarter_of(day))
    start, end = month_span(day.year, day.month)
    assert first <= start <= day <= end <= last
    assert (end + timedelta(days=1)).day == 1
    assert quarter_of(last + timedelta(days=1)) != quarter_of(day)


def test_age_counts_completed_years() -> None:
    assert age_on(date(2026, 5, 31), date(2012, 6, 1)) == 13
    assert age_on(date(2026, 6, 1), date(2012, 6, 1)) == 14


@pytest.mark.parametrize(
    "value",
    [
        *(
            "2024-5-1",
            "2024.5.1",
            "2024/05/01",
            "20240501",
            "2024年5月1日",
            "２０２４年５月１日",
            "2024年 5月 1日",
            "2024-05-01",
        ),
        *(
            "2024/5/1 8:30",
            "2024-05-01T08:30:00",
            "2024-05-01 00:00:00",
            " 2024.05.01 ",
            "'20240501",
            "45413",
            "45413.5",
        ),
        *(20240501, 20240501.0, 45413, 45413.0, date(2024, 5, 1), datetime(2024, 5, 1, 8, 30)),  # noqa: DTZ001
        datetime(2024, 4, 30, 20, 0, tzinfo=UTC),
    ],
)
def test_a_date_is_read_as_lists_hold_it(value: object) -> None:
    assert parse_date(value) == date(2024, 5, 1)


@pytest.mark.parametrize("value", ["", None, "长期", "2024年5月", "24.5.1", "5/1/2024", 2024, "2024", "1", "202405011"])
def test_what_is_no_full_date_is_refused(value: object) -> None:
    with pytest.raises(Fault, match="not a date"):
        parse_date(value)


@pytest.mark.parametrize("value", ["2023-02-29", "20240231", "2024年13月1日"])
def test_a_day_that_does_not_exist_is_named(value: str) -> None:
    with pytest.raises(Fault, match="does not exist"):
        parse_date(value)


@given(days)
def test_every_way_to_write_a_day_gives_that_day(day: date) -> None:
    written = [
        f"{day:%Y-%m-%d}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
    ]
    serial = float((day - date(1899, 12, 30)).days)
    assert {parse_date(value) for value in [*written, serial]} == {day}
