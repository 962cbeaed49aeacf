"""What the pages of feedback share: the quarter that is looked at, and the quarters to choose from."""

from datetime import date, timedelta
from typing import Any

from bangfu.shared import i18n
from bangfu.shared.civil_time import quarter_of, quarter_span
from bangfu.shared.clock import today
from bangfu.shared.web.pages import Page, Request, page

SHOWN = 5
"""Quarters that can be chosen: this one and four before."""


def terms(day: date) -> list[tuple[int, int]]:
    """This quarter and those before it, the latest first."""
    found = [quarter_of(day)]
    while len(found) < SHOWN:
        found.append(quarter_of(quarter_span(*found[-1])[0] - timedelta(days=1)))
    return found


def term_of(request: Request) -> tuple[int, int]:
    """The quarter of the address (2026Q4); this one for anything else."""
    known = {code_of(*each): each for each in terms(today())}
    return known.get(request.query_params.get("term", "")[:6]) or quarter_of(today())


def code_of(year: int, quarter: int) -> str:
    """2026Q4."""
    return f"{year}Q{quarter}"


def words_of(year: int, quarter: int) -> str:
    """A quarter in words."""
    return i18n._("{year}, quarter {quarter}", year=year, quarter=quarter)


def choices() -> list[tuple[str, str]]:
    """The quarters for a select."""
    return [(code_of(*each), words_of(*each)) for each in terms(today())]


async def show(request: Request, template: str, status: int = 200, **values: Any) -> Page:
    """A page of this feature."""
    return await page(request, f"feedback/{template}", status, words_of_term=words_of, **values)
