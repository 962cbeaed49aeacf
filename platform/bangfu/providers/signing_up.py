"""Verbs on sign-ups of volunteers: apply, withdraw, approve, refuse; and what is deleted after its time."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bangfu.accounts.actions import NewUser, create_once, create_user
from bangfu.accounts.passwords import random_password
from bangfu.accounts.tables import User
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.providers import roster_actions
from bangfu.providers import signing_up_rules as rules
from bangfu.providers.carer_actions import record_carer
from bangfu.providers.carer_facts import CarerFacts
from bangfu.providers.roster_people import Who
from bangfu.providers.roster_tables import VolunteerApplication
from bangfu.providers.signing_up_facts import Told, opened, sealed
from bangfu.providers.tables import Carer
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.crypto import blind_index, encrypt
from bangfu.shared.database import transaction
from bangfu.supervision.actions import Timed, drop, settle, watch
from bangfu.supervision.calendar import current_calendar, end_of_working_day

KIND = "volunteer_application"
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_SPEED = {"walk": 4.5, "bike": 12.0, "ebike": 15.0, "car": 30.0, "transit": 15.0}
_REACH = {"walk": 5.0, "bike": 8.0, "ebike": 10.0, "car": 30.0, "transit": 10.0}
_WEEKLY_MINUTES, _HOUSEHOLDS = 480, 5
"""DOMAIN.md 2.4 [D]: km/h, km, minutes a week, households at most."""


@dataclass(frozen=True, slots=True)
class Welcome:
    """A volunteer who was taken on; the password is shown this once."""

    carer: UUID
    number: str
    username: str
    password: str


async def apply(key: UUID, told: Told, at: datetime) -> str:
    """Keep what somebody told and give it to the station; the number with which its state is asked for.

    The same key is the same sign-up. Whether the person is known already is never answered here: only the station
    sees it.
    """
    async with transaction():
        await audit.hold(told.division)
        known = await VolunteerApplication.objects().where(VolunteerApplication.id == key).first()
        if known is not None:
            return str(known.number)
        number = "ZY-" + "".join(secrets.choice(_LETTERS) for _ in range(10))
        row = VolunteerApplication(
            id=key, number=number, division=told.division, answers_enc=sealed(key, told),
            id_number_index=blind_index(told.id_number, "id_number"),
            phone_tail_index=blind_index(told.phone[-4:], "phone_tail"), consent_version=rules.CONSENT_VERSION,
            consented_at=at, applied_at=at,
        )  # fmt: skip
        await row.save()
        await _note(SYSTEM, "volunteer_application.made", row, at, data={"consent": rules.CONSENT_VERSION})
        await watch(SYSTEM, await _timed(row, at), at)
    return number


async def _timed(row: VolunteerApplication, at: datetime) -> Timed:
    due = end_of_working_day(at, rules.DECIDE_WORKING_DAYS, await current_calendar())
    return Timed(
        kind=KIND, subject_type="volunteer_application", subject=row.id, href=f"/volunteers/applications/{row.id}",
        division=row.division, due_at=due, number=row.number, unit="station", role="station_dispatcher",
    )  # fmt: skip


async def withdraw(number: str, tail: str, at: datetime) -> bool:
    """The applicant's own end of a sign-up: what was told is deleted at once. False where number and tail of the phone
    do not belong together.

    Raises:
        Refused: if it was decided.
    """
    async with transaction():
        row = await _by_number(number, tail)
        if row is None:
            return False
        if row.status == "withdrawn":
            return True
        row = await _locked(row.id)
        await _move(SYSTEM, row, "withdraw", at)
        await drop(SYSTEM, KIND, row.id, at, reason="withdrawn")
    return True


async def refuse(actor: Actor, application: UUID, reason: str, remark: str, at: datetime) -> None:
    """Refuse with a reason that the applicant reads; `remark` stays with the station.

    Raises:
        NotYours, NotAllowed; Refused: if it was decided otherwise; FormError: without a reason.
    """
    if not reason:
        raise FormError({"reason": (N_("Please choose one of the list."), {})})
    async with transaction():
        row = await _of(actor, application)
        if row.status == "refused" and row.decided_by == actor.user:
            return
        row.remark_enc = encrypt(remark, f"volunteer_application:remark_enc:{row.id}")
        await _move(actor, row, "refuse", at, refusal=reason)
        await settle(actor, KIND, row.id, at, evidence="volunteer_application.refused")


async def approve(actor: Actor, application: UUID, at: datetime) -> Welcome:
    """Take the volunteer on: a record among the carers, the weekly times, an account with a first password.

    No qualification comes with it: training, registration and insurance are entered on the carer's page. Repeated by
    the same person within ten minutes, as long as nobody has signed in, it gives the same account a new password.

    Raises:
        NotYours, NotAllowed; Refused: if it was decided, or the person is registered.
    """
    password = random_password()
    async with transaction():
        row = await _of(actor, application)
        if row.status != "approved" or row.decided_by != actor.user:
            return await _taken_on(actor, row, password, at)
    return await _once_more(actor, row, password, at)


async def _taken_on(actor: Actor, row: VolunteerApplication, password: str, at: datetime) -> Welcome:
    rules.APPLICATION_MACHINE.step(row.status, "approve")
    told = opened(row.id, row.answers_enc)
    if told is None:
        raise Refused(N_("What was told has been deleted; nothing can be approved."))
    # The form's key came from outside: it must not be the id of somebody who is known already.
    taken = await Carer.exists().where(Carer.id == row.id) or await User.exists().where(User.id == row.id)
    if taken or await known_as(row.id_number_index):
        raise Refused(N_("This person is registered as a volunteer already; refuse the sign-up with that reason."))
    carer = await record_carer(actor, row.id, _facts(told), at)
    who = await _who(carer)
    await roster_actions.set_week(actor, who, told.windows, at)
    new = await _account(who, told)
    await create_user(actor, new, password, row.id, given=True)
    await _move(actor, row, "approve", at, carer=carer)
    await settle(actor, KIND, row.id, at, evidence="volunteer_application.approved")
    return Welcome(carer, who.number, new.username, password)


async def _once_more(actor: Actor, row: VolunteerApplication, password: str, at: datetime) -> Welcome:
    user = await User.objects().where(User.id == row.id).first()
    if user is None or row.carer is None:
        raise Refused(N_("This sign-up was approved already."))
    new = NewUser(user.username, user.display_name, frozenset(user.roles), user.scope, carer=row.carer)
    try:
        await create_once(actor, row.id, new, password, at)
    except FormError:
        raise Refused(N_("This sign-up was approved already.")) from None
    return Welcome(row.carer, (await _who(row.carer)).number, user.username, password)


def _facts(told: Told) -> CarerFacts:
    return CarerFacts(
        kind="volunteer", name=told.name, sex=told.sex, birth_date=told.birth_date, id_number=told.id_number,
        phone=told.phone, languages=told.languages, division=told.division, point=None, travel_mode=told.travel_mode,
        speed_kmh=_SPEED[told.travel_mode], max_km=_REACH[told.travel_mode], minutes_per_week=_WEEKLY_MINUTES,
        max_households=_HOUSEHOLDS,
    )  # fmt: skip


async def _account(who: Who, told: Told) -> NewUser:
    username = who.number.lower()
    if await User.exists().where(User.username == username):
        username = f"{username}-{secrets.token_hex(2)}"
    return NewUser(username, told.name, frozenset({"volunteer"}), told.division[:9], carer=who.id)


async def _who(carer: UUID) -> Who:
    rows = await Carer.raw("SELECT id, number, name, kind, organization, division FROM carer WHERE id = {}", carer)
    return Who(**rows[0])


async def known_as(id_number_index: str) -> list[str]:
    """Numbers of the volunteers with this ID number who serve."""
    rows = await Carer.raw(
        "SELECT number FROM carer WHERE id_number_index = {} AND {} <> '' AND kind = 'volunteer' AND active",
        id_number_index, id_number_index,
    )  # fmt: skip
    return [row["number"] for row in rows]


async def note_unmasking(actor: Actor, application: UUID, reason: str, text: str, at: datetime) -> None:
    """Log that phone and ID numbers were shown.

    Raises:
        NotYours, NotAllowed.
    """
    async with transaction():
        row = await _of(actor, application)
        await _note(actor, "volunteer_application.unmasked", row, at, data={"reason": reason}, reason=text)


async def look_after(at: datetime) -> int:
    """Delete sign-ups that nobody decided on, were refused or withdrawn, 90 days later; how many."""
    rows = await VolunteerApplication.raw(
        "SELECT id FROM volunteer_application WHERE status <> 'approved' AND coalesce(decided_at, applied_at) < {}"
        " ORDER BY applied_at LIMIT 500",
        at - timedelta(days=rules.KEPT_DAYS),
    )
    for found in rows:
        async with transaction():
            row = await _locked(found["id"])
            if row.status == "approved":
                continue
            await drop(SYSTEM, KIND, row.id, at, reason="deleted")
            await VolunteerApplication.delete().where(VolunteerApplication.id == row.id)
            await _note(SYSTEM, "volunteer_application.deleted", row, at, data={"status": row.status})
    return len(rows)


async def _move(
    actor: Actor, row: VolunteerApplication, action: str, at: datetime, *, refusal: str = "", carer: UUID | None = None
) -> None:
    """What was told is needed no longer once the person is a volunteer or does not want to be one."""
    move = rules.APPLICATION_MACHINE.step(row.status, action)
    if move.roles.isdisjoint(actor.roles):
        raise NotAllowed
    if action != "refuse":
        row.answers_enc = ""
    row.status, row.refusal, row.carer, row.version = move.target, refusal, carer, row.version + 1
    row.decided_by, row.decided_at = actor.user, at
    await row.save()
    await _note(actor, f"volunteer_application.{move.event}", row, at, data={"refusal": refusal, "carer": carer})


async def _by_number(number: str, tail: str) -> VolunteerApplication | None:
    tail_index = blind_index(tail, "phone_tail")
    row: VolunteerApplication | None = (
        await VolunteerApplication.objects().where(VolunteerApplication.number == number.strip().upper()).first()
    )
    return row if row is not None and tail_index and row.phone_tail_index == tail_index else None


async def state_of(number: str, tail: str) -> VolunteerApplication | None:
    """The sign-up that number and tail of the phone open, for its applicant."""
    return await _by_number(number, tail)


async def _of(actor: Actor, application: UUID) -> VolunteerApplication:
    row = await _locked(application)
    if not actor.sees(row.division):
        raise NotYours
    if not actor.has("station_dispatcher"):
        raise NotAllowed
    return row


async def _locked(application: UUID) -> VolunteerApplication:
    """The chain of the county, then the row, as everywhere."""
    rows = await VolunteerApplication.raw("SELECT division FROM volunteer_application WHERE id = {}", application)
    if not rows:
        raise NotYours
    await audit.hold(rows[0]["division"])
    row: VolunteerApplication | None = (
        await VolunteerApplication.objects().where(VolunteerApplication.id == application).first().lock_rows("UPDATE")
    )
    if row is None:
        raise NotYours
    return row


async def _note(
    actor: Actor, action: str, row: VolunteerApplication, at: datetime, *, data: dict[str, object], reason: str = ""
) -> None:
    await audit.record(
        actor, action, "volunteer_application", row.id, division=row.division, data={"number": row.number, **data},
        reason=reason, at=at,
    )  # fmt: skip
