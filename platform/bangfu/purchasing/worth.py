"""What one more unit is worth for the services of a purchase list, as the latest match run of the county tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bangfu.planning import shortage
from bangfu.planning.queries import run_for
from bangfu.purchasing.queries import PlanView
from bangfu.shared.actor import Actor
from bangfu.shared.permissions import allows


@dataclass(frozen=True, slots=True)
class PlanWorth:
    """The run that speaks for the list's county, whether its shortage was worked out, and by service the numbers of
    shortage.of_service."""

    run: UUID
    number: str
    area: str
    answered: bool
    services: Mapping[str, Mapping[str, Any]]


async def worth_for(actor: Actor, plan: PlanView) -> PlanWorth | None:
    """None where no finished run speaks for the county, or the person may not read runs."""
    if not allows(actor.roles, "planning.read"):
        return None
    found = await shortage.latest_of_area(actor, plan.division)
    if found is None:
        return None
    run, study = await run_for(actor, found[0]), found[1]
    answer = study.answer if study is not None and study.status == "done" else None
    told = {
        item.service: numbers
        for item in plan.items
        if answer is not None and (numbers := shortage.of_service(answer, item.service)) is not None
    }
    return PlanWorth(run.id, run.number, run.division_name, answer is not None, told)
