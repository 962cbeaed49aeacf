"""Whether a visit that counts is paid as well: certificates on its day, and an agreement where the subsidy pays.

A visit can be verified as delivered and still not be payable (DOMAIN.md 5.2 `cred_gap`, 8.7).
"""

from typing import Any, Final
from uuid import UUID

from bangfu.agreements.queries import payable_on
from bangfu.shared.civil_time import civil_date
from bangfu.verification import facts
from bangfu.visits.tables import Visit

SUBSIDY: Final = "special_assistance_fund"
"""The source of money that is the assistance itself: a visit paid from it needs the person's agreement [D]."""
REASONS: Final = ("cred_gap", "no_agreement")

_WHO = (
    "SELECT h.category, h.support_mode, n.person, n.qualifications, n.emergency, n.confirmed_at, n.created_at,"
    " l.fund_source, (SELECT p.id FROM person p WHERE p.household = h.id AND p.left_on IS NULL"
    " ORDER BY p.assisted DESC, p.is_head DESC, p.created_at, p.id LIMIT 1) AS head"
    " FROM household h JOIN need n ON n.id = {} LEFT JOIN contract_line l ON l.id = {} WHERE h.id = {}"
)


async def judged(row: Visit) -> dict[str, Any]:
    """The columns `payable` and `unpayable_reason` of a visit, by what is known now about its day."""
    found = (await Visit.raw(_WHO, row.need, row.contract_line, row.household))[0]
    reason = await _reason(row, found)
    return {"payable": not reason, "unpayable_reason": reason}


async def _reason(row: Visit, found: dict[str, Any]) -> str:
    day = civil_date(row.started_at or row.planned_start)
    missing, barred = await facts.gaps(row.carer, facts.groups_of(found["qualifications"]), day)
    if missing or barred:
        return "cred_gap"
    if not needs_agreement(found["category"], found["support_mode"], found["fund_source"]):
        return ""
    person: UUID | None = found["person"] or found["head"]
    since = civil_date(found["confirmed_at"] or found["created_at"]) if found["emergency"] else None
    return "" if person is not None and await payable_on(person, day, since) else "no_agreement"


def needs_agreement(category: str, support_mode: str, fund_source: str | None) -> bool:
    """Whether a visit is paid from the subsidy of somebody who must have an agreement: a dispersed 特困 person
    (DOMAIN.md 4.1, 8.7)."""
    return category == "tekun" and support_mode == "dispersed" and fund_source == SUBSIDY
