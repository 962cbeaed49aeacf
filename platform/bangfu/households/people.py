"""The members of a household as somebody may see them: one function decides what of a person is shown (DOMAIN.md 9)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.households import rules
from bangfu.households.disability import NONE, Disability
from bangfu.households.sealing import disability_of, health_of, plain_tags, unseal
from bangfu.households.tables import Person
from bangfu.shared.masking import mask_bank, mask_id, mask_name, mask_phone
from bangfu.shared.phones import national_phone

HIDDEN = "***"


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member as a page shows them. `hidden`: a child under 14 whose data the reader's role may not see; then all but
    the first character of the name and the place in the household is empty."""

    id: UUID
    name: str
    relation: str
    is_head: bool
    sex: str = ""
    birth_date: date | None = None
    id_type: str = ""
    id_number: str = ""
    phone: str = ""
    bank: str = ""
    health: str = ""
    tags: tuple[str, ...] = ()
    age_tags: tuple[str, ...] = ()
    child_type: str = ""
    disability: Disability = NONE
    has_disability: bool = False
    selfcare_level: str = ""
    ability_level: int | None = None
    assisted: bool = False
    left_on: date | None = None
    left_reason: str = ""
    hidden: bool = False
    child: bool = False
    """Under 14, and shown: the reading is to be noted (reading.note_children)."""


async def members(
    household: UUID, today: date, reveal: str = "", *, roles: Collection[str] = frozenset(), left: bool = False
) -> list[MemberView]:
    """The members, the head first; those who left only where `left` says so.

    `reveal` names a group of hidden values that is shown. `roles`: the reader's; without them (or with others than
    rules.CHILD_READERS) a child under 14 is named by the first character only.
    """
    rows = await Person.raw(
        "SELECT * FROM person WHERE household = {} AND ({} OR left_on IS NULL)"
        " ORDER BY left_on IS NOT NULL, is_head DESC, created_at, id",
        household, left,
    )  # fmt: skip
    return [shown_person(row, today, roles, reveal) for row in rows]


async def member_row(household: UUID, person: UUID) -> dict[str, Any]:
    """The row of one member, as stored.

    Raises:
        NotYours: if the household has no such member.
    """
    rows = await Person.raw("SELECT * FROM person WHERE household = {} AND id = {}", household, person)
    if not rows:
        raise NotYours
    found: dict[str, Any] = rows[0]
    return found


def shown_person(row: Mapping[str, Any], today: date, roles: Collection[str], reveal: str = "") -> MemberView:
    """What these roles see of a `person` row: masked, with one group revealed, or next to nothing of a child."""
    child = rules.needs_guardian(row["birth_date"], today)
    if not rules.shows_person(roles, row["birth_date"], today):
        return MemberView(
            row["id"], mask_name(row["name"]), row["relation"], row["is_head"], left_on=row["left_on"],
            left_reason=row["left_reason"], hidden=True,
        )  # fmt: skip
    number, phone = unseal("person", row, "id_number_enc"), unseal("person", row, "phone_enc")
    bank, (health, health_tags) = unseal("person", row, "bank_enc"), health_of(row)
    disability = disability_of(row)
    contact, identity, open_health = reveal == "contact", reveal == "identity", reveal == "health"
    minor = rules.is_minor(row["birth_date"], today)
    return MemberView(
        id=row["id"],
        name=row["name"] if contact else mask_name(row["name"]),
        relation=row["relation"],
        is_head=row["is_head"],
        sex=row["sex"],
        birth_date=row["birth_date"],
        id_type=row["id_type"],
        id_number=number if identity else mask_id(number, minor=minor),
        phone=national_phone(phone) if contact else mask_phone(phone),
        bank=bank if identity else mask_bank(bank),
        health=health if open_health else (HIDDEN if health or health_tags else ""),
        tags=(*plain_tags(row), *(health_tags if open_health else ())),
        age_tags=rules.age_tags(row["birth_date"], today),
        child_type=row["child_type"],
        disability=disability if open_health else NONE,
        has_disability=disability != NONE,
        selfcare_level=row["selfcare_level"],
        ability_level=row["ability_level"],
        assisted=row["assisted"],
        left_on=row["left_on"],
        left_reason=row["left_reason"],
        child=child,
    )


def shown_name(name: str, birth_date: date | None, today: date, roles: Collection[str], *, whole: bool) -> str:
    """A name for a list or a head: whole only where it was asked for and the person is no hidden child."""
    return name if whole and rules.shows_person(roles, birth_date, today) else mask_name(name)
