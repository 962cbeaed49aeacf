"""Changing members and choosing another head. One transaction each."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from asyncpg import UniqueViolationError

from bangfu.errors import N_, NotAllowed, Refused
from bangfu.households import rules
from bangfu.households.actions import check_id_number, taken
from bangfu.households.locking import locked
from bangfu.households.people import member_row
from bangfu.households.sealing import HEALTH_TAGS, PersonFacts, facts_of, ordered, person_columns
from bangfu.households.tables import Household, Person
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.names import normal_name, sort_key

KEEPABLE = frozenset({"id_number", "phone", "bank", "health", "health_tags", "disability"})
"""Hidden values, which a form cannot show: it names those that stay as they are."""


async def change_member(
    actor: Actor, household: UUID, person: UUID, facts: PersonFacts, why: str, at: datetime, *,
    keep: frozenset[str] = KEEPABLE,
) -> None:  # fmt: skip
    """Change a member; of the hidden values those that `keep` names stay as they are.

    Raises:
        NotYours: for a household of another area, or a member of another household.
        NotAllowed: for a child under 14 whose data the role may not see.
        Refused: for a member who has left.
        FormError: for an ID number that is recorded already.
    """
    try:
        async with transaction():
            row = await locked(actor, household)
            stored = await member_row(household, person)
            check_may_see(actor, stored["birth_date"], at)
            if stored["left_on"] is not None:
                raise Refused(N_("This member has left already. Look at the page again."))
            before = facts_of(stored)
            after = _merged(before, facts, keep)
            if after == before:
                return
            if after.id_number != before.id_number:
                await check_id_number(actor, after)
            await Person.update(**person_columns(person, after)).where(Person.id == person)
            if stored["is_head"] and after.name != before.name:
                await _rename(household, after.name)
            await Household.update({Household.version: row.version + 1, Household.updated_at: at}).where(
                Household.id == household
            )
            await audit.record(
                actor, "person.changed", "household", household, division=row.division, reason=why, at=at,
                data={"person": person, "changed": _differing(before, after)},
            )  # fmt: skip
    except UniqueViolationError:
        raise await taken(actor, facts) from None


def check_may_see(actor: Actor, birth_date: object, at: datetime) -> None:
    """Raises NotAllowed for a child under 14 whose data the actor's roles may not see."""
    if not rules.shows_person(actor.roles, birth_date, civil_date(at)):  # type: ignore[arg-type]
        raise NotAllowed(N_("The data of a child under 14 are open only to those who work with children."))


def _merged(before: PersonFacts, new: PersonFacts, keep: frozenset[str]) -> PersonFacts:
    kept = {name: getattr(before, name) for name in keep - {"health_tags"}}
    tags = set(new.tags)
    if "health_tags" in keep:
        tags = (tags - HEALTH_TAGS) | HEALTH_TAGS.intersection(before.tags)
    return replace(new, name=normal_name(new.name), is_head=before.is_head, tags=ordered(tags), **kept)


def _differing(before: PersonFacts, after: PersonFacts) -> list[str]:
    return [name for name in PersonFacts.__slots__ if getattr(before, name) != getattr(after, name)]


async def change_head(
    actor: Actor, household: UUID, person: UUID, relations: Mapping[UUID, str], why: str, at: datetime
) -> None:
    """Another present member is the head; `relations` says how the others are related to the new one.

    Raises:
        NotYours: for a household of another area, or a member of another household.
        Refused: for a member who has left.
    """
    async with transaction():
        row = await locked(actor, household)
        stored = await member_row(household, person)
        if stored["left_on"] is not None:
            raise Refused(N_("This member has left already. Look at the page again."))
        if stored["is_head"]:
            return
        await make_head(row, person)
        for other, relation in relations.items():
            await Person.update({Person.relation: relation}).where(
                (Person.id == other) & (Person.household == household) & (Person.is_head == False)  # noqa: E712
            )
        await Household.update({Household.version: row.version + 1, Household.updated_at: at}).where(
            Household.id == household
        )
        await audit.record(
            actor, "household.head_changed", "household", household, division=row.division, reason=why, at=at,
            data={"person": person},
        )  # fmt: skip


async def make_head(row: Household, person: UUID) -> None:
    """The member becomes the head, the former one steps back; joins the transaction."""
    stored = await member_row(row.id, person)
    await Person.raw(
        "UPDATE person SET is_head = false, relation = CASE WHEN relation = 'self' THEN 'other' ELSE relation END"
        " WHERE household = {} AND is_head AND id <> {}",
        row.id, person,
    )  # fmt: skip
    await Person.update({Person.is_head: True, Person.relation: "self"}).where(Person.id == person)
    await _rename(row.id, stored["name"])


async def _rename(household: UUID, name: str) -> None:
    """The list names a household by its head."""
    await Household.update({Household.head_name: name, Household.head_pinyin: sort_key(name)[:200]}).where(
        Household.id == household
    )
