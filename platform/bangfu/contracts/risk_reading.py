"""The facts behind the risk of contracts, gathered for many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from bangfu.contracts import life_hooks
from bangfu.contracts.check_facts_rules import FILE_WORKING_DAYS, PUBLISH_WORKING_DAYS
from bangfu.contracts.life_tables import Acceptance, Milestone
from bangfu.contracts.queries import burn_of
from bangfu.contracts.reading import ContractView, contracts_of
from bangfu.contracts.risk_rules import COUNTED, Facts, LineUse, Risk, risk_of
from bangfu.contracts.rules import Burn
from bangfu.contracts.tables import ContractLine
from bangfu.providers.register import barred_organizations
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import WorkingCalendar
from bangfu.shared.clock import SHANGHAI
from bangfu.supervision.calendar import current_calendar

MOST = 5000
"""Contracts that one look takes in: more than a county has."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A contract with its risk and how much of it is used (0 to 1, of the fullest line)."""

    contract: ContractView
    risk: Risk
    fullest: Burn | None


async def watched(actor: Actor, at: datetime, *, only: Sequence[UUID] | None = None) -> list[Watched]:
    """The contracts (or of `only`) that the actor sees and that are watched, the riskiest first."""
    today = at.astimezone(SHANGHAI).date()
    rows, _total = await contracts_of(actor, {}, MOST, 0, None if only is None else list(only))
    contracts = [row for row in rows if row.status in COUNTED]
    lines = await _lines([contract.id for contract in contracts])
    burns = await burn_of([line for own in lines.values() for line, *_ in own])
    milestones, accepted = await _overdue(contracts, today), await _accepted(contracts)
    barred = await barred_organizations(today, [contract.supplier for contract in contracts])
    expired = await life_hooks.expired_offers({contract.supplier for contract in contracts}, at)
    calendar = await current_calendar()
    found = []
    for contract in contracts:
        own = lines.get(contract.id, [])
        facts = Facts(
            contract.status, contract.ends_on,
            tuple(LineUse(service, burns[line].share, status == "active") for line, service, status in own),
            milestones.get(contract.id, 0), barred.get(contract.supplier, ""),
            _due(contract, calendar, PUBLISH_WORKING_DAYS) if contract.published_on is None else None,
            _due(contract, calendar, FILE_WORKING_DAYS) if contract.filed_on is None else None,
            contract.ends_on + timedelta(days=contract.acceptance_days)
            if contract.status == "accepting" and contract.id not in accepted else None,
            _warned(expired.get(contract.supplier, 0)),
        )  # fmt: skip
        fullest = max((burns[line] for line, *_ in own), key=lambda burn: burn.share, default=None)
        found.append(Watched(contract, risk_of(facts, today), fullest))
    return sorted(found, key=lambda each: (-each.risk.points, each.contract.ends_on, each.contract.number))


def _warned(count: int) -> int:
    """Three expired offers within 30 days are a warning (DOMAIN.md 8.5)."""
    return count if count >= 3 else 0


def _due(contract: ContractView, calendar: WorkingCalendar, days: int) -> date | None:
    """Until when; contracts that came in by a list were published and filed before."""
    if contract.imported or contract.signed_on is None:
        return None
    return calendar.add_working_days(contract.signed_on, days)


async def _lines(contracts: Sequence[UUID]) -> dict[UUID, list[tuple[UUID, str, str]]]:
    rows = await ContractLine.raw(
        "SELECT id, contract, service, status FROM contract_line WHERE contract = ANY({}::uuid[]) ORDER BY service, id",
        list(contracts),
    )
    found: dict[UUID, list[tuple[UUID, str, str]]] = {}
    for row in rows:
        found.setdefault(row["contract"], []).append((row["id"], row["service"], row["status"]))
    return found


async def _overdue(contracts: Sequence[ContractView], today: date) -> dict[UUID, int]:
    rows = await Milestone.raw(
        "SELECT contract, count(*) AS n FROM contract_milestone WHERE contract = ANY({}::uuid[]) AND status = 'open'"
        " AND due_on < {} GROUP BY contract",
        [contract.id for contract in contracts], today,
    )  # fmt: skip
    return {row["contract"]: row["n"] for row in rows}


async def _accepted(contracts: Sequence[ContractView]) -> set[UUID]:
    rows = await Acceptance.raw(
        "SELECT contract FROM contract_acceptance WHERE contract = ANY({}::uuid[]) AND kind = 'final'"
        " AND status = 'published'",
        [contract.id for contract in contracts],
    )
    return {row["contract"] for row in rows}
