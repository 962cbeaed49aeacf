"""The states of a contract as one table of transitions (DOMAIN.md 8.6). Pure.

A transition that is not in the table is refused. Guards are named checks of `rules` that the action asks.
"""

from dataclasses import dataclass
from typing import Final

from bangfu.errors import N_
from bangfu.shared.states import Machine

OFFICER: Final = frozenset({"bureau_officer"})
LEAD: Final = frozenset({"bureau_lead"})
FINANCE: Final = frozenset({"finance_officer"})
SYSTEM: Final = frozenset({"system"})
SIGNERS: Final = frozenset({"bureau_lead", "provider_manager"})

STATES: Final = (
    "draft", "budget_checked", "under_approval", "returned", "approved", "signed", "published", "active", "suspended",
    "accepting", "closed", "terminated", "void",
)  # fmt: skip
OPEN: Final = frozenset({"active"})
"""Services may be ordered from its lines."""
BEFORE_APPROVAL: Final = frozenset({"draft", "budget_checked", "under_approval", "returned"})


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of DOMAIN.md 8.6."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    event: str
    guards: tuple[str, ...] = ()


def _table() -> list[Transition]:
    return [
        Transition("draft", "check_budget", "budget_checked", FINANCE, "budget_checked", ("budget", "cap", "term")),
        Transition("budget_checked", "submit", "under_approval", OFFICER, "submitted"),
        Transition("under_approval", "approve", "approved", LEAD, "approved", ("two_people", "budget", "cap")),
        # a list of contracts that were in force before the portal was used
        Transition("under_approval", "take_over", "active", LEAD, "taken_over", ("two_people", "budget", "cap")),
        Transition("budget_checked", "return", "returned", FINANCE, "returned", ("reason",)),
        Transition("under_approval", "return", "returned", FINANCE | LEAD, "returned", ("reason",)),
        Transition("returned", "revise", "draft", OFFICER, "revised"),
        Transition("approved", "sign", "signed", SIGNERS, "signed", ("both_parties", "award_30_days")),
        Transition("signed", "publish", "published", OFFICER, "published"),
        Transition("published", "activate", "active", SYSTEM, "activated", ("started", "data_annex")),
        Transition("active", "suspend", "suspended", LEAD, "suspended", ("ground",)),
        Transition("suspended", "resume", "active", LEAD, "resumed"),
        Transition("active", "terminate", "terminated", LEAD, "terminated", ("ground", "handover")),
        Transition("suspended", "terminate", "terminated", LEAD, "terminated", ("ground", "handover")),
        Transition("active", "end", "accepting", SYSTEM, "ended", ("ended",)),
        Transition("accepting", "close", "closed", FINANCE, "closed", ("acceptance", "published", "paid")),
        *(
            Transition(state, "void", "void", LEAD, "voided", ("reason",))
            for state in ("draft", "budget_checked", "under_approval", "returned", "approved")
        ),
    ]


MACHINE: Final = Machine(
    _table(),
    N_("The contract is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "contract_status",
    "contract_action",
)
