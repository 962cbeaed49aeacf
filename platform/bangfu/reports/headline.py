"""The figures at the head of a leader's start page: the same as in the leaders' view, each opening its rows."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from bangfu.reports import view
from bangfu.reports.addressing import SHARE_OF, kept_query, share
from bangfu.reports.asking import Asked
from bangfu.reports.view import Number
from bangfu.shared import kept
from bangfu.shared.actor import Actor
from bangfu.shared.clock import today
from bangfu.shared.i18n import _, word
from bangfu.shared.masking_filters import shown_money, shown_number, shown_time
from bangfu.shared.permissions import allows

FIGURES: Final = (
    "households_served", "needs_waiting", "visits_verified", "agreements_signed", "cap_used", "deadlines_late",
)  # fmt: skip
_TASK_OF_A_LEADER: Final = "supervision.board"


@dataclass(frozen=True, slots=True)
class Counted:
    """A number as it is kept: `amount` of money, and what it is a share of."""

    code: str
    n: int
    amount: Decimal | None
    of: Decimal | None

    def number(self) -> Number:
        return Number(self.n, self.amount)


async def headline(actor: Actor, at: datetime) -> list[dict[str, str]]:
    """For who leads an area: items of components/stat.html; nothing for others."""
    if not (actor.scope and allows(actor.roles, "reports.read") and allows(actor.roles, _TASK_OF_A_LEADER)):
        return []
    asked = Asked(actor, actor.scope, view.first_day("", today()), at)
    key = ("reports.headline", actor.user, sorted(actor.roles), actor.scope, asked.quarter)
    answer = await kept.kept(key, list[Counted], lambda: _count(asked))
    return [_item(asked, each, answer.at) for each in answer.value]


async def _count(asked: Asked) -> list[Counted]:
    seen = {each.code: each for each in view.shown_to(asked)}
    found = []
    for code in FIGURES:
        if code in seen:
            number = await view.number(asked, seen[code])
            whole = seen.get(SHARE_OF.get(code, ""))
            of = Decimal((await view.number(asked, whole)).value) if whole else None
            found.append(Counted(code, number.n, number.amount, of))
    return found


def _item(asked: Asked, each: Counted, at: datetime | None) -> dict[str, str]:
    number = each.number()
    hints = []
    if each.of is not None:
        part = share(number, Number(int(each.of), each.of if each.amount is not None else None))
        hints.append(_("{share} of {what}", share=part, what=word("figure", SHARE_OF[each.code])))
    if at is not None:
        hints.append(_("as of {time}", time=shown_time(at)))
    return {
        "label": word("figure", each.code), "href": f"/reports/rows/{each.code}{kept_query(asked)}",
        "value": shown_number(number.n) if number.amount is None else shown_money(number.amount),
        "hint": " · ".join(hints),
    }  # fmt: skip
