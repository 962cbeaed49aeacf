"""What a household says about a visit that is still to come: somebody is at home, or not; what should be another way.

Nothing here changes the visit. "Not convenient" tells the carer and the station; it is no excuse by itself: that the
recipient refused is confirmed by the township (DOMAIN.md 5.2, visits/due_excuses.py).
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangfu.accounts.queries import managers_of, users_with
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.family import policy, rules
from bangfu.family.entering import Home
from bangfu.family.tables import FamilyAnswer, FamilyWish
from bangfu.feedback.rating import PUBLIC
from bangfu.households.sealing import seal
from bangfu.messages.actions import send
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.supervision.actions import Timed, watch
from bangfu.supervision.calendar import current_calendar, end_of_working_day
from bangfu.visits import moves
from bangfu.visits.code_cards import serves
from bangfu.visits.tables import Visit

KIND = "family.wish"
SERVES = N_("You are signed in as somebody who serves this home: sign out of your account first.")


@dataclass(frozen=True, slots=True)
class Wish:
    """What should be another way: of WISHES, with a day and part of the day for another time."""

    key: UUID
    wish: str
    day: date | None = None
    part: str = ""
    words: str = ""


async def check_visitor(visitor: Actor | None, home: Home) -> None:
    """Whoever serves a home says nothing in its name.

    Raises:
        NotAllowed: for such a person, signed in on this phone.
    """
    if visitor is not None and await serves(visitor, home.household):
        raise NotAllowed(SERVES)


async def answer(visitor: Actor | None, home: Home, visit: UUID, key: UUID, said: str, at: datetime) -> None:
    """Keep whether somebody is at home. The same form again, or the same answer again, changes nothing.

    Raises:
        NotYours: for a visit of another home, or a key that is taken.
        NotAllowed: as `check_visitor`.
        FormError: for another answer than those of ANSWERS.
        Refused: for a visit that is not to come any more.
    """
    await check_visitor(visitor, home)
    if said not in rules.ANSWERS:
        raise FormError({"answer": (N_("Please choose one of the list."), {})})
    async with transaction():
        await audit.hold(home.division)
        row = await _coming(home, visit, at)
        known = await FamilyAnswer.objects().get(FamilyAnswer.id == key)
        if known is not None:
            if known.visit != visit:
                raise NotYours
            return
        last = await FamilyAnswer.objects().get((FamilyAnswer.visit == visit) & FamilyAnswer.replaced.eq(False))
        if last is not None and last.answer == said and last.planned_start == row.planned_start:
            return
        await FamilyAnswer.update({FamilyAnswer.replaced: True}).where(FamilyAnswer.visit == visit)
        await FamilyAnswer(
            id=key, household=home.household, division=home.division, visit=visit, card=home.card, answer=said,
            planned_start=row.planned_start, at=at,
        ).save()  # fmt: skip
        await audit.record(
            PUBLIC, f"visit.family_{said}", "visit", visit, division=row.division, at=at,
            data={"household": str(home.household), "number": row.number},
        )  # fmt: skip
        await _tell_answer(row, said)


async def _tell_answer(row: Visit, said: str) -> None:
    """Away is for everybody who could act; home after away was said takes that back."""
    before = await FamilyAnswer.exists().where((FamilyAnswer.visit == row.id) & (FamilyAnswer.answer == "away"))
    if said != "away" and not before:
        return
    params = {"number": row.number}
    servers = await Visit.raw(
        "SELECT id FROM app_user WHERE active AND carer = ANY({}::uuid[])", [row.carer, row.partner or row.carer]
    )
    await send([user["id"] for user in servers], f"family_{said}", f"/my-visits/{row.id}", params)
    if row.organization is not None:
        await send(await managers_of(row.organization), f"family_{said}", f"/org-visits/{row.id}", params)
    await send(
        await users_with("station_dispatcher", row.division), f"family_{said}", f"/visits/{row.id}", params
    )  # fmt: skip


async def ask(visitor: Actor | None, home: Home, visit: UUID, wish: Wish, at: datetime) -> datetime:
    """Ask for a change: a task of the station's dispatcher with a deadline. The same form again is the same wish.

    Returns:
        Until when the station answers.

    Raises:
        NotYours, NotAllowed, Refused: as `answer`; also Refused with too many open wishes.
        FormError: for an unknown wish, or a day that is past.
    """
    await check_visitor(visitor, home)
    _check(wish, at)
    due = end_of_working_day(at, policy.WISH_WORKING_DAYS, await current_calendar())
    async with transaction():
        await audit.hold(home.division)
        known = await FamilyWish.objects().get(FamilyWish.id == wish.key)
        if known is not None:
            if known.household != home.household or known.visit != visit:
                raise NotYours
            return known.due_at
        row = await _coming(home, visit, at)
        same = await FamilyWish.objects().get(
            (FamilyWish.visit == visit) & (FamilyWish.wish == wish.wish) & (FamilyWish.status == "open")
        )
        if same is not None:
            return same.due_at
        number = await FamilyWish.count().where(
            (FamilyWish.household == home.household) & (FamilyWish.status == "open")
        )
        if number >= policy.MOST_WISHES:
            raise Refused(N_("You asked for many changes already. Please call the station."))
        columns: dict[str, Any] = {"wish": wish.wish, "day": wish.day, "part": wish.part}
        await FamilyWish(
            id=wish.key, household=home.household, division=home.division, visit=visit, card=home.card, at=at,
            due_at=due, words_enc=seal("family_wish", "words_enc", wish.key, wish.words), **columns,
        ).save()  # fmt: skip
        await audit.record(
            PUBLIC, "family_wish.asked", "family_wish", wish.key, division=row.division, at=at,
            data={"household": str(home.household), "number": row.number, "wish": wish.wish},
        )  # fmt: skip
        await watch(PUBLIC, _timed(home, wish.key, row.number, due), at)
        return due


def _timed(home: Home, wish: UUID, number: str, due: datetime) -> Timed:
    return Timed(
        kind=KIND, subject_type="family_wish", subject=wish, href=f"/wishes/{wish}", division=home.division,
        due_at=due, number=number, unit="station", role="station_dispatcher", household=home.household,
    )  # fmt: skip


def _check(wish: Wish, at: datetime) -> None:
    if wish.wish not in rules.WISHES:
        raise FormError({"wish": (N_("Please choose one of the list."), {})})
    if wish.day is not None and wish.day < civil_date(at):
        raise FormError({"day": (N_("Please choose a day that is still to come."), {})})


async def told_of(home: Home, visit: UUID, at: datetime) -> bool:
    """Whether a visit is one of the home's, to a member who has a ground for services (DOMAIN.md 9.1)."""
    rows = await Visit.raw(
        "SELECT 1 FROM visit v JOIN need n ON n.id = v.need WHERE v.id = {} AND v.household = {}"
        " AND has_ground(v.household, 'service', {}::date, n.person)",
        visit, home.household, civil_date(at),
    )  # fmt: skip
    return bool(rows)


async def _coming(home: Home, visit: UUID, at: datetime) -> Visit:
    if not await told_of(home, visit, at):
        raise NotYours
    row = await moves.locked(visit)
    if row.household != home.household:
        raise NotYours
    if row.status != "planned" or row.planned_end < at:
        raise Refused(N_("This visit is not to come any more. Please call the station."))
    return row
