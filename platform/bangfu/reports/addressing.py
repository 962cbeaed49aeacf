"""Area and quarter of an address, and how a share is written: what the pages of the leaders' view have in common."""

from typing import Final

from bangfu.maps.queries import area_of
from bangfu.reports import view
from bangfu.reports.asking import Asked, quarter_text
from bangfu.reports.view import Number
from bangfu.shared.civil_time import add_months
from bangfu.shared.clock import now, today
from bangfu.shared.quarters import period_words
from bangfu.shared.web.pages import Request

SHARE_OF: Final = {
    "households_served": "households", "households_unserved": "households", "children_served": "children",
    "needs_unplaced": "needs_waiting", "agreements_signed": "agreements_due", "visits_done": "visits_due",
    "visits_verified": "visits_due", "visits_missed": "visits_due", "cap_used": "cap_total",
    "deadlines_late": "deadlines_open", "deadlines_in_time": "deadlines_ended",
}  # fmt: skip
"""Figure -> the one that it is a share of."""


async def asked_of(request: Request) -> tuple[Asked, str]:
    """Area and quarter of the address; the reader's own area and today's quarter where none is asked."""
    query = request.query_params
    area, name = await area_of(request.actor, query.get("area", ""))
    return Asked(request.actor, area, view.first_day(query.get("quarter", ""), today()), now()), name


def quarters_of(asked: Asked) -> list[tuple[str, str]]:
    """The last eight quarters to choose from, and the asked one."""
    first = view.first_day("", today())
    found = {quarter_text(add_months(first, -3 * back)) for back in range(view.EIGHT)} | {asked.quarter}
    return [(each, period_words(each)) for each in sorted(found, reverse=True)]


def kept_query(asked: Asked) -> str:
    """Area and quarter for the addresses of a page."""
    return f"?area={asked.area}&quarter={asked.quarter}"


def share(number: Number, of: Number) -> str:
    """Percent with one decimal, cut off: 100 only where nothing is missing."""
    if not of.value:
        return "—"
    whole, tenth = divmod(int(number.value * 1000 / of.value), 10)
    return f"{whole}.{tenth} %"
