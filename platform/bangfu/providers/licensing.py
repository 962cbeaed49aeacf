"""Licences of organisations: handed in with a scan, verified by somebody else (DOMAIN.md 8.11)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bangfu.accounts.queries import managers_of, users_with
from bangfu.errors import N_, NotAllowed, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.providers.queries import organization_for
from bangfu.providers.register_actions import own_row
from bangfu.providers.register_rules import LICENCE_MACHINE
from bangfu.providers.register_tables import OrganizationLicence
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.files import Looked, keep

FILES = "organization_licence"


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on a licence; without `expires_on` it has no end."""

    kind: str
    number: str
    issuer: str = ""
    issued_on: date | None = None
    expires_on: date | None = None


async def hand_in(actor: Actor, organization: UUID, key: UUID, paper: Paper, scan: Looked | None, at: datetime) -> None:
    """Enter a licence, new or renewed; it counts once another person has verified it. The same key is one licence.

    A manager hands in for the own organisation; the bureau for those with their seat in its area.

    Raises:
        NotYours: for another organisation.
    """
    async with transaction():
        if actor.organization == organization and actor.has("provider_manager"):
            row = await organization_for(actor, organization)
            division, name = row["division"], row["name"]
        else:
            owner = await own_row(actor, organization)
            division, name = owner.division, owner.name
        known = await OrganizationLicence.objects().where(OrganizationLicence.id == key).first()
        if known is not None:
            if known.organization != organization:
                raise NotYours
            return
        await OrganizationLicence(
            id=key, organization=organization, kind=paper.kind, number=paper.number, issuer=paper.issuer,
            issued_on=paper.issued_on, expires_on=paper.expires_on, entered_by=actor.user, entered_at=at,
        ).save()  # fmt: skip
        if scan is not None:
            await keep(actor, FILES, key, "licence", scan, at)
        await audit.record(
            actor, "organization.licence_handed_in", "organization", organization, division=division,
            data={"licence": str(key), "licence_kind": paper.kind}, at=at,
        )  # fmt: skip
        others = [user for user in await users_with("bureau_officer", division) if user != actor.user]
        params = {"name": name, "licence_kind": paper.kind}
        await send(others, "licence_handed_in", f"/providers/{organization}#licences", params)


async def decide(
    actor: Actor, organization: UUID, licence: UUID, action: str, at: datetime, *, reason: str = ""
) -> None:
    """Verify or reject a licence. A repeat that finds it decided so changes nothing.

    Raises:
        NotAllowed: for a licence that the actor entered.
        NotYours: for an organisation elsewhere, or a licence of another one.
        Refused: if it was decided otherwise.
    """
    async with transaction():
        owner = await own_row(actor, organization)
        row = await licence_row(organization, licence)
        step = LICENCE_MACHINE.table.get(("handed_in", action))
        if step is not None and row.status == step.target:
            return
        line = LICENCE_MACHINE.step(row.status, action)
        if not LICENCE_MACHINE.may(row.status, action, actor.roles):
            raise NotAllowed
        if row.entered_by is not None and row.entered_by == actor.user:
            raise NotAllowed(N_("You entered this licence yourself; somebody else has to verify it."))
        if action == "reject" and not reason:
            raise Refused(N_("A licence is rejected with a reason."))
        await OrganizationLicence.update(
            {"status": line.target, "verified_by": actor.user, "verified_at": at, "reject_reason": reason}
        ).where(OrganizationLicence.id == licence)
        await audit.record(
            actor, f"organization.licence_{line.target}", "organization", organization, division=owner.division,
            data={"licence": str(licence), "licence_kind": row.kind}, at=at,
        )  # fmt: skip
        await send(
            await managers_of(organization), f"licence_{line.target}", "/organization#licences",
            {"licence_kind": row.kind},
        )  # fmt: skip


async def licence_row(organization: UUID, licence: UUID) -> OrganizationLicence:
    """One licence of an organisation that the reader may see.

    Raises:
        NotYours: if there is none.
    """
    row: OrganizationLicence | None = (
        await OrganizationLicence.objects()
        .where((OrganizationLicence.id == licence) & (OrganizationLicence.organization == organization))
        .first()
    )
    if row is None:
        raise NotYours
    return row
