"""What is scored: a contract with its provider, or an agreement with its caregiver (DOMAIN.md 6)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Literal
from uuid import UUID

from bangfu.contracts.tables import Contract
from bangfu.errors import NotYours
from bangfu.shared.civil_time import civil_date, month_span
from bangfu.visits.afterwards_rules import share_of

Kind = Literal["contract", "agreement"]
CODE: Final = "QS-1"
"""The standard that agreements are scored by; a contract names its own."""
PAY_RULES: Final = ("steps", "linear")


@dataclass(frozen=True, slots=True)
class Subject:
    """A contract or an agreement as its quarter needs it. `fixed_on`: the day whose standard holds for it."""

    kind: Kind
    id: UUID
    number: str
    organization: UUID | None
    carer: UUID | None
    division: str
    standard: str
    fixed_on: date
    starts_on: date
    ends_on: date
    household: UUID | None = None
    person: UUID | None = None
    terms: Mapping[str, Any] = field(default_factory=dict)


async def subject_of(kind: str, subject: UUID) -> Subject:
    """The contract or the agreement.

    Raises:
        NotYours: if there is none, or if an agreement names no caregiver of the register.
    """
    rows = await Contract.raw(_CONTRACT if kind == "contract" else _AGREEMENT, subject)
    if not rows or (kind != "contract" and rows[0]["carer"] is None):
        raise NotYours
    row = rows[0]
    if kind == "contract":
        given = json.loads(row["terms"])
        rule = str(given.get("pay_rule", PAY_RULES[0]))
        terms = {
            "perf_share": f"{row['perf_share']:.4f}", "pay_rule": rule if rule in PAY_RULES else PAY_RULES[0],
            "afterwards_share": f"{share_of(given):.4f}",
        }  # fmt: skip
        return Subject(
            "contract", row["id"], row["number"], row["supplier"], None, row["division"], row["scoring"] or CODE,
            row["signed_on"] or row["starts_on"], row["starts_on"], row["ends_on"], terms=terms,
        )  # fmt: skip
    begun = civil_date(row["activated_at"]) if row["activated_at"] else row["starts_on"]
    return Subject(
        "agreement", row["id"], row["number"], row["organization"], row["carer"], row["division"], CODE, begun,
        max(begun, row["starts_on"]), row["ended_on"] or row["ends_on"], row["household"], row["person"],
        {"monthly_rate": f"{row['pay_month'] or Decimal(0):.2f}"},
    )  # fmt: skip


_CONTRACT: Final = (
    "SELECT id, number, supplier, division, scoring, signed_on, starts_on, ends_on, terms, perf_share FROM contract"
    " WHERE id = {}"
)
_AGREEMENT: Final = (
    "SELECT id, number, organization, carer, division, activated_at, starts_on, ends_on, ended_on, household, person,"
    " pay_month FROM care_agreement WHERE id = {} AND activated_at IS NOT NULL"
)


def terms_of(subject: Subject, year: int, quarter: int) -> dict[str, Any]:
    """What the quarter is paid by; of a subsidy with the months that the agreement was in force, as a fraction."""
    if subject.kind == "contract":
        return dict(subject.terms)
    return {
        **subject.terms, "perf_share": "1.0000", "pay_rule": PAY_RULES[0],
        "months": str(months_of(subject.starts_on, subject.ends_on, year, quarter)),
    }  # fmt: skip


def months_of(starts_on: date, ends_on: date, year: int, quarter: int) -> Fraction:
    """Months of a quarter in which something was in force: a month in part counts by its days."""
    found = Fraction(0)
    for month in range(quarter * 3 - 2, quarter * 3 + 1):
        first, last = month_span(year, month)
        days = (min(last, ends_on) - max(first, starts_on)).days + 1
        found += Fraction(max(0, days), (last - first).days + 1)
    return found
