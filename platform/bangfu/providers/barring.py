"""The blacklist: barred with a ground until a day, lifted with a reason; every decision is kept (DOMAIN.md 6.4)."""

from datetime import date, datetime
from uuid import UUID, uuid4

from bangfu.accounts.queries import managers_of, users_with
from bangfu.errors import N_, NotAllowed, Refused
from bangfu.messages.actions import send
from bangfu.providers.register_actions import own_row
from bangfu.providers.register_rules import GROUNDS
from bangfu.providers.register_tables import OrganizationBar
from bangfu.providers.tables import Organization
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.crypto import encrypt
from bangfu.shared.database import transaction


async def bar(actor: Actor, organization: UUID, ground: str, until: date, reason: str, at: datetime) -> None:
    """Bar an organisation until a day, that day included; barring it again sets another ground or day.

    Raises:
        NotAllowed: unless the bureau's lead decides.
        NotYours: for an organisation whose seat is elsewhere.
        Refused: for a day in the past, an unknown ground or without a reason.
    """
    _check_lead(actor)
    if ground not in GROUNDS or not reason.strip() or until < civil_date(at):
        raise Refused(N_("A bar needs a ground, a reason and a day that is not over."))
    async with transaction():
        row = await own_row(actor, organization)
        last = await standing_bar(organization)
        if last is not None and (last.ground, last.until) == (ground, until) and row.blacklist_until == until:
            return
        key = uuid4()
        await OrganizationBar(
            id=key, organization=organization, ground=ground, until=until,
            reason_enc=encrypt(reason.strip(), f"organization_bar:reason_enc:{key}"),
            decided_by=actor.user, decided_at=at,
        ).save()  # fmt: skip
        await _set(row, until)
        data = {"ground": ground, "until": until.isoformat()}
        await audit.record(
            actor, "organization.barred", "organization", organization, division=row.division, data=data, at=at
        )
        await _tell(row, "organization_barred", {"name": row.name, "day": until.isoformat()})


async def lift(actor: Actor, organization: UUID, reason: str, at: datetime) -> None:
    """Lift a bar before its day; a repeat finds it lifted.

    Raises:
        NotAllowed: unless the bureau's lead decides.
        NotYours: for an organisation whose seat is elsewhere.
        Refused: without a reason, or where no bar stands.
    """
    _check_lead(actor)
    if not reason.strip():
        raise Refused(N_("A bar is lifted with a reason."))
    async with transaction():
        row = await own_row(actor, organization)
        last = await standing_bar(organization)
        if row.blacklist_until is None:
            return
        if last is None:
            raise Refused(N_("No bar stands."))
        key = uuid4()
        await OrganizationBar(
            id=key, organization=organization, lifts=last.id, decided_by=actor.user, decided_at=at,
            reason_enc=encrypt(reason.strip(), f"organization_bar:reason_enc:{key}"),
        ).save()  # fmt: skip
        await _set(row, None)
        await audit.record(actor, "organization.bar_lifted", "organization", organization, division=row.division, at=at)
        await _tell(row, "organization_bar_lifted", {"name": row.name})


async def standing_bar(organization: UUID) -> OrganizationBar | None:
    """The newest decision to bar that was not lifted, whether its day is over or not."""
    rows = await OrganizationBar.raw(
        "SELECT b.id FROM organization_bar b WHERE b.organization = {} AND b.lifts IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM organization_bar l WHERE l.lifts = b.id)"
        " ORDER BY b.decided_at DESC, b.id LIMIT 1",
        organization,
    )
    if not rows:
        return None
    found: OrganizationBar | None = await OrganizationBar.objects().where(OrganizationBar.id == rows[0]["id"]).first()
    return found


def _check_lead(actor: Actor) -> None:
    if not actor.has("bureau_lead"):
        raise NotAllowed(N_("Only the bureau's lead decides on the blacklist."))


async def _set(row: Organization, until: date | None) -> None:
    await Organization.update({"blacklist_until": until, "version": row.version + 1}).where(Organization.id == row.id)


async def _tell(row: Organization, kind: str, params: dict[str, str]) -> None:
    await send(await managers_of(row.id), kind, "/organization", params)
    officers = [
        *await users_with("bureau_officer", row.division),
        *await users_with("station_dispatcher", row.division),
    ]
    await send(officers, kind, f"/providers/{row.id}", params)
