"""Recording, confirming, correcting and rejecting voluntary hours: the ledger of minutes only grows (DOMAIN.md 7).

Who records is the visit itself, or the organiser of an activity; who confirms is the organiser, never the volunteer
and never a near relative. Whatever changes one service counts its days anew.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from bangfu.accounts.queries import user_of_carer
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.households.kinship import related_users
from bangfu.messages.actions import send
from bangfu.providers.tables import Carer
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.supervision.actions import Timed, drop, settle, watch
from bangfu.supervision.calendar import current_calendar, end_of_working_day
from bangfu.visits.life_rules import DELIVERED
from bangfu.visits.tables import Visit
from bangfu.volunteers import hours_rules as rules
from bangfu.volunteers.hours_tables import VolunteerService
from bangfu.volunteers.ledger import hold_clock, recount, write_change
from bangfu.volunteers.numbers import numbers_on

CONFIRM = "volunteer.hours"
NOT_YET = N_("The township still looks at this visit; its hours are confirmed afterwards.")


async def note_visit(actor: Actor, row: Visit, at: datetime) -> None:
    """A visit took place: what its volunteers did waits for the organiser (a reaction: visits.hooks "submitted")."""
    if row.carer_kind != "volunteer" or row.started_at is None or row.ended_at is None:
        return
    for carer, part in ((row.carer, "server"), (row.partner, "partner")):
        if carer is None or row.ended_at <= row.started_at:
            continue
        known = await Carer.objects().get(Carer.id == carer)
        if known is not None and known.kind == "volunteer":
            await _record(actor, row, known, part, at)


async def _record(actor: Actor, row: Visit, carer: Carer, part: str, at: datetime) -> None:
    known = await VolunteerService.objects().get(
        (VolunteerService.visit == row.id) & (VolunteerService.carer == carer.id)
    )
    if known is not None:
        return
    due = await _due(at)
    service = VolunteerService(
        id=uuid4(), carer=carer.id, visit=row.id, part=part, division=row.division, organization=carer.organization,
        service=row.service, started_at=row.started_at, ended_at=row.ended_at, recorded_by=actor.user,
        recorded_at=at, due_at=due,
    )  # fmt: skip
    await service.save()
    await _watch(actor, service, row.number, due, at)


async def _due(at: datetime) -> datetime:
    days = (await numbers_on(civil_date(at))).confirm_days
    return end_of_working_day(at, days, await current_calendar())


async def _watch(actor: Actor, row: VolunteerService, number: str, due: datetime, at: datetime) -> None:
    timed = Timed(
        kind=CONFIRM, subject_type="volunteer_service", subject=row.id, href=f"/volunteer-hours/{row.id}",
        division=row.division, due_at=due, number=number, unit="organization" if row.organization else "station",
        organization=row.organization, role="provider_manager" if row.organization else "station_dispatcher",
    )  # fmt: skip
    await watch(actor, timed, at)


async def on_rejected(actor: Actor, row: Visit, at: datetime) -> None:
    """The township rejected a visit: its hours are taken back (a reaction: visits.hooks "rejected")."""
    rows = await VolunteerService.raw(
        "SELECT id FROM volunteer_service WHERE visit = {} AND status <> 'rejected' ORDER BY carer", row.id
    )
    for found in rows:
        service = await _locked(found["id"])
        await _reject(SYSTEM, service, "visit_rejected", at)


async def _locked(service: UUID) -> VolunteerService:
    """A service with its row lock, its volunteer's clock held before it: the days of one volunteer are counted one by
    one. The clock is no row: rejecting a visit asks for it with the visit locked, taking one locks volunteers first.

    Raises:
        NotYours: if there is none.
    """
    rows = await VolunteerService.raw("SELECT carer FROM volunteer_service WHERE id = {}", service)
    if not rows:
        raise NotYours
    await hold_clock(rows[0]["carer"])
    found: VolunteerService | None = (
        await VolunteerService.objects().where(VolunteerService.id == service).first().lock_rows("NO KEY UPDATE")
    )
    if found is None:
        raise NotYours
    return found


def organises(actor: Actor, row: VolunteerService) -> bool:
    """Whether the service is the actor's to confirm: the station's in its area, an organisation's for its manager."""
    if actor.has("provider_manager") and actor.organization is not None and row.organization == actor.organization:
        return True
    return actor.has("station_dispatcher") and actor.sees(row.division)


