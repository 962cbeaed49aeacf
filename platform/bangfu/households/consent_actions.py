"""Verbs on grounds: record one, take one back (DOMAIN.md 9.1). One transaction each."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from bangfu.accounts.queries import users_with
from bangfu.errors import NotYours
from bangfu.households.consent_rules import is_ended, left_after
from bangfu.households.consents import add_ground, follow_withdrawal, hold_for_withdrawal
from bangfu.households.facts import Ground
from bangfu.households.locking import locked
from bangfu.households.tables import Consent, ConsentWithdrawal, Household, Person
from bangfu.messages.actions import send
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.collisions import again_after_deadlock
from bangfu.shared.database import transaction


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Who withdrew, how and on which day; `purposes` empty means everything. `others`: also from the household's
    other consents, so that a forgotten older paper does not keep the sharing alive."""

    by: str
    relation: str
    method: str
    said_on: date | None
    purposes: tuple[str, ...] = ()
    others: bool = False


async def record_ground(actor: Actor, household: UUID, key: UUID, ground: Ground, at: datetime) -> None:
    """A further consent or statutory ground. The same key again is the same ground.

    Raises:
        NotYours: for a household of another area, a key that stands for a ground of another household, or a person
            who is not a member.
    """
    async with transaction():
        row = await locked(actor, household)
        if (known := await Consent.objects().get(Consent.id == key)) is not None:
            if known.household != household:
                raise NotYours
            return
        member = (Person.id == ground.person) & (Person.household == household)
        if ground.person is not None and not await Person.exists().where(member):
            raise NotYours
        consent = await add_ground(actor, household, ground, key)
        await audit.record(
            actor, "consent.recorded", "household", household, division=row.division, at=at,
            data={
                "ground": ground.ground, "consent": consent, "purposes": list(ground.purposes),
                "text_version": ground.text_version, "method": ground.method, "person": ground.person,
            },
        )  # fmt: skip


async def withdraw_ground(actor: Actor, household: UUID, consent: UUID, taken: TakenBack, at: datetime) -> None:
    """The person withdraws, wholly or for some purposes: what has lost its ground ends in this very transaction, lawful
    records stay (DOMAIN.md 9.1). A repeat changes nothing.

    Raises:
        NotYours: for a household of another area, or a consent of another household.
    """
    await again_after_deadlock(lambda: _withdraw(actor, household, consent, taken, at))


async def _withdraw(actor: Actor, household: UUID, consent: UUID, taken: TakenBack, at: datetime) -> None:
    async with transaction():
        await hold_for_withdrawal(household)
        row = await locked(actor, household)
        rows = await Consent.objects().where(Consent.household == household).order_by(Consent.id).lock_rows("UPDATE")
        chosen = next((found for found in rows if found.id == consent), None)
        if chosen is None:
            raise NotYours
        also = [found for found in rows if taken.others and found.ground == "consent" and found is not chosen]
        changed = [await _take_back(actor, row, found, taken, at) for found in (chosen, *also)]
        if any(changed):
            await follow_withdrawal(actor, household, at)
            await _tell(actor, row)


async def _take_back(actor: Actor, home: Household, found: Consent, taken: TakenBack, at: datetime) -> bool:
    """Whether anything was taken back: a repeat finds nothing left to take."""
    given = tuple(found.purposes)
    asked = tuple(purpose for purpose in given if purpose in taken.purposes) if taken.purposes else given
    if found.withdrawn_at is not None or (taken.purposes and not asked):
        return False
    left = left_after(given, asked) if taken.purposes else ()
    values = {"withdrawn_at": at} if is_ended(left) else {"purposes": list(left)}
    await Consent.update(**values).where(Consent.id == found.id)
    back = list(given if is_ended(left) else asked)
    await ConsentWithdrawal(
        id=uuid4(), consent=found.id, household=home.id, purposes=back, withdrawn_by=taken.by, relation=taken.relation,
        method=taken.method, said_on=taken.said_on, recorded_by=actor.user, recorded_at=at,
    ).save()  # fmt: skip
    await audit.record(
        actor, "consent.withdrawn", "household", home.id, division=home.division, at=at,
        data={"consent": found.id, "ground": found.ground, "purposes": back, "left": list(left)},
    )  # fmt: skip
    return True


async def _tell(actor: Actor, home: Household) -> None:
    """The dispatchers and officers of the place hear of it at once."""
    users = [
        *await users_with("station_dispatcher", home.division), *await users_with("township_officer", home.division)
    ]  # fmt: skip
    await send(
        [user for user in users if user != actor.user], "consent_withdrawn", f"/households/{home.id}",
        {"number": home.number},
    )  # fmt: skip
