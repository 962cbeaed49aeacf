"""Who may serve on a day: read by matching, dispatch, and by visits and pay (DOMAIN.md 2.3)."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from bangfu.providers.carer_rules import Standing, barred_reason, last_valid_day, missing
from bangfu.providers.tables import Carer, Qualification


async def barred_carers(day: date, only: Collection[UUID] | None = None) -> dict[UUID, str]:
    """Everybody (or of `only`) who may not be matched, sent or paid for a service of a day, and why.

    Codes (words: "barred_reason"): not_active, blacklisted, clearance_hit, under_age, guardian_consent_missing,
    insurance_missing. Single certificates are not looked at: see `fit_on`.
    """
    rows = await Carer.raw(
        "SELECT c.id, c.kind, c.active, c.birth_date, c.blacklist_until, c.clearance_hit_on, c.insurance_by,"
        " i.insured_from, i.insured_until, g.consent_from, g.consent_until FROM carer c"
        " LEFT JOIN (SELECT carer, array_agg(starts_on ORDER BY id) AS insured_from, array_agg(ends_on ORDER BY id)"
        " AS insured_until FROM volunteer_insurance GROUP BY carer) i ON i.carer = c.id"
        " LEFT JOIN (SELECT carer, array_agg(given_on ORDER BY id) AS consent_from, array_agg(withdrawn_on ORDER BY id)"
        " AS consent_until FROM guardian_consent GROUP BY carer) g ON g.carer = c.id"
        " WHERE ({}::uuid[] IS NULL OR c.id = ANY({}::uuid[]))",
        *[None if only is None else list(only)] * 2,
    )
    reasons = {row["id"]: barred_reason(standing_of(row), day) for row in rows}
    return {carer: reason for carer, reason in reasons.items() if reason}


def standing_of(row: dict[str, Any]) -> Standing:
    """A row of `barred_carers`' query as the rules read it; a consent counts until the day before its withdrawal."""
    consents = zip(row["consent_from"] or (), row["consent_until"] or (), strict=True)
    return Standing(
        kind=row["kind"], active=row["active"], born=row["birth_date"], blacklist_until=row["blacklist_until"],
        clearance_hit_on=row["clearance_hit_on"], insurance_by=row["insurance_by"],
        insured=tuple(zip(row["insured_from"] or (), row["insured_until"] or (), strict=True)),
        consents=tuple((first, None if end is None else end - timedelta(days=1)) for first, end in consents),
    )  # fmt: skip


async def fit_on(carer: UUID, codes: Sequence[Sequence[str]], day: date) -> list[str]:
    """The qualifications that a carer lacks on a day, one text a group ("C5", "V/T"); [] means fit.

    Args:
        codes: groups of which one code each is enough, as a need's or a service's `qualifications`.
    """
    return missing(codes, (await valid_until([carer])).get(carer, {}), day)


async def valid_until(carers: Collection[UUID]) -> dict[UUID, dict[str, date]]:
    """Carer -> code -> last day on which a verified certificate of it counts; of several the longest."""
    found: dict[UUID, dict[str, date]] = {}
    for row in await Qualification.raw(
        "SELECT carer, code, issued_on, expires_on FROM qualification"
        " WHERE status = 'verified' AND carer = ANY({}::uuid[])",
        list(carers),
    ):
        last = last_valid_day(row["code"], row["issued_on"], row["expires_on"])
        held = found.setdefault(row["carer"], {})
        held[row["code"]] = max(last, held.get(row["code"], last))
    return found
