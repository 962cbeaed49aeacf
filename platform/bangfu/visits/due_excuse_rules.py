"""The states of a reason why a visit did not take place, and who decides on it (DOMAIN.md 6.1, 8.8). Pure."""

from dataclasses import dataclass
from typing import Final

from bangfu.errors import N_
from bangfu.shared.states import Machine

CODES: Final = ("recipient_absent_hospital", "recipient_refused", "death", "moved", "disaster", "buyer_suspended")
"""The reasons that take a window out of what was due (DOMAIN.md 6.1)."""
EXCUSE_STATES: Final = ("asked", "confirmed", "refused", "taken_back")
STANDING: Final = frozenset({"asked", "confirmed"})
"""One of these at most stands for a window."""

OFFICER: Final = frozenset({"township_officer"})
ASKERS: Final = frozenset(
    {"provider_manager", "caregiver", "social_worker", "volunteer", "assist_coordinator", "station_dispatcher"}
)
"""Who serves, the organisation, and the desk that speaks for a carer without an account."""


@dataclass(frozen=True, slots=True)
class ExcuseStep:
    """One line of the table."""

    source: str
    action: str
    target: str
    roles: frozenset[str]


EXCUSE_MACHINE: Final = Machine(
    [
        ExcuseStep("asked", "confirm", "confirmed", OFFICER),
        ExcuseStep("asked", "refuse", "refused", OFFICER),
        ExcuseStep("asked", "take_back", "taken_back", ASKERS),
    ],
    N_("The reason is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "excuse_status",
    "excuse_action",
)
