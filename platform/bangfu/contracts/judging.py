"""What the checks say about a contract as it stands: its facts from the tables, as of a day."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from bangfu.budgets import rules as budget_rules
from bangfu.budgets.actions import Share, problems_of
from bangfu.contracts import reading
from bangfu.contracts.check_facts_rules import (
    FILE_WORKING_DAYS,
    PUBLISH_WORKING_DAYS,
    Facts,
    Fault,
    LineFacts,
    Party,
    Step,
    Supplier,
)
from bangfu.contracts.check_rules import Finding, findings
from bangfu.contracts.reading import ContractView, LineView
from bangfu.contracts.tables import Contract
from bangfu.errors import N_, Refused
from bangfu.needs.tables import Service
from bangfu.providers.register import barred_organizations
from bangfu.providers.tables import Organization
from bangfu.shared.faults import Fault as Unreadable
from bangfu.shared.files import files_of
from bangfu.shared.identifiers import parse_uscc
from bangfu.supervision.calendar import current_calendar

REACHED: Mapping[str, Step] = {
    "draft": "draft", "returned": "draft", "budget_checked": "draft", "under_approval": "draft", "approved": "sign",
    "signed": "publish", "published": "activate",
}  # fmt: skip
"""State -> the step whose checks must hold now; afterwards all of them."""


async def facts_of(contract: Contract | ContractView, today: date) -> Facts:
    """Everything that the checks look at."""
    key = contract.id
    lines, parties = await reading.lines_of(key), await reading.parties_of(key)
    terms = contract.terms if isinstance(contract.terms, Mapping) else json.loads(contract.terms or "{}")
    problems = await problems_of(contract.division, shares_of(lines), contract=key, today=today)
    files = (await files_of("contract", [key]))[key]
    known = {row["code"] for row in await Service.raw("SELECT code FROM service")}
    writers = {*contract.edited_by, *([contract.drafted_by] if contract.drafted_by else [])}
    return Facts(
        today=today, terms=terms, lines=[_line(line, known) for line in lines],
        parties=[Party(p.role, p.organization, types, p.division, p.duties, p.signed_on)
                 for p, types in zip(parties, await _types(parties), strict=True)],
        supplier=await _supplier(contract.supplier, terms, today),
        files={file.kind for file in files}, writers=writers,
        budget_problems=[problem for problem in problems if problem[0] != budget_rules.FUTURE_WITHOUT_TOTAL],
        **await _until(contract.signed_on),
        **{name: getattr(contract, name) for name in _SAME},
    )  # fmt: skip


_SAME = (
    "kind", "division", "starts_on", "ends_on", "total", "multi_year", "multi_year_reason", "method", "award_on",
    "signed_on", "published_on", "filed_on", "subcontracting", "supplier_checked_on", "supplier_checked_by",
    "bond_share", "bond_form", "advance_share", "payment_days", "perf_share", "spot_check_share", "data_annex",
    "checked_by", "submitted_by", "approved_by",
)  # fmt: skip


def shares_of(lines: Sequence[LineView]) -> list[Share]:
    """What the lines want of which budget items."""
    return [
        Share(funding.item, line.id, funding.amount, line.fund_source, funding.year)
        for line in lines
        for funding in line.fundings
    ]


async def needs_override(contract: Contract | ContractView, today: date) -> bool:
    """Whether a future year that it draws on has no total yet, so that the lead has to say why it is approved."""
    lines = await reading.lines_of(contract.id)
    problems = await problems_of(contract.division, shares_of(lines), contract=contract.id, today=today)
    return any(message == budget_rules.FUTURE_WITHOUT_TOTAL for message, _ in problems)


async def checklist(contract: Contract | ContractView, today: date) -> list[Finding]:
    """Every check with its state at the contract's present step."""
    return findings(await facts_of(contract, today), REACHED.get(contract.status, "activate"))


async def require(contract: Contract, today: date, step: Step = "draft") -> None:
    """Everything that must hold up to a step holds.

    Raises:
        Refused: with the sentence of the first check that does not hold.
    """
    found = [f for f in findings(await facts_of(contract, today), step) if f.state == "missing"]
    if found:
        raise refused(found[0].faults[0])


def refused(fault: Fault) -> Refused:
    """A check's fault as a refusal, with its sentence."""
    return Refused(fault[0], **fault[1])


async def require_check(contract: Contract, today: date, *names: str) -> None:
    """Single checks hold.

    Raises:
        Refused: with the sentence of the first that does not.
    """
    for finding in findings(await facts_of(contract, today), "activate"):
        if finding.name in names and finding.faults:
            raise refused(finding.faults[0])


async def refuse_barred(contract: Contract, today: date) -> None:
    """A supplier that was barred since does not sign.

    Raises:
        Refused: if the register bars it today.
    """
    barred = (await barred_organizations(today, [contract.supplier])).get(contract.supplier, "")
    if barred:
        raise Refused(N_("The supplier is barred at present; nothing is signed with it."))


def _line(line: LineView, known: set[str]) -> LineFacts:
    funded: dict[int, Decimal] = {}
    for funding in line.fundings:
        funded[funding.year] = funded.get(funding.year, Decimal(0)) + funding.amount
    quotas = [units for _, _, units in line.quotas]
    return LineFacts(
        line.service, line.unit_price, line.max_units, line.max_amount, funded, quotas, line.service in known
    )


async def _types(parties: Sequence[reading.PartyView]) -> list[str]:
    rows = await Organization.raw(
        "SELECT id, org_type FROM organization WHERE id = ANY({}::uuid[])", [party.organization for party in parties]
    )
    types = {row["id"]: row["org_type"] for row in rows}
    return [types[party.organization] for party in parties]


async def _supplier(organization: UUID, terms: Mapping[str, Any], today: date) -> Supplier:
    rows = await Organization.raw("SELECT name, uscc, org_type FROM organization WHERE id = {}", organization)
    barred = (await barred_organizations(today, [organization])).get(organization, "")
    funded = {"yes": True, "no": False}.get(str(terms.get("budget_funded", "")))
    return Supplier(barred=barred, budget_funded=funded, uscc_valid=_valid(rows[0]["uscc"]), **rows[0])


def _valid(uscc: str) -> bool:
    try:
        return bool(parse_uscc(uscc))
    except (Unreadable, ValueError):
        return False


async def _until(signed_on: date | None) -> dict[str, Any]:
    if signed_on is None:
        return {"publish_until": None, "file_until": None}
    calendar = await current_calendar()
    try:
        return {
            "publish_until": calendar.add_working_days(signed_on, PUBLISH_WORKING_DAYS),
            "file_until": calendar.add_working_days(signed_on, FILE_WORKING_DAYS),
        }
    except Unreadable:  # the year is not in the calendar: the page shows no day, acting says so
        return {"publish_until": None, "file_until": None}
