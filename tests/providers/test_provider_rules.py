"""When qualifications are announced, and how much time a task takes."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.providers.rules import expiry, grouped_windows, load_minutes

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (-1, "expired"),
        (0, "in_7"),
        (7, "in_7"),
        (8, "in_30"),
        (30, "in_30"),
        (31, "in_60"),
        (60, "in_60"),
        (61, "valid"),
    ],
)
def test_a_qualification_is_announced_60_30_and_7_days_before_its_end(days: int, state: str) -> None:
    assert expiry(TODAY + timedelta(days=days), TODAY) == state


def test_the_load_counts_the_way_once_a_visit() -> None:
    assert load_minutes(12, 90, 3.0, 15.0) == 12 * (90 + 16)
    assert load_minutes(12, 90, None, 15.0) == 1080


windows = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 700), st.integers(701, 1440)).map(list), max_size=20
)  # fmt: skip


@given(windows)
def test_grouping_windows_loses_and_adds_none(given_windows: list[list[int]]) -> None:
    grouped = grouped_windows(given_windows)
    again = {(day, start, end) for days, start, end in grouped for day in days}
    assert again == {tuple(window) for window in given_windows}
    assert all(days == sorted(set(days)) for days, _, _ in grouped)


def test_days_with_the_same_hours_are_said_together() -> None:
    assert grouped_windows([[3, 540, 660], [0, 540, 660], [0, 840, 900]]) == [([0], 840, 900), ([0, 3], 540, 660)]
