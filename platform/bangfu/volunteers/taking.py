"""Taking open tasks and giving them back: each verb is one transaction (DOMAIN.md 7, 8.5).

Locks are taken in the order volunteer, need, assignment, open task, visit. A task in matching becomes an assignment by
dispatch's own offer and acceptance, on the word of the dispatcher who opened it, so that every rule there holds here.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from bangfu.accounts.queries import user_of_carer, users_with
from bangfu.accounts.tables import User
from bangfu.dispatch import actions as dispatch
from bangfu.dispatch.actions import Because, OfferInput
from bangfu.dispatch.tables import Assignment
from bangfu.errors import N_, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.needs.tables import Need
from bangfu.planning.judging import numbers_of_pair
from bangfu.schedules.checking import problems_of_move
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.database import transaction
from bangfu.visits import making, moves
from bangfu.visits.making import NewVisit
from bangfu.visits.tables import Visit
from bangfu.volunteers import task_rules as rules
from bangfu.volunteers.fitting import Wanted, faults, hold, mine
from bangfu.volunteers.partners import check_partner, two_person_home
from bangfu.volunteers.tables import OpenSlot, OpenTask, VolunteerStep
from bangfu.volunteers.task_life import close_row, in_reach, locked, slots_of, step, tell

GONE = N_("Somebody else was faster: this task is taken. Thank you all the same.")


async def take(actor: Actor, task: UUID, partner: UUID | None, at: datetime) -> UUID:
    """Take an open task: the assignment is made or joined, its visits are planned. A repeat changes nothing.

    Args:
        partner: who comes along, where the station has named nobody.

    Raises:
        NotAllowed: for anybody but a volunteer. NotYours: for a task of another county.
        Refused: if somebody else was faster, or a rule stands in the way; then nothing has happened.
    """
    carer = mine(actor)
    async with transaction():
        named = await OpenTask.raw("SELECT partner FROM open_task WHERE id = {}", task)
        along = named[0]["partner"] or partner if named else partner
        await hold(carer, along)
        row = await locked(task)
        await in_reach(carer, row.division)
        if row.status == "taken" and row.taker == carer:
            return row.id
        if row.status == "taken":
            raise Refused(GONE)
        rules.TASK_MACHINE.step(row.status, "take")
        slots = await slots_of(row.id)
        times = [(slot.starts_at, slot.ends_at) for slot in slots]
        if any(start <= at for start, _ in times):
            raise Refused(N_("The time of this task is over."))
        wanted = Wanted(row.need, times)
        if problems := await faults(carer, replace(wanted, whole=row.assignment is None), at):
            raise Refused(N_("You cannot take this task. {why}"), why=Because(problems))
        await check_partner(carer, along, wanted, at, two_persons=await two_person_home(row.household))
        assignment = row.assignment or await _assign(actor, row, carer, at)
        changes: dict[Any, Any] = {
            "status": "taken", "taker": carer, "taken_at": at, "assignment": assignment, "partner": along,
            "version": row.version + 1,
        }  # fmt: skip
        await OpenTask.update(changes).where(OpenTask.id == row.id)
        for slot in slots:
            await _plan(actor, row, slot, assignment, carer, along, at)
        await step(carer, "taken", at, task=row.id)
        if along is not None:
            await step(along, "accompanies", at, task=row.id)
            await send(await user_of_carer(along), "volunteer_along", "/open-tasks", {"number": row.number})
        await send(
            await users_with("station_dispatcher", row.division), "open_task_taken", "/volunteer-tasks",
            {"number": row.number},
        )  # fmt: skip
        await tell(actor, row, "taken", at, carer=carer, partner=along)
        return row.id


async def _assign(actor: Actor, row: OpenTask, carer: UUID, at: datetime) -> UUID:
    """An assignment by dispatch's offer and acceptance."""
    opener = await _opener(row.opened_by)
    need = await Need.objects().get(Need.id == row.need)
    if need is None:
        raise NotYours
    offer = OfferInput(
        need=row.need, household=row.household, division=row.division, service=row.service, priority=need.priority,
        carer=carer, visits=need.visits, minutes=row.minutes,
        km=await numbers_of_pair(row.need, carer, at),
    )  # fmt: skip
    assignment = await dispatch.make_offer(opener, offer, at)
    await dispatch.accept(actor, assignment, None, at)
    return assignment


async def _opener(user: UUID) -> Actor:
    """The dispatcher who opened the task, as the account stands now.

    Raises:
        Refused: where the person is no dispatcher any more; the station has to open it again.
    """
    found = await User.objects().get(User.id == user)
    if found is None or not found.active or "station_dispatcher" not in found.roles:
        raise Refused(N_("The station has to open this task again before it can be taken."))
    return Actor(
        found.id, found.username, found.display_name, frozenset(found.roles), found.scope, found.organization,
        found.carer,
    )  # fmt: skip


