"""The states of an assignment as one table of transitions (DOMAIN.md 8.5), its deadlines and what may be seen when.

A transition that is not in the table is refused. `whose` says whose assignment it must be: `own` is the organisation's
(provider_manager) or the carer's own (social_worker, volunteer), `scope` lies in the dispatcher's divisions, `any` is
the system's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final, Literal

from bangfu.errors import N_, Refused
from bangfu.shared.states import Machine

SERVERS: Final = frozenset({"provider_manager", "social_worker", "volunteer"})
DISPATCHER: Final = frozenset({"station_dispatcher"})
SYSTEM: Final = frozenset({"system"})

STATES: Final = (
    "offered", "accepted", "scheduled", "active", "completed", "declined", "expired", "withdrawn", "cancelled",
    "replaced",
)  # fmt: skip
SERVING: Final = frozenset({"accepted", "scheduled", "active"})
"""The household's data are shared with who serves (DOMAIN.md 9.2)."""
OPEN: Final = SERVING | {"offered"}
"""At most one assignment of a need is in one of these."""
RETURNED: Final = frozenset({"declined", "expired", "withdrawn"})
"""Ended without service: the need comes back to the dispatcher."""

ANSWER: Final = timedelta(hours=24)
ANSWER_VOLUNTEER: Final = timedelta(hours=72)
ANSWER_URGENT: Final = timedelta(hours=2)
NOTICE: Final = timedelta(hours=24)
"""Before the first visit, where possible, when an accepted task is given back."""
SHOWN_AFTER_END: Final = timedelta(days=30)
"""How long an organisation still sees the household after the end (DOMAIN.md 9.2); a volunteer does not."""
WARNING_AFTER: Final = 3
WARNING_WITHIN: Final = timedelta(days=30)

DECLINE_REASONS: Final = ("no_capacity", "no_staff", "too_far", "times", "qualification", "safety", "conflict", "other")
CANCEL_REASONS: Final = ("recipient_refused", "hospital", "moved", "death", "wrong_match", "replanned", "other")
WITHDRAW_REASONS: Final = ("staff_left", "illness", "safety", "recipient_refused", "times", "other")

Whose = Literal["own", "scope", "any"]
Reason = Literal["required", "not_for_volunteers", "none"]


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of DOMAIN.md 8.5. `guard`: in_time (until the deadline), overdue (after it), or nothing."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    whose: Whose
    reason: Reason = "none"
    guard: Literal["", "in_time", "overdue"] = ""


def _table() -> list[Transition]:
    return [
        Transition("offered", "accept", "accepted", SERVERS, "own", guard="in_time"),
        Transition("offered", "decline", "declined", SERVERS, "own", "not_for_volunteers", "in_time"),
        Transition("offered", "expire", "expired", SYSTEM, "any", guard="overdue"),
        Transition("accepted", "schedule", "scheduled", SERVERS, "own"),
        Transition("scheduled", "start", "active", SYSTEM, "any"),
        Transition("active", "complete", "completed", SYSTEM, "any"),
        *(
            Transition(
                state, "withdraw", "withdrawn", frozenset({"provider_manager", "volunteer"}), "own",
                "not_for_volunteers",
            )
            for state in ("accepted", "scheduled", "active")
        ),
        *(
            Transition(state, "cancel", "cancelled", DISPATCHER | SYSTEM, "scope", "required")
            for state in ("offered", "accepted", "scheduled", "active")
        ),
        Transition("active", "replace", "replaced", DISPATCHER, "scope", "required"),
    ]  # fmt: skip


MACHINE: Final = Machine(
    _table(),
    N_("The task is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "assignment_status",
    "assignment_action",
)
TRANSITIONS: Final = MACHINE.table
ACTIONS: Final = MACHINE.actions
TERMINAL: Final = MACHINE.ends(STATES)

transition = MACHINE.step
may = MACHINE.may
actions_for = MACHINE.actions_for


def check_time(step: Transition, deadline: datetime, at: datetime) -> None:
    """The transition's guard on time: an answer counts up to the deadline, expiry only after it.

    Raises:
        Refused: if it is too late (or, for expiry, too early).
    """
    if step.guard == "in_time" and at > deadline:
        raise Refused(N_("The time to answer this task is over; the station decides now who is asked next."))
    if step.guard == "overdue" and at <= deadline:
        raise Refused(N_("There is still time to answer this task."))


def reason_needed(step: Transition, carer_kind: str) -> bool:
    """Whether a reason must be given; a volunteer never needs one (DOMAIN.md 7: no forced assignment)."""
    return step.reason == "required" or (step.reason == "not_for_volunteers" and carer_kind != "volunteer")


def deadline_of(carer_kind: str, priority: str, at: datetime) -> datetime:
    """Until when an offer must be answered: 2 h urgent, 72 h a volunteer, else 24 h (DOMAIN.md 8.5)."""
    if priority == "urgent":
        return at + ANSWER_URGENT
    return at + (ANSWER_VOLUNTEER if carer_kind == "volunteer" else ANSWER)


def urgency(offered: datetime, deadline: datetime, at: datetime) -> Literal["bad", "warn", "info"]:
    """How loud the time left is shown: reminders at 50 % and 80 % of the time (DOMAIN.md 8)."""
    whole = (deadline - offered) or timedelta(seconds=1)
    left = (deadline - at) / whole
    return "bad" if left <= 0.2 else "warn" if left <= 0.5 else "info"


def household_shown(status: str, carer_kind: str, ended_at: datetime | None, at: datetime) -> bool:
    """Whether who serves may see the household: from acceptance; an organisation until 30 days after the end of what
    it had accepted, a social worker or volunteer only until the end (DOMAIN.md 9.2).
    """
    if status in SERVING:
        return True
    served = status in {"completed", "replaced", "withdrawn"}
    return served and carer_kind == "worker" and ended_at is not None and at <= ended_at + SHOWN_AFTER_END


DISTANCE_BANDS: Final = ((1.0, "under_1"), (3.0, "1_3"), (5.0, "3_5"), (10.0, "5_10"))


def distance_band(km: float | None) -> str:
    """What is told of the distance before acceptance (DOMAIN.md 9.2): a band, not the way."""
    if km is None:
        return "unknown"
    return next((band for most, band in DISTANCE_BANDS if km < most), "over_10")


def coarse(message: str, params: Mapping[str, object]) -> tuple[str, Mapping[str, object]]:
    """A broken rule as an organisation may read it before acceptance: no kilometres, and hours (which hold the way)
    rounded up. The exact ways of several carers together would tell where the household lives (DOMAIN.md 9.2).
    """
    if "km" in params:
        return N_("The way is longer than the {most} km that this carer goes."), {"most": params.get("most", "?")}
    needs = str(params.get("needs", ""))
    if "." in needs:
        return message, {**params, "needs": ceil(float(needs))}
    return message, params


def warned(expiries: int) -> bool:
    """Whether a provider let so many offers expire within 30 days that the dispatcher is told (DOMAIN.md 8.5)."""
    return expiries >= WARNING_AFTER
