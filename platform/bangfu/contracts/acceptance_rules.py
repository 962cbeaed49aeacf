"""Acceptance of a contract: who takes part, what is looked at, when it is due (DOMAIN.md 4.3, 8.6). Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from bangfu.errors import N_
from bangfu.shared.civil_time import add_months
from bangfu.shared.states import Machine

ACCEPTANCE_STATES: Final = ("draft", "concluded", "published")
ASPECTS: Final = ("technical", "service", "safety")
"""政府采购法实施条例 art. 45: the record covers each technical, service and safety standard."""
FINDINGS: Final = ("met", "partly", "not_met")
RESULTS: Final = ("passed", "passed_remedied", "failed")
CAPACITIES: Final = ("recipient", "buyer", "township", "expert", "finance", "other")
TEAM: Final = 3
OFFICER: Final = frozenset({"bureau_officer"})


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the table; guards are checked by the action."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    event: str
    guards: tuple[str, ...] = ()


ACCEPTANCE_MACHINE: Final = Machine(
    [
        Step("draft", "conclude", "concluded", OFFICER, "acceptance_concluded", ("team", "standards", "opinions")),
        Step("concluded", "reopen", "draft", OFFICER, "acceptance_reopened", ("reason",)),
        Step("concluded", "publish", "published", OFFICER, "acceptance_published"),
    ],
    N_("The acceptance is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "acceptance_status",
    "acceptance_action",
)


@dataclass(frozen=True, slots=True)
class Member:
    """One of the team: capacity, name, the account of an office's person, whether they lead."""

    capacity: str
    name: str
    account: UUID | None = None
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One standard and what was found."""

    aspect: str
    standard: str
    finding: str
    remark: str = ""


def team_problem(team: Sequence[Member], manager: UUID | None) -> str:
    """Why the team may not conclude, or "": at least three different people, one of them a representative of the
    recipients, exactly one leads, and it is not the contract's manager (DOMAIN.md 8.6)."""
    if len({(each.name, each.account) for each in team}) < TEAM or len({each.name for each in team}) < TEAM:
        return N_("The team needs at least three different people.")
    if not any(each.capacity == "recipient" for each in team):
        return N_("A representative of the recipients belongs to the team.")
    leaders = [each for each in team if each.leads]
    if len(leaders) != 1:
        return N_("One person of the team leads it.")
    if manager is not None and leaders[0].account == manager:
        return N_("The contract's own manager may take part but does not lead the acceptance.")
    return ""


def findings_problem(findings: Sequence[Finding]) -> str:
    """Why the findings are not complete, or "": each of the three kinds of standards with a finding on each."""
    if {each.aspect for each in findings} < set(ASPECTS):
        return N_("The record covers technical, service and safety standards; one kind is missing.")
    if any(each.finding not in FINDINGS for each in findings):
        return N_("Each standard needs a finding.")
    if any(each.finding != "met" and not each.remark.strip() for each in findings):
        return N_("Where a standard is not fully met, say what is missing.")
    return ""


def result_problem(result: str, findings: Iterable[Finding]) -> str:
    """Why the result does not follow from the findings, or ""."""
    worst = {each.finding for each in findings}
    if result == "passed" and worst != {"met"}:
        return N_(
            "“Passed” asks for every standard to be met; otherwise say that the defects were remedied, or failed."
        )
    return ""


def opinions_problem(asked: int, content: int) -> str:
    """Why the recipients' opinions are not complete, or "": they take part (DOMAIN.md 4.3)."""
    if asked < 1:
        return N_("At least one recipient was asked; give their number.")
    return "" if 0 <= content <= asked else N_("More are content than were asked.")


def years_over(starts_on: date, ends_on: date, today: date) -> int:
    """How many whole years of a contract for several years are over, not counting its last one."""
    years = 0
    while (end := add_months(starts_on, 12 * (years + 1))) <= today and end <= ends_on:
        years += 1
    return years
