"""The states of a claim as one table of transitions (DOMAIN.md 8.9, 8.11). Pure.

A claim is one part of a statement: first what nobody disputes, later what was held. An organisation claims, an officer
of the bureau reviews, the lead approves, finance pays: four people, none of whom scored the quarter.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from bangfu.errors import N_
from bangfu.shared.states import Machine

MANAGER: Final = frozenset({"provider_manager"})
SYSTEM: Final = frozenset({"system"})
OFFICER: Final = frozenset({"bureau_officer"})
LEAD: Final = frozenset({"bureau_lead"})
FINANCE: Final = frozenset({"finance_officer"})

CLAIM_STATES: Final = ("open", "claimed", "bureau_reviewed", "lead_approved", "returned", "paid", "reconciled")
CHANGEABLE: Final = frozenset({"open", "returned"})
"""The organisation has it: its amount may still follow a new revision of the score."""
PAID: Final = frozenset({"paid", "reconciled"})
RETURN_REASONS: Final = ("invoice_wrong", "invoice_missing", "account_wrong", "recount", "other")
DOUBT: Final = "doubt"
"""Returned by the system, because a visit was put in doubt."""
BANK_REASONS: Final = ("account_unknown", "name_differs", "account_closed", "limit", "other")


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of DOMAIN.md 8.9; `duty` is what nobody else may hold on the claim."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    event: str
    duty: str = ""


CLAIM_MACHINE: Final = Machine(
    [
        *(
            Transition(state, "claim", "claimed", MANAGER | SYSTEM, "claimed", "claimed_by")
            for state in ("open", "returned")
        ),
        Transition("claimed", "review", "bureau_reviewed", OFFICER, "reviewed", "reviewed_by"),
        Transition("bureau_reviewed", "approve", "lead_approved", LEAD, "approved", "approved_by"),
        Transition("claimed", "return", "returned", OFFICER | SYSTEM, "returned"),
        Transition("bureau_reviewed", "return", "returned", LEAD | SYSTEM, "returned"),
        # a visit of it was put in doubt: the invoice must show what is left (4.4, 8.9)
        Transition("lead_approved", "return", "returned", SYSTEM, "returned"),
        Transition("lead_approved", "pay", "paid", FINANCE, "paid", "paid_by"),
        Transition("paid", "reconcile", "reconciled", FINANCE, "reconciled"),
    ],
    N_("The claim is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "claim_status",
    "claim_action",
)

DUTIES: Final = ("claimed_by", "reviewed_by", "approved_by", "paid_by")
SAME_PERSON: Final = N_(
    "You have already acted on this claim: claiming, reviewing, approving and paying are four people's."
)
SCORED: Final = N_("You scored this quarter: somebody else reviews, approves and pays what follows from it.")
CONTRACTED: Final = N_("You drafted or approved this contract: somebody else pays what is due under it.")


def why_not(
    duty: str,
    user: UUID | None,
    done: Collection[str],
    scorer: UUID | None,
    contract: Collection[UUID | None],
) -> str:
    """The sentence that bars a person from a duty on a claim, or "" (DOMAIN.md 8.11).

    Args:
        done: the duties that the person has taken on the claim so far, whatever round it was in.
        scorer: who confirmed the score of the quarter.
        contract: who drafted and approved the contract.
    """
    if not duty or user is None:
        return ""
    if any(name != duty for name in done):
        return SAME_PERSON
    if user == scorer:
        return SCORED
    return CONTRACTED if duty == "paid_by" and user in contract else ""


def next_part(status: str) -> str:
    """Who has the claim now: organization, bureau_officer, bureau_lead, finance_officer, or "" when it is done."""
    return {
        "open": "organization", "returned": "organization", "claimed": "bureau_officer",
        "bureau_reviewed": "bureau_lead", "lead_approved": "finance_officer", "paid": "finance_officer",
    }.get(status, "")  # fmt: skip
