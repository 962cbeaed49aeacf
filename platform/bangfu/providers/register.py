"""Which organisations may serve on a day, and which may not judge or choose each other.

Read by matching, dispatch, contracts, and by visits and pay (DOMAIN.md 1.4, 2.3, 8.11).
"""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from bangfu.providers.register_rules import ASSESSOR_DAYS, barred_reason, expired_licences, needed_licences
from bangfu.providers.register_tables import OrganizationLicence, OrganizationLink
from bangfu.providers.tables import Organization

_CONTRACTS = (
    "SELECT 1 FROM contract c WHERE c.status NOT IN"
    " ('draft', 'budget_checked', 'under_approval', 'returned', 'approved', 'void')"
    " AND c.starts_on <= {} AND c.ends_on >= {}"
)


async def barred_organizations(day: date, only: Collection[UUID] | None = None) -> dict[UUID, str]:
    """Every organisation (or of `only`) that may not serve on a day, and why.

    Codes (words: "organization_barred"): not_active, blacklisted, licence_expired.
    """
    wanted = None if only is None else list(only)
    rows = await Organization.raw(
        "SELECT id, org_type, services, active, blacklist_until FROM organization"
        " WHERE {}::uuid[] IS NULL OR id = ANY({}::uuid[])",
        wanted, wanted,
    )  # fmt: skip
    ends = await licence_ends(wanted)
    return {row["id"]: reason for row in rows if (reason := reason_of(row, ends.get(row["id"], {}), day))}


async def kept_off(day: date, only: Collection[UUID] | None = None) -> dict[UUID, str]:
    """Every organisation (or of `only`) that may be given no new services on a day, and why: those that are barred,
    and those whose last quarter was poor until they have put it right (`quality_hold`, DOMAIN.md 6.6). What they serve
    already goes on. Scores come later; here they are read by SQL.
    """
    wanted = None if only is None else list(only)
    rows = await Organization.raw(
        "SELECT DISTINCT organization FROM score_follow WHERE holds AND status IN ('open', 'handed_in', 'returned')"
        " AND ({}::uuid[] IS NULL OR organization = ANY({}::uuid[]))",
        wanted, wanted,
    )  # fmt: skip
    held = {row["organization"]: "quality_hold" for row in rows if row["organization"] is not None}
    return {**held, **await barred_organizations(day, only)}


def reason_of(row: dict[str, Any], ends: dict[str, date], day: date) -> str:
    """Why the organisation of a row may not serve on a day; `ends` as `licence_ends` gives them."""
    expired = expired_licences(needed_licences(row["org_type"], row["services"]), ends, day)
    return barred_reason(active=row["active"], blacklist_until=row["blacklist_until"], expired=expired, day=day)


async def licence_ends(only: Collection[UUID] | None = None) -> dict[UUID, dict[str, date]]:
    """Organisation -> kind -> last valid day of its verified licences, the longest; `date.max` without an end."""
    wanted = None if only is None else list(only)
    rows = await OrganizationLicence.raw(
        "SELECT organization, kind, max(coalesce(expires_on, 'infinity'::date)) AS ends FROM organization_licence"
        " WHERE status = 'verified' AND ({}::uuid[] IS NULL OR organization = ANY({}::uuid[]))"
        " GROUP BY organization, kind",
        wanted, wanted,
    )  # fmt: skip
    found: dict[UUID, dict[str, date]] = {}
    for row in rows:
        found.setdefault(row["organization"], {})[row["kind"]] = row["ends"]
    return found


async def conflict_between(a: UUID, b: UUID, day: date) -> str:
    """Why two organisations may not judge or choose each other on a day: the kind of their link, "" for none.

    The order of the two does not matter; an organisation is `same_owner` with itself.
    """
    if a == b:
        return "same_owner"
    rows = await OrganizationLink.raw(
        "SELECT kind FROM organization_link WHERE a IN ({}, {}) AND b IN ({}, {}) AND starts_on <= {}"
        " AND coalesce(ends_on, {}) >= {} ORDER BY starts_on, id LIMIT 1",
        a, b, a, b, day, day, day,
    )  # fmt: skip
    return rows[0]["kind"] if rows else ""


async def assessor_conflict(assessor: UUID, provider: UUID, day: date) -> str:
    """Why an assessor organisation may not assess a provider on a day, "" if it may (DOMAIN.md 8.11).

    A link of the two (other than earlier assessments), or a contract in whose making both took part and that ran
    within the 12 months before.

    Returns:
        The kind of the link, or `contract`.
    """
    since = day - timedelta(days=ASSESSOR_DAYS)
    rows = await OrganizationLink.raw(
        "SELECT kind FROM organization_link WHERE a IN ({}, {}) AND b IN ({}, {}) AND a <> b AND kind <> 'assessed'"
        " AND starts_on <= {} AND coalesce(ends_on, {}) >= {} ORDER BY starts_on, id LIMIT 1",
        assessor, provider, assessor, provider, day, day, since,
    )  # fmt: skip
    if rows:
        return str(rows[0]["kind"])
    return "contract" if assessor == provider or await _contract_of_both(assessor, provider, since, day) else ""


async def _contract_of_both(one: UUID, other: UUID, since: date, day: date) -> bool:
    """Whether both are buyer, supplier or party of one contract. Contracts come later; here they are read by SQL, as
    accounts read organisations."""
    takes_part = (
        " AND ({} IN (c.buyer, c.supplier) OR EXISTS (SELECT 1 FROM contract_party p"
        " WHERE p.contract = c.id AND p.organization = {}))"
    )
    rows = await Organization.raw(_CONTRACTS + takes_part + takes_part + " LIMIT 1", day, since, one, one, other, other)
    return bool(rows)
