"""Planning, moving and calling off single visits: one transaction each, joining an outer one.

The checks of the calendar (windows, travel, limits) are the schedule's; here stands what always holds: an accepted
task, a server who may serve on that day, a time inside of the due window.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from bangfu.dispatch import scheduling
from bangfu.dispatch.moves import OVER
from bangfu.dispatch.tables import Assignment
from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.needs.actions import begin_service
from bangfu.needs.tables import Need
from bangfu.providers.tables import Carer
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.database import transaction
from bangfu.shared.numbering import fresh_numbers
from bangfu.visits import hooks, moves
from bangfu.visits.tables import Visit

CALL_OFF_REASONS: Final = (
    "replanned", "recipient_asked", "hospital", "away", "death", "moved", "carer_ill", "weather", "task_ended", "other",
)  # fmt: skip
NO_TASK: Final = N_("Visits can be planned for an accepted task only.")
NOT_DUE: Final = N_("The visit has to lie inside the time in which it is due.")


@dataclass(frozen=True, slots=True)
class NewVisit:
    """A visit to be planned. `id` is the form's or the plan's key: the same key again is the same visit.

    Attributes:
        due_from, due_until: the window of the norm or need that it fills (not including the end).
        start: the planned start; `minutes` 0 takes the assignment's.
        window_start, window_end: when the household expects the start; without them the planned start.
        carer: who serves; None is the assignment's carer. `partner` comes along.
    """

    id: UUID
    assignment: UUID
    start: datetime
    due_from: datetime
    due_until: datetime
    minutes: int = 0
    window_start: datetime | None = None
    window_end: datetime | None = None
    carer: UUID | None = None
    partner: UUID | None = None
    source: str = "plan"
    plan: UUID | None = None
    fixed: bool = False


async def make(actor: Actor, wanted: NewVisit, at: datetime) -> UUID:
    """Plan one visit; the task becomes scheduled with its first one. Who may is the caller's to check.

    Raises:
        NotYours: if there is no such assignment, or the key is another visit's.
        Refused: if the task is not accepted, or the time is not inside the due window.
    """
    await make_all(actor, [wanted], at)
    return wanted.id


async def make_all(actor: Actor, wanted: Iterable[NewVisit], at: datetime) -> None:
    """Plan many visits, all or none, in one transaction: as `make`, with few queries for each task."""
    by_task: dict[UUID, list[NewVisit]] = {}
    for each in wanted:
        by_task.setdefault(each.assignment, []).append(each)
    async with transaction():
        for assignment in sorted(by_task):
            await _make_for(actor, await scheduling.locked(assignment), by_task[assignment], at)


async def _make_for(actor: Actor, task: Assignment, wanted: list[NewVisit], at: datetime) -> None:
    keys = [each.id for each in wanted]
    known = await Visit.raw("SELECT id, assignment FROM visit WHERE id = ANY({}::uuid[])", keys)
    if any(row["assignment"] != task.id for row in known):
        raise NotYours
    fresh = [each for each in wanted if each.id not in {row["id"] for row in known}]
    if not fresh:
        return
    if task.status not in {"accepted", "scheduled", "active"}:
        raise Refused(NO_TASK)
    if not all(each.due_from <= each.start < each.due_until for each in fresh):
        raise Refused(NOT_DUE)
    need = await Need.objects().get(Need.id == task.need)
    if need is None:
        raise NotYours
    numbers = await fresh_numbers(Visit, len(fresh))
    visits = [_new(actor, task, need, each, number, at) for each, number in zip(fresh, numbers, strict=True)]
    await Visit.insert(*visits)
    if task.status == "accepted":
        await scheduling.schedule(actor, task, at)
    told = [
        audit.Entry(
            "visit.planned", "visit", visit.id, visit.division, {"number": visit.number, "source": visit.source}
        )
        for visit in visits
    ]
    await audit.record_all(actor, told, at=at)
    for visit in visits:
        await hooks.tell("planned", actor, visit, at)


def _planned(visit: Visit) -> audit.Entry:
    data = {"number": visit.number, "source": visit.source}
    return audit.Entry("visit.planned", "visit", visit.id, visit.division, data)


def _new(actor: Actor, task: Assignment, need: Need, wanted: NewVisit, number: str, at: datetime) -> Visit:
    minutes = wanted.minutes or task.minutes
    return Visit(
        id=wanted.id, number=number, assignment=task.id, need=task.need, household=task.household,
        division=task.division, service=task.service, item=need.item, item_version=need.item_version,
        carer=wanted.carer or task.carer, partner=wanted.partner, carer_kind=task.carer_kind,
        organization=task.organization, contract_line=task.contract_line, unit_price=task.unit_price, minutes=minutes,
        due_from=wanted.due_from, due_until=wanted.due_until, window_start=wanted.window_start or wanted.start,
        window_end=wanted.window_end or wanted.start, planned_start=wanted.start,
        planned_end=wanted.start + timedelta(minutes=minutes), fixed=wanted.fixed, source=wanted.source,
        plan=wanted.plan, created_by=actor.user, created_at=at, updated_at=at,
    )  # fmt: skip


async def reschedule(
    actor: Actor, visit: UUID, start: datetime, at: datetime, *, carer: UUID | None = None,
    partner: UUID | None = None, keep_partner: bool = True, reason: str = "", minutes: int = 0,
    window: tuple[datetime, datetime] | None = None,
) -> bool:  # fmt: skip
    """Another time or server for a planned visit; the caller has checked who may and every rule of the calendar.

    Returns:
        Whether anything changed.

    Raises:
        NotYours: if there is none.
        Refused: if it is not planned any more, or the time is not inside the due window.
    """
    async with transaction():
        row = await moves.locked(visit, line=False)
        serving, along = carer or row.carer, row.partner if keep_partner else partner
        lasts = minutes or row.minutes
        if (row.planned_start, row.carer, row.partner, row.minutes) == (start, serving, along, lasts):
            return False
        if row.status != "planned":
            raise Refused(N_("The visit has begun or is over; only a planned visit can be moved."))
        if not row.due_from <= start < row.due_until:
            raise Refused(NOT_DUE)
        first, last = window or (start, start)
        before = {"start": row.planned_start.isoformat(), "carer": row.carer, "partner": row.partner}
        changes: dict[Any, Any] = {
            "planned_start": start, "planned_end": start + timedelta(minutes=lasts), "window_start": first,
            "window_end": last, "carer": serving, "partner": along, "minutes": lasts, "changes": row.changes + 1,
            "version": row.version + 1, "updated_at": at,
        }  # fmt: skip
        await Visit.update(changes).where(Visit.id == row.id)
        moved = {"moved": row.planned_start != start, "carer_changed": row.carer != serving}
        for name, value in changes.items():
            setattr(row, name, value)
        await moves.tell(actor, row, "changed", at, data=moved, before=before, after=changes, reason=reason)
        await hooks.tell("changed", actor, row, at)
        return True


async def call_off(actor: Actor, visit: UUID, reason: str, text: str, at: datetime) -> None:
    """A planned visit will not take place; what it would have filled is due again. A repeat changes nothing.

    Raises:
        NotYours, NotAllowed: if the visit is not the actor's to call off.
        FormError: without a reason of the list, or "other" without a word.
        Refused: if it has begun or is over.
    """
    async with transaction():
        row = await moves.locked(visit, line=False)
        if row.status == "cancelled" and (moves.own(actor, row) or actor.sees(row.division)):
            return
        if reason not in CALL_OFF_REASONS:
            raise FormError({"reason": (N_("Please choose a reason."), {})})
        if reason == "other" and not text.strip():
            raise FormError({"remark": (N_("Please say why in a few words."), {})})
        await moves.move(actor, row, "call_off", at, reason=reason, text=text.strip())


async def call_off_all(actor: Actor, assignment: UUID, reason: str, at: datetime) -> int:
    """Every visit of a task that is still planned; the ended task has been checked by who ended it."""
    rows = await Visit.raw("SELECT id FROM visit WHERE assignment = {} AND status = 'planned' ORDER BY id", assignment)
    for found in rows:
        row = await moves.locked(found["id"], line=False)
        await moves.move(actor, row, "call_off", at, reason=reason)
    return len(rows)


async def names_of(carers: Collection[UUID]) -> dict[UUID, str]:
    """The carers' names, for pages."""
    rows = await Carer.raw("SELECT id, name FROM carer WHERE id = ANY({})", list(carers))
    return {row["id"]: row["name"] for row in rows}


async def start_service(actor: Actor, row: Visit, at: datetime) -> None:
    """With its first verified visit a task becomes active and its need is in service (DOMAIN.md 8.3, 8.5)."""
    found: Assignment = await scheduling.locked(row.assignment)
    await scheduling.start(found, at)
    await begin_service(SYSTEM, row.need, at)


async def end_visits(actor: Actor, assignment: Assignment, at: datetime) -> None:
    """A task that ended takes its planned visits along (a reaction: dispatch.moves.OVER)."""
    await call_off_all(SYSTEM, assignment.id, "task_ended", at)


def register() -> None:
    """Let tasks and visits hear of each other; repeating it changes nothing."""
    hooks.after("verified", start_service)
    if end_visits not in OVER:
        OVER.append(end_visits)


register()
