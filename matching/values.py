"""Checks of single values: every record judges its own fields with these, in words a dispatcher understands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

MOST_MINUTES = 10_000_000
# With these, the sums over 100,000 needs stay within 64 bits.
MOST_VISITS = 1000
MOST_PRICE_FEN = 10**10
MOST_WHOLE = 2**63 - 1
DAY_MINUTES = 24 * 60
MOST_SHOWN = 60


class ProblemError(ValueError):
    """A record that cannot be matched: `record` (such as "need n12") and `field` name the place."""

    def __init__(self, record: str, field: str, message: str) -> None:
        """`message` says what the field must be and what it is."""
        self.record, self.field, self.message = record, field, message
        super().__init__(f"{record}: {field} {message}" if field else f"{record}: {message}")

    def __reduce__(self) -> tuple[type[ProblemError], tuple[str, str, str]]:
        """Travels between processes: a match run may happen in a child process."""
        return type(self), (self.record, self.field, self.message)


def shown(value: object) -> str:
    """The value as a person may see it, cut to one short line."""
    try:
        said = repr(value)
    except (ValueError, RecursionError):  # a number of thousands of digits, lists without end in each other
        return f"a {type(value).__name__} too large to show"
    return said if len(said) <= MOST_SHOWN else said[: MOST_SHOWN - 3] + "..."


def short(id_: str) -> str:
    """An id as a fault names it: itself, or one short line of it."""
    return id_ if len(id_) <= MOST_SHOWN and id_.isprintable() else shown(id_)


def place(kind: str, id_: str) -> str:
    """How a fault names a record, such as "need n12"."""
    return f"{kind} {short(id_)}"


def text(record: str, field: str, value: Any) -> str:
    """A non-empty string."""
    if not isinstance(value, str) or not value:
        raise ProblemError(record, field, f"must be a non-empty text, is {shown(value)}")
    return value


def text_or_none(record: str, field: str, value: Any) -> str | None:
    """A non-empty string, or None."""
    return None if value is None else text(record, field, value)


def whole(record: str, field: str, value: Any, most: int = MOST_WHOLE, least: int = 0) -> int:
    """A whole number from `least` to `most`; neither a boolean nor a float."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ProblemError(record, field, f"must be a whole number from {least} to {most}, is {shown(value)}")
    return value


def flag(record: str, field: str, value: Any) -> bool:
    """True or False."""
    if not isinstance(value, bool):
        raise ProblemError(record, field, f"must be true or false, is {shown(value)}")
    return value


def real(record: str, field: str, value: Any, least: float, most: float) -> float:
    """A finite number from `least` to `most`."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
        raise ProblemError(record, field, f"must be a number from {least:g} to {most:g}, is {shown(value)}")
    return float(value)


def one_of(record: str, field: str, value: Any, options: Iterable[str]) -> str:
    """One of the named codes."""
    if not isinstance(value, str) or value not in options:
        raise ProblemError(record, field, f"must be one of {', '.join(options)}, is {shown(value)}")
    return value


def one_of_or_none(record: str, field: str, value: Any, options: Iterable[str]) -> str | None:
    """One of the named codes, or None."""
    return None if value is None else one_of(record, field, value, options)


def items(record: str, field: str, value: Any) -> tuple[Any, ...]:
    """A list (or another plain collection) as a tuple."""
    if not isinstance(value, list | tuple | set | frozenset):
        raise ProblemError(record, field, f"must be a list, is {shown(value)}")
    return tuple(sorted(value, key=str) if isinstance(value, set | frozenset) else value)


def texts(record: str, field: str, value: Any) -> tuple[str, ...]:
    """A list of non-empty strings."""
    return tuple(text(record, field, entry) for entry in items(record, field, value))


def mapping(record: str, field: str, value: Any) -> Mapping[str, Any]:
    """A JSON object."""
    if not isinstance(value, Mapping):
        raise ProblemError(record, field, f"must be an object with named values, is {shown(value)}")
    return value


def day(record: str, field: str, value: Any) -> date:
    """A civil date, given as a date or as its ISO text (2026-01-05)."""
    if type(value) is date:
        return value
    try:
        if isinstance(value, str) and len(value) == len("2026-01-05"):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ProblemError(record, field, f"must be a date such as 2026-01-05, is {shown(value)}")


def windows(record: str, value: Any) -> tuple[tuple[int, int, int], ...]:
    """Weekly time windows as (weekday 0..6, start minute, end minute)."""
    field, checked = "windows", []
    for entry in items(record, field, value):
        parts = items(record, field, entry)
        if len(parts) != 3:
            raise ProblemError(record, field, f"must hold [weekday, start, end], holds {shown(entry)}")
        weekday = whole(record, "weekday of a window", parts[0], 6)
        start = whole(record, "start of a window", parts[1], DAY_MINUTES)
        end = whole(record, "end of a window", parts[2], DAY_MINUTES)
        if end <= start:
            raise ProblemError(record, field, f"must end after they start, holds {shown(entry)}")
        checked.append((weekday, start, end))
    return tuple(checked)
