"""Milestones and parts given to others: their states and limits (DOMAIN.md 4.2, 4.3). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bangfu.errors import N_
from bangfu.shared.states import Machine

MILESTONE_STATES: Final = ("open", "done", "confirmed", "dropped")
SUBCONTRACT_STATES: Final = ("asked", "consented", "refused", "ended")
SIDES: Final = ("buyer", "supplier")
OFFICER: Final = frozenset({"bureau_officer"})
LEAD: Final = frozenset({"bureau_lead"})
MOST_GIVEN: Final = Decimal("0.50")
"""All parts together stay below this share [D]: a part may be given to others, the job itself never (no 转包)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a table; guards are checked by the action."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    event: str
    guards: tuple[str, ...] = ()


MILESTONE_MACHINE: Final = Machine(
    [
        Step("open", "report", "done", OFFICER | {"provider_manager"}, "milestone_done", ("side", "evidence")),
        Step("done", "confirm", "confirmed", OFFICER | LEAD, "milestone_confirmed", ("another",)),
        Step("done", "return", "open", OFFICER | LEAD, "milestone_returned", ("another", "reason")),
        Step("open", "drop", "dropped", OFFICER, "milestone_dropped", ("reason",)),
    ],
    N_("The milestone is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "milestone_status",
    "milestone_action",
)
SUBCONTRACT_MACHINE: Final = Machine(
    [
        Step("asked", "consent", "consented", LEAD, "subcontract_consented", ("file", "share", "fit")),
        Step("asked", "refuse", "refused", LEAD, "subcontract_refused", ("reason",)),
        Step("consented", "end", "ended", OFFICER | LEAD, "subcontract_ended", ("reason",)),
    ],
    N_("The request is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "subcontract_status",
    "subcontract_action",
)


def given_too_much(shares: Iterable[Decimal]) -> bool:
    """Whether the parts together are the job itself."""
    return sum(shares, Decimal(0)) >= MOST_GIVEN
