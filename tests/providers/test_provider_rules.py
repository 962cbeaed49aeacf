"""When qualifications are announced, and how much time a task takes."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.providers.rules import day_runs, expiry, grouped_windows, load_minutes

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
    again = {(day, start, end) for days, spans in grouped for day in days for start, end in spans}
    assert again == {tuple(window) for window in given_windows}
    assert all(days == sorted(set(days)) for days, _ in grouped)
    assert sum(len(days) for days, _ in grouped) == len({window[0] for window in given_windows})


def test_days_with_the_same_hours_are_said_together() -> None:
    assert grouped_windows([[3, 540, 660], [0, 540, 660], [0, 840, 900]]) == [
        ([0], [(540, 660), (840, 900)]), ([3], [(540, 660)]),
    ]  # fmt: skip
    assert grouped_windows([[3, 540, 660], [0, 540, 660]]) == [([0, 3], [(540, 660)])]


@given(st.sets(st.integers(0, 6)).map(sorted))
def test_runs_of_days_cover_the_days_and_nothing_else(days: list[int]) -> None:
    runs = day_runs(days)
    assert [day for first, last in runs for day in range(first, last + 1)] == days
    assert all(after[0] > before[1] + 1 for before, after in itertools.pairwise(runs))
