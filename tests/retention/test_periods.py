"""Days on which a period is over, and longer periods from the settings."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.errors import SetupError
from bangfu.retention import rules
from bangfu.retention.tables import RetentionRun

DAYS = st.dates(date(1920, 1, 1), date(2080, 12, 31))


@pytest.fixture(autouse=True)
def defaults() -> Iterator[None]:
    yield
    rules.configure("")


def test_a_period_ends_on_the_same_day_of_the_year_and_on_the_last_of_february_where_that_is_missing() -> None:
    assert rules.last_day(date(2023, 11, 23), 3) == date(2026, 11, 23)
    assert rules.last_day(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert rules.last_day(date(2024, 2, 29), 4) == date(2028, 2, 29)
    assert not rules.is_due(date(2024, 2, 29), 1, date(2025, 2, 28))
    assert rules.is_due(date(2024, 2, 29), 1, date(2025, 3, 1))


@given(DAYS, st.integers(1, 60), st.integers(-5, 5))
def test_nothing_is_due_before_its_years_are_full(start: date, years: int, shift: int) -> None:
    end = rules.last_day(start, years)
    assert rules.is_due(start, years, end + timedelta(days=shift)) == (shift > 0)
    assert (end.year, end.month) == (start.year + years, start.month)
    assert end.day == start.day or (start.month, start.day, end.day) == (2, 29, 28)


@given(DAYS, DAYS, st.integers(1, 30))
def test_who_began_earlier_is_due_no_later(first: date, second: date, years: int) -> None:
    early, late = sorted((first, second))
    assert rules.last_day(early, years) <= rules.last_day(late, years)


@pytest.mark.database
@pytest.mark.reading
async def test_the_database_reckons_the_same_days(database: str) -> None:
    starts = [date(2023, 12, 1) + timedelta(days=n) for n in range(500)]
    for years in (1, 3, 10, 28):
        rows = await RetentionRun.raw(
            "SELECT (d + make_interval(years => {}))::date AS ends FROM unnest({}::date[]) AS d", years, starts
        )
        assert [row["ends"] for row in rows] == [rules.last_day(start, years) for start in starts]


def test_a_childs_years_run_from_the_eighteenth_birthday() -> None:
    assert rules.counted("child", 10) == 28
    assert rules.counted("photo", 3) == 3


def test_the_settings_lengthen_a_period_and_never_shorten_one() -> None:
    rules.configure("photo=5, declined=2")
    assert (rules.years_of("photo"), rules.years_of("declined"), rules.years_of("child")) == (5, 2, 10)
    for wrong in ("photo=2", "photo=", "photo=x", "audit=9", "household=400", "nothing=4", "photo=３"):
        with pytest.raises(SetupError):
            rules.configure(wrong)
    assert rules.years_of("photo") == 5
