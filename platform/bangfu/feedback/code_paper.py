"""The sheet of cards that the village aide cuts up: eight on an A4 page, each with QR code and code to type.

A card names nobody; the household's number stands on the strip beside it, which stays with the aide.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bangfu.feedback import codes
from bangfu.feedback.coding import Card
from bangfu.shared.civil_time import civil_date
from bangfu.shared.printing import pdf, qr_svg

TEMPLATE: Final = "feedback/cards.typ"
_QUARTERS: Final = ("一", "二", "三", "四")


async def sheet(cards: Sequence[Card], term: tuple[int, int], village: str, portal: str, until: datetime) -> bytes:
    """The PDF; `portal` is the address at which phones open it, `until` the first instant at which codes are void."""
    address = f"{portal.rstrip('/')}/rate"
    last = civil_date(until)
    return await pdf(
        TEMPLATE,
        {
            "cards": [
                {"qr": qr_svg(f"{address}/{card.code}"), "code": codes.shown(card.code), "home": card.household_number}
                for card in cards
            ],
            "period": f"{term[0]}年第{_QUARTERS[term[1] - 1]}季度", "village": village, "address": address,
            "until": f"{last.year}年{last.month}月{last.day}日",
        },
    )  # fmt: skip
