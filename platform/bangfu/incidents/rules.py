"""The mandatory report of harm to a minor as one table of transitions, and its clock in minutes (DOMAIN.md 8.2). Pure.

Nobody approves a report and nobody deletes one. Whoever works close to minors reports at once to the police, the civil
affairs and the education authority (Law on the Protection of Minors, article 11).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bangfu.errors import N_
from bangfu.shared.states import Machine

HANDLERS: Final = frozenset({"township_officer", "bureau_officer", "child_supervisor"})
DECIDERS: Final = frozenset({"township_officer", "bureau_officer"})

STATES: Final = ("reported", "acknowledged", "concluded")
KINDS: Final = (
    "violence", "sexual", "neglect", "abandonment", "missing", "self_harm", "trafficking", "domestic_violence",
    "danger", "other",
)  # fmt: skip
BODIES: Final = ("police", "civil_affairs", "education")
"""Who has to be told at once (DOMAIN.md 8.2)."""
OUTCOMES: Final = ("protected", "police_case", "family_helped", "moved_to_care", "not_confirmed")

ACKNOWLEDGE_WITHIN: Final = timedelta(minutes=30)
"""Until a handler has read the report [D]."""
POLICE_WITHIN: Final = timedelta(minutes=30)
"""Until the police are told, by the reporter or a handler; the law says "at once" [D]."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of the table; guards are checked by the action."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    event: str
    guards: tuple[str, ...] = ()


MACHINE: Final = Machine(
    [
        Transition("reported", "acknowledge", "acknowledged", HANDLERS, "acknowledged"),
        Transition(
            "acknowledged", "conclude", "concluded", DECIDERS, "concluded", ("two_people", "police_told", "reason")
        ),
        Transition("concluded", "reopen", "acknowledged", DECIDERS, "reopened", ("reason",)),
    ],
    N_("The report is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "incident_status",
    "incident_action",
)


def minutes_between(start: datetime, end: datetime) -> int:
    """Whole minutes that have passed; never negative."""
    return max(0, int((end - start).total_seconds() // 60))


def is_late(reported_at: datetime, done_at: datetime | None, at: datetime, limit: timedelta) -> bool:
    """Whether something was done, or is still to be done, after its limit."""
    return (done_at or at) - reported_at > limit
