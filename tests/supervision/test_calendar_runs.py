"""The days of a year as the announcement names them."""

from datetime import date

from bangfu.shared.working_calendar import SpecialDay
from bangfu.supervision.calendar_routes import runs_of


def day(number: int, *, working: bool = False, occasion: str = "春节") -> SpecialDay:
    """A day of February 2026."""
    return SpecialDay(date(2026, 2, number), working, False, occasion, "")


def test_days_in_a_row_for_one_occasion_are_one_line() -> None:
    runs = runs_of([day(14, working=True), *(day(n) for n in range(15, 24)), day(28, working=True)])
    assert [(run.first.day, run.last.day, run.working) for run in runs] == [
        (14, 14, True), (15, 23, False), (28, 28, True),
    ]  # fmt: skip


def test_a_gap_or_another_occasion_begins_a_new_line() -> None:
    assert len(runs_of([day(1), day(3)])) == 2
    assert len(runs_of([day(1), day(2, occasion="元宵")])) == 2
    assert runs_of([]) == []