async def _plan(
    actor: Actor, row: OpenTask, slot: OpenSlot, assignment: UUID, carer: UUID, partner: UUID | None, at: datetime
) -> None:
    """One visit of the series; whatever the calendar has against it undoes the taking as a whole."""
    visit = await making.make(
        actor,
        NewVisit(
            id=uuid5(slot.id, f"{row.version}"), assignment=assignment, start=slot.starts_at, due_from=slot.due_from,
            due_until=slot.due_until, minutes=row.minutes, carer=carer, partner=partner, source="open_task",
        ),
        at,
    )  # fmt: skip
    await OpenSlot.update({OpenSlot.visit: visit}).where(OpenSlot.id == slot.id)
    if problems := await problems_of_move(actor, visit, slot.starts_at, carer, at):
        raise Refused(N_("You cannot take this task. {why}"), why=Because(problems))


async def give_back(actor: Actor, task: UUID, at: datetime) -> None:
    """Give a task back, without a reason: what is still planned is called off, and others may take it. Less than 24
    hours of notice is written down, nothing follows from it (DOMAIN.md 7).

    Raises:
        NotYours: if another (or nobody) has it.
    """
    carer = mine(actor)
    async with transaction():
        row = await locked(task)
        if row.status == "open" and await _gave_back(row.id, carer):
            return
        if row.taker != carer:
            raise NotYours
        rules.TASK_MACHINE.step(row.status, "give_back")
        left = await Visit.raw(
            "SELECT v.id, v.planned_start FROM visit v JOIN open_slot s ON s.visit = v.id WHERE s.task = {}"
            " AND v.status = 'planned' AND v.carer = {} ORDER BY v.planned_start",
            row.id, carer,
        )  # fmt: skip
        if not left:
            raise Refused(N_("Nothing of this task is left to give back."))
        minutes, short = rules.notice(left[0]["planned_start"], at)
        await step(carer, "given_back", at, task=row.id, minutes=minutes, short=short)
        own = await _made_by_taking(row)
        reopened = await _reopen(row, [each["id"] for each in left], at, keep=None if own else row.assignment)
        for visit in left:
            await moves.move(actor, await moves.locked(visit["id"], line=False), "call_off", at, reason="replanned")
        if own and row.assignment and not await _served(row.assignment):
            await dispatch.withdraw(actor, row.assignment, "", "", at)
        await tell(actor, row, "given_back", at, notice=minutes, short=short)
        await send(
            await users_with("station_dispatcher", row.division), "open_task_back", "/volunteer-tasks",
            {"number": row.number}, urgent=short,
        )  # fmt: skip
        if not reopened:
            await close_row(SYSTEM, row, "over", at)


async def _gave_back(task: UUID, carer: UUID) -> bool:
    rows = await VolunteerStep.raw(
        "SELECT carer, kind FROM volunteer_step WHERE task = {} ORDER BY at DESC, id LIMIT 1", task
    )
    return bool(rows) and rows[0]["carer"] == carer and rows[0]["kind"] == "given_back"


async def _made_by_taking(row: OpenTask) -> bool:
    """Whether the assignment was made when the task was taken (and so ends when it is given back)."""
    rows = await Assignment.raw("SELECT answered_at FROM assignment WHERE id = {}", row.assignment)
    return bool(rows) and rows[0]["answered_at"] is not None and rows[0]["answered_at"] >= row.opened_at


async def _served(assignment: UUID) -> bool:
    """Whether a visit of the assignment has taken place or is under way: then the task itself goes on."""
    return bool(
        await Visit.exists().where(
            (Visit.assignment == assignment) & Visit.status.not_in(["planned", "cancelled", "missed", "excused"])
        )
    )


async def _reopen(row: OpenTask, visits: list[UUID], at: datetime, keep: UUID | None) -> bool:
    """Open what lies ahead again; what was served or is over leaves the series. False: nothing lies ahead."""
    keep = keep or (row.assignment if row.assignment and await _served(row.assignment) else None)
    await OpenSlot.raw(
        "DELETE FROM open_slot WHERE task = {} AND (NOT (visit = ANY({}::uuid[])) OR starts_at <= {})",
        row.id,
        visits,
        at,
    )
    await OpenSlot.update({OpenSlot.visit: None}).where(OpenSlot.task == row.id)
    ahead = await OpenSlot.exists().where(OpenSlot.task == row.id)
    changes: dict[Any, Any] = {
        "status": "open", "taker": None, "taken_at": None, "assignment": keep, "partner": None,
        "version": row.version + 1,
    }  # fmt: skip
    await OpenTask.update(changes).where(OpenTask.id == row.id)
    row.status, row.version = "open", row.version + 1
    return bool(ahead)
