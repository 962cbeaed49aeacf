"""What a request for a list asks for: parameters, checked and described by the same table. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from bangfu.exchange.problems import Refusal
from bangfu.exchange.read_cursor import CURSOR, MOST, USUAL, read_line_cursor, read_list_cursor
from bangfu.exchange.read_resource import Resource
from bangfu.exchange.schema import Problem
from bangfu.shared.civil_time import SHANGHAI, month_span, quarter_span

AREA: Final = r"[0-9]{2,12}"
PERIOD: Final = r"20[0-9]{2}(-(0[1-9]|1[0-2]|Q[1-4]))?"
LIMIT: Final = r"[1-9][0-9]{0,2}"
NOW: Final = "now"


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


def parameters_of(resource: Resource) -> list[Parameter]:
    """What a list can be asked for."""
    found = [
        _limit(),
        Parameter("cursor", "From `next` of an answer.", _pattern(CURSOR.pattern),
                  lambda text: read_list_cursor(resource.name, text, uuid=resource.key_is_uuid)),
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
                  " is kept.", _pattern(CURSOR.pattern), lambda text: NOW if text == NOW else read_line_cursor(text)),
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
    for name, texts in query.items():
        if name not in known:
            continue
        value = known[name].read(texts[0]) if len(texts) == 1 else None
        if value is None:
            code = "length" if len(texts) > 1 else "cursor" if name in {"cursor", "after"} else "pattern"
            faults.append(Problem(f"/{name}", code))
        values[name] = value
    if faults:
        raise Refusal("parameters", faults)
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
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9:.]{8,16}([Zz]|[+-][0-9]{2}:[0-9]{2})", text, re.ASCII):
        return None
    try:
        found = datetime.fromisoformat(text.upper())
        return found if 2000 <= found.astimezone(SHANGHAI).year < 9000 else None
    except (ValueError, OverflowError):
        return None


def _pattern(pattern: str) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{pattern}$"}
