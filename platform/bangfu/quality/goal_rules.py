"""The states of a need's goal, and who moves it (DOMAIN.md 6.1 Q8 "goals met / goals due"). Pure.

Nobody who serves judges: a goal is set and judged by the station or the village's aide, and counts once the township
has confirmed the judgement.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bangfu.errors import N_
from bangfu.shared.states import Machine

GOAL_STATES: Final = ("open", "judged", "confirmed", "dropped")
STATION: Final = frozenset({"station_dispatcher", "assist_coordinator"})
OFFICER: Final = frozenset({"township_officer"})
DROP_REASONS: Final = ("need_ended", "household_left", "set_wrongly", "replaced")
LONGEST: Final = 500
FARTHEST: Final = timedelta(days=731)
EARLY: Final = timedelta(days=14)
"""How long before its day a goal may be judged."""


@dataclass(frozen=True, slots=True)
class GoalStep:
    """One line of the table."""

    source: str
    action: str
    target: str
    roles: frozenset[str]


GOAL_MACHINE: Final = Machine(
    [
        GoalStep("open", "judge", "judged", STATION),
        GoalStep("open", "drop", "dropped", STATION),
        GoalStep("judged", "confirm", "confirmed", OFFICER),
        GoalStep("judged", "return", "open", OFFICER),
    ],
    N_("The goal is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "goal_status",
    "goal_action",
)


def may_be_judged(due_on: date, today: date) -> bool:
    """Whether its day has come, or is near."""
    return today >= due_on - EARLY
