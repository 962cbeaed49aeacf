"""What somebody asks of a ledger: definition, period, area, filters, and whose rows they may see."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.ledgers.definitions import Definition, may_read
from bangfu.ledgers.sources import Source
from bangfu.shared import typed_text
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import add_months, month_span, quarter_of, quarter_span
from bangfu.shared.i18n import _, current, word, words_of

_PERIOD = re.compile(r"(20\d\d)(?:-(0[1-9]|1[0-2])|Q([1-4]))?")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LONG_NUMBER = re.compile(r"\d{9}")
MOST_FILTER = 40
OFFERED = {"month": 14, "quarter": 8}
"""How many periods back the list of choices goes."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One reading of a ledger. `scope` is the prefix that the rows lie in, or "" for those of `organization`."""

    definition: Definition
    period: str
    scope: str
    organization: UUID | None
    filters: Mapping[str, str]

    @property
    def span(self) -> tuple[date, date]:
        """First and last day."""
        return span_of(self.period)


def span_of(period: str) -> tuple[date, date]:
    """The days of 2026-11, 2026Q4 or 2026.

    Raises:
        ValueError: for anything else.
    """
    found = _PERIOD.fullmatch(period)
    if not found:
        raise ValueError(period)
    year, month, quarter = int(found[1]), found[2], found[3]
    if month:
        return month_span(year, int(month))
    return quarter_span(year, int(quarter)) if quarter else (date(year, 1, 1), date(year, 12, 31))


def period_words(period: str) -> str:
    """2026年11月, 2026年第4季度, 2026年; in English as it is written."""
    found = _PERIOD.fullmatch(period)
    if not found or current() != "zh":
        return period
    tail = f"{int(found[2])}月" if found[2] else f"第{found[3]}季度" if found[3] else ""
    return f"{found[1]}年{tail}"


def periods(kind: str, today: date) -> list[str]:
    """The periods that a list offers, the newest first."""
    first = today.replace(day=1)
    if kind == "month":
        return [f"{add_months(first, -back):%Y-%m}" for back in range(OFFERED["month"])]
    days = [add_months(first, -3 * back) for back in range(OFFERED["quarter"])]
    return ["{}Q{}".format(*quarter_of(day)) for day in days]


def asked(actor: Actor, definition: Definition, query: Mapping[str, str], today: date) -> Asked:
    """What the address asks for, kept inside of what the actor may see; odd values count as not given.

    Raises:
        NotYours: for a source that the actor may not read.
    """
    if not may_read(actor, definition.source):
        raise NotYours
    period = query.get("period", "")
    try:
        span_of(period)
    except ValueError:
        period = periods(definition.source.span, today)[0]
    area = query.get("area", "")
    scope = area if area.isdigit() and len(area) <= 12 and actor.sees(area) else actor.scope
    if not scope and actor.organization is None:
        raise NotYours
    filters = kept_filters(definition.source, query)
    return Asked(definition, period, scope, None if scope else actor.organization, filters)


def kept_filters(source: Source, query: Mapping[str, str]) -> dict[str, str]:
    """The filters that a source has, of what was given: a code must be one of its words, a text must not hold a number
    long enough to be a person's (it would be kept with the ledger)."""
    kept: dict[str, str] = {}
    for code in source.filters:
        value, group = typed_text.plain(query.get(code, ""))[:MOST_FILTER], source.column(code).words
        if source.column(code).kind == "id":
            kept |= {code: str(UUID(value))} if _ID.fullmatch(value) else {}
        elif value and (value in dict(words_of(group)) if group else not _LONG_NUMBER.search(value)):
            kept[code] = value
    return kept


def filter_words(wanted: Asked, nothing: str | None = None) -> str:
    """The filters in one line; `nothing` stands for none."""
    said = []
    for code, value in wanted.filters.items():
        column = wanted.definition.source.column(code)
        if column.kind == "id":
            continue
        said.append(f"{title_of(column.zh, column.en)}: {word(column.words, value) if column.words else value}")
    return "; ".join(said) or (_("none") if nothing is None else nothing)


def title_of(zh: str, en: str) -> str:
    """One of two words by the reader's language."""
    return zh if current() == "zh" else en
