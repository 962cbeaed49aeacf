"""What the checks of a contract look at, and the limits that they know (DOMAIN.md 4.1-4.4). Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal
from uuid import UUID

Fault = tuple[str, Mapping[str, object]]
"""A message id and its parameters."""
Step = Literal["draft", "sign", "publish", "activate"]
STEPS: Final[tuple[Step, ...]] = ("draft", "sign", "publish", "activate")

MOST_YEARS: Final = 3
SIGN_DAYS, PUBLISH_WORKING_DAYS, FILE_WORKING_DAYS = 30, 2, 7
LOOKED_DAYS: Final = 30
"""How old the look at the lists of serious breach may be [D]."""
MOST_BOND, MOST_ADVANCE = Decimal("0.10"), Decimal("0.30")
MOST_ADDED, LEAST_SPOT_CHECK = Decimal("0.10"), Decimal("0.10")
MOST_PAYMENT_DAYS: Final = 60
STATED: Final = ("content", "quantity", "quality", "price", "settlement", "duties", "breach")
ALSO_STATED: Final = ("confidentiality", "insurance")
PARTIES: Final[Mapping[str, tuple[str, ...]]] = {
    "procurement": ("buyer", "supplier"),
    "commission": ("city_bureau", "county_bureau", "agency"),
}
"""Kind of contract -> the roles that sign (DOMAIN.md 4.1)."""
SUPPLYING: Final = frozenset({"supplier", "agency"})
LEGAL_PERSONS: Final = frozenset(
    {"service_agency", "association", "foundation", "enterprise", "institution", "medical", "legal", "assessor",
     "incubator", "charity"}
)  # fmt: skip
"""Types of organisations that are liable on their own; stations, teams and public offices are not."""
BUYERS: Final = frozenset({"civil_affairs_bureau", "township_gov", "department"})
PUBLIC_OFFICE, BUDGET_BODY = ("11", "13"), ("12",)
"""First two characters of a credit code: state organs and mass organisations; public institutions."""


@dataclass(frozen=True, slots=True)
class Supplier:
    """What counts about the other side. `barred`: a reason code of the register, "" for none; `budget_funded`: the
    buyer's finding whether it is a mass organisation or a public-welfare institution paid wholly by the budget."""

    name: str = ""
    uscc_valid: bool = True
    uscc: str = ""
    org_type: str = "service_agency"
    barred: str = ""
    budget_funded: bool | None = False


@dataclass(frozen=True, slots=True)
class Party:
    """A party with its duties; `division` is where the organisation stands."""

    role: str
    organization: UUID
    org_type: str
    division: str
    duties: str = ""
    signed_on: date | None = None


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line: visits and CNY; `funded`: year -> what budget items pay of it."""

    service: str
    unit_price: Decimal
    max_units: int
    max_amount: Decimal
    funded: Mapping[int, Decimal] = field(default_factory=dict)
    quotas: Sequence[int] = ()
    known: bool = True
    """Whether the service stands in the catalogue."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the checks look at, as of `today`."""

    today: date
    kind: str
    division: str
    starts_on: date
    ends_on: date
    total: Decimal
    terms: Mapping[str, Any]
    lines: Sequence[LineFacts]
    parties: Sequence[Party]
    supplier: Supplier
    files: Collection[str] = ()
    """Kinds of the files that are attached."""
    budget_problems: Sequence[Fault] = ()
    multi_year: bool = False
    multi_year_reason: str = ""
    method: str = "open_tender"
    award_on: date | None = None
    signed_on: date | None = None
    published_on: date | None = None
    filed_on: date | None = None
    publish_until: date | None = None
    """The last day of the 2 working days after the signature."""
    file_until: date | None = None
    subcontracting: str = "none"
    supplier_checked_on: date | None = None
    supplier_checked_by: UUID | None = None
    bond_share: Decimal = Decimal(0)
    bond_form: str = "none"
    advance_share: Decimal = Decimal(0)
    payment_days: int = 30
    perf_share: Decimal = Decimal("0.2")
    spot_check_share: Decimal = Decimal("0.1")
    data_annex: bool = False
    writers: Collection[UUID] = ()
    """Who drafted it or wrote in the draft."""
    checked_by: UUID | None = None
    submitted_by: UUID | None = None
    approved_by: UUID | None = None
    paid_by: Collection[UUID] = ()


def anniversary(day: date, years: int) -> date:
    """The same day so many years later; 1 March for 29 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def yuan(amount: Decimal) -> str:
    """Yuan for a sentence."""
    return f"{amount:,.2f}"
