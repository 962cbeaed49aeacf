"""Conflict links between organisations: recorded and ended, never deleted (DOMAIN.md 8.11)."""

from datetime import date, datetime
from uuid import UUID

from asyncpg.exceptions import UniqueViolationError

from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.providers.queries import organization_for
from bangfu.providers.register_actions import own_row
from bangfu.providers.register_tables import OrganizationLink
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction

FREE_KINDS = ("same_representative", "same_owner", "affiliated", "assessed")
"""Who runs a station is set on the station itself."""


async def link(
    actor: Actor, key: UUID, organization: UUID, other: UUID, kind: str, starts_on: date, note: str, at: datetime
) -> None:
    """Record a link of an organisation of the actor's area with another that the actor sees.

    Raises:
        FormError: if they are the same, or such a link stands already.
        NotYours: for an organisation that is not the actor's to see.
    """
    if organization == other:
        raise FormError({"other": (N_("An organisation has no conflict with itself."), {})})
    if kind not in FREE_KINDS:
        raise FormError({"kind": (N_("Please choose one of the list."), {})})
    await organization_for(actor, other)
    try:
        async with transaction():
            owner = await own_row(actor, organization)
            if await OrganizationLink.exists().where(OrganizationLink.id == key):
                return
            await OrganizationLink(
                id=key, a=organization, b=other, kind=kind, starts_on=starts_on, note=note, recorded_by=actor.user,
                created_at=at,
            ).save()  # fmt: skip
            for one, against in ((organization, other), (other, organization)):
                await audit.record(
                    actor, "organization.linked", "organization", one, division=owner.division,
                    data={"organization_link": kind, "other": str(against)}, at=at,
                )  # fmt: skip
    except UniqueViolationError as error:
        raise FormError({"other": (N_("The two are linked in this way already."), {})}) from error


async def end_link(actor: Actor, organization: UUID, link: UUID, at: datetime) -> None:
    """Let a link end today; a repeat changes nothing. Two years ago they were linked: that stays to be seen.

    Raises:
        NotYours: for a link of other organisations.
        Refused: for who runs a station: that is changed on the station.
    """
    async with transaction():
        owner = await own_row(actor, organization)
        row = await OrganizationLink.objects().where(OrganizationLink.id == link).first().lock_rows("UPDATE")
        if row is None or organization not in {row.a, row.b}:
            raise NotYours
        if row.kind == "runs_station":
            raise Refused(N_("Who runs a station is changed on the station itself."))
        if row.ends_on is not None:
            return
        today = civil_date(at)
        await OrganizationLink.update({"ends_on": max(today, row.starts_on), "ended_by": actor.user}).where(
            OrganizationLink.id == link
        )
        for one, against in ((row.a, row.b), (row.b, row.a)):
            await audit.record(
                actor, "organization.link_ended", "organization", one, division=owner.division,
                data={"organization_link": row.kind, "other": str(against)}, at=at,
            )  # fmt: skip
