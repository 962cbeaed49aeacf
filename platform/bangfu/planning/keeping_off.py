"""Who is kept off a need by name (DOMAIN.md 2.3, 8.11): who declined, near relatives, who assessed the person, and
whom later features name (open complaints of harm)."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Final
from uuid import UUID

from bangfu.needs.tables import Need
from bangfu.planning import sources
from bangfu.planning.sources import Row

Named = Mapping[UUID, Collection[UUID]]
"""Need -> carers or organisations."""
KeepsOff = Callable[[Collection[UUID]], Awaitable[Named]]
_MORE: Final[list[KeepsOff]] = []


def register(ask: KeepsOff) -> None:
    """Also keep off whom `await ask(needs)` names; registering twice changes nothing."""
    if ask not in _MORE:
        _MORE.append(ask)


async def kept_off(needs: Collection[Row], refused: Named) -> dict[UUID, set[UUID]]:
    """Need -> carers and organisations that it may not be given to; `refused`: who declined it."""
    found = {row["id"]: set(refused.get(row["id"], ())) | kin for row, kin in await sources.relatives(needs)}
    for ask in (assessors_of, *_MORE):
        for need, names in (await ask(list(found))).items():
            found[need].update(names)
    return found


async def assessors_of(needs: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Need -> the carers who signed an assessment of its person: they do not care for them (DOMAIN.md 8.11)."""
    found: dict[UUID, set[UUID]] = {}
    for row in await Need.raw(
        "SELECT n.id AS need, u.carer FROM need n JOIN assessment a ON a.person = n.person JOIN app_user u"
        " ON (u.id = a.first_assessor AND a.first_signed_at IS NOT NULL)"
        " OR (u.id = a.second_assessor AND a.second_signed_at IS NOT NULL)"
        " WHERE n.id = ANY({}) AND u.carer IS NOT NULL",
        list(needs),
    ):
        found.setdefault(row["need"], set()).add(row["carer"])
    return found
