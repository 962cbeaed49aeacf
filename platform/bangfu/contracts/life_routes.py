"""Everything after a contract's signature; the pages stand in the life_*_routes beside."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from bangfu.contracts import life_acceptance_routes, life_amendment_routes, life_end_routes, life_milestone_routes
from bangfu.contracts import life_money_routes as money
from bangfu.contracts.life_todo import todo
from bangfu.contracts.listing import Risk, judge_risk
from bangfu.contracts.risk_reading import watched
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from bangfu.shared.i18n import word


async def _judge(actor: Actor, contracts: Sequence[UUID]) -> Mapping[UUID, Risk]:
    """What the list of contracts says of each: the heaviest reason in words, and how many more there are."""
    found = {}
    for each in await watched(actor, now(), only=contracts):
        if each.risk.reasons:
            text = word("risk_reason", each.risk.reasons[0].code)
            more = len(each.risk.reasons) - 1
            found[each.contract.id] = Risk(f"{text} +{more}" if more else text, each.risk.level, each.risk.points)
    return found


judge_risk(_judge)

ROUTES: list[Any] = [
    *money.ROUTES, *life_amendment_routes.ROUTES, *life_milestone_routes.ROUTES, *life_acceptance_routes.ROUTES,
    *life_end_routes.ROUTES,
]  # fmt: skip
TODO = [todo]
