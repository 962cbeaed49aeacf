"""Opening visits to volunteers, naming who comes along, closing: the station's verbs, one transaction each.

Locks are taken in the order volunteer, need, assignment, open task, visit (DOMAIN.md 7, 8.5).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

from bangfu.dispatch.actions import Because
from bangfu.dispatch.tables import Assignment
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.needs.tables import Need
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.numbering import fresh_number
from bangfu.visits import making
from bangfu.volunteers import task_rules as rules
from bangfu.volunteers.fitting import Wanted, faults, volunteer
from bangfu.volunteers.partners import accompanies
from bangfu.volunteers.tables import OpenSlot, OpenTask
from bangfu.volunteers.task_life import close_row, locked, slots_of, tell


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
        await tell(actor, row, "opened", at, slots=len(new.slots))
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
            await tell(actor, row, "partner", at, partner=partner)


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
        await close_row(actor, row, reason, at)
