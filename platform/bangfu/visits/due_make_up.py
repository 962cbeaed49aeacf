"""Making up for a missed visit inside the same period of its norm (DOMAIN.md 8.8)."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.providers.tables import Carer
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.visits import checks, moves
from bangfu.visits.due import windows_of
from bangfu.visits.due_rules import DueWindow
from bangfu.visits.tables import Visit, VisitProof

NO_ROOM: Final = N_("The period in which this visit could be made up is over; give the reason instead.")


async def window_of(row: Visit, at: datetime) -> DueWindow | None:
    """The due window that a visit stands for; None where the task owes none there."""
    instant = row.due_from if row.source == "make_up" else row.started_at or row.planned_start
    day = civil_date(instant)
    found = (await windows_of([row.assignment], day, day, at)).get(row.assignment, [])
    return next((each for each in found if each.start <= instant < each.end), None)


async def room_of(row: Visit, at: datetime) -> datetime | None:
    """Until when (not including) a missed visit can be made up; None if that time is over, its window is excused,
    another visit has filled it, or it was begun: its proofs stay its own, and it is entered afterwards."""
    window = await window_of(row, at)
    if await VisitProof.exists().where(VisitProof.visit == row.id):
        return None
    if row.status != "missed" or window is None or window.period_end is None:
        return None
    if window.state not in {"missed", "due", "optional"} or window.period_end <= at:
        return None
    return window.period_end


async def make_up(
    actor: Actor, visit: UUID, start: datetime, at: datetime, *, carer: UUID | None = None, text: str = ""
) -> None:
    """missed -> planned, at a time of the same period that no rule of the calendar forbids. The visit then stands for
    the window that was missed. A repeat with the same time changes nothing.

    Raises:
        NotYours: if the visit is not the actor's, or the carer is not of the same organisation.
        FormError: for a time that is over or outside of the period, or that breaks a rule of the calendar.
        Refused: if nothing is to be made up.
    """
    async with transaction():
        known = await Visit.objects().get(Visit.id == visit)
        if known is None or not moves.own(actor, known):
            raise NotYours
        await checks.hold({known.carer, carer or known.carer})
        row = await moves.locked(visit, line=False)
        if (row.status, row.source, row.planned_start) == ("planned", "make_up", start):
            return
        window, until = await window_of(row, at), await room_of(row, at)
        if row.status == "missed" and (until is None or window is None):
            raise Refused(NO_ROOM)
        serving = await _server(row, carer)
        if row.status == "missed" and until is not None and not at < start < until:
            raise FormError(
                {"start": (N_("Please choose a time that is still to come, inside of the same period."), {})}
            )
        if found := await checks.problems(actor, visit, start, serving, at):
            raise FormError({"start": found[0]})
        changes: dict[str, Any] = {
            "planned_start": start, "planned_end": start + timedelta(minutes=row.minutes), "window_start": start,
            "window_end": start, "carer": serving, "source": "make_up", "changes": row.changes + 1,
        }  # fmt: skip
        if window is not None and until is not None:
            changes |= {"due_from": window.start, "due_until": until}
        await moves.move(actor, row, "make_up", at, text=text.strip(), data={"start": start.isoformat()}, **changes)


async def _server(row: Visit, carer: UUID | None) -> UUID:
    if carer is None or carer == row.carer:
        return row.carer
    rows = await Carer.raw(
        "SELECT id FROM carer WHERE id = {} AND organization = {}::uuid AND active", carer, row.organization
    )
    if not rows:
        raise NotYours
    return carer
