"""Insurance and guardian's consent of volunteers in a list (DOMAIN.md 7)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid4

from bangfu.households.sealing import seal
from bangfu.imports.plan import Plan, Sheet
from bangfu.providers.carer_tables import GuardianConsent, VolunteerInsurance
from bangfu.shared.faults import N_
from bangfu.shared.names import normal_name
from bangfu.shared.tabular import CheckedRow

GRACE_DAYS = 30
"""A volunteer of a list without a policy serves so many days, in which it is entered (docs/decisions/0027)."""
_INSURANCE = ("insurer", "policy_number", "insured_from", "insured_until")
_CONSENT = ("guardian", "consent_on")


@dataclass(slots=True)
class Papers:
    """What is recorded already: (carer, first day, last day) of policies, (carer, day) of consents in force."""

    policies: set[tuple[UUID, date, date]] = field(default_factory=set)
    consents: set[tuple[UUID, date]] = field(default_factory=set)


async def papers_of(carers: Collection[UUID]) -> Papers:
    """The papers of known carers."""
    policies = await VolunteerInsurance.raw(
        "SELECT carer, starts_on, ends_on FROM volunteer_insurance WHERE carer = ANY({}::uuid[])", list(carers)
    )
    consents = await GuardianConsent.raw(
        "SELECT carer, given_on FROM guardian_consent WHERE carer = ANY({}::uuid[])", list(carers)
    )
    return Papers(
        {(row["carer"], row["starts_on"], row["ends_on"]) for row in policies},
        {(row["carer"], row["given_on"]) for row in consents},
    )


def sound_papers(sheet: Sheet, row: CheckedRow) -> bool:
    """Whether the cells about insurance and consent are of a volunteer and belong together; else faults."""
    insured = [name for name in _INSURANCE if row.values[name] is not None]
    consented = [name for name in _CONSENT if row.values[name] is not None]
    fix = N_("Leave these cells empty.")
    if row.values["kind"] != "volunteer" and (insured or consented):
        message = N_("Insurance and guardian's consent are recorded for volunteers only.")
        sheet.fault(row, (insured or consented)[0], "not_a_volunteer", message, fix)
        return False
    missing = _first_missing(row, insured, ("insurer", "insured_from", "insured_until"))
    missing = missing or _first_missing(row, consented, _CONSENT)
    if missing:
        sheet.fault(row, missing, "paper_incomplete", N_("This belongs to the cells beside it: fill it in."))
        return False
    first, last = row.values["insured_from"], row.values["insured_until"]
    if isinstance(first, date) and isinstance(last, date) and last < first:
        sheet.fault(row, "insured_until", "insured_until", N_("The last day cannot lie before the first."))
        return False
    return True


def _first_missing(row: CheckedRow, given: Collection[str], needed: tuple[str, ...]) -> str:
    return next((name for name in needed if given and row.values[name] is None), "")


def plan_papers(plan: Plan, row: CheckedRow, carer: UUID, known: Papers, at: datetime) -> bool:
    """New policies and consents become rows; whether there was one."""
    return _policy(plan, row, carer, known, at) | _consent(plan, row, carer, known, at)


def _policy(plan: Plan, row: CheckedRow, carer: UUID, known: Papers, at: datetime) -> bool:
    first, last = row.values["insured_from"], row.values["insured_until"]
    if not isinstance(first, date) or not isinstance(last, date) or (carer, first, last) in known.policies:
        return False
    key, number = uuid4(), str(row.values["policy_number"] or "")
    known.policies.add((carer, first, last))
    plan.insert(VolunteerInsurance, {
        "id": key, "carer": carer, "insurer": row.values["insurer"], "starts_on": first, "ends_on": last,
        "policy_number_enc": seal("volunteer_insurance", "policy_number_enc", key, number), "created_at": at,
    })  # fmt: skip
    return True


def _consent(plan: Plan, row: CheckedRow, carer: UUID, known: Papers, at: datetime) -> bool:
    given = row.values["consent_on"]
    if not isinstance(given, date) or (carer, given) in known.consents:
        return False
    key, name = uuid4(), normal_name(str(row.values["guardian"]))
    known.consents.add((carer, given))
    plan.insert(GuardianConsent, {
        "id": key, "carer": carer, "guardian_enc": seal("guardian_consent", "guardian_enc", key, name),
        "relation": "guardian", "services": [], "given_on": given, "created_at": at,
    })  # fmt: skip
    return True
