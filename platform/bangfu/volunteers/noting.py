"""No-shows with who recorded them and what the volunteer says; commendations, appraisals, warnings, bars.

Nothing follows by itself: a person decides (DOMAIN.md 7). A suspended organisation is written down only.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from bangfu.accounts.queries import user_of_carer, users_with
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import add_months, civil_date
from bangfu.shared.crypto import encrypt
from bangfu.shared.database import transaction
from bangfu.visits.tables import Visit
from bangfu.volunteers import task_rules as rules
from bangfu.volunteers.fitting import mine
from bangfu.volunteers.hours_rules import BAR_YEARS
from bangfu.volunteers.hours_tables import VolunteerNote
from bangfu.volunteers.people import check_organises, volunteer_for
from bangfu.volunteers.tables import NoShow

NOTES: Final = ("commendation", "appraisal", "warning", "correction")
BUREAU_NOTES: Final = ("bar",)
GRADES: Final = ("excellent", "good", "fair", "poor")


async def record_no_show(
    actor: Actor, key: UUID, carer: UUID, visit: UUID | None, day: date, text: str, at: datetime
) -> None:
    """Write down that a volunteer did not come; the volunteer hears of it and may answer. A repeat changes nothing.

    Raises:
        NotYours, NotAllowed: unless the actor keeps the volunteer's record.
        FormError: for a day ahead, or a visit that is not the volunteer's or took place.
    """
    row = await volunteer_for(actor, carer)
    check_organises(actor, row)
    if day > civil_date(at):
        raise FormError({"day": (N_("The day lies ahead."), {})})
    async with transaction():
        if await NoShow.exists().where(NoShow.id == key):
            return
        if visit is not None:
            await _check_visit(visit, carer)
        await NoShow(
            id=key, carer=carer, visit=visit, division=row["division"], day=day, recorded_by=actor.me, recorded_at=at,
            note_enc=encrypt(text.strip(), f"volunteer_no_show:note_enc:{key}"),
        ).save()  # fmt: skip
        await _event(actor, "volunteer.no_show", row["division"], key, at, carer=carer)
        await send(await user_of_carer(carer), "no_show_recorded", "/my-hours")


async def _check_visit(visit: UUID, carer: UUID) -> None:
    found = await Visit.objects().get(Visit.id == visit)
    if found is None or carer not in {found.carer, found.partner}:
        raise FormError({"visit": (N_("This visit is not the volunteer's."), {})})
    if found.status not in {"planned", "missed", "excused", "cancelled"}:
        raise FormError({"visit": (N_("This visit took place."), {})})
    if await NoShow.exists().where((NoShow.visit == visit) & (NoShow.carer == carer)):
        raise Refused(N_("This no-show is recorded already."))


async def _locked(no_show: UUID) -> NoShow:
    found: NoShow | None = await NoShow.objects().where(NoShow.id == no_show).first().lock_rows("NO KEY UPDATE")
    if found is None:
        raise NotYours
    return found


async def answer_no_show(actor: Actor, no_show: UUID, text: str, at: datetime) -> None:
    """The volunteer says what happened; the station reads it.

    Raises:
        NotYours: for another's. FormError: without a word. Refused: if it is decided.
    """
    carer = mine(actor)
    async with transaction():
        row = await _locked(no_show)
        if row.carer != carer:
            raise NotYours
        if row.status == "answered":
            return
        step = rules.NO_SHOW_MACHINE.step(row.status, "answer")
        if not text.strip():
            raise FormError({"answer": (N_("Please say in a few words what happened."), {})})
        changes: dict[Any, Any] = {
            "status": step.target, "answered_at": at,
            "answer_enc": encrypt(text.strip(), f"volunteer_no_show:answer_enc:{row.id}"),
        }  # fmt: skip
        await NoShow.update(changes).where(NoShow.id == row.id)
        await _event(actor, "volunteer.no_show_answered", row.division, row.id, at)
        await send(await users_with("station_dispatcher", row.division), "no_show_answered", f"/volunteers/{carer}")


async def decide_no_show(actor: Actor, no_show: UUID, action: str, at: datetime) -> None:
    """Excuse it, or keep it as it stands; neither has an effect by itself.

    Raises:
        NotYours, NotAllowed: unless the actor keeps the volunteer's record. Refused: if it is decided otherwise.
    """
    known = await NoShow.objects().get(NoShow.id == no_show)
    if known is None:
        raise NotYours
    check_organises(actor, await volunteer_for(actor, known.carer))
    async with transaction():
        row = await _locked(no_show)
        step = rules.NO_SHOW_MACHINE.table.get(("recorded", action))
        if step is not None and row.status == step.target:
            return
        target = rules.NO_SHOW_MACHINE.step(row.status, action).target
        changes: dict[Any, Any] = {"status": target, "decided_by": actor.user, "decided_at": at}
        await NoShow.update(changes).where(NoShow.id == row.id)
        await _event(actor, "volunteer.no_show_decided", row.division, row.id, at, status=target)


@dataclass(frozen=True, slots=True)
class Note:
    """A commendation (title, day, granter), an appraisal (grade, by whom), a warning, an order to correct, or a bar
    until a day."""

    kind: str
    title: str
    day: date
    granter: str = ""
    grade: str = ""
    by_recipient: bool = False
    until: date | None = None
    text: str = ""


async def note(actor: Actor, key: UUID, carer: UUID, new: Note, at: datetime) -> None:
    """Write a note into a volunteer's record; the same key again is the same note. Bars are the bureau's.

    Raises:
        NotYours: for a volunteer of others. NotAllowed: for who does not keep the record, or a bar not by the bureau.
        FormError: for a day ahead, an appraisal without a grade, a bar that is not one to three years long.
    """
    row = await volunteer_for(actor, carer)
    if new.kind in BUREAU_NOTES:
        if not actor.has("bureau_officer"):
            raise NotAllowed
    else:
        check_organises(actor, row)
    _check(new, at)
    async with transaction():
        if await VolunteerNote.exists().where(VolunteerNote.id == key):
            return
        await VolunteerNote(
            id=key, carer=carer, division=row["division"], kind=new.kind, title=new.title, day=new.day,
            until=new.until, granter=new.granter, grade=new.grade, by_recipient=new.by_recipient,
            text_enc=encrypt(new.text.strip(), f"volunteer_note:text_enc:{key}"), recorded_by=actor.me, recorded_at=at,
        ).save()  # fmt: skip
        await _event(actor, "volunteer_note.recorded", row["division"], key, at, kind=new.kind, carer=carer)


def _check(new: Note, at: datetime) -> None:
    if new.kind not in (*NOTES, *BUREAU_NOTES):
        raise FormError({"kind": (N_("Please choose one of the list."), {})})
    if new.day > civil_date(at):
        raise FormError({"day": (N_("The day lies ahead."), {})})
    if not new.title.strip():
        raise FormError({"title": (N_("Please fill this in."), {})})
    if new.kind == "appraisal" and new.grade not in GRADES:
        raise FormError({"grade": (N_("Please choose one of the list."), {})})
    if new.kind == "bar" and not _bar_fits(new):
        raise FormError({"until": (N_("A bar lasts one to three years."), {})})


def _bar_fits(new: Note) -> bool:
    least, most = (add_months(new.day, 12 * years) for years in BAR_YEARS)
    return new.until is not None and least <= new.until <= most


async def barred_until(carer: UUID, day: date) -> date | None:
    """The last day of a bar from stars that holds on a day, or None."""
    rows = await VolunteerNote.raw(
        "SELECT max(until) AS until FROM volunteer_note WHERE carer = {} AND kind = 'bar' AND day <= {}"
        " AND until >= {}",
        carer, day, day,
    )  # fmt: skip
    found: date | None = rows[0]["until"]
    return found


async def _event(actor: Actor, action: str, division: str, subject: UUID, at: datetime, **data: object) -> None:
    kind = "volunteer_note" if action.startswith("volunteer_note") else "volunteer_no_show"
    await audit.record(actor, action, kind, subject, division=division, data=data, at=at)


async def own_no_show(actor: Actor, no_show: UUID) -> None:
    """The actor's own no-show.

    Raises:
        NotYours: for another's.
    """
    found = await NoShow.objects().get(NoShow.id == no_show)
    if found is None or found.carer != mine(actor):
        raise NotYours


async def carer_of(actor: Actor, no_show: UUID) -> UUID:
    """The volunteer of a no-show that the actor may read.

    Raises:
        NotYours: for a volunteer of others.
    """
    found = await NoShow.objects().get(NoShow.id == no_show)
    if found is None:
        raise NotYours
    await volunteer_for(actor, found.carer)
    carer: UUID = found.carer
    return carer


async def visit_by_number(number: str, carer: UUID) -> UUID | None:
    """The volunteer's visit with a number; "" is no visit.

    Raises:
        FormError: for a number that is no visit of the volunteer.
    """
    if not number:
        return None
    rows = await Visit.raw(
        "SELECT id FROM visit WHERE number = {} AND (carer = {} OR partner = {})", number.upper(), carer, carer
    )
    if not rows:
        raise FormError({"visit": (N_("This visit is not the volunteer's."), {})})
    found: UUID = rows[0]["id"]
    return found
