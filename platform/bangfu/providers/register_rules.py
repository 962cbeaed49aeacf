"""Licences that an organisation needs, when they are announced, and what bars it (DOMAIN.md 1.4, 8.11). Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bangfu.errors import N_
from bangfu.shared.states import Machine

LICENCE_KINDS: Final = ("registration", "practice", "food", "medical", "charity")
_REGISTERED: Final = (
    "service_agency", "association", "foundation", "enterprise", "institution", "assessor", "medical", "incubator",
)  # fmt: skip
NEEDED_BY_TYPE: Final[Mapping[str, frozenset[str]]] = {
    **{org_type: frozenset({"registration"}) for org_type in _REGISTERED},
    "institution": frozenset({"registration", "practice"}),
    "medical": frozenset({"registration", "medical"}),
    "legal": frozenset({"practice"}),
}
"""Which licences must not have run out (docs/decisions/0020) [D]; public bodies and teams need none."""
NEEDED_BY_SERVICE: Final[Mapping[str, str]] = {"meal": "food"}
SERVERS: Final = frozenset(
    {"station", "service_agency", "association", "foundation", "enterprise", "institution", "volunteer_team",
     "medical", "legal", "incubator"}
)  # fmt: skip
"""Types that serve households, and so offer services in an area, declare capacity and confirm it."""
GROUNDS: Final = ("forged_records", "harm", "fee_demand", "subcontracting", "data_leak", "serious_distrust", "other")
LINK_KINDS: Final = ("same_representative", "same_owner", "affiliated", "runs_station", "assessed")
STEPS: Final = (60, 30, 7, 0)
"""Days before the end at which a licence is announced; 0 is the first day on which it no longer counts."""
CONFIRM_DAYS: Final = 30
"""A declared capacity has to be confirmed again after these days [D]."""
ASSESSOR_DAYS: Final = 365
"""How long an assessor stays away from a provider with whom it had a contract (DOMAIN.md 8.11)."""

LICENCE_STATES: Final = ("handed_in", "verified", "rejected")


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the licence's machine."""

    source: str
    action: str
    target: str
    roles: frozenset[str]


_BUREAU: Final = frozenset({"bureau_officer"})
LICENCE_MACHINE: Final = Machine(
    [
        Step("handed_in", "verify", "verified", _BUREAU),
        Step("handed_in", "reject", "rejected", _BUREAU),
    ],
    N_("The licence is {state}: it can no longer be changed by “{action}”."),
    "licence_status",
    "licence_action",
)


def needed_licences(org_type: str, services: Collection[str]) -> frozenset[str]:
    """The kinds of licences without which an organisation may not serve."""
    by_service = {NEEDED_BY_SERVICE[service] for service in services if service in NEEDED_BY_SERVICE}
    return NEEDED_BY_TYPE.get(org_type, frozenset()) | (by_service if org_type in SERVERS else frozenset())


def expired_licences(needed: Collection[str], ends: Mapping[str, date], day: date) -> list[str]:
    """Needed kinds whose longest verified licence has run out before a day.

    A kind of which no verified licence is known does not bar: it is missing in the register, see `missing_licences`.

    Args:
        ends: kind -> last valid day of the verified licences; `date.max` without an end.
    """
    return sorted(kind for kind in needed if kind in ends and ends[kind] < day)


def missing_licences(needed: Collection[str], ends: Mapping[str, date]) -> list[str]:
    """Needed kinds of which the register holds no verified licence."""
    return sorted(set(needed) - set(ends))


def barred_reason(*, active: bool, blacklist_until: date | None, expired: Collection[str], day: date) -> str:
    """Why an organisation may not serve on a day, "" if it may; the blacklist's last day is barred."""
    if not active:
        return "not_active"
    if blacklist_until is not None and day <= blacklist_until:
        return "blacklisted"
    return "licence_expired" if expired else ""


def step_due(ends_on: date, day: date) -> int | None:
    """The nearest announcement that is due on a day (60, 30, 7 or 0 days before the end is over), or None."""
    left = (ends_on - day).days
    if left < 0:
        return 0
    return next((step for step in (7, 30, 60) if left <= step), None)


def confirm_until(day: date) -> date:
    """Until when a capacity declared on a day counts without being confirmed."""
    return day + timedelta(days=CONFIRM_DAYS)


def holds(starts_on: date, ends_on: date | None, day: date) -> bool:
    """Whether a conflict link stands on a day; both days included."""
    return starts_on <= day and (ends_on is None or day <= ends_on)
