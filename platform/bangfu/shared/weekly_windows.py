"""Weekly hours as people write them: `周一 08:00-12:00;周三 13:30-17:00`, `1-5 08:00-18:00`, `Mon-Fri 08:00-12:00`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bangfu.shared.faults import N_, Fault
from bangfu.shared.typed_text import plain

Window = tuple[int, int, int]  # weekday (0 = Monday), first minute of the day, minute of the day at which it ends

_HALF_DAY = "(上午|早上|早晨|中午|下午|晚上|傍晚)?"
_CLOCK = _HALF_DAY + r"\s*([0-9]{1,2})\s*(?::\s*([0-9]{2})|[时点]\s*(?:([0-9]{1,2})分?|(半))?)"
_RANGE = re.compile(_CLOCK + r"\s*[-~—–至到]+\s*" + _CLOCK)
_GROUPS = {"每天": "1-7", "每日": "1-7", "天天": "1-7", "全周": "1-7", "工作日": "1-5", "周末": "6-7", "双休日": "6-7"}
_ENGLISH_GROUPS = {"every day": "1-7", "daily": "1-7", "weekdays": "1-5", "weekends": "6-7", "weekend": "6-7"}
_ENGLISH_DAYS = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)(?:s?day|nesday|rsday|urday|sday|s|rs|r)?s?\b\.?")
_CHINESE_DAYS = str.maketrans("一二三四五六日天", "12345677")
_DAY_RUN = re.compile(r"([1-7])(?:\s*[-~—–至到]+\s*([1-7]))?")
_BETWEEN = re.compile(r"[\s,、;。/和及&]+|\band\b")
_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def parse_weekly(value: object) -> list[Window]:
    """Windows in order of the week, overlapping ones merged; an empty text has none.

    Raises Fault: windows_unreadable, windows_day, windows_time, windows_order.
    """
    text = plain(value).lower()
    windows: list[Window] = []
    days: list[int] = []
    read_to = 0
    for found in _RANGE.finditer(text):
        between = _BETWEEN.sub(" ", text[read_to : found.start()]).strip(" :")
        days = _days(between) if between else days
        if not days:
            raise _fault("windows_day", N_("These hours do not say on which days: {value}."), text)
        start, end = _minutes(found.groups(), text)
        windows += [(day, start, end) for day in days]
        read_to = found.end()
    if _BETWEEN.sub("", text[read_to:]):
        raise _fault("windows_unreadable", N_("These are no weekly hours: {value}."), text[read_to:])
    return merge_windows(windows)


def merge_windows(windows: Iterable[Window]) -> list[Window]:
    """In order of the week; windows of a day that overlap or touch become one."""
    merged: list[Window] = []
    for day, start, end in sorted(windows):
        if merged and merged[-1][0] == day and start <= merged[-1][2]:
            merged[-1] = (day, merged[-1][1], max(end, merged[-1][2]))
        else:
            merged.append((day, start, end))
    return merged


def format_windows(windows: Iterable[Window], locale: str = "zh_CN") -> str:
    """周一至周五 08:00-12:00、13:30-17:00；周六 09:00-11:00, or in English Mon-Fri 08:00-12:00, 13:30-17:00; Sat ..."""
    chinese = locale.startswith("zh")
    hours_of: dict[int, list[str]] = {}
    for day, start, end in merge_windows(windows):
        hours_of.setdefault(day, []).append(f"{_clock(start)}-{_clock(end)}")
    comma, stop = ("、", "；") if chinese else (", ", "; ")
    days_with: dict[str, list[int]] = {}
    for day, hours in hours_of.items():
        days_with.setdefault(comma.join(hours), []).append(day)
    return stop.join(f"{_day_words(days, chinese)} {hours}" for hours, days in days_with.items())


def _days(text: str) -> list[int]:
    """Weekdays of 周一至周五, 周一三五, 1-5, mon-fri, 每天, 工作日."""
    plain_days = text
    for words in (_GROUPS, _ENGLISH_GROUPS):
        for word, numbers in words.items():
            plain_days = plain_days.replace(word, f" {numbers} ")
    plain_days = _ENGLISH_DAYS.sub(lambda found: str(_EN.index(found[1].capitalize()) + 1), plain_days)
    plain_days = re.sub("周|星期|礼拜|逢|每", "", plain_days).translate(_CHINESE_DAYS)
    if _DAY_RUN.sub("", plain_days).strip():
        raise _fault("windows_day", N_("These are no days of the week: {value}."), text)
    days: list[int] = []
    for first, last in _DAY_RUN.findall(plain_days):
        start, length = int(first) - 1, (int(last or first) - int(first)) % 7
        days += [(start + step) % 7 for step in range(length + 1)]
    return days


def _minutes(groups: tuple[str | None, ...], text: str) -> tuple[int, int]:
    half, *first = groups[:5]
    later_half, *second = groups[5:]
    start, end = _minute_of_day(half, first), _minute_of_day(later_half or half, second)
    if start >= 1440 or end > 1440:
        raise _fault("windows_time", N_("There is no such time of day: {value}."), text)
    if end <= start:
        raise _fault("windows_order", N_("These hours end before they begin: {value}."), text)
    return start, end


def _minute_of_day(half: str | None, parts: list[str | None]) -> int:
    hour, minutes, spoken_minutes, half_past = parts
    minute = 30 if half_past else int(minutes or spoken_minutes or 0)
    afternoon = half in ("下午", "晚上", "傍晚", "中午") and int(hour or 0) < (11 if half == "中午" else 12)
    return 9999 if minute > 59 else (int(hour or 0) + 12 * afternoon) * 60 + minute


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _day_words(days: list[int], chinese: bool) -> str:
    if len(days) == 7:
        return "每天" if chinese else "Daily"
    names = _ZH if chinese else _EN
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    to, comma = ("至", "、") if chinese else ("-", ", ")
    words = [[f"{names[run[0]]}{to}{names[run[-1]]}"] if len(run) > 2 else [names[day] for day in run] for run in runs]
    return comma.join(word for run in words for word in run)


def _fault(code: str, message: str, text: str) -> Fault:
    fix = N_("Write the hours as 周一至周五 08:00-12:00; several parts are separated by a semicolon.")
    return Fault(code, message, {"value": text.strip()[:60]}, fix)
