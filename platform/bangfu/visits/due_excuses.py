"""Reasons why a visit that is due does not take place: given by the serving side, judged by the township (8.8).

A reason speaks of one due window, before or after it is over. Confirmed, it takes the window out of what was due
(DOMAIN.md 6.1): a missed visit becomes excused, a planned one is called off. Nobody of the serving side decides.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from bangfu.accounts import queries as accounts
from bangfu.accounts.tables import User
from bangfu.dispatch import scheduling
from bangfu.dispatch.tables import Assignment
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.shared import audit, files
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.crypto import encrypt
from bangfu.shared.database import transaction
from bangfu.visits import moves
from bangfu.visits.due import windows_of
from bangfu.visits.due_excuse_rules import ASKERS, CODES, EXCUSE_MACHINE, STANDING
from bangfu.visits.due_rules import DueWindow
from bangfu.visits.due_tables import VisitExcuse
from bangfu.visits.tables import Visit

ASKABLE: Final = frozenset({"due", "planned", "ahead", "missed", "optional"})
AHEAD: Final = timedelta(days=92)
BACK: Final = timedelta(days=184)
"""A reason is given at the latest half a year afterwards: the quarter and its appeal are over then."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What a person gives; `key` is the form's, `window` the first instant of the due window."""

    key: UUID
    window: datetime
    code: str
    text: str
    file: files.Looked | None = None


def speaks_for(actor: Actor, task: Assignment) -> bool:
    """Whether the actor may give a reason for the task: who serves, its organisation, or the desk of the area."""
    if actor.carer is not None and actor.carer == task.carer:
        return True
    if actor.has("provider_manager") and actor.organization is not None and actor.organization == task.organization:
        return True
    return actor.has("assist_coordinator", "station_dispatcher") and actor.sees(task.division)


async def ask(actor: Actor, assignment: UUID, reason: Reason, at: datetime) -> UUID:
    """Give a reason for one window; the same key again is the same reason.

    Raises:
        NotYours: if the task is not the actor's to speak for.
        FormError: for a missing code or words, or a window that is none of the task's or needs no reason.
    """
    async with transaction():
        task = await scheduling.locked(assignment)
        if not speaks_for(actor, task) or not actor.has(*ASKERS):
            raise NotYours
        known = await VisitExcuse.objects().get(VisitExcuse.id == reason.key)
        if known is not None:
            if known.assignment != assignment or known.asked_by != actor.user:
                raise NotYours
            return reason.key
        window = await _window(assignment, reason, at)
        row = _new(actor, task, reason, window, at)
        await row.save()
        if reason.file is not None:
            row.file = await files.keep(actor, "visit_excuse", row.id, "excuse", reason.file, at)
            await VisitExcuse.update(file=row.file).where(VisitExcuse.id == row.id)
        await _record(actor, row, "asked", task.number, at)
        officers = await accounts.users_with("township_officer", row.division)
        await send(officers, "excuse_asked", f"/excuses/{row.id}", {"number": task.number, "excuse_code": row.code})
        return row.id


async def _window(assignment: UUID, reason: Reason, at: datetime) -> DueWindow:
    if reason.code not in CODES:
        raise FormError({"code": (N_("Please choose a reason."), {})})
    if not reason.text.strip():
        raise FormError({"remark": (N_("Please say why in a few words."), {})})
    if not at - BACK <= reason.window <= at + AHEAD:
        raise FormError({"window": (N_("Please choose one of the list."), {})})
    day = civil_date(reason.window)
    found = (await windows_of([assignment], day, day, at)).get(assignment, [])
    window = next((each for each in found if each.start == reason.window), None)
    if window is None or window.state not in ASKABLE:
        raise FormError(
            {"window": (N_("For this time no reason is needed: something took place, or one is confirmed."), {})}
        )
    standing = await VisitExcuse.exists().where(
        (VisitExcuse.assignment == assignment) & VisitExcuse.status.is_in(sorted(STANDING))
        & (VisitExcuse.due_from >= window.start) & (VisitExcuse.due_from < window.end)
    )  # fmt: skip
    if standing:
        raise FormError({"window": (N_("A reason is given for this time already; the township decides on it."), {})})
    return window


def _new(actor: Actor, task: Assignment, reason: Reason, window: DueWindow, at: datetime) -> VisitExcuse:
    return VisitExcuse(
        id=reason.key, assignment=task.id, visit=window.visit, household=task.household, division=task.division,
        service=task.service, carer=task.carer, organization=task.organization, due_from=window.start,
        due_until=window.end, code=reason.code, asked_by=actor.user, asked_at=at,
        text_enc=encrypt(reason.text.strip(), f"visit_excuse:text_enc:{reason.key}"),
    )  # fmt: skip


