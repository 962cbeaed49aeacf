"""Whom to call about a household: recorded and ended, never overwritten."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.errors import N_, NotYours, Refused
from bangfu.households.locking import locked
from bangfu.households.people import member_row
from bangfu.households.sealing import seal, unseal
from bangfu.households.status_rules import SERVED
from bangfu.households.tables import Contact
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.masking import mask_name, mask_phone
from bangfu.shared.names import normal_name
from bangfu.shared.phones import national_phone

KINDS = ("emergency", "guardian", "relative", "neighbour", "other")


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """Somebody to call; `person` is the member whom it is about (None: the household)."""

    kind: str
    relation: str
    name: str
    phone: str
    person: UUID | None = None


@dataclass(frozen=True, slots=True)
class ContactView:
    """A contact as a page shows it, masked unless the group `contact` is revealed."""

    id: UUID
    kind: str
    relation: str
    name: str
    phone: str
    person: UUID | None


async def add(actor: Actor, household: UUID, key: UUID, facts: ContactFacts, at: datetime) -> None:
    """One more contact. The same key again is the same contact.

    Raises:
        NotYours: for a household of another area, a key or a member of another household.
        Refused: where the household has left the register.
    """
    async with transaction():
        row = await locked(actor, household)
        if (known := await Contact.objects().get(Contact.id == key)) is not None:
            if known.household != household:
                raise NotYours
            return
        if row.status not in SERVED:
            raise Refused(N_("This household has left the register. Take it in again before you change it."))
        if facts.person is not None:
            await member_row(household, facts.person)
        await Contact(
            id=key, household=household, person=facts.person, kind=facts.kind, relation=facts.relation,
            name_enc=seal("contact", "name_enc", key, normal_name(facts.name)),
            phone_enc=seal("contact", "phone_enc", key, facts.phone), sort=KINDS.index(facts.kind),
            created_by=actor.user, created_at=at,
        ).save()  # fmt: skip
        await audit.record(
            actor, "contact.added", "household", household, division=row.division, at=at,
            data={"contact": key, "kind": facts.kind},
        )  # fmt: skip


async def end(actor: Actor, household: UUID, contact: UUID, at: datetime) -> None:
    """The contact is not called any more. Repeats change nothing.

    Raises:
        NotYours: for a household of another area, or a contact of another household.
    """
    async with transaction():
        row = await locked(actor, household)
        found = await Contact.objects().get(Contact.id == contact)
        if found is None or found.household != household:
            raise NotYours
        if found.ended_at is not None:
            return
        await Contact.update({Contact.ended_at: at}).where(Contact.id == contact)
        await audit.record(
            actor, "contact.ended", "household", household, division=row.division, at=at, data={"contact": contact}
        )


async def contacts_of(household: UUID, reveal: str = "") -> list[ContactView]:
    """The contacts in force, emergency contacts and guardians first; masked unless `reveal` is `contact`."""
    rows = await Contact.raw(
        "SELECT * FROM contact WHERE household = {} AND ended_at IS NULL ORDER BY sort, created_at", household
    )
    return [_view(row, whole=reveal == "contact") for row in rows]


def _view(row: dict[str, Any], *, whole: bool) -> ContactView:
    name, phone = unseal("contact", row, "name_enc"), unseal("contact", row, "phone_enc")
    return ContactView(
        row["id"], row["kind"], row["relation"], name if whole else mask_name(name),
        national_phone(phone) if whole else mask_phone(phone), row["person"],
    )  # fmt: skip
