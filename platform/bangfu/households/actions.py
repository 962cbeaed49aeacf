"""Verbs on households: record, change, add a member, show hidden values. One transaction each.

Grounds stand in consents.py and consent_actions.py.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from asyncpg import UniqueViolationError

from bangfu.divisions.queries import nearest_point
from bangfu.divisions.tables import Division
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.households import history, reviews, rules
from bangfu.households.consents import add_ground
from bangfu.households.facts import Ground, Situation
from bangfu.households.locking import locked
from bangfu.households.reading import note_read
from bangfu.households.sealing import PersonFacts, address_columns, household_columns, person_columns, seal
from bangfu.households.spans import Standing
from bangfu.households.status_rules import SERVED
from bangfu.households.tables import Household, Person
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.crypto import blind_index
from bangfu.shared.database import transaction
from bangfu.shared.numbering import fresh_number

ESTIMATE_ACCURACY_M = 2000
"""How far a division's own point may lie from a house in it; the page says that the place is an estimate."""

Relocation = Callable[[UUID, str], Awaitable[None]]
_relocations: list[Relocation] = []


def on_relocation(reaction: Relocation) -> None:
    """Let a later feature follow a household that moves: called with (household, new division) in the transaction."""
    if reaction not in _relocations:
        _relocations.append(reaction)


async def relocated(household: UUID, division: str) -> None:
    """Let the later features follow a household that has moved; inside the transaction of the move."""
    for follow in _relocations:
        await follow(household, division)


async def record_household(
    actor: Actor, key: UUID, head: PersonFacts, situation: Situation, ground: Ground, at: datetime, *, why: str = ""
) -> UUID:
    """A household with its head and its ground. The same key again is the same household.

    `why` is the reason for a missing document.

    Raises:
        FormError: for a division outside the scope, or an ID number that is recorded already.
    """
    try:
        async with transaction():
            if await _is_own_repeat(actor, key):
                return key
            await _check_division(actor, situation.division)
            await check_id_number(actor, head)
            number = await fresh_number(Household)
            values = {
                **await _situation_columns(situation),
                "category": situation.category,
                "category_since": situation.category_since or civil_date(at),
                "admission_mode": situation.admission_mode,
                "support_mode": situation.support_mode,
                "valid_until": situation.valid_until,
                "food_enc": seal("household", "food_enc", key, situation.food),
                **household_columns(key, head_name=head.name, address=situation.address, note=situation.note),
            }
            await Household(id=key, number=number, created_by=actor.user, **values).save()
            await _add_person(key, uuid4(), head)
            standing = Standing(situation.category, situation.admission_mode, situation.support_mode)
            await history.open_first(actor, key, standing, situation.category_since or civil_date(at), at)
            await reviews.start_clocks([key], civil_date(at))
            consent = await add_ground(actor, key, ground)
            await audit.record(
                actor, "household.recorded", "household", key, division=situation.division, reason=why, at=at,
                data={"number": number, "category": situation.category, "ground": ground.ground, "consent": consent},
                after=values,
            )  # fmt: skip
    except (UniqueViolationError, FormError) as error:
        # The other half of a double click may have been faster, with the same ID number.
        if not await _is_own_repeat(actor, key):
            raise error if isinstance(error, FormError) else await taken(actor, head) from None
    return key


async def add_member(
    actor: Actor, household: UUID, key: UUID, person: PersonFacts, at: datetime, *, why: str = ""
) -> None:
    """One more member. The same key again is the same member.

    Raises:
        NotYours: for a household of another area, or a key that stands for a member of another household.
        Refused: where the household has left the register.
        FormError: for an ID number that is recorded already.
    """
    try:
        async with transaction():
            row = await locked(actor, household)
            if row.status not in SERVED:
                raise Refused(N_("This household has left the register. Take it in again before you change it."))
            if (known := await Person.objects().get(Person.id == key)) is not None:
                if known.household != household:
                    raise NotYours
                return
            await check_id_number(actor, person)
            await _add_person(household, key, person)
            await audit.record(
                actor, "person.added", "household", household, division=row.division, reason=why, at=at,
                data={"person": key, "relation": person.relation},
            )  # fmt: skip
    except UniqueViolationError:
        raise await taken(actor, person) from None


