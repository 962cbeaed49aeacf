"""Weekly hours as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.shared.civil_time import Window, format_windows, merge_windows, parse_weekly
from bangfu.shared.faults import Fault

MORNING = (480, 720)


def on(days: list[int], *hours: tuple[int, int]) -> list[Window]:
    return [(day, start, end) for day in days for start, end in hours]


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("周一 08:00-12:00;周三 13:30-17:00", [(0, 480, 720), (2, 810, 1020)]),
        ("周一 08:00-12:00，周三 13:30-17:00", [(0, 480, 720), (2, 810, 1020)]),
        ("1-5 08:00-18:00", on([0, 1, 2, 3, 4], (480, 1080))),
        ("每天 08:00-12:00", on(list(range(7)), MORNING)),
        ("Mon-Fri 08:00-12:00", on([0, 1, 2, 3, 4], MORNING)),
        ("Tuesday, Thursday and Sun 8:00-12:00", on([1, 3, 6], MORNING)),
        ("Daily 08:00-12:00", on(list(range(7)), MORNING)),
        ("周一至周五：08:00-12:00、13:30-17:00", on([0, 1, 2, 3, 4], MORNING, (810, 1020))),
        ("周一三五 8：00—12：00", on([0, 2, 4], MORNING)),
        ("星期一、星期日 8点-12点", on([0, 6], MORNING)),
        ("周六至周一 08:00-12:00", on([0, 5, 6], MORNING)),
        ("工作日 上午8:00-12:00 下午1:30-5:00", on([0, 1, 2, 3, 4], MORNING, (810, 1020))),
        ("周末 8点半到12点", on([5, 6], (510, 720))),
        ("周一 20:00-24:00", [(0, 1200, 1440)]),
        ("周一 08:00-10:00;周一 09:00-12:00", [(0, 480, 720)]),
        ("", []),
        (None, []),
    ],
)
def test_hours_are_read_as_people_write_them(text: str | None, windows: list[Window]) -> None:
    assert parse_weekly(text) == windows


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("随时", "windows_unreadable"),
        ("周一", "windows_unreadable"),
        ("周一 08:00-12:00 或电话联系", "windows_unreadable"),
        ("08:00-12:00", "windows_day"),
        ("节假日 08:00-12:00", "windows_day"),
        ("周八 08:00-12:00", "windows_day"),
        ("9 08:00-12:00", "windows_day"),
        ("周一 12:00-08:00", "windows_order"),
        ("周一 08:00-25:00", "windows_time"),
        ("周一 08:75-12:00", "windows_time"),
    ],
)
def test_unclear_hours_are_named_rather_than_guessed(text: str, code: str) -> None:
    with pytest.raises(Fault) as caught:
        parse_weekly(text)
    assert caught.value.code == code


def test_hours_are_written_short_in_both_languages() -> None:
    windows = [*on([0, 1, 2, 3, 4], MORNING, (810, 1020)), (5, 540, 660)]
    assert format_windows(windows) == "周一至周五 08:00-12:00、13:30-17:00；周六 09:00-11:00"
    assert format_windows(windows, "en") == "Mon-Fri 08:00-12:00, 13:30-17:00; Sat 09:00-11:00"
    assert format_windows(on(list(range(7)), MORNING)) == "每天 08:00-12:00"
    assert format_windows(on([0, 2], MORNING)) == "周一、周三 08:00-12:00"


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 1380), st.integers(1, 60))),
    st.sampled_from(["zh_CN", "en"]),
)
def test_written_hours_are_read_back_the_same(drawn: list[tuple[int, int, int]], locale: str) -> None:
    windows = merge_windows((day, start, start + length) for day, start, length in drawn)
    assert parse_weekly(format_windows(windows, locale)) == windows