async def check_organiser(actor: Actor, row: VolunteerService) -> None:
    """Never the volunteer, never a near relative of the home or of the volunteer (DOMAIN.md 7).

    Raises:
        NotYours: for another organiser's. NotAllowed: for the volunteer, who came along, or a near relative.
    """
    if not organises(actor, row):
        raise NotYours
    if actor.carer is not None and actor.carer in await _took_part(row):
        raise NotAllowed(N_("Nobody confirms the own hours: another person does."))
    if row.visit is not None:
        rows = await Visit.raw("SELECT household FROM visit WHERE id = {}", row.visit)
        if rows and actor.user in await related_users(rows[0]["household"]):
            raise NotAllowed(N_("You are recorded as a near relative of this household: another person decides."))
    if await _kin_of_volunteer(actor, row.carer):
        raise NotAllowed(N_("You are recorded as a near relative of this volunteer: another person decides."))


async def _took_part(row: VolunteerService) -> set[UUID]:
    rows = await VolunteerService.raw(
        "SELECT carer FROM volunteer_service WHERE (visit IS NOT NULL AND visit = {}::uuid)"
        " OR (activity IS NOT NULL AND activity = {}::uuid)",
        row.visit, row.activity,
    )  # fmt: skip
    return {each["carer"] for each in rows} | {row.carer}


async def _kin_of_volunteer(actor: Actor, carer: UUID) -> bool:
    """Whether the actor and the volunteer are near relatives of each other, as far as the register knows: both are
    declared for one household, or the volunteer is a member of a household that the actor is declared for."""
    rows = await Carer.raw(
        "SELECT 1 AS one FROM kinship mine JOIN kinship theirs ON theirs.household = mine.household"
        ' WHERE mine.ends_on IS NULL AND theirs.ends_on IS NULL AND (mine."user" = {}::uuid OR mine.carer = {}::uuid)'
        ' AND (theirs.carer = {} OR theirs."user" IN (SELECT id FROM app_user WHERE carer = {}))'
        " UNION ALL SELECT 1 FROM kinship mine JOIN person p ON p.household = mine.household JOIN carer c"
        " ON c.id_number_index = p.id_number_index AND c.id_number_index <> '' WHERE mine.ends_on IS NULL"
        ' AND (mine."user" = {}::uuid OR mine.carer = {}::uuid) AND c.id = {} LIMIT 1',
        actor.user, actor.carer, carer, carer, actor.user, actor.carer, carer,
    )  # fmt: skip
    return bool(rows)


async def confirm(actor: Actor, service: UUID, at: datetime) -> None:
    """The organiser confirms: the minutes are counted into the ledger. A repeat changes nothing.

    Raises:
        NotYours, NotAllowed: see `check_organiser`.
        Refused: while the township looks at the visit, or for hours of a rejected visit.
    """
    async with transaction():
        row = await _locked(service)
        await check_organiser(actor, row)
        if row.status == "confirmed":
            return
        rules.SERVICE_MACHINE.step(row.status, "confirm")
        if row.visit is not None:
            rows = await Visit.raw("SELECT status, approval FROM visit WHERE id = {}", row.visit)
            if rows[0]["status"] in {"flagged", "disputed"} or rows[0]["approval"] == "waiting":
                raise Refused(NOT_YET)
            if rows[0]["status"] not in DELIVERED:
                raise Refused(N_("The visit does not count as served; its hours cannot be confirmed."))
        await _decide(actor, row, "confirmed", "", at)
        await recount(actor, row.carer, rules.days_of(row.started_at, row.ended_at), "counted", row.id, at)
        await settle(actor, CONFIRM, row.id, at, evidence="volunteer_service.confirmed")
        await send(await user_of_carer(row.carer), "hours_confirmed", "/my-hours")


async def confirm_all(actor: Actor, services: Collection[UUID], at: datetime) -> tuple[int, int]:
    """Confirm several; (confirmed, left over because a rule stood in the way)."""
    done = left = 0
    for service in sorted(services):
        try:
            await confirm(actor, service, at)
            done += 1
        except (Refused, NotAllowed):
            left += 1
    return done, left


