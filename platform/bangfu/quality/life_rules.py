"""The states of a quarter's score as one table of transitions, and its deadlines (DOMAIN.md 6.6, 8.9, 8.11). Pure.

`open` has no row: the quarter is not frozen yet. Three people put their names to a score: who confirms it does not
publish it, and who confirmed it decides no appeal against it.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from bangfu.errors import N_
from bangfu.shared.states import Machine

SYSTEM: Final = frozenset({"system"})
SCORERS: Final = frozenset({"assessor", "bureau_officer"})
OFFICER: Final = frozenset({"bureau_officer"})
LEAD: Final = frozenset({"bureau_lead"})
CARER: Final = ("caregiver", "social_worker", "volunteer")
"""Who may be the caregiver of an agreement, with an account."""
MANAGER: Final = frozenset({"provider_manager", *CARER})
"""Whose score it is: the provider's manager, or the caregiver of an agreement (life_moves.is_own says which)."""

FREEZE_DAYS: Final = 10
"""Working days after the quarter's end at which its facts are frozen, when nothing stands open (DOMAIN.md 8.9)."""
PUBLISH_DAYS: Final = 20
"""Working days after the quarter's end until which the preliminary score is published."""
APPEAL_DAYS: Final = 7
"""Working days in which the provider may object."""

STATES: Final = ("open", "frozen", "scored", "published_prelim", "appealed", "final")
TOLD: Final = frozenset({"published_prelim", "appealed", "final"})
"""States in which the provider, and the public, know the score."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of DOMAIN.md 8.9, second table: guards are checked by the action, the deadline is said on the page."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    event: str
    guards: tuple[str, ...] = ()
    deadline: str = ""


MACHINE: Final = Machine(
    [
        Transition("open", "freeze", "frozen", SYSTEM, "frozen", ("visits_closed", "checks_closed"), "freeze"),
        Transition("frozen", "recount", "frozen", SCORERS, "recounted"),
        Transition("frozen", "confirm", "scored", SCORERS, "confirmed", ("checks_enough", "no_conflict"), "publish"),
        Transition("scored", "return", "frozen", OFFICER, "returned", ("another", "reason")),
        Transition("scored", "publish", "published_prelim", OFFICER, "published", ("another",), "publish"),
        Transition("published_prelim", "appeal", "appealed", MANAGER, "appealed", ("in_time",), "appeal"),
        Transition("appealed", "appeal", "appealed", MANAGER, "appealed", ("in_time",), "appeal"),
        Transition("published_prelim", "finish", "final", SYSTEM, "final", ("window_over",), "appeal"),
        Transition("appealed", "finish", "final", SYSTEM, "final", ("window_over", "appeals_ended"), "appeal"),
    ],
    N_("The score is {state}; “{action}” is not possible from there. Look at the page again."),
    "score_status",
    "score_action",
)


def enough_checks(done: int, required: int) -> bool:
    """Whether a period can close: spot checks below the required number are no fault of the provider (6.1)."""
    return done >= required


def why_not_publish(confirmed_by: UUID | None, publisher: UUID | None) -> str:
    """The sentence that bars who confirmed a score from publishing it, or "" (DOMAIN.md 8.11)."""
    if confirmed_by is not None and confirmed_by == publisher:
        return N_("You confirmed this score yourself: another officer publishes it or returns it.")
    return ""


def why_not_decide(confirmed_by: UUID | None, opened_by: UUID | None, decider: UUID | None) -> str:
    """The sentence that bars who scored, or who objected, from deciding the appeal, or "" (DOMAIN.md 6.6, 8.11)."""
    if decider is not None and decider in {confirmed_by, opened_by}:
        return N_("You confirmed this score: somebody else decides the appeal against it.")
    return ""
