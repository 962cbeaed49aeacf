"""What costs a whole quarter's band, how it is proposed, heard and confirmed (DOMAIN.md 6.4). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from bangfu.errors import N_
from bangfu.shared.states import Machine

GROUNDS: Final = ("forged", "harm", "fee_demand", "uncleared_minor", "data_leak", "subcontracting")
"""Forged visits or photos; abuse, injury through gross fault, abandonment; money or gifts taken or asked for; minor
work by an uncleared person; wilful data leak; unauthorised 转包."""
UNPAID: Final[Mapping[str, str]] = {"forged": "forged", "uncleared_minor": "uncleared"}
"""Ground -> why the units named in the veto are not paid."""
BAR_GROUND: Final[Mapping[str, str]] = {
    "forged": "forged_records", "harm": "harm", "fee_demand": "fee_demand", "uncleared_minor": "other",
    "data_leak": "data_leak", "subcontracting": "subcontracting",
}  # fmt: skip
"""Ground -> ground of the blacklist (providers.register_rules.GROUNDS)."""
SOURCES: Final = ("check", "complaint", "own")
LEAST_NOTICE: Final = 3
"""Working days between the summons and the hearing [D]."""
REVIEW_DAYS: Final = 10
"""Working days in which the contract is reviewed after a veto."""

VETO_STATES: Final = ("proposed", "summoned", "heard", "confirmed", "dismissed")
OPEN: Final = frozenset({"proposed", "summoned", "heard"})


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the veto's machine."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    event: str


_OFFICER, _LEAD = frozenset({"bureau_officer"}), frozenset({"bureau_lead"})

VETO_MACHINE: Final = Machine(
    [
        Step("proposed", "summon", "summoned", _OFFICER, "summoned"),
        Step("summoned", "summon", "summoned", _OFFICER, "summoned"),
        Step("summoned", "hear", "heard", _OFFICER | {"system"}, "heard"),
        Step("heard", "confirm", "confirmed", _LEAD, "confirmed"),
        *(Step(state, "dismiss", "dismissed", _LEAD, "dismissed") for state in ("proposed", "summoned", "heard")),
    ],
    N_("The veto is {state}; “{action}” is not possible from there. Look at the page again."),
    "veto_status",
    "veto_action",
)


def why_not_hearing(day: date, earliest: date) -> str:
    """Why a hearing may not be set for a day, or "": the provider needs time to prepare."""
    return "" if day >= earliest else N_("The provider needs {days} working days to prepare: {earliest} or later.")