async def reject(actor: Actor, service: UUID, reason: str, text: str, at: datetime) -> None:
    """The organiser does not confirm, or takes confirmed hours back, with a reason that the volunteer reads.

    Raises:
        NotYours, NotAllowed: see `check_organiser`. FormError: without a reason of the list.
    """
    async with transaction():
        row = await _locked(service)
        await check_organiser(actor, row)
        if reason not in rules.REJECT_REASONS or reason == "visit_rejected":
            raise FormError({"reason": (N_("Please choose a reason."), {})})
        if reason == "other" and not text.strip():
            raise FormError({"remark": (N_("Please say why in a few words."), {})})
        if row.status == "rejected":
            return
        if text.strip():
            await write_change(actor, row, row.started_at, row.ended_at, row.excluded, reason, text.strip(), at)
        await _reject(actor, row, reason, at)


async def _reject(actor: Actor, row: VolunteerService, reason: str, at: datetime) -> None:
    rules.SERVICE_MACHINE.step(row.status, "reject")
    await _decide(actor, row, "rejected", reason, at)
    await recount(actor, row.carer, rules.days_of(row.started_at, row.ended_at), "taken_back", row.id, at)
    await drop(actor, CONFIRM, row.id, at, reason="rejected")
    await send(await user_of_carer(row.carer), "hours_rejected", "/my-hours")


@dataclass(frozen=True, slots=True)
class Correction:
    """The times as they were, and the minutes inside that do not count, with the reason."""

    start: datetime
    end: datetime
    excluded: int
    reason: str
    text: str = ""


async def correct(actor: Actor, service: UUID, new: Correction, at: datetime) -> None:
    """The organiser corrects times or takes minutes off; what stood there stays readable.

    Raises:
        NotYours, NotAllowed: see `check_organiser`.
        FormError: for times that cannot be, more minutes taken off than there are, no reason.
        Refused: for rejected hours.
    """
    async with transaction():
        row = await _locked(service)
        await check_organiser(actor, row)
        check_times(new, at)
        step = rules.SERVICE_MACHINE.step(row.status, "correct")
        if (row.started_at, row.ended_at, row.excluded) == (new.start, new.end, new.excluded):
            return
        await write_change(actor, row, new.start, new.end, new.excluded, new.reason, new.text, at)
        days = {*rules.days_of(row.started_at, row.ended_at), *rules.days_of(new.start, new.end)}
        before = {"start": row.started_at.isoformat(), "end": row.ended_at.isoformat(), "excluded": row.excluded}
        changes: dict[Any, Any] = {
            "started_at": new.start, "ended_at": new.end, "excluded": new.excluded, "status": step.target,
            "version": row.version + 1,
        }  # fmt: skip
        await VolunteerService.update(changes).where(VolunteerService.id == row.id)
        await _event(actor, row, "corrected", at, reason=new.reason, before=before, excluded=new.excluded)
        if row.status == "confirmed":
            await recount(actor, row.carer, sorted(days), "corrected", row.id, at)
        await send(await user_of_carer(row.carer), "hours_corrected", "/my-hours")


def check_times(new: Correction, at: datetime) -> None:
    """The times can be, and a reason of the list is given.

    Raises:
        FormError: by field.
    """
    if new.reason not in rules.CORRECT_REASONS:
        raise FormError({"reason": (N_("Please choose a reason."), {})})
    if new.reason == "other" and not new.text.strip():
        raise FormError({"remark": (N_("Please say why in a few words."), {})})
    if not new.start < new.end <= at or new.end - new.start > rules.LONGEST:
        raise FormError({"end": (N_("The end comes after the beginning, within a day, and is over."), {})})
    if not 0 <= new.excluded <= (new.end - new.start) / timedelta(minutes=1):
        raise FormError({"excluded": (N_("More minutes are taken off than there are."), {})})


async def _decide(actor: Actor, row: VolunteerService, status: str, reason: str, at: datetime) -> None:
    changes: dict[Any, Any] = {
        "status": status, "reason": reason, "decided_by": actor.user, "decided_at": at, "version": row.version + 1,
    }  # fmt: skip
    await VolunteerService.update(changes).where(VolunteerService.id == row.id)
    await _event(actor, row, status, at, reason=reason)


async def _event(
    actor: Actor, row: VolunteerService, event: str, at: datetime, *, reason: str = "",
    before: dict[str, object] | None = None, **data: object,
) -> None:  # fmt: skip
    await audit.record(
        actor, f"volunteer_service.{event}", "volunteer_service", row.id, division=row.division, reason=reason,
        data={"part": row.part, **data}, before=before, at=at,
    )  # fmt: skip
