"""Registering an organisation and changing what the register says about it (DOMAIN.md 1.4)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from asyncpg.exceptions import UniqueViolationError

from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.providers.register_tables import OrganizationLink
from bangfu.providers.tables import Organization
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.names import sort_key

FIELDS = (
    "uscc", "name", "org_type", "charity", "division", "service_area", "services", "legal_representative", "phone",
    "address", "lat", "lon", "run_by", "active",
)  # fmt: skip
"""What the form sets; hours are declared (declaring.py), bars decided (barring.py)."""


async def own_row(actor: Actor, organization: UUID) -> Organization:
    """An organisation with its seat in the actor's area, locked: only there its register is kept.

    Raises:
        NotYours: if there is none.
    """
    row: Organization | None = (
        await Organization.objects().where(Organization.id == organization).first().lock_rows("NO KEY UPDATE")
    )
    if row is None or not actor.sees(row.division):
        raise NotYours
    return row


async def register(actor: Actor, key: UUID, values: Mapping[str, Any], at: datetime) -> UUID:
    """Enter a new organisation under the form's key; the same key again is the same organisation.

    Args:
        values: FIELDS.

    Raises:
        FormError: if the credit code is another organisation's.
        NotYours: for a seat outside of the actor's area, or a key that is another's.
    """
    if not actor.sees(values["division"]):
        raise NotYours
    known = await Organization.objects().where(Organization.id == key).first()
    if known is not None:
        if not actor.sees(known.division):
            raise NotYours
        return key
    try:
        async with transaction():
            await Organization(id=key, created_at=at, pinyin=_pinyin(values), **values).save()
            await _follow_runner(actor, key, None, values["run_by"], at)
            data = {"uscc": values["uscc"], "org_type": values["org_type"]}
            await _told(actor, "organization.registered", key, values, data, at)
    except UniqueViolationError as error:
        raise _taken() from error
    return key


async def change(actor: Actor, organization: UUID, version: int, values: Mapping[str, Any], at: datetime) -> None:
    """Set what the form gives; one that nobody changed since it was shown (`version`).

    Raises:
        FormError: if the credit code is another organisation's.
        NotYours: for an organisation or a seat outside of the actor's area.
        Refused: if somebody else changed it meanwhile.
    """
    if not actor.sees(values["division"]):
        raise NotYours
    try:
        async with transaction():
            row = await own_row(actor, organization)
            before = {name: getattr(row, name) for name in FIELDS}
            changed = sorted(name for name in FIELDS if before[name] != values[name])
            if not changed:
                return
            if row.version != version:
                raise Refused(N_("Somebody else changed this organisation meanwhile. Open it again and compare."))
            await Organization.update(
                {**{name: values[name] for name in FIELDS}, "pinyin": _pinyin(values), "version": version + 1}
            ).where(Organization.id == organization)
            await _follow_runner(actor, organization, row.run_by, values["run_by"], at)
            for action in _actions(before, values, changed):
                await _told(actor, action, organization, values, {"fields": changed}, at, before)
    except UniqueViolationError as error:
        raise _taken() from error


def _actions(before: Mapping[str, Any], after: Mapping[str, Any], changed: list[str]) -> list[str]:
    """The events of a change: what was closed or opened is named on its own."""
    closing = [] if before["active"] == after["active"] else ["reopened" if after["active"] else "closed"]
    others = ["changed"] if set(changed) - {"active"} else []
    return [f"organization.{name}" for name in (*others, *closing)]


async def _follow_runner(actor: Actor, station: UUID, before: UUID | None, after: UUID | None, at: datetime) -> None:
    """Keep the history of who ran a station as conflict links: the old one ends yesterday, the new one starts today."""
    if before == after:
        return
    today = civil_date(at)
    if before is not None:
        await OrganizationLink.raw(
            "UPDATE organization_link SET ends_on = greatest(starts_on, {}), ended_by = {}"
            " WHERE a = {} AND b = {} AND kind = 'runs_station' AND ends_on IS NULL",
            today - timedelta(days=1), actor.user, before, station,
        )  # fmt: skip
    if after is not None:
        await OrganizationLink(
            a=after, b=station, kind="runs_station", starts_on=today, recorded_by=actor.user, created_at=at
        ).save()


async def _told(
    actor: Actor, action: str, organization: UUID, values: Mapping[str, Any], data: Mapping[str, Any], at: datetime,
    before: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    await audit.record(
        actor, action, "organization", organization, division=values["division"], data=data, before=before,
        after={name: values[name] for name in FIELDS}, at=at,
    )  # fmt: skip


def _pinyin(values: Mapping[str, Any]) -> str:
    return sort_key(values["name"], person=False)[:300]


def _taken() -> FormError:
    return FormError({"uscc": (N_("Another organisation has this social credit code already."), {})})
