"""Signing up as a volunteer: ages, states, how long what was told is kept (DOMAIN.md 7). Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from bangfu.errors import N_
from bangfu.shared.civil_time import age_on
from bangfu.shared.states import Machine

LEAST_AGE: Final = 8
"""Younger children serve only together with a guardian, not by themselves [D]."""
ADULT: Final = 18
OLDEST: Final = 100
DECIDE_WORKING_DAYS: Final = 10
KEPT_DAYS: Final = 90
"""Undecided, refused and withdrawn sign-ups are deleted after so many days [D]."""
CONSENT_VERSION: Final = "2026-11"
"""The text of information and consent on the page; a new text gets a new one."""

Age = Literal["too_young", "with_guardian", "adult", "impossible"]

APPLICATION_STATES: Final = ("waiting", "approved", "refused", "withdrawn")
_STATION: Final = frozenset({"station_dispatcher"})


@dataclass(frozen=True, slots=True)
class Move:
    """One move of a sign-up. The applicant has no account: withdrawing is the system's move for whoever shows the
    number and the tail of the phone."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    event: str


APPLICATION_MACHINE: Final = Machine(
    [
        Move("waiting", "approve", "approved", _STATION, "approved"),
        Move("waiting", "refuse", "refused", _STATION, "refused"),
        Move("waiting", "withdraw", "withdrawn", frozenset({"system"}), "withdrawn"),
    ],
    N_("A sign-up in the state {state} allows no {action}."),
    "application_status",
    "application_action",
)


def age_class(born: date, today: date) -> Age:
    """What an age asks for (DOMAIN.md 7): a guardian's consent from 8 to 17."""
    age = age_on(today, born)
    if born > today or age > OLDEST:
        return "impossible"
    return "too_young" if age < LEAST_AGE else "with_guardian" if age < ADULT else "adult"
