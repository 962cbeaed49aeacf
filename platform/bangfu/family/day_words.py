"""Days and times in words, as they are read aloud: 11月24日 星期二 上午9点到11点. Pure."""

from datetime import date, datetime
from typing import Final

from bangfu.shared.civil_time import civil_datetime

_WEEKDAYS: Final = (
    ("星期一", "Monday"), ("星期二", "Tuesday"), ("星期三", "Wednesday"), ("星期四", "Thursday"), ("星期五", "Friday"),
    ("星期六", "Saturday"), ("星期日", "Sunday"),
)  # fmt: skip
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_NOON, _EVENING = 12, 18


def day_words(day: date, lang: str) -> str:
    """11月24日 星期二, or Tuesday 24 November."""
    zh, en = _WEEKDAYS[day.weekday()]
    return f"{day.month}月{day.day}日 {zh}" if lang == "zh" else f"{en} {day.day} {_MONTHS[day.month - 1]}"


def span_words(start: datetime, end: datetime, lang: str) -> str:
    """上午9点到11点, or 9 to 11 in the morning; one moment where start and end are the same."""
    first, last = civil_datetime(start), civil_datetime(end)
    if (first.hour, first.minute) == (last.hour, last.minute):
        return _moment(first, lang)
    if lang == "zh":
        part = "" if _part(first) == _part(last) else _part(last)[0]
        return f"{_part(first)[0]}{_clock(first, lang)}到{part}{_clock(last, lang)}"
    if _part(first) == _part(last):
        return f"{_clock(first, lang)} to {_clock(last, lang)} {_part(last)[1]}"
    return f"{_moment(first, lang)} to {_moment(last, lang)}"


def _moment(at: datetime, lang: str) -> str:
    return f"{_part(at)[0]}{_clock(at, lang)}" if lang == "zh" else f"{_clock(at, lang)} {_part(at)[1]}"


def _part(at: datetime) -> tuple[str, str]:
    if at.hour < _NOON:
        return "上午", "in the morning"
    return ("下午", "in the afternoon") if at.hour < _EVENING else ("晚上", "in the evening")


def _clock(at: datetime, lang: str) -> str:
    hour = at.hour if at.hour <= _NOON else at.hour - _NOON
    if lang != "zh":
        return str(hour) if at.minute == 0 else f"{hour}:{at.minute:02d}"
    if at.minute == 0:
        return f"{hour}点"
    return f"{hour}点半" if at.minute == 30 else f"{hour}点{at.minute:02d}分"
