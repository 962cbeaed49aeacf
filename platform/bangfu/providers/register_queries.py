"""What the page of an organisation shows of the register: licences, bars, links, capacity, areas by name."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from bangfu.divisions.queries import names_of
from bangfu.providers.declaring import capacities
from bangfu.providers.licensing import FILES
from bangfu.providers.queries import VISIBLE
from bangfu.providers.register import barred_organizations, licence_ends, reason_of
from bangfu.providers.register_rules import SERVERS, holds, missing_licences, needed_licences
from bangfu.providers.register_tables import OrganizationBar, OrganizationLicence, OrganizationLink
from bangfu.providers.rules import expiry
from bangfu.providers.tables import Organization
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import decrypt
from bangfu.shared.division_codes import pad_division
from bangfu.shared.files import FileRow, files_of

SOON = timedelta(days=60)
REASON_READERS = ("bureau_officer", "bureau_lead", "auditor")
STATES = ("barred", "expiring", "unconfirmed", "closed")


@dataclass(frozen=True, slots=True)
class LicenceView:
    """A licence as a page shows it; `state` says where its last day stands, `own` that the reader entered it."""

    id: UUID
    kind: str
    number: str
    issuer: str
    issued_on: date | None
    expires_on: date | None
    status: str
    reject_reason: str
    entered_at: datetime
    verified_at: datetime | None
    entered_name: str
    verified_name: str
    own: bool
    needed: bool
    state: str
    replaced: bool = False
    files: list[FileRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BarView:
    """One decision on the blacklist; `lifted_at` where it was lifted early. Reasons are "" for who may not read."""

    ground: str
    until: date
    reason: str
    decided_at: datetime
    decided_name: str
    lifted_at: datetime | None
    lifted_name: str
    lift_reason: str
    stands: bool


@dataclass(frozen=True, slots=True)
class LinkView:
    """A conflict link seen from one organisation; `first` that it is the one that runs or assesses."""

    id: UUID
    other: UUID
    other_name: str
    kind: str
    first: bool
    starts_on: date
    ends_on: date | None
    note: str
    stands: bool


async def licences_of(actor: Actor, row: dict[str, Any], day: date) -> list[LicenceView]:
    """The licences of an organisation: those that count first, the latest end first."""
    needed = needed_licences(row["org_type"], row["services"])
    rows = await OrganizationLicence.raw(
        "SELECT l.*, coalesce(e.display_name, '') AS entered_name, coalesce(v.display_name, '') AS verified_name,"
        " l.status = 'verified' AND EXISTS (SELECT 1 FROM organization_licence x WHERE x.organization = l.organization"
        " AND x.kind = l.kind AND x.status = 'verified' AND coalesce(x.expires_on, 'infinity') > l.expires_on)"
        " AS replaced FROM organization_licence l"
        " LEFT JOIN app_user e ON e.id = l.entered_by LEFT JOIN app_user v ON v.id = l.verified_by"
        " WHERE l.organization = {}"
        " ORDER BY replaced, l.kind, l.status, coalesce(l.expires_on, 'infinity') DESC, l.entered_at DESC",
        row["id"],
    )
    files = await files_of(FILES, [each["id"] for each in rows])
    return [_licence(actor, each, each["kind"] in needed, files[each["id"]], day) for each in rows]


def _licence(actor: Actor, row: dict[str, Any], needed: bool, files: list[FileRow], day: date) -> LicenceView:
    given = {"own", "needed", "state", "files"}
    plain = {name: row[name] for name in LicenceView.__slots__ if name not in given}
    return LicenceView(
        **plain, own=row["entered_by"] is not None and row["entered_by"] == actor.user, needed=needed, files=files,
        state="valid" if row["expires_on"] is None else expiry(row["expires_on"], day),
    )  # fmt: skip


async def bars_of(actor: Actor, organization: UUID, day: date) -> list[BarView]:
    """Every decision on the blacklist, the newest first; reasons for the bureau and the auditor only."""
    rows = await OrganizationBar.raw(
        "SELECT b.id, b.ground, b.until, b.reason_enc, b.decided_at, coalesce(u.display_name, '') AS decided_name,"
        " l.id AS lift, l.reason_enc AS lift_enc, l.decided_at AS lifted_at,"
        " coalesce(w.display_name, '') AS lifted_name"
        " FROM organization_bar b LEFT JOIN organization_bar l ON l.lifts = b.id"
        " LEFT JOIN app_user u ON u.id = b.decided_by LEFT JOIN app_user w ON w.id = l.decided_by"
        " WHERE b.organization = {} AND b.lifts IS NULL ORDER BY b.decided_at DESC, b.id",
        organization,
    )
    may_read = actor.has(*REASON_READERS)
    return [
        BarView(
            row["ground"], row["until"], _reason(row["reason_enc"], row["id"], may_read), row["decided_at"],
            row["decided_name"], row["lifted_at"], row["lifted_name"], _reason(row["lift_enc"], row["lift"], may_read),
            place == 0 and row["lift"] is None and day <= row["until"],
        )
        for place, row in enumerate(rows)
    ]  # fmt: skip


def _reason(sealed: str | None, bar: UUID | None, may_read: bool) -> str:
    return decrypt(sealed, f"organization_bar:reason_enc:{bar}") if sealed and may_read else ""


async def links_of(organization: UUID, day: date) -> list[LinkView]:
    """The conflict links of an organisation: those that stand first."""
    rows = await OrganizationLink.raw(
        "SELECT l.*, o.id AS other, o.name AS other_name FROM organization_link l"
        " JOIN organization o ON o.id = CASE WHEN l.a = {} THEN l.b ELSE l.a END"
        " WHERE l.a = {} OR l.b = {} ORDER BY l.ends_on DESC NULLS FIRST, l.starts_on, l.id",
        organization, organization, organization,
    )  # fmt: skip
    return [
        LinkView(
            row["id"], row["other"], row["other_name"], row["kind"], row["a"] == organization, row["starts_on"],
            row["ends_on"], row["note"], holds(row["starts_on"], row["ends_on"], day),
        )
        for row in rows
    ]  # fmt: skip


async def proposed_links(actor: Actor, row: dict[str, Any]) -> list[tuple[UUID, str]]:
    """(id, name) of organisations in the actor's sight with the same legal representative and no such link yet.

    People may have the same name: the bureau looks and records the link, or leaves it.
    """
    if not row["legal_representative"]:
        return []
    scope = actor.scope
    rows = await Organization.raw(
        "SELECT o.id, o.name FROM organization o WHERE o.legal_representative = {} AND o.id <> {} AND "  # noqa: S608
        + VISIBLE
        + " AND NOT EXISTS (SELECT 1 FROM organization_link l WHERE l.kind = 'same_representative'"
        " AND {} IN (l.a, l.b) AND o.id IN (l.a, l.b)) ORDER BY o.name LIMIT 10",
        row["legal_representative"], row["id"], scope, scope, scope, scope, row["id"],
    )  # fmt: skip
    return [(each["id"], each["name"]) for each in rows]


async def others_for(actor: Actor, besides: UUID | None, types: Collection[str] = ()) -> list[tuple[str, str]]:
    """(id, name) of the active organisations in the actor's sight, for a select; of some types where given."""
    scope = actor.scope
    rows = await Organization.raw(
        "SELECT o.id, o.name FROM organization o WHERE o.active AND o.id IS DISTINCT FROM {}"  # noqa: S608
        " AND (cardinality({}::varchar[]) = 0 OR o.org_type = ANY({}::varchar[])) AND "
        + VISIBLE
        + " ORDER BY o.pinyin, o.name LIMIT 1000",
        besides, list(types), list(types), scope, scope, scope, scope,
    )  # fmt: skip
    return [(str(row["id"]), row["name"]) for row in rows]


