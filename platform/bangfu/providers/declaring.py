"""Capacity: declared by the organisation for four weeks, confirmed again every 30 days (DOMAIN.md 1.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bangfu.errors import N_, NotAllowed, NotYours, Refused
from bangfu.providers.register_rules import confirm_until
from bangfu.providers.register_tables import CapacityDeclaration
from bangfu.providers.tables import Organization
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction


@dataclass(frozen=True, slots=True)
class Capacity:
    """The newest declaration: minutes per four weeks of the whole and of single services."""

    minutes: int
    services: Mapping[str, int]
    note: str
    declared_at: datetime
    confirm_until: date

    def overdue(self, day: date) -> bool:
        """Whether it should have been confirmed before a day."""
        return self.confirm_until < day


async def declare(actor: Actor, minutes: int, services: Mapping[str, int], note: str, at: datetime) -> None:
    """Declare what the own organisation can serve in four weeks (minutes); services without a number have no limit of
    their own.

    Raises:
        NotAllowed: unless the organisation's manager declares.
        Refused: if a service has more than the whole.
    """
    organization = _own(actor)
    if any(part > minutes for part in services.values()):
        raise Refused(N_("A single service cannot have more hours than the whole."))
    async with transaction():
        row = await _locked(organization)
        await _write(actor, organization, {"": minutes, **services}, note, at)
        await Organization.update({"minutes_per_4_weeks": minutes}).where(Organization.id == organization)
        await _told(actor, "organization.capacity_declared", row, minutes, at)


async def confirm(actor: Actor, at: datetime) -> None:
    """Say that the newest declaration is still valid; once a day is enough.

    Raises:
        NotAllowed: unless the organisation's manager confirms.
        Refused: if nothing was declared yet.
    """
    organization = _own(actor)
    async with transaction():
        row = await _locked(organization)
        known = (await capacities([organization])).get(organization)
        if known is None:
            raise Refused(N_("Nothing was declared yet. Please declare the hours first."))
        if known.confirm_until == confirm_until(civil_date(at)):
            return
        await _write(actor, organization, {"": known.minutes, **known.services}, known.note, at)
        await _told(actor, "organization.capacity_confirmed", row, known.minutes, at)


async def capacities(organizations: list[UUID] | None = None) -> dict[UUID, Capacity]:
    """The newest declaration of each organisation that made one."""
    rows = await CapacityDeclaration.raw(
        "SELECT c.* FROM capacity_declaration c JOIN (SELECT organization, max(declared_at) AS newest"
        " FROM capacity_declaration WHERE {}::uuid[] IS NULL OR organization = ANY({}::uuid[]) GROUP BY organization) n"
        " ON n.organization = c.organization AND n.newest = c.declared_at ORDER BY c.service",
        organizations, organizations,
    )  # fmt: skip
    parts: dict[UUID, dict[str, int]] = {}
    for row in rows:
        parts.setdefault(row["organization"], {})[row["service"]] = row["minutes_per_4_weeks"]
    return {
        row["organization"]: Capacity(
            row["minutes_per_4_weeks"],
            {service: minutes for service, minutes in parts[row["organization"]].items() if service},
            row["note"], row["declared_at"], row["confirm_until"],
        )
        for row in rows
        if not row["service"]
    }  # fmt: skip


def _own(actor: Actor) -> UUID:
    if actor.organization is None or not actor.has("provider_manager"):
        raise NotAllowed
    return actor.organization


async def _locked(organization: UUID) -> Organization:
    row: Organization | None = (
        await Organization.objects().where(Organization.id == organization).first().lock_rows("NO KEY UPDATE")
    )
    if row is None:
        raise NotYours
    return row


async def _write(actor: Actor, organization: UUID, minutes: Mapping[str, int], note: str, at: datetime) -> None:
    until = confirm_until(civil_date(at))
    await CapacityDeclaration.insert(
        *(
            CapacityDeclaration(
                organization=organization, service=service, minutes_per_4_weeks=number, note=note,
                declared_by=actor.user, declared_at=at, confirm_until=until,
            )
            for service, number in minutes.items()
        )
    )  # fmt: skip


async def _told(actor: Actor, action: str, row: Organization, minutes: int, at: datetime) -> None:
    await audit.record(
        actor, action, "organization", row.id, division=row.division, data={"minutes_per_4_weeks": minutes}, at=at
    )
