"""Thresholds of the flags: entered by a bureau's officer, published by its lead, never changed afterwards."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangfu.errors import N_, NotAllowed, NotYours, Refused
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.permissions import allows
from bangfu.verification.rules import DEFAULT_VERSION, DEFAULTS, Thresholds, thresholds_of, values_of
from bangfu.verification.tables import VisitPolicy


@dataclass(frozen=True, slots=True)
class PolicyView:
    """A version as the page lists it."""

    id: UUID
    division_prefix: str
    area: str
    valid_from: date
    source: str
    status: str
    created_by: UUID | None
    created_name: str
    published_name: str
    published_at: datetime | None
    limits: Thresholds


async def limits_for(division: str, day: date) -> tuple[Thresholds, str]:
    """The thresholds of a place on a day, with the version's name that stands on each flag: the nearest area's latest
    published version, else those of DOMAIN.md 5.2."""
    rows = await VisitPolicy.raw(
        'SELECT division_prefix, valid_from, "values" FROM visit_policy WHERE status = \'published\''
        " AND {} LIKE division_prefix || '%' AND valid_from <= {}"
        " ORDER BY length(division_prefix) DESC, valid_from DESC LIMIT 1",
        division, day,
    )  # fmt: skip
    if not rows:
        return DEFAULTS, DEFAULT_VERSION
    return thresholds_of(json.loads(rows[0]["values"])), version_name(rows[0]["division_prefix"], rows[0]["valid_from"])


def version_name(prefix: str, valid_from: date) -> str:
    """The name of a version: its area and its first day."""
    return f"{prefix}@{valid_from.isoformat()}"


async def versions(actor: Actor) -> list[PolicyView]:
    """The versions of the actor's area and of those above it: drafts first, then by day."""
    rows = await VisitPolicy.raw(
        "SELECT x.*, coalesce(d.name, '') AS area, coalesce(c.display_name, '') AS created_name,"
        " coalesce(p.display_name, '') AS published_name FROM visit_policy x"
        " LEFT JOIN division d ON d.code = rpad(x.division_prefix, 12, '0')"
        " LEFT JOIN app_user c ON c.id = x.created_by LEFT JOIN app_user p ON p.id = x.published_by"
        " WHERE (x.division_prefix LIKE {} OR {} LIKE x.division_prefix || '%') AND x.status <> 'withdrawn'"
        " ORDER BY x.status <> 'draft', x.valid_from DESC, x.division_prefix LIMIT 200",
        f"{actor.scope}%" if actor.scope else "", actor.scope,
    )  # fmt: skip
    return [_view(row) for row in rows]


def _view(row: Mapping[str, Any]) -> PolicyView:
    plain = {name: row[name] for name in PolicyView.__slots__ if name != "limits"}
    return PolicyView(**plain, limits=thresholds_of(json.loads(row["values"])))


async def enter(
    actor: Actor, key: UUID, prefix: str, valid_from: date, source: str, limits: Thresholds, at: datetime
) -> UUID:
    """A new version for an area, as a draft; the same key is the same version.

    Raises:
        NotYours: for an area that is not the actor's, or another's key.
        NotAllowed: without the permission.
    """
    _check(actor, prefix, "verification.policy")
    async with transaction():
        found = await VisitPolicy.objects().get(VisitPolicy.id == key)
        if found is not None:
            if found.created_by != actor.user:
                raise NotYours
            return key
        await VisitPolicy(
            id=key, division_prefix=prefix, valid_from=valid_from, source=source, values=json.dumps(values_of(limits)),
            created_by=actor.user, created_at=at,
        ).save()  # fmt: skip
        await _note(actor, key, prefix, "entered", valid_from, at, values_of(limits))
    return key


async def publish(actor: Actor, policy: UUID, at: datetime) -> None:
    """draft -> published, by somebody else than who entered it. Repeats change nothing.

    Raises:
        NotYours: if it is not of the actor's area.
        NotAllowed: without the permission.
        Refused: for one's own entry, one that was withdrawn, a day that has its version, or a day that is over.
    """
    async with transaction():
        found = await _locked(actor, policy, "verification.publish")
        if found.status == "published":
            return
        if found.status != "draft":
            raise Refused(N_("This entry was withdrawn. Look at the page again."))
        if found.created_by == actor.user:
            raise Refused(N_("You entered these thresholds yourself: another person publishes them."))
        if found.valid_from < civil_date(at):
            raise Refused(N_("A version counts from today on at the earliest: flags that stand keep theirs."))
        same = (VisitPolicy.division_prefix == found.division_prefix) & (VisitPolicy.valid_from == found.valid_from)
        if await VisitPolicy.exists().where(same & (VisitPolicy.status == "published")):
            raise Refused(
                N_("For this area a version from {day} is published already: enter one from another day."),
                day=found.valid_from.isoformat(),
            )
        await VisitPolicy.update(
            {VisitPolicy.status: "published", VisitPolicy.published_by: actor.user, VisitPolicy.published_at: at}
        ).where(VisitPolicy.id == policy)
        await _note(actor, policy, found.division_prefix, "published", found.valid_from, at)


async def withdraw(actor: Actor, policy: UUID, at: datetime) -> None:
    """draft -> withdrawn: it was entered wrongly. Repeats change nothing.

    Raises:
        NotYours, NotAllowed: as `publish`.
        Refused: for a published one.
    """
    async with transaction():
        found = await _locked(actor, policy, "verification.policy")
        if found.status == "withdrawn":
            return
        if found.status == "published":
            raise Refused(N_("Published thresholds never change: enter a new version from a later day."))
        await VisitPolicy.update({VisitPolicy.status: "withdrawn"}).where(VisitPolicy.id == policy)
        await _note(actor, policy, found.division_prefix, "withdrawn", found.valid_from, at)


def _check(actor: Actor, prefix: str, permission: str) -> None:
    if not actor.sees(prefix):
        raise NotYours
    if not allows(actor.roles, permission):
        raise NotAllowed


async def _locked(actor: Actor, policy: UUID, permission: str) -> VisitPolicy:
    found: VisitPolicy | None = await VisitPolicy.objects().where(VisitPolicy.id == policy).first().lock_rows("UPDATE")
    if found is None:
        raise NotYours
    _check(actor, found.division_prefix, permission)
    await audit.hold(found.division_prefix)
    return found


async def _note(
    actor: Actor, policy: UUID, prefix: str, what: str, valid_from: date, at: datetime,
    values: Mapping[str, int] | None = None,
) -> None:  # fmt: skip
    data: dict[str, Any] = {"valid_from": valid_from.isoformat(), **({"values": dict(values)} if values else {})}
    await audit.record(actor, f"visit_policy.{what}", "visit_policy", policy, division=prefix, at=at, data=data)