async def sheet(actor: Actor, row: dict[str, Any], day: date) -> dict[str, Any]:
    """Everything that stands in the register of one organisation, as a page's context."""
    ends = (await licence_ends([row["id"]])).get(row["id"], {})
    needed = needed_licences(row["org_type"], row["services"])
    names = await names_of([pad_division(area) for area in row["service_area"]])
    around = await Organization.raw(
        "SELECT id, name, id = {} AS runner FROM organization WHERE id = {} OR run_by = {} ORDER BY name",
        row["run_by"], row["run_by"], row["id"],
    )  # fmt: skip
    return {
        "barred": reason_of(row, ends, day),
        "licences": await licences_of(actor, row, day),
        "missing": missing_licences(needed, ends),
        "bars": await bars_of(actor, row["id"], day),
        "links": await links_of(row["id"], day),
        "capacity": (await capacities([row["id"]])).get(row["id"]),
        "areas": [names.get(pad_division(area), area) for area in row["service_area"]],
        "runner": next((each for each in around if each["runner"]), None),
        "stations": [each for each in around if not each["runner"]],
        "serves": row["org_type"] in SERVERS,
    }


async def in_state(state: str, day: date) -> list[UUID] | None:
    """The organisations in one of STATES, None for any other word: no filter."""
    if state == "barred":
        reasons = await barred_organizations(day)
        return [found for found, reason in reasons.items() if reason != "not_active"]
    if state == "unconfirmed":
        return [found for found, known in (await capacities()).items() if known.overdue(day)]
    if state in {"expiring", "closed"}:
        rows = await Organization.raw("SELECT id, org_type, services, active FROM organization")
        if state == "closed":
            return [row["id"] for row in rows if not row["active"]]
        ends = await licence_ends()
        return [row["id"] for row in rows if row["active"] and _ending(row, ends.get(row["id"], {}), day)]
    return None


def _ending(row: dict[str, Any], ends: dict[str, date], day: date) -> bool:
    needed = needed_licences(row["org_type"], row["services"])
    return any(kind not in ends or ends[kind] <= day + SOON for kind in needed)


async def marks(organizations: Collection[UUID], day: date) -> dict[UUID, list[str]]:
    """What the list says beside each organisation: "barred:<reason>", "expiring", "unconfirmed"."""
    ids = list(organizations)
    rows = await Organization.raw(
        "SELECT id, org_type, services, active, blacklist_until FROM organization WHERE id = ANY({})", ids
    )
    ends, declared = await licence_ends(ids), await capacities(ids)
    return {
        row["id"]: [
            *([f"barred:{reason}"] if (reason := reason_of(row, ends.get(row["id"], {}), day)) else []),
            *(["expiring"] if row["active"] and _ending(row, ends.get(row["id"], {}), day) else []),
            *(["unconfirmed"] if row["id"] in declared and declared[row["id"]].overdue(day) else []),
        ]
        for row in rows
    }
