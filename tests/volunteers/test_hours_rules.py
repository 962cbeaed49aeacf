"""Volunteers' minutes, hours and stars: the vectors of DOMAIN.md 7 and what holds for any set of services."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.volunteers.hours_rules import Work, changes, days_of, hours, minutes_of_day, next_star, scale_fault, stars

DAY = date(2026, 11, 18)
MIDNIGHT = datetime(2026, 11, 17, 16, tzinfo=UTC)
"""00:00 in China."""
SCALE = (6000, 18000, 36000, 60000, 90000)
CAP = 720


def work(number: int, start: int, end: int, excluded: int = 0) -> Work:
    """A service from minute to minute of the day."""
    return Work(UUID(int=number), MIDNIGHT + timedelta(minutes=start), MIDNIGHT + timedelta(minutes=end), excluded)


def total(works: list[Work], paid: tuple[tuple[datetime, datetime], ...] = ()) -> int:
    return sum(minutes_of_day(works, paid, DAY, CAP).values())


def test_nine_to_ten_fifty_with_twenty_minutes_of_travel_is_one_and_a_half_hours() -> None:
    assert total([work(1, 540, 650, 20)]) == 90
    assert hours(90) == Decimal("1.5")


def test_a_hundred_minutes_are_shown_as_one_point_seven_hours() -> None:
    assert hours(100) == Decimal("1.7")
    assert hours(3) == Decimal("0.1"), "half up"


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(5994, 0), (5999, 0), (6000, 1), (17994, 1), (18000, 2), (36000, 3), (60000, 4), (90000, 5)],
)
def test_stars_compare_minutes(minutes: int, expected: int) -> None:
    assert stars(minutes, SCALE) == expected


def test_another_scale_gives_other_stars() -> None:
    local = (1800, 3600, 6000, 12000, 18000)
    assert (stars(1799, local), stars(1800, local), stars(18000, local)) == (0, 1, 5)
    assert next_star(1700, local) == 100
    assert next_star(18000, local) is None
    assert not scale_fault(local)
    assert scale_fault((1800, 1800, 6000, 12000, 18000))


def test_overlapping_tasks_count_on_one_clock() -> None:
    assert total([work(1, 540, 660), work(2, 600, 720)]) == 180


def test_paid_time_is_no_voluntary_time() -> None:
    paid = ((MIDNIGHT + timedelta(minutes=600), MIDNIGHT + timedelta(minutes=660)),)
    assert total([work(1, 540, 720)], paid) == 120
    assert total([work(1, 600, 660)], paid) == 0


def test_a_day_has_at_most_twelve_hours() -> None:
    assert total([work(1, 0, 800), work(2, 800, 1400)]) == CAP


def test_a_service_over_midnight_is_counted_on_both_days() -> None:
    night = work(1, 1380, 1500, 30)
    assert days_of(night.start, night.end) == [DAY, DAY + timedelta(days=1)]
    assert minutes_of_day([night], [], DAY, CAP) == {night.id: 30}
    assert minutes_of_day([night], [], DAY + timedelta(days=1), CAP) == {night.id: 60}


def test_entries_bring_the_ledger_to_what_counts() -> None:
    first, second, third = (UUID(int=each) for each in (1, 2, 3))
    assert changes({first: 60, second: 30}, {first: 60, third: 10}) == {second: -30, third: 10}


SPANS = st.lists(
    st.tuples(st.integers(0, 1380), st.integers(1, 600), st.integers(0, 90)).map(
        lambda each: (each[0], min(1440, each[0] + each[1]), each[2])
    ),
    max_size=6,
)


def works_of(spans: list[tuple[int, int, int]]) -> list[Work]:
    return [work(place, *span) for place, span in enumerate(spans, 1)]


def clock(spans: list[tuple[int, ...]]) -> set[int]:
    """The minutes of the day in which somebody was at it."""
    return {minute for span in spans for minute in range(span[0], span[1])}


@given(SPANS, SPANS)
def test_no_minute_counts_twice_and_none_that_is_paid(
    spans: list[tuple[int, int, int]], paid: list[tuple[int, int, int]]
) -> None:
    taken = [(work(9, *span).start, work(9, *span).end) for span in paid]
    counted = total(works_of(spans), tuple(taken))
    assert 0 <= counted <= min(CAP, len(clock(spans) - clock(paid)))


@given(SPANS, st.randoms(use_true_random=False))
def test_the_order_in_which_services_are_recorded_does_not_matter(spans: list[tuple[int, int, int]], chance) -> None:
    works = works_of(spans)
    mixed = list(works)
    chance.shuffle(mixed)
    assert minutes_of_day(works, [], DAY, CAP) == minutes_of_day(mixed, [], DAY, CAP)


@given(SPANS)
def test_without_anything_taken_off_the_clock_itself_is_counted(spans: list[tuple[int, int, int]]) -> None:
    plain = [(start, end, 0) for start, end, _ in spans]
    assert total(works_of(plain)) == min(CAP, len(clock(plain)))
