"""Moving a complaint: lock, table of transitions, change, event, hooks; and the clocks of supervision around it."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from bangfu.complaints import hooks, rules
from bangfu.complaints.seeing import sealed
from bangfu.complaints.tables import Complaint, ComplaintEntry
from bangfu.errors import NotAllowed, NotYours
from bangfu.messages.actions import send
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.crypto import audit_hash
from bangfu.supervision import actions as supervision
from bangfu.supervision.calendar import current_calendar, end_of_working_day

ACCEPT, CLOSE, CONTACT, PLAN, ANSWER = (
    "complaint.accept", "complaint.close", "complaint.contact", "complaint.plan", "complaint.answer",
)  # fmt: skip
CLOCKS: Final = (ACCEPT, CLOSE, CONTACT, PLAN, ANSWER)
for _kind in CLOCKS:
    supervision.confidential(_kind)
_UNITS: Final = {
    "township": ("township", "township_officer"), "bureau": ("bureau", "bureau_officer"),
    "lead": ("bureau", "bureau_lead"), "above": ("bureau", "bureau_lead"),
}  # fmt: skip


async def locked(complaint: UUID) -> Complaint:
    """The complaint with its row lock; the chain of its county is held before it.

    Raises:
        NotYours: if there is none.
    """
    rows = await Complaint.raw("SELECT division FROM complaint WHERE id = {}", complaint)
    if not rows:
        raise NotYours
    await audit.hold(rows[0]["division"])
    found: Complaint | None = await Complaint.objects().where(Complaint.id == complaint).first().lock_rows("UPDATE")
    if found is None:
        raise NotYours
    return found


async def move(actor: Actor, row: Complaint, action: str, at: datetime, *, by: str = "", **changes: Any) -> None:
    """Take one step of the table; the guards were checked. `by` says for whom an officer acts ("complainant").

    Raises:
        Refused: if the table does not list it.
        NotAllowed: for another role.
    """
    step = rules.MACHINE.step(row.status, action)
    if step.roles.isdisjoint(actor.roles):
        raise NotAllowed
    was = row.status
    await change(row, at, status=step.target, **changes)
    data = {"number": row.number, "from": was, "to": step.target, "round": row.round}
    await note(actor, row, step.event, at, **data, **({"by": by} if by else {}))
    await hooks.tell(step.event, actor, row, at)


async def change(row: Complaint, at: datetime, **changes: Any) -> None:
    """Write columns of a locked row."""
    values = {**changes, "version": row.version + 1, "updated_at": at}
    await Complaint.update(**values).where(Complaint.id == row.id)
    for name, value in values.items():
        setattr(row, name, value)


async def note(actor: Actor, row: Complaint, event: str, at: datetime, **data: object) -> None:
    """The audit event; codes and numbers only, never the household (its timeline asks who may see it)."""
    await audit.record(
        actor, f"complaint.{event}", "complaint", row.id, division=row.division, data={"number": row.number, **data},
        at=at,
    )  # fmt: skip


async def add_entry(
    actor: Actor, row: Complaint, kind: str, at: datetime, *, side: str = "office", code: str = "", text: str = "",
    person: str = "", file: UUID | None = None, key: UUID | None = None,
) -> bool:  # fmt: skip
    """Add to the record; False where the same key was added before.

    Raises:
        NotYours: if the key is another case's.
    """
    key = key or uuid4()
    known = await ComplaintEntry.objects().get(ComplaintEntry.id == key)
    if known is not None:
        if known.complaint != row.id:
            raise NotYours
        return False
    await ComplaintEntry(
        id=key, complaint=row.id, round=row.round, kind=kind, side=side, code=code, file=file,
        text_enc=sealed("text_enc", key, text, "complaint_entry"), text_hash=audit_hash(text.strip()),
        person_enc=sealed("person_enc", key, person, "complaint_entry"), written_by=actor.user, at=at,
    ).save()  # fmt: skip
    return True


# Clocks ----------------------------------------------------------------------------------------------------------
async def due_after(start: datetime, number: int, by_days: bool) -> datetime:
    """The last minute of the n-th working day (or plain day) after the day of `start`."""
    if by_days:
        return start + timedelta(days=number)
    return end_of_working_day(start, number, await current_calendar())


async def start_clocks(row: Complaint, at: datetime) -> None:
    """The clocks of a case that has come in or whose severity changed: until it is taken on; contact and plan of a
    critical one. Those that no longer apply fall away."""
    limits = rules.limits_of(row.severity, row.petition)
    waiting = row.status == "received"
    await _run(row, ACCEPT, row.accept_due if waiting else None, at)
    contact = row.entered_at + limits.contact if limits.contact and row.contacted_at is None else None
    plan = row.entered_at + limits.plan if limits.plan and row.planned_at is None else None
    going = row.round == 0 and row.status in ("received", "accepted", "investigating")
    await _run(row, CONTACT, contact if going else None, at, by_hours=True)
    await _run(row, PLAN, plan if going else None, at, by_hours=True)
    await _run(row, CLOSE, row.close_due if row.status in ("accepted", "investigating", "decided") else None, at)


async def end_clocks(actor: Actor, row: Complaint, at: datetime, event: str, *kinds: str) -> None:
    """Clocks that this event settles."""
    for kind in kinds:
        await supervision.settle(actor, kind, row.id, at, evidence=f"complaint.{event}")


async def change_hands(row: Complaint, at: datetime) -> None:
    """Let the running clocks belong to whoever has the case now."""
    for kind in CLOCKS:
        if kind != ANSWER:
            await supervision.drop(SYSTEM, kind, row.id, at, reason="given to somebody else")
    await start_clocks(row, at)


async def _run(row: Complaint, kind: str, due: datetime | None, at: datetime, *, by_hours: bool = False) -> None:
    if due is None:
        await supervision.drop(SYSTEM, kind, row.id, at, reason="no longer applies")
        return
    unit, role = _UNITS[row.level]
    timed = supervision.Timed(
        kind=kind, subject_type="complaint", subject=row.id, href=f"/complaints/{row.id}", division=row.division,
        due_at=due, number=row.number, unit=unit, role=role, owner=row.handler, by_hours=by_hours,
        excluded=tuple(row.excluded),
    )  # fmt: skip
    await supervision.watch(SYSTEM, timed, at)


async def tell(row: Complaint, users: list[UUID], kind: str, **params: object) -> None:
    """A message to people of an office; never to those whom it goes past."""
    told = [user for user in users if user not in row.excluded]
    urgent = row.severity == "critical"
    await send(told, kind, f"/complaints/{row.id}", {"number": row.number, **params}, urgent=urgent)
