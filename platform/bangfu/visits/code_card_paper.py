"""The card that hangs in a home: an A4 sheet with an A6 card on it (QR code, code to type, how it is used).

It names nobody: no name, no address, no number of the household. The serial tells the station which card it is.
"""

from datetime import datetime
from typing import Final

from bangfu.shared.civil_time import civil_date
from bangfu.shared.printing import pdf, qr_svg
from bangfu.visits.code_rules import shown

TEMPLATE: Final = "visits/codes/card.typ"


async def card_paper(secret: str, serial: int, portal: str, at: datetime) -> bytes:
    """The PDF of a card; `portal` is the address at which phones open it."""
    link, day = f"{portal.rstrip('/')}/h/{secret}", civil_date(at)
    return await pdf(
        TEMPLATE,
        {
            "qr": qr_svg(link), "code": shown(secret), "serial": f"第 {serial} 张",
            "day": f"{day.year}年{day.month}月{day.day}日", "link": link,
        },
    )  # fmt: skip
