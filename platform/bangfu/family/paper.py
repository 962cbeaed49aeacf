"""The household's card on A4: the card with a large code and a QR code, and below the cut the slip with the PIN.

It names nobody: no name, no address, no number of the household. The QR code holds the code behind the `#` of the
address, which no browser sends to a server; without script it opens the page on which the code is typed.
"""

from datetime import datetime
from typing import Final

from bangfu.family.cards import Printed
from bangfu.family.rules import shown
from bangfu.shared.civil_time import civil_date
from bangfu.shared.phones import national_phone
from bangfu.shared.printing import pdf, qr_svg

TEMPLATE: Final = "family/card.typ"


async def card_paper(printed: Printed, portal: str, station: tuple[str, str]) -> bytes:
    """The PDF; `portal` is the address at which phones open it, `station` name and phone."""
    address = f"{portal.rstrip('/')}/home"
    return await pdf(
        TEMPLATE,
        {
            "qr": qr_svg(f"{address}#{printed.code}"), "code": shown(printed.code), "pin": printed.pin,
            "address": address, "serial": f"第 {printed.card.serial} 张", "day": _day(printed.card.printed_at),
            "until": _day(printed.card.expires_at), "station": station[0], "phone": national_phone(station[1]),
        },
    )  # fmt: skip


def _day(at: datetime) -> str:
    day = civil_date(at)
    return f"{day.year}年{day.month}月{day.day}日"
