"""The states of a visit as one table of transitions (DOMAIN.md 8.8). Pure.

A transition that is not in the table is refused. Beside 8.8 it has three that a plan and a phone without a line need
(docs/decisions/0028): a planned visit can be called off, a record can reach a visit that the clock called missed, and
a call desk or a village aide can record for somebody without a smartphone.
"""

from dataclasses import dataclass
from typing import Final, Literal

from bangfu.errors import N_
from bangfu.shared.states import Machine

SERVERS: Final = frozenset({"caregiver", "social_worker", "volunteer"})
OWN_PLANNERS: Final = frozenset({"social_worker", "volunteer"})
MANAGER: Final = frozenset({"provider_manager"})
DESK: Final = frozenset({"assist_coordinator", "station_dispatcher"})
OFFICER: Final = frozenset({"township_officer"})
BUREAU: Final = frozenset({"bureau_officer"})
SYSTEM: Final = frozenset({"system"})

STATES: Final = (
    "planned", "in_progress", "submitted", "flagged", "verified", "rejected", "missed", "excused", "disputed",
    "settled", "cancelled",
)  # fmt: skip
OPEN: Final = frozenset({"planned", "in_progress"})
DELIVERED: Final = frozenset({"submitted", "flagged", "verified", "disputed", "settled"})
"""A record says that it took place, and nobody has rejected that."""
FILLS: Final = DELIVERED | OPEN
"""Fills a due window, or will."""
WAITING: Final = frozenset({"submitted", "flagged"})
"""The township has to look at it, or the clock verifies it."""

EVIDENCE: Final = ("on_spot", "call", "attested", "afterwards")
"""The classes of evidence, the strongest first (PRODUCT.md N11)."""

Whose = Literal["own", "organization", "scope", "any"]


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of DOMAIN.md 8.8. `whose`: the named server's own, the organisation's, in the actor's scope, any."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    whose: Whose
    event: str


def _table() -> list[Transition]:
    return [
        Transition("planned", "start", "in_progress", SERVERS, "own", "started"),
        Transition("planned", "start_by_call", "in_progress", DESK, "scope", "started_by_call"),
        Transition("in_progress", "submit", "submitted", SERVERS, "own", "submitted"),
        Transition("in_progress", "submit_by_call", "submitted", DESK, "scope", "submitted_by_call"),
        # a paper sheet, or a record that comes after the day
        *(Transition(state, "enter", "submitted", DESK, "scope", "entered") for state in ("planned", "missed")),
        *(
            Transition(state, "record", "submitted", SERVERS | MANAGER, "own", "entered_afterwards")
            for state in ("planned", "in_progress", "missed")
        ),
        # the organisation's manager vouches for a visit on its own day (5.1, supervisor_attest)
        *(Transition(state, "attest", "submitted", MANAGER, "own", "attested") for state in ("planned", "in_progress")),
        Transition("submitted", "flag", "flagged", SYSTEM | OFFICER, "scope", "flagged"),
        Transition("submitted", "verify", "verified", OFFICER | SYSTEM, "scope", "verified"),
        Transition("flagged", "verify", "verified", OFFICER, "scope", "verified"),
        Transition("flagged", "reject", "rejected", OFFICER, "scope", "rejected"),
        *(Transition(state, "miss", "missed", SYSTEM, "any", "missed") for state in ("planned", "in_progress")),
        Transition("missed", "excuse", "excused", OFFICER, "scope", "excused"),
        Transition("missed", "make_up", "planned", MANAGER | OWN_PLANNERS, "own", "make_up_planned"),
        Transition("verified", "dispute", "disputed", BUREAU | SYSTEM, "scope", "disputed"),
        Transition("disputed", "uphold", "verified", BUREAU, "scope", "upheld"),
        Transition("disputed", "reject", "rejected", BUREAU, "scope", "rejected"),
        Transition("verified", "settle", "settled", SYSTEM, "any", "settled"),
        Transition(
            "planned", "call_off", "cancelled", MANAGER | OWN_PLANNERS | {"station_dispatcher"} | SYSTEM, "own",
            "called_off",
        ),
    ]  # fmt: skip


MACHINE: Final = Machine(
    _table(),
    N_("The visit is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "visit_status",
    "visit_action",
)


def weaker(first: str, second: str) -> str:
    """The weaker of two classes of evidence; "" stands for none and counts nothing."""
    known = [each for each in (first, second) if each]
    return max(known, key=EVIDENCE.index) if known else ""


CLASS_OF: Final = {
    "gps": "on_spot", "home_code": "on_spot", "phone_from_home": "call", "call_code": "call",
    "supervisor_attest": "attested", "sheet": "attested", "explained": "attested",
}  # fmt: skip
"""Method of arrival or departure -> class of evidence; a record that comes afterwards is `afterwards` whatever it
says."""