async def change_household(actor: Actor, household: UUID, version: int, situation: Situation, at: datetime) -> None:
    """Change what is known of a household; an empty address, note, food wish or place stays as it was.

    The category is not changed here but in history.py, with its day and its reason.

    Raises:
        NotYours: for a household of another area.
        Refused: if somebody changed it after the form was opened.
        FormError: for a division outside the scope.
    """
    async with transaction():
        row = await locked(actor, household)
        if row.version != version:
            raise Refused(
                N_("Somebody changed this household after you opened the form. Compare with its page and save again.")
            )
        await _check_division(actor, situation.division)
        moved = row.division != situation.division
        place_known = row.location_source not in {"division", "none"} and not moved
        values = await _situation_columns(situation, keep_place=place_known)
        if situation.address:
            values |= address_columns(household, situation.address)
        if situation.food:
            values["food_enc"] = seal("household", "food_enc", household, situation.food)
        if situation.note:
            values["note_enc"] = seal("household", "note_enc", household, situation.note)
        changed = sorted(name for name, value in values.items() if value != getattr(row, name))
        await Household.update(**values, version=row.version + 1, updated_at=at).where(Household.id == household)
        if moved:
            await relocated(household, situation.division)
        await audit.record(
            actor, "household.changed", "household", household, division=situation.division, at=at,
            data={"changed": changed}, before={name: getattr(row, name) for name in changed},
            after={name: values[name] for name in changed},
        )  # fmt: skip


async def log_unmasking(actor: Actor, household: UUID, group: str, reason: str, text: str, at: datetime) -> None:
    """Note that the actor is shown hidden values; the page shows them only after this.

    Raises:
        NotYours: for a household of another area.
        NotAllowed: if the role may not see this group.
    """
    if group not in rules.unmaskable(actor.roles):
        raise NotAllowed
    async with transaction():
        row = await locked(actor, household)
        await note_read(actor, household, None, group, f"{reason} {text}".strip(), at)
        await audit.record(
            actor, "household.unmasked", "household", household, division=row.division, reason=text, at=at,
            data={"group": group, "reason": reason},
        )  # fmt: skip


async def _is_own_repeat(actor: Actor, key: UUID) -> bool:
    """Whether this very form was stored before; a foreign row under the key is nobody's business."""
    row = await Household.objects().get(Household.id == key)
    if row is not None and row.created_by != actor.user:
        raise NotYours
    return row is not None


async def _check_division(actor: Actor, division: str) -> None:
    known = await Division.exists().where((Division.code == division) & (Division.level == 5))
    if not known or not actor.sees(division):
        raise FormError({"division": (N_("Please choose a village or community of your area."), {})})


async def check_id_number(actor: Actor, person: PersonFacts) -> None:
    if person.id_number and await Person.exists().where(Person.id_number_index == _index(person)):
        raise await taken(actor, person)


async def taken(actor: Actor, person: PersonFacts) -> FormError:
    """Says where the number is recorded, and only to those who may know."""
    rows = await Person.raw(
        "SELECT h.number, h.division FROM person p JOIN household h ON h.id = p.household WHERE p.id_number_index = {}",
        _index(person),
    )
    if rows and actor.sees(rows[0]["division"]):
        message = N_("This number is recorded already, in household {number}. Open that household instead.")
        return FormError({"id_number": (message, {"number": rows[0]["number"]})})
    return FormError(
        {"id_number": (N_("This number is recorded already in another area. Ask the civil affairs bureau."), {})}
    )


def _index(person: PersonFacts) -> str:
    return blind_index(person.id_number, "id_number")


async def _add_person(household: UUID, person: UUID, facts: PersonFacts) -> None:
    await Person(id=person, household=household, **person_columns(person, facts)).save()


async def _situation_columns(situation: Situation, *, keep_place: bool = False) -> dict[str, Any]:
    """Columns of the household; without coordinates it stands at the nearest known division point, marked so."""
    values: dict[str, Any] = {
        name: getattr(situation, name)
        for name in (
            "division", "selfcare_level", "risk_color", "two_person_visits", "trained_only", "language", "gender_wish",
            "contact_channel", "income_stable", "able_bodied",
        )
    } | {"time_wishes": list(situation.time_wishes)}  # fmt: skip
    if situation.point is not None:
        lat, lon = situation.point
        values |= {"lat": lat, "lon": lon, "location_source": "map", "location_accuracy_m": None}
    elif not keep_place:
        values |= await _estimated_place(situation.division)
    return values


async def _estimated_place(division: str) -> dict[str, Any]:
    point = await nearest_point(division)
    if point is None:
        return {"lat": None, "lon": None, "location_source": "none", "location_accuracy_m": None}
    return {
        "lat": point[0], "lon": point[1], "location_source": "division", "location_accuracy_m": ESTIMATE_ACCURACY_M,
    }  # fmt: skip
