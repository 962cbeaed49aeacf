"""Care agreements by their states, their seven parties, their term and what may be paid (DOMAIN.md 4.1, 8.7). Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bangfu.agreements.rate_rules import rate_of
from bangfu.errors import N_
from bangfu.shared.civil_time import add_months
from bangfu.shared.states import Machine

__all__ = ["MACHINE", "STATES", "payable", "rate_of"]

STATES: Final = ("draft", "party_signing", "active", "renewal_due", "renewed", "expired", "terminated")
OPEN: Final = frozenset({"draft", "party_signing"})
IN_FORCE: Final = frozenset({"active", "renewal_due"})
ALIVE: Final = OPEN | IN_FORCE
IN_FORCE_ORDER: Final = ("active", "renewal_due")
ALIVE_ORDER: Final = ("draft", "party_signing", "active", "renewal_due")

ROLES: Final = (
    "county_government", "township_government", "civil_affairs_bureau", "village", "institution", "caregiver", "person",
)  # fmt: skip
"""The seven parties in the order of the paper: the governments' main axis, civil affairs, then who cares and who is
cared for (DOMAIN.md 4.1)."""
NATURAL: Final = frozenset({"caregiver", "person"})
"""Parties who are people: they may give a thumbprint."""
METHODS: Final = ("scan", "thumbprint", "electronic")
CAPACITIES: Final = ("self", "guardian", "agent")
E_ROLES: Final = {
    "township_government": frozenset({"township_officer"}),
    "civil_affairs_bureau": frozenset({"bureau_officer", "bureau_lead"}),
    "institution": frozenset({"provider_manager"}),
}
"""Parties with accounts, and whose account signs for them; the others sign on paper."""

RELATIONS: Final = (
    "none", "neighbour", "villager", "spouse", "child", "parent", "grandchild", "grandparent", "sibling", "in_law",
    "other",
)  # fmt: skip
RELATIVES: Final = frozenset({"spouse", "child", "parent", "grandchild", "grandparent", "sibling", "in_law", "other"})
"""The relations of households.kinship: such a caregiver may care through the agreement."""
TRIGGERS: Final = ("level", "hospital", "fall", "caregiver", "wish")
PERIODS: Final = ("day", "week", "month", "quarter")
PLACES: Final = ("home", "caregiver", "village", "institution")
PAYERS: Final = ("assistance", "care_subsidy", "local_budget", "lottery", "charity")
END_REASONS: Final = ("death", "admission", "level", "breach", "caregiver", "other")
"""Why an agreement is terminated before its end (DOMAIN.md 8.7)."""

LONGEST_MONTHS: Final = 12
"""[D] DOMAIN.md 4.1."""
RENEWAL_DAYS: Final = 30
EMERGENCY_DAYS: Final = 30
"""A visit may be paid from the subsidy without an agreement for at most so many days of an emergency (8.7)."""
REMAKE_WORKING_DAYS: Final = 10
"""[D] A changed level is followed by a new agreement within so many working days."""

OFFICER: Final = frozenset({"township_officer"})
SIGNERS: Final = frozenset(
    {"township_officer", "assist_coordinator", "child_director", "social_worker", "bureau_officer", "bureau_lead",
     "provider_manager"}
)  # fmt: skip
SYSTEM: Final = frozenset({"system"})


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of the table; guards are checked by the action, `deadline` starts when the new state is reached."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    event: str
    guards: tuple[str, ...] = ()
    deadline: str = ""


def _table() -> list[Transition]:
    ending = OFFICER | SYSTEM
    return [
        Transition("draft", "change", "draft", OFFICER, "changed"),
        Transition("draft", "hand_out", "party_signing", OFFICER, "handed_out", ("complete",)),
        Transition("party_signing", "change", "draft", OFFICER, "changed", ("voids_signatures",)),
        Transition("party_signing", "sign", "party_signing", SIGNERS, "signed", ("party", "hash")),
        Transition("party_signing", "complete", "active", SIGNERS, "activated", ("seven_signed",), "renewal"),
        Transition("party_signing", "expire", "expired", SYSTEM, "expired", ("end_over",)),
        Transition("active", "fall_due", "renewal_due", SYSTEM, "renewal_due", ("30_days",), "renew"),
        *(Transition(state, "renew", "renewed", SYSTEM, "renewed", ("follower_active",)) for state in IN_FORCE_ORDER),
        *(Transition(state, "expire", "expired", SYSTEM, "expired", ("end_over",)) for state in IN_FORCE_ORDER),
        *(Transition(state, "terminate", "terminated", ending, "terminated", ("reason",)) for state in ALIVE_ORDER),
        # a leaving that was recorded wrongly is taken back on the same day (households.leaving)
        *(
            Transition("terminated", f"undo_{state}", state, SYSTEM, "restored", ("leaving_undone",))
            for state in ALIVE_ORDER
        ),
    ]


MACHINE: Final = Machine(
    _table(),
    N_("The agreement is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "agreement_status",
    "agreement_action",
)


def last_possible(starts_on: date) -> date:
    """The last day of the longest term: twelve months (DOMAIN.md 4.1 [D])."""
    return add_months(starts_on, LONGEST_MONTHS) - timedelta(days=1)


def due_from(ends_on: date) -> date:
    """The first day on which the renewal is due: 30 days before the end."""
    return ends_on - timedelta(days=RENEWAL_DAYS)


def clock_state(status: str, ends_on: date, today: date) -> str:
    """The action that the clock takes on a day: "expire", "fall_due" or ""."""
    if status in IN_FORCE | {"party_signing"} and ends_on < today:
        return "expire"
    if status == "active" and due_from(ends_on) <= today:
        return "fall_due"
    return ""


@dataclass(frozen=True, slots=True)
class Span:
    """When an agreement was in force: signed by all seven on `activated_on`, ended before its end on `ended_on`."""

    starts_on: date
    ends_on: date
    activated_on: date | None
    ended_on: date | None = None

    def covers(self, day: date) -> bool:
        """Whether it is in force on the day; never before all have signed."""
        if self.activated_on is None:
            return False
        last = self.ends_on if self.ended_on is None else min(self.ends_on, self.ended_on)
        return max(self.starts_on, self.activated_on) <= day <= last


def payable(spans: Sequence[Span], day: date, emergency_since: date | None) -> bool:
    """Whether a visit on a day may be paid from the subsidy: under an agreement in force, or within the first 30 days
    of an emergency (DOMAIN.md 8.7). The 30 days count from the first day of the emergency, that day included."""
    if any(span.covers(day) for span in spans):
        return True
    return emergency_since is not None and 0 <= (day - emergency_since).days < EMERGENCY_DAYS


def may_sign_for(role: str, roles: Collection[str]) -> bool:
    """Whether an account with these roles signs electronically for a party."""
    return not E_ROLES.get(role, frozenset()).isdisjoint(roles)


def signature_faults(
    role: str, method: str, capacity: str, *, signatory: str, witness: str, has_file: bool, needs_guardian: bool,
    e_signing: bool, caregiver: str, person: str,
) -> list[tuple[str, str]]:  # fmt: skip
    """What is wrong with a signature, as (field, message id); names are compared as written.

    A guardian signs for a minor and for who has no capacity; a thumbprint has a named witness who is neither of the
    two that care and are cared for, nor the one who gives it; paper comes with its scan (DOMAIN.md 4.1).
    """
    faults: list[tuple[str, str]] = []
    if method == "electronic":
        if not e_signing:
            faults.append(("method", N_("The parties have not agreed to sign electronically: take the paper.")))
        if role not in E_ROLES:
            faults.append(("method", N_("This party has no account: it signs on paper.")))
        return faults
    if method == "thumbprint":
        if role not in NATURAL:
            faults.append(("method", N_("A thumbprint is given by a person, not by an office.")))
        if not witness:
            faults.append(("witness", N_("A thumbprint needs a witness with a name.")))
        elif witness in {signatory, caregiver, person}:
            faults.append(("witness", N_("The witness is neither the caregiver, nor the person, nor who signs.")))
    if not has_file:
        faults.append(("file", N_("Please add the scan of the signed page.")))
    if role == "person":
        faults += _person_faults(capacity, signatory, needs_guardian=needs_guardian, caregiver=caregiver, person=person)
    return faults


def _person_faults(
    capacity: str, signatory: str, *, needs_guardian: bool, caregiver: str, person: str
) -> list[tuple[str, str]]:
    if needs_guardian and capacity != "guardian":
        return [("capacity", N_("A guardian signs for a minor, and for a person without capacity."))]
    if capacity == "self" and signatory != person:
        return [("signatory", N_("Who signs for themselves is the person; for others choose guardian or agent."))]
    if capacity != "self" and signatory == person:
        return [("signatory", N_("Please name the guardian or agent who signs."))]
    if capacity == "agent" and signatory == caregiver:
        return [("signatory", N_("The caregiver is the other side of the agreement and does not sign as agent."))]
    return []
