"""Opening visits to volunteers, taking them, giving them back: each verb is one transaction (DOMAIN.md 7, 8.5).

Locks are taken in the order volunteer, need, assignment, open task, visit. A task in matching becomes an assignment by
dispatch's own offer and acceptance, on the word of the dispatcher who opened it, so that every rule there holds here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4, uuid5

from bangfu.accounts.queries import user_of_carer, users_with
from bangfu.accounts.tables import User
from bangfu.dispatch import actions as dispatch
from bangfu.dispatch import scheduling
from bangfu.dispatch.actions import Because, OfferInput
from bangfu.dispatch.tables import Assignment
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.needs.tables import Need
from bangfu.planning.judging import numbers_of_pair
from bangfu.schedules.checking import problems_of_move
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.database import transaction
from bangfu.shared.numbering import fresh_number
from bangfu.visits import making, moves
from bangfu.visits.making import NewVisit
from bangfu.visits.tables import Visit
from bangfu.volunteers import task_rules as rules
from bangfu.volunteers.fitting import Wanted, faults, hold, mine, volunteer
from bangfu.volunteers.partners import accompanies, check_partner, two_person_home
from bangfu.volunteers.tables import OpenSlot, OpenTask, VolunteerStep

GONE = N_("Somebody else was faster: this task is taken. Thank you all the same.")


@dataclass(frozen=True, slots=True)
class Slot:
    """One dated visit that is opened, with the due window that it fills (end not included)."""

    start: datetime
    due_from: datetime
    due_until: datetime


@dataclass(frozen=True, slots=True)
class Opening:
    """What a dispatcher opens; `id` is the form's key. `partner` comes along, where one is named."""

    id: UUID
    need: UUID
    slots: Sequence[Slot]
    minutes: int
    partner: UUID | None = None


async def open_task(actor: Actor, new: Opening, at: datetime) -> UUID:
    """Open dated visits of one need to volunteers; the same key again is the same task.

    Raises:
        NotAllowed: unless a dispatcher opens. NotYours: outside the dispatcher's divisions.
        FormError: for times that are over, too far off, too many, or that overlap.
        Refused: if volunteers may not serve the need, it is neither in matching nor served by volunteers, or it is
            open already.
    """
    if not actor.has("station_dispatcher"):
        raise NotAllowed
    _check_slots(new, at)
    async with transaction():
        need = await _need(actor, new.need)
        known = await OpenTask.objects().get(OpenTask.id == new.id)
        if known is not None:
            if known.need != new.need:
                raise NotYours
            return new.id
        assignment = await _running(need)
        if await OpenTask.exists().where((OpenTask.need == need.id) & (OpenTask.status == "open")):
            raise Refused(N_("Visits of this need are open already."))
        if new.partner is not None:
            await volunteer(new.partner)
        row = OpenTask(
            id=new.id, number=await fresh_number(OpenTask), need=need.id, assignment=assignment,
            household=need.household, division=need.division, service=need.service, minutes=new.minutes,
            partner=new.partner, opened_by=actor.me, opened_at=at,
        )  # fmt: skip
        await row.save()
        for slot in sorted(new.slots, key=lambda each: each.start):
            await OpenSlot(
                id=uuid4(), task=row.id, starts_at=slot.start, ends_at=slot.start + timedelta(minutes=new.minutes),
                due_from=slot.due_from, due_until=slot.due_until,
            ).save()  # fmt: skip
        await _tell(actor, row, "opened", at, slots=len(new.slots))
        return row.id


def _check_slots(new: Opening, at: datetime) -> None:
    if not new.slots or len(new.slots) > rules.MOST_SLOTS:
        raise FormError({"start": (N_("Please enter one to {most} times."), {"most": rules.MOST_SLOTS})})
    length = timedelta(minutes=new.minutes)
    spans = sorted((slot.start, slot.start + length) for slot in new.slots)
    if any(not at < start <= at + rules.FURTHEST for start, _ in spans):
        raise FormError({"start": (N_("The times have to lie ahead, within 60 days."), {})})
    if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
        raise FormError({"start": (N_("Two of the times overlap."), {})})
    if any(not slot.due_from <= slot.start < slot.due_until for slot in new.slots):
        raise FormError({"start": (making.NOT_DUE, {})})


async def _need(actor: Actor, need: UUID) -> Need:
    found: Need | None = await Need.objects().where(Need.id == need).first().lock_rows("UPDATE")
    if found is None or not actor.sees(found.division):
        raise NotYours
    kinds = found.kinds
    if not kinds:
        rows = await Need.raw("SELECT kinds FROM service WHERE code = {}", found.service)
        kinds = rows[0]["kinds"] if rows else []
    if "volunteer" not in kinds:
        raise Refused(N_("Volunteers may not serve this need."))
    return found


async def _running(need: Need) -> UUID | None:
    """The volunteers' task whose visits are opened; none for a need in matching."""
    if need.status == "matching":
        return None
    rows = await Assignment.raw(
        "SELECT id, carer_kind FROM assignment WHERE need = {} AND status IN ('accepted', 'scheduled', 'active')",
        need.id,
    )
    if not rows:
        raise Refused(N_("Only a need in matching, or one that volunteers serve, can be opened."))
    if rows[0]["carer_kind"] != "volunteer":
        raise Refused(N_("This need is served by paid or station staff; its visits are not opened to volunteers."))
    found: UUID = rows[0]["id"]
    return found


