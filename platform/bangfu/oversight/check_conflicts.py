"""Who of a pool may not check a visit or a survey, and why (DOMAIN.md 5.3, 8.11).

Later features' tables (the score of the quarter) are read by SQL, as accounts read organisations.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Final
from uuid import UUID

from bangfu.oversight import check_rules as rules
from bangfu.oversight.check_tables import SpotCheck
from bangfu.providers.register import assessor_conflict

_PEOPLE: Final = (
    "WITH who AS (SELECT u.id, u.carer, u.organization, c.organization AS employer, c.id_number_index FROM app_user u"
    " LEFT JOIN carer c ON c.id = u.carer WHERE u.id = ANY({}::uuid[]))"
)
_KIN: Final = (
    " UNION ALL SELECT w.id, 'kin' FROM who w, it WHERE EXISTS (SELECT 1 FROM kinship k WHERE k.household ="
    " it.household AND k.ends_on IS NULL AND (k.\"user\" = w.id OR k.carer = w.carer)) OR (w.id_number_index <> ''"
    " AND EXISTS (SELECT 1 FROM person p WHERE p.household = it.household AND p.id_number_index = w.id_number_index))"
    " UNION ALL SELECT w.id, 'village_kin' FROM who w, it, kinship k JOIN household h ON h.id = k.household"
    ' WHERE h.division = it.division AND k.ends_on IS NULL AND (k."user" = w.id OR k.carer = w.carer)'
)
_VISIT: Final = _PEOPLE + (  # noqa: S608 (constants)
    ", it AS (SELECT v.*, a.offered_by, l.contract FROM visit v JOIN assignment a ON a.id = v.assignment"
    " LEFT JOIN contract_line l ON l.id = v.contract_line WHERE v.id = {})"
    " SELECT w.id, 'provider' AS reason FROM who w, it WHERE it.organization IN (w.organization, w.employer)"
    " UNION ALL SELECT w.id, 'served' FROM who w, it WHERE w.carer IN (it.carer, it.partner)"
    " UNION ALL SELECT it.submitted_by, 'submitted' FROM it"
    " UNION ALL SELECT r.entered_by, 'submitted' FROM visit_record r, it WHERE r.visit = it.id"
    " UNION ALL SELECT p.entered_by, 'submitted' FROM visit_proof p, it WHERE p.visit = it.id"
    " UNION ALL SELECT it.decided_by, 'verified' FROM it"
    " UNION ALL SELECT f.decided_by, 'verified' FROM visit_flag f, it WHERE f.visit = it.id"
    " UNION ALL SELECT unnest(ARRAY[d.opened_by, d.decided_by]), 'verified' FROM visit_dispute d, it"
    " WHERE d.visit = it.id"
    " UNION ALL SELECT it.approved_by, 'approved' FROM it"
    " UNION ALL SELECT e.decided_by, 'excused' FROM visit_excuse e, it WHERE e.assignment = it.assignment"
    " UNION ALL SELECT it.offered_by, 'dispatched' FROM it"
    " UNION ALL SELECT o.decided_by, 'dispatched' FROM co_approval o, it WHERE o.need = it.need"
    " UNION ALL SELECT it.created_by, 'planned' FROM it"
    " UNION ALL SELECT unnest(ARRAY[q.confirmed_by, q.published_by]), 'scored' FROM quarter_score q, it"
    " WHERE q.subject = it.contract AND q.year = {} AND q.quarter = {}" + _KIN
)
_SURVEY: Final = _PEOPLE + (  # noqa: S608 (constants)
    ", it AS (SELECT * FROM assessment WHERE id = {})"
    " SELECT unnest(ARRAY[it.first_assessor, it.second_assessor]) AS id, 'assessed' AS reason FROM it"
    " UNION ALL SELECT unnest(ARRAY[d.recorded_by, d.decided_by]), 'assessed' FROM assessment_dispute d, it"
    " WHERE d.assessment = it.id" + _KIN
)


async def of_visit(visit: UUID, people: Collection[UUID], year: int, quarter: int) -> dict[UUID, str]:
    """Person -> why not to check this visit, a code of rules.CONFLICTS; whoever is not in it may."""
    rows = await SpotCheck.raw(_VISIT, list(people), visit, year, quarter)
    return _weightiest([(row["id"], row["reason"]) for row in rows], people)


async def of_survey(assessment: UUID, people: Collection[UUID]) -> dict[UUID, str]:
    """Person -> why not to do this survey again."""
    rows = await SpotCheck.raw(_SURVEY, list(people), assessment)
    return _weightiest([(row["id"], row["reason"]) for row in rows], people)


def _weightiest(found: Collection[tuple[UUID | None, str]], people: Collection[UUID]) -> dict[UUID, str]:
    reasons: dict[UUID, str] = {}
    for user, reason in found:
        if user in people and user is not None:
            reasons[user] = min(reasons.get(user, reason), reason, key=rules.CONFLICTS.index)
    return reasons


async def of_bodies(provider: UUID, people: Collection[UUID], day: date) -> dict[UUID, str]:
    """People whose organisation is linked to the provider or had a contract with it in the last twelve months."""
    rows = await SpotCheck.raw(
        "SELECT id, organization FROM app_user WHERE id = ANY({}::uuid[]) AND organization IS NOT NULL", list(people)
    )
    judged: dict[UUID, str] = {}
    for body in {row["organization"] for row in rows}:
        judged[body] = await assessor_conflict(body, provider, day)
    return {row["id"]: "linked" for row in rows if judged[row["organization"]]}


def joined(first: Mapping[UUID, str], second: Mapping[UUID, str]) -> dict[UUID, str]:
    """Both, the weightier reason where somebody is in both."""
    return {**second, **first}
