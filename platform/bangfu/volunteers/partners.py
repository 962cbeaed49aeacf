"""Who accompanies a newcomer: an experienced volunteer who has said so, is free and fits (DOMAIN.md 7)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.dispatch.actions import Because
from bangfu.errors import N_, NotYours, Refused
from bangfu.providers.tables import Carer
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.visits.tables import Visit
from bangfu.volunteers.fitting import Wanted, experience_of, faults, mine, volunteer
from bangfu.volunteers.numbers import numbers_on
from bangfu.volunteers.tables import VolunteerProfile
from bangfu.volunteers.task_rules import needs_partner

FIRST_TOGETHER = N_("The first visit is made together with an experienced volunteer. Please choose who comes along.")
TWO_PERSONS = N_("This home is visited by two persons. Please choose who comes along.")


async def set_accompanies(actor: Actor, yes: bool, at: datetime) -> None:
    """Say whether newcomers may come along on visits; it can be taken back at any time."""
    carer = mine(actor)
    async with transaction():
        await VolunteerProfile.raw(
            "INSERT INTO volunteer_profile (carer, accompanies, updated_at) VALUES ({}, {}, {}) ON CONFLICT (carer)"
            " DO UPDATE SET accompanies = excluded.accompanies, updated_at = excluded.updated_at",
            carer, yes, at,
        )  # fmt: skip
        await audit.record(actor, "volunteer.accompanies", "carer", carer, data={"yes": yes}, at=at)


async def accompanies(carer: UUID) -> bool:
    """Whether the volunteer takes newcomers along."""
    return bool(
        await VolunteerProfile.exists().where(
            (VolunteerProfile.carer == carer) & (VolunteerProfile.accompanies.eq(True))
        )
    )


async def candidates(
    wanted: Wanted, division: str, but: Collection[UUID], at: datetime, most: int = 12
) -> list[dict[str, Any]]:
    """Experienced volunteers of the county but `but` who accompany, are free and fit: id, number, name (unmasked)."""
    least = (await numbers_on(civil_date(at))).experienced_visits
    rows = await Carer.raw(
        "SELECT c.id, c.number, c.name FROM carer c JOIN volunteer_profile p ON p.carer = c.id AND p.accompanies"
        " WHERE c.kind = 'volunteer' AND c.active AND c.division LIKE {} AND NOT (c.id = ANY({}::uuid[]))"
        " ORDER BY c.division <> {}, c.number LIMIT 60",
        f"{division[:6]}%", list(but), division,
    )  # fmt: skip
    known = await experience_of([row["id"] for row in rows])
    found: list[dict[str, Any]] = []
    for row in rows:
        if known[row["id"]].experienced(least) and not await faults(row["id"], wanted, at):
            found.append({**row, "visits": known[row["id"]].verified})
        if len(found) == most:
            break
    return found


async def check_partner(
    server: UUID, partner: UUID | None, wanted: Wanted, at: datetime, *, two_persons: bool = False
) -> None:
    """The first visit has an experienced partner, and so has every home for two persons its second one; whoever comes
    along accompanies others by their own word, is free and fits like the server.

    Raises:
        Refused: with the sentence that says what is missing.
        NotYours: for a partner who is no volunteer, does not accompany, or is the server.
    """
    people = await experience_of([server, *([partner] if partner else [])], wanted.visit)
    least = (await numbers_on(civil_date(at))).experienced_visits
    if needs_partner(people[server], people.get(partner) if partner else None, least):
        raise Refused(FIRST_TOGETHER)
    if partner is None:
        if two_persons:
            raise Refused(TWO_PERSONS)
        return
    row = await volunteer(partner)
    if partner == server or not await accompanies(partner):
        raise NotYours
    if problems := await faults(partner, wanted, at):
        raise Refused(N_("{number} cannot come along. {why}"), number=row["number"], why=Because(problems))


async def check_arrival(actor: Actor, row: Visit, at: datetime) -> None:
    """A volunteer's first visit does not begin without an experienced partner (a reaction: visits.hooks "started").

    Raises:
        Refused: where nobody experienced is named.
    """
    if row.carer_kind != "volunteer":
        return
    people = await experience_of([row.carer, *([row.partner] if row.partner else [])], row.id)
    least = (await numbers_on(civil_date(at))).experienced_visits
    if needs_partner(people[row.carer], people.get(row.partner) if row.partner else None, least):
        raise Refused(
            N_("Your first visit is made together with an experienced volunteer, and nobody is named. Please call the"
               " station: it names somebody, or another time is found.")
        )  # fmt: skip


async def two_person_home(household: UUID) -> bool:
    """Whether the household is to be visited by two persons."""
    rows = await Visit.raw("SELECT two_person_visits FROM household WHERE id = {}", household)
    return bool(rows) and bool(rows[0]["two_person_visits"])
