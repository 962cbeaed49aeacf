"""What a request for a list asks for: parameters, checked and described by the same table. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from bangfu.exchange.problems import Refusal
from bangfu.exchange.read_cursor import CURSOR, MOST, USUAL, read_line_cursor, read_list_cursor
from bangfu.exchange.read_resource import Resource
from bangfu.exchange.schema import Problem
from bangfu.shared.civil_time import month_span, quarter_span

AREA: Final = r"[0-9]{2,12}"
PERIOD: Final = r"20[0-9]{2}(-(0[1-9]|1[0-2]|Q[1-4]))?"
LIMIT: Final = r"[1-9][0-9]{0,2}"
NOW: Final = "now"
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)
_RFC_3339: Final = (
    r"(?P<day>(?P<year>[0-9]{4})-[0-9]{2}-[0-9]{2})[Tt](?P<minute>[0-9]{2}:[0-9]{2}):(?P<second>[0-5][0-9]|60)"
    r"(?P<rest>(\.[0-9]{1,12})?([Zz]|[+-][0-9]{2}:[0-9]{2}))"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The parameters of a list."""

    limit: int = USUAL
    after: str = ""
    """The key of the last object that was read."""
    updated_since: datetime | None = None
    area: str = ""
    status: str = ""
    period: tuple[date, date] | None = None
    """First and last day."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: how it is read and how it is described."""

    name: str
    about: str
    schema: dict[str, Any]
    read: Callable[[str], Any]
    """None for what is not of the right form."""
    is_cursor: bool = False


def parameters_of(resource: Resource) -> list[Parameter]:
    """What a list can be asked for."""
    found = [
        _limit(),
        Parameter("cursor", "From `next` of an answer.", _pattern(CURSOR.pattern),
                  lambda text: read_list_cursor(resource.name, text, uuid=resource.key_is_uuid), is_cursor=True),
        Parameter("updated_since", "Objects put in the line of changes at that moment or later; RFC 3339 with an"
                  " offset.", {"type": "string", "format": "date-time"}, _moment),
    ]  # fmt: skip
    if resource.area:
        found.append(_area())
    if resource.status:
        found.append(
            Parameter("status", "One state.", {"type": "string", "enum": resource.status.schema["enum"]},
                      lambda text: text if resource.status and text in resource.status.schema["enum"] else None)
        )  # fmt: skip
    if resource.period:
        found.append(Parameter("period", "A year, a quarter or a month: 2026, 2026-Q3, 2026-09.",
                               _pattern(PERIOD), read_period))  # fmt: skip
    return found


def parameters_of_changes(scopes: Sequence[str]) -> list[Parameter]:
    """What the line of changes can be asked for."""
    return [
        _limit(),
        Parameter("after", "From `next` of an answer; `now` for a cursor only; without it from the oldest change that"
                  " is kept.", _pattern(CURSOR.pattern), lambda text: NOW if text == NOW else read_line_cursor(text),
                  is_cursor=True),
        Parameter("resource", "One list only.", {"type": "string", "enum": list(scopes)},
                  lambda text: text if text in scopes else None),
        _area(),
    ]  # fmt: skip


def read(parameters: Sequence[Parameter], query: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The values by name, of those that were given.

    Raises:
        Refusal: with every fault; a name that nobody knows is not repeated.
    """
    known = {one.name: one for one in parameters}
    faults = [Problem("", "unknown_field")] if set(query) - set(known) else []
    values: dict[str, Any] = {}
    lost = False
    for name, texts in query.items():
        if name not in known:
            continue
        value = known[name].read(texts[0]) if len(texts) == 1 else None
        if value is None:
            if known[name].is_cursor and len(texts) == 1 and CURSOR.fullmatch(texts[0]):
                lost = True  # of the right form, but no answer ever held it
                continue
            faults.append(Problem(f"/{name}", "length" if len(texts) > 1 else "pattern"))
        values[name] = value
    if faults or lost:
        raise Refusal("parameters", faults) if faults else Refusal("cursor")
    return values


def read_wanted(resource: Resource, query: Mapping[str, Sequence[str]]) -> Wanted:
    """The wishes of a request for a list.

    Raises:
        Refusal: with every fault.
    """
    values = read(parameters_of(resource), query)
    return Wanted(
        values.get("limit", USUAL), values.get("cursor", ""), values.get("updated_since"), values.get("area", ""),
        values.get("status", ""), values.get("period"),
    )  # fmt: skip


def read_period(text: str) -> tuple[date, date] | None:
    """The first and the last day of a year, a quarter or a month."""
    if not re.fullmatch(PERIOD, text, re.ASCII):
        return None
    year = int(text[:4])
    match text[5:6]:
        case "":
            return date(year, 1, 1), date(year, 12, 31)
        case "Q":
            return quarter_span(year, int(text[6]))
    return month_span(year, int(text[5:]))


def _limit() -> Parameter:
    schema = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
    return Parameter("limit", "Most objects of the answer.", schema, _read_limit)


def _read_limit(text: str) -> int | None:
    return int(text) if re.fullmatch(LIMIT, text, re.ASCII) and int(text) <= MOST else None


def _area() -> Parameter:
    return Parameter(
        "area", "A prefix of division codes, 2 to 12 digits, inside of the token's area.", _pattern(AREA),
        lambda text: text if re.fullmatch(AREA, text, re.ASCII) else None,
    )  # fmt: skip


def _moment(text: str) -> datetime | None:
    """A moment of RFC 3339; one outside of what is counted is the nearest that is."""
    found = re.fullmatch(_RFC_3339, text, re.ASCII)
    if not found:
        return None
    if not EARLIEST.year < int(found["year"]) < LATEST.year:
        return EARLIEST if int(found["year"]) <= EARLIEST.year else LATEST
    try:
        # A leap second has no place in Python's calendar.
        return datetime.fromisoformat(f"{found['day']}T{found['minute']}:{min(int(found['second']), 59):02}"
                                      f"{found['rest'].upper()}")  # fmt: skip
    except ValueError:
        return None


def _pattern(pattern: str) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{pattern}$"}