async def locked(task: UUID) -> OpenTask:
    """The open task with its row lock; its need and assignment are locked before it.

    Raises:
        NotYours: if there is none.
    """
    rows = await OpenTask.raw("SELECT need, assignment FROM open_task WHERE id = {}", task)
    if not rows:
        raise NotYours
    await Need.raw("SELECT id FROM need WHERE id = {} FOR UPDATE", rows[0]["need"])
    if rows[0]["assignment"]:
        await scheduling.locked(rows[0]["assignment"])
    found: OpenTask | None = await OpenTask.objects().where(OpenTask.id == task).first().lock_rows("NO KEY UPDATE")
    if found is None:
        raise NotYours
    return found


async def slots_of(task: UUID) -> list[OpenSlot]:
    """The dated visits of an open task, the first one first."""
    found: list[OpenSlot] = await OpenSlot.objects().where(OpenSlot.task == task).order_by(OpenSlot.starts_at)
    return found


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
        await _tell(actor, row, "taken", at, carer=carer, partner=along)
        return row.id


async def in_reach(carer: UUID, division: str) -> None:
    """A volunteer serves the own county (or the area of the own organisation).

    Raises:
        NotYours: for a task elsewhere: it is not told that there is one.
    """
    rows = await OpenTask.raw(
        "SELECT c.division, o.service_area, o.division AS seat FROM carer c LEFT JOIN organization o"
        " ON o.id = c.organization WHERE c.id = {}",
        carer,
    )
    areas = [area.rstrip("0") for area in rows[0]["service_area"] or ()] if rows else []
    areas = areas or [(rows[0]["seat"] or rows[0]["division"])[:6]] if rows else []
    if not any(division.startswith(area) for area in areas):
        raise NotYours


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
        await _tell(actor, row, "given_back", at, notice=minutes, short=short)
        await send(
            await users_with("station_dispatcher", row.division), "open_task_back", "/volunteer-tasks",
            {"number": row.number}, urgent=short,
        )  # fmt: skip
        if not reopened:
            await _close(SYSTEM, row, "over", at)


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


async def name_partner(actor: Actor, task: UUID, partner: UUID | None, at: datetime) -> None:
    """The station names who comes along, or takes the name back, while the task is open.

    Raises:
        NotYours: outside the dispatcher's divisions, or for somebody who accompanies nobody.
        Refused: if the task is not open any more, or the volunteer does not fit.
    """
    async with transaction():
        row = await locked(task)
        if not actor.sees(row.division):
            raise NotYours
        if not actor.has("station_dispatcher"):
            raise NotAllowed
        rules.TASK_MACHINE.step(row.status, "take")
        if partner is not None:
            known = await volunteer(partner)
            times = [(slot.starts_at, slot.ends_at) for slot in await slots_of(row.id)]
            if not await accompanies(partner):
                raise NotYours
            if problems := await faults(partner, Wanted(row.need, times), at):
                raise Refused(N_("{number} cannot come along. {why}"), number=known["number"], why=Because(problems))
        if row.partner != partner:
            await OpenTask.update({OpenTask.partner: partner}).where(OpenTask.id == row.id)
            await _tell(actor, row, "partner", at, partner=partner)


async def close(actor: Actor, task: UUID, reason: str, at: datetime) -> None:
    """Take an open task off the list; what a volunteer has taken already stays planned.

    Raises:
        NotYours: outside the dispatcher's divisions. FormError: without a reason of the list.
        Refused: if it is closed or done.
    """
    async with transaction():
        row = await locked(task)
        if not actor.sees(row.division):
            raise NotYours
        if not actor.has("station_dispatcher"):
            raise NotAllowed
        if row.status == "closed" and row.closed_by == actor.user:
            return
        if reason not in rules.CLOSE_REASONS:
            raise FormError({"reason": (N_("Please choose a reason."), {})})
        await _close(actor, row, reason, at)


async def end(actor: Actor, task: UUID, at: datetime) -> None:
    """By the clock: an open task whose time is over is closed, a taken one without a visit ahead is done."""
    async with transaction():
        row = await locked(task)
        if row.status == "open":
            await _close(actor, row, "over", at)
        elif row.status == "taken":
            rules.TASK_MACHINE.step(row.status, "finish")
            changes: dict[Any, Any] = {"status": "done", "version": row.version + 1}
            await OpenTask.update(changes).where(OpenTask.id == row.id)


async def _close(actor: Actor, row: OpenTask, reason: str, at: datetime) -> None:
    rules.TASK_MACHINE.step(row.status, "close")
    changes: dict[Any, Any] = {
        "status": "closed", "closed_by": actor.user, "closed_at": at, "close_reason": reason,
        "version": row.version + 1,
    }  # fmt: skip
    await OpenTask.update(changes).where(OpenTask.id == row.id)
    await _tell(actor, row, "closed", at, reason=reason)


async def step(
    carer: UUID, kind: str, at: datetime, *, task: UUID | None = None, visit: UUID | None = None,
    minutes: int | None = None, short: bool = False,
) -> None:  # fmt: skip
    """One line of what a volunteer did; append-only."""
    await VolunteerStep(
        id=uuid4(), carer=carer, task=task, visit=visit, kind=kind, notice_minutes=minutes, short_notice=short, at=at
    ).save()


async def _tell(actor: Actor, row: OpenTask, event: str, at: datetime, **data: object) -> None:
    await audit.record(
        actor, f"open_task.{event}", "open_task", row.id, division=row.division, data={"number": row.number, **data},
        at=at,
    )  # fmt: skip


async def on_over(actor: Actor, assignment: Assignment, at: datetime) -> None:
    """A task that ends takes its open visits off the list (a reaction: dispatch.moves.OVER)."""
    rows = await OpenTask.raw(
        "SELECT id FROM open_task WHERE assignment = {} AND status IN ('open', 'taken') ORDER BY id", assignment.id
    )
    for found in rows:
        await _close(SYSTEM, await locked(found["id"]), "over", at)
