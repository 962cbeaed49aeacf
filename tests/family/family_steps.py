"""Cards, entries and visits for tests of the household's page; everybody is made up."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from bangfu.family import cards
from bangfu.family.cards import Printed
from bangfu.households.tables import Consent
from bangfu.shared.clock import now, today
from bangfu.visits.tables import Visit
from tests.support import World
from tests.visits import visit_steps

STREET, HEALTH = "柳树村", "高血压"


async def coming(world: World, carer: str = "nurse", *, days: int = 1, **more: Any) -> Visit:
    """A visit at ten some days ahead, of a household with a ground for services."""
    start = (now() + timedelta(days=days)).replace(hour=2, minute=0, second=0, microsecond=0)
    visit = await visit_steps.planned(world, carer, start=start, **more)
    await grounded(visit.household)
    return visit


async def done(world: World, carer: str = "nurse", start: datetime | None = None, **more: Any) -> Visit:
    """A visit that took place some hours ago."""
    start = start or (now() - timedelta(hours=3)).replace(second=0, microsecond=0)
    visit = await visit_steps.submitted(world, carer, start=start, **more)
    await grounded(visit.household)
    return visit


async def grounded(household: UUID) -> None:
    """A consent for services, where there is none."""
    if not await Consent.exists().where(Consent.household == household):
        await Consent(
            id=uuid4(), household=household, ground="consent", purposes=["service", "share_provider"],
            given_on=today() - timedelta(days=3),
        ).save()  # fmt: skip


async def printed(world: World, household: UUID, reason: str = "", who: str = "coordinator") -> Printed:
    """A fresh card."""
    return await cards.print_card(world[who], household, uuid4(), now(), reason)


async def entered(visit: Any, card: Printed) -> Any:
    """A browser without an account that has entered with the card."""
    browser = await visit(None)
    answer = await browser.post("/home", {"code": card.code, "pin": card.pin})
    assert (answer.status_code, answer.headers["location"]) == (303, "/home")
    return browser
