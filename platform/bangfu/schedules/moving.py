"""Hand moves of published visits: another time, another carer, swaps, fixed appointments. Every rule is checked again;
hard rules have no override. The form carries the version that the person saw: somebody else's change is a conflict."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from bangfu.accounts.queries import user_of_carer
from bangfu.errors import N_, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.schedules import rules
from bangfu.schedules.checking import hold, problems_of_item, problems_of_move
from bangfu.schedules.findings import Why
from bangfu.schedules.items import Item, visit_item
from bangfu.schedules.sides import check_plans
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.visits import making, moves
from bangfu.visits.tables import Visit

CHANGED = N_("Somebody has changed this visit in the meantime; look at it again.")
BREAKS = N_("That does not fit: {why}")
FIXED = N_("It is a fixed appointment; release it first.")


async def held(actor: Actor, visit: UUID, version: int | None) -> tuple[Visit, Item]:
    """A planned visit of the actor's side, locked, as the person saw it.

    Raises:
        NotYours, NotAllowed: for others.
        Refused: if it has changed since, or is not planned any more.
    """
    row = await moves.locked(visit, line=False)
    item = await visit_item(visit)
    if item is None:
        raise NotYours
    check_plans(actor, item)
    if row.status != "planned":
        raise Refused(N_("The visit has begun or is over; only a planned visit can be moved."))
    if version is not None and row.version != version:
        raise Refused(CHANGED)
    return row, item


async def move(
    actor: Actor, visit: UUID, start: datetime, carer: UUID | None, partner: UUID | None, version: int, at: datetime
) -> bool:
    """Another time or carer for a visit, if nothing breaks.

    Args:
        carer: None keeps the visit's own. partner: who comes along, None for nobody.
        version: of the visit as the person saw it.

    Returns:
        Whether anything changed; the same move again by the same form changes nothing.

    Raises:
        NotYours, NotAllowed: for others.
        Refused: naming what breaks; or if it is fixed, has changed, or is not planned.
    """
    async with transaction():
        known = await visit_item(visit)
        if known is None:
            raise NotYours
        check_plans(actor, known)
        if (known.start, known.carer, known.partner) == (start, carer or known.carer, partner):
            return False
        await hold({*known.carers, carer or known.carer, partner or known.carer})
        row, item = await held(actor, visit, version)
        if item.fixed:
            raise Refused(FIXED)
        problems = await problems_of_move(actor, row, start, carer, at, partner=partner, keep_partner=False)
        if problems:
            raise Refused(BREAKS, why=Why(problems))
        await making.reschedule(actor, visit, start, at, carer=carer, partner=partner, keep_partner=False)
        await _tell(actor, item, start, carer or item.carer, partner)
        return True


async def swap(actor: Actor, visit: UUID, other: UUID, version: int, other_version: int, at: datetime) -> None:
    """Two visits change their carers; each keeps its time. Both are checked against the calendar after the change.

    Raises:
        NotYours, NotAllowed: if one of them is others'.
        Refused: naming what breaks; if both have one carer, one is fixed, or has changed.
    """
    async with transaction():
        first, second = sorted((visit, other), key=str)
        versions = {visit: version, other: other_version}
        await hold({carer for key in (first, second) if (seen := await visit_item(key)) for carer in seen.carers})
        found = {key: await held(actor, key, versions[key]) for key in dict.fromkeys((first, second))}
        one, two = found[visit][1], found[other][1]
        if one.carer == two.carer:
            raise Refused(N_("Both visits have the same carer already."))
        if one.fixed or two.fixed:
            raise Refused(FIXED)
        after_one = replace(one, carer=two.carer)
        after_two = replace(two, carer=one.carer)
        problems = await problems_of_item(after_one, at, [after_two])
        problems += [each for each in await problems_of_item(after_two, at, [after_one]) if each not in problems]
        if problems:
            raise Refused(BREAKS, why=Why(problems))
        for item, carer in ((one, two.carer), (two, one.carer)):
            await making.reschedule(actor, item.id, item.start, at, carer=carer, reason="swap")
            await _tell(actor, item, item.start, carer, item.partner)


async def pin(actor: Actor, visit: UUID, *, fixed: bool, version: int, at: datetime) -> None:
    """Make a visit a fixed appointment that plans and moves keep, or release it. A repeat changes nothing.

    Raises:
        NotYours, NotAllowed, Refused: as `move`.
    """
    async with transaction():
        known = await visit_item(visit)
        if known is None:
            raise NotYours
        check_plans(actor, known)
        if known.fixed == fixed:
            return
        row, _ = await held(actor, visit, version)
        await Visit.update({Visit.fixed: fixed, Visit.version: row.version + 1, Visit.updated_at: at}).where(
            Visit.id == visit
        )
        await audit.record(
            actor, "visit.pinned" if fixed else "visit.released", "visit", visit, division=row.division, at=at,
            data={"number": row.number}, before={"fixed": not fixed}, after={"fixed": fixed},
        )  # fmt: skip


async def call_off(actor: Actor, visit: UUID, reason: str, text: str, version: int, at: datetime) -> None:
    """Call a planned visit off; who would have come is told. A repeat changes nothing.

    Raises:
        NotYours, NotAllowed, Refused: as `move`.
        FormError: without a reason of the list.
    """
    async with transaction():
        known = await visit_item(visit)
        if known is None:
            raise NotYours
        check_plans(actor, known)
        if known.status == "cancelled":
            return
        _, item = await held(actor, visit, version)
        await making.call_off(actor, visit, reason, text, at)
        for carer in item.carers:
            users = [user for user in await user_of_carer(carer) if user != actor.user]
            await send(users, "visit_taken", "/my-schedule", {"visit": item.number})


async def _tell(actor: Actor, item: Item, start: datetime, carer: UUID, partner: UUID | None) -> None:
    """Who comes and who came before; one message a person, none to who did it."""
    when = f"{rules.day_of(start):%m-%d} {rules.minute_of(start) // 60:02d}:{rules.minute_of(start) % 60:02d}"
    before, after = set(item.carers), {carer} if partner is None else {carer, partner}
    heard = {actor.user}
    told = {"visit": item.number, "when": when}
    for each in sorted(before | after, key=str):
        users = [user for user in await user_of_carer(each) if user not in heard]
        heard |= set(users)
        if each not in before:
            await send(users, "visit_given", "/my-schedule", told)
        elif each not in after:
            await send(users, "visit_taken", "/my-schedule", {"visit": item.number})
        elif start != item.start:
            await send(users, "visit_moved", "/my-schedule", told)
