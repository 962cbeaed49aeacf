"""Served homes, calls and cards for tests of feedback; everybody is made up."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from bangfu.contracts.tables import ContractLine
from bangfu.feedback import calling, codes, coding, rounds
from bangfu.feedback.calling import Said
from bangfu.feedback.rating import Score
from bangfu.feedback.tables import Callback, CallbackRound
from bangfu.shared.civil_time import civil_date, quarter_of
from bangfu.shared.clock import now
from bangfu.visits.tables import Visit
from tests.support import VILLAGE, World
from tests.visits import visit_steps

__all__ = ["calling", "visit_steps"]
ALL_WELL = {"came": "yes", "person": "yes", "duration": "yes", "items": "yes", "attitude": "yes", "money": "no"}


def said(stars: int | None = None, words: str = "", danger: bool = False, **changed: str) -> Said:
    """All is well, but for what is changed."""
    return Said("person", {**ALL_WELL, **changed}, danger, words, stars)


def term(at: datetime | None = None) -> tuple[int, int]:
    """Year and quarter of a moment."""
    return quarter_of(civil_date(at or now()))


async def served(world: World, number: int = 1, carer: str = "nurse", **more: Any) -> list[Visit]:
    """Homes that were served once in this quarter, each by a visit that waits for its check."""
    found = []
    for n in range(number):
        start = (now() - timedelta(hours=3 + n)).replace(second=0, microsecond=0)
        found.append(await visit_steps.submitted(world, carer, start=start, **more))
    return found


async def contract_of(visit: Visit) -> UUID:
    """The contract that pays for a visit."""
    line = await ContractLine.objects().get(ContractLine.id == visit.contract_line)
    assert line is not None
    return line.contract


async def opened(world: World, number: int = 1, **more: Any) -> tuple[CallbackRound, list[Callback]]:
    """A round with its list, over so many served homes."""
    visits = await served(world, number, **more)
    await rounds.open_rounds(*term(), now())
    found = await CallbackRound.objects().get(CallbackRound.subject == await contract_of(visits[0]))
    assert found is not None
    return found, await entries(found.id)


async def entries(round_id: UUID) -> list[Callback]:
    return await Callback.objects().where(Callback.round == round_id).order_by(Callback.place)


async def entry(callback: UUID) -> Callback:
    found = await Callback.objects().get(Callback.id == callback)
    assert found is not None
    return found


async def card(world: World, who: str = "coordinator") -> str:
    """The code of the only card of the village."""
    cards = await coding.print_sheet(world[who], uuid4(), VILLAGE, now())
    assert codes.typed(cards[0].code)
    return cards[0].code


def score(contract: UUID, stars: int, key: UUID | None = None, **more: Any) -> Score:
    """Stars for one contract."""
    return Score(key or uuid4(), {("contract", contract): stars}, **more)