async def decide(actor: Actor, excuse: UUID, *, confirm: bool, text: str, at: datetime) -> None:
    """The township confirms or refuses. A repeat by the same officer changes nothing.

    Raises:
        NotYours: outside of the officer's area.
        NotAllowed: for others, for who gave the reason, and for anybody of the serving side.
        FormError: a refusal without words.
        Refused: if it is decided already, or the visit took place meanwhile.
    """
    async with transaction():
        row = await _locked(excuse)
        action = "confirm" if confirm else "refuse"
        target = "confirmed" if confirm else "refused"
        if not actor.sees(row.division):
            raise NotYours
        if row.status == target and row.decided_by == actor.user:
            return
        step = EXCUSE_MACHINE.step(row.status, action)
        if step.roles.isdisjoint(actor.roles) or _own_side(actor, row):
            raise NotAllowed
        if not confirm and not text.strip():
            raise FormError({"remark": (N_("Please say why in a few words."), {})})
        await VisitExcuse.update(
            status=target, decided_by=actor.user, decided_at=at,
            decision_enc=encrypt(text.strip(), f"visit_excuse:decision_enc:{excuse}") if text.strip() else "",
        ).where(VisitExcuse.id == excuse)  # fmt: skip
        if confirm:
            await _settle_visits(actor, row, at)
        number = await _number(row)
        await _record(actor, row, target, number, at)
        kind = "excuse_confirmed" if confirm else "excuse_refused"
        if row.asked_by is not None:
            page = f"/{await _side_of(row)}/{row.assignment}"
            await send([row.asked_by], kind, page, {"number": number, "excuse_code": row.code})


async def _side_of(row: VisitExcuse) -> str:
    """On which page whoever gave the reason sees the task."""
    user = await User.objects().get(User.id == row.asked_by)
    if user is not None and user.carer is not None and user.carer == row.carer:
        return "my-due"
    return "org-due" if user is not None and "provider_manager" in user.roles else "due"


def _own_side(actor: Actor, row: VisitExcuse) -> bool:
    same_body = row.organization is not None and actor.organization == row.organization
    return same_body or actor.user == row.asked_by or (actor.carer is not None and actor.carer == row.carer)


async def _settle_visits(actor: Actor, row: VisitExcuse, at: datetime) -> None:
    """What was planned in the window is called off, what was missed is excused; something that took place stays."""
    day = civil_date(row.due_from)
    window = next(
        (each for each in (await windows_of([row.assignment], day, day, at)).get(row.assignment, [])
         if each.start <= row.due_from < each.end), None,
    )  # fmt: skip
    if window is not None and window.state == "filled":
        raise Refused(N_("A visit has taken place in this time meanwhile; there is nothing to excuse."))
    rows = await Visit.raw(
        "SELECT id FROM visit v WHERE v.assignment = {} AND v.status IN ('planned', 'missed') AND"
        " (v.id = {} OR (v.planned_start >= {} AND v.planned_start < {})) ORDER BY id",
        row.assignment, row.visit, row.due_from, row.due_until,
    )  # fmt: skip
    for found in rows:
        visit = await moves.locked(found["id"], line=False)
        if visit.status == "missed":
            await moves.move(actor, visit, "excuse", at, reason=row.code, decided_by=actor.user, decided_at=at)
        elif visit.status == "planned":
            await moves.move(SYSTEM, visit, "call_off", at, reason=_CALL_OFF[row.code])


_CALL_OFF: Final = {
    "recipient_absent_hospital": "hospital", "recipient_refused": "recipient_asked", "death": "death",
    "moved": "moved", "disaster": "weather", "buyer_suspended": "other",
}  # fmt: skip


async def take_back(actor: Actor, excuse: UUID, at: datetime) -> None:
    """Whoever gave the reason takes it back while nobody has decided. A repeat changes nothing.

    Raises:
        NotYours: for others.
        Refused: if it is decided.
    """
    async with transaction():
        row = await _locked(excuse)
        if row.asked_by != actor.user:
            raise NotYours
        if row.status == "taken_back":
            return
        if EXCUSE_MACHINE.step(row.status, "take_back").roles.isdisjoint(actor.roles):
            raise NotAllowed
        await VisitExcuse.update(status="taken_back").where(VisitExcuse.id == excuse)
        await _record(actor, row, "taken_back", await _number(row), at)


async def _locked(excuse: UUID) -> VisitExcuse:
    """The reason with its row lock; its task is locked before it (need < assignment < visit and what hangs on it)."""
    rows = await VisitExcuse.raw("SELECT assignment FROM visit_excuse WHERE id = {}", excuse)
    if not rows:
        raise NotYours
    await scheduling.locked(rows[0]["assignment"])
    found: VisitExcuse | None = await VisitExcuse.objects().where(VisitExcuse.id == excuse).first().lock_rows("UPDATE")
    if found is None:
        raise NotYours
    return found


async def _number(row: VisitExcuse) -> str:
    rows = await Assignment.raw("SELECT number FROM assignment WHERE id = {}", row.assignment)
    return str(rows[0]["number"])


async def _record(actor: Actor, row: VisitExcuse, event: str, number: str, at: datetime) -> None:
    shown: date = civil_date(row.due_from)
    await audit.record(
        actor, f"visit_excuse.{event}", "visit_excuse", row.id, division=row.division, reason=row.code,
        data={"number": number, "due_from": shown.isoformat(), "household": str(row.household)}, at=at,
    )  # fmt: skip
