"""Reads about contract lines and their ledgers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from bangfu.contracts.movement_sums import SUMS
from bangfu.contracts.rules import Balance, Burn, Line, Posted, Sum, balance_of, burn_of_entries, left_for_period
from bangfu.contracts.tables import ContractLine, Movement

_LINE = (
    "SELECT id, organization, service, unit_price, max_units, max_amount, starts_on, ends_on, status, contract_number,"
    " fund_source FROM contract_line"
)


@dataclass(frozen=True, slots=True)
class Account:
    """A line with its ledger, summed by kind; so it can be handed to the rules."""

    line: Line
    movements: tuple[Posted, ...]

    @property
    def balance(self) -> Balance:
        return balance_of(self.line, self.movements)

    @property
    def burn(self) -> Burn:
        return burn_of_entries(Sum(self.line.max_units, self.line.max_amount), self.movements)

    def for_period(self, today: date) -> tuple[int, int]:
        """Visits and fen that one planning period may use (`rules.left_for_period`)."""
        return left_for_period(self.line, self.movements, today)


def as_line(row: dict[str, Any]) -> Line:
    """A row of contract_line as the rules read it."""
    return Line(**{name: row[name] for name in Line.__slots__})


async def ledgers(lines: Collection[UUID]) -> dict[UUID, list[Posted]]:
    """The movements of lines, summed by kind (the rules are linear, so sums serve as well as entries)."""
    rows = await Movement.raw(
        f"SELECT line, kind, sum(units)::int AS units, sum(amount) AS amount FROM {SUMS} s"  # noqa: S608 (constants)
        " WHERE line = ANY({}) GROUP BY line, kind ORDER BY line, kind",
        list(lines),
    )
    found: dict[UUID, list[Posted]] = {line: [] for line in lines}
    for row in rows:
        found[row["line"]].append(Posted(row["kind"], row["units"], row["amount"]))
    return found


async def burn_of(lines: Collection[UUID]) -> dict[UUID, Burn]:
    """What became of each line: ceiling, committed, delivered, verified, held, settled, left (DOMAIN.md 4.3); lines
    that do not exist are left out."""
    rows = await ContractLine.raw(_LINE + " WHERE id = ANY({}::uuid[])", list(lines))
    moved = await ledgers([row["id"] for row in rows])
    return {row["id"]: Account(as_line(row), tuple(moved[row["id"]])).burn for row in rows}


async def balance(line: UUID) -> Balance:
    """One line's balance.

    Raises:
        LookupError: if there is no such line.
    """
    rows = await ContractLine.raw(_LINE + " WHERE id = {}", line)
    if not rows:
        raise LookupError(f"no contract line {line}")
    return balance_of(as_line(rows[0]), (await ledgers([line]))[line])


async def accounts_of(organizations: Collection[UUID], open_on: date | None = None) -> list[Account]:
    """The lines of organisations with their ledgers, by organisation and service; with a day only those open on it."""
    rows = await ContractLine.raw(
        _LINE + " WHERE organization = ANY({}) AND ({}::date IS NULL OR (status = 'active' AND {}::date"
        " BETWEEN starts_on AND ends_on)) ORDER BY organization, service, ends_on, contract_number",
        list(organizations), open_on, open_on,
    )  # fmt: skip
    moved = await ledgers([row["id"] for row in rows])
    return [Account(as_line(row), tuple(moved[row["id"]])) for row in rows]


async def open_services(organizations: Collection[UUID], day: date) -> dict[UUID, list[str]]:
    """Organisation -> the services that can be ordered from it on a day."""
    found: dict[UUID, list[str]] = {organization: [] for organization in organizations}
    rows = await ContractLine.raw(
        "SELECT DISTINCT organization, service FROM contract_line WHERE organization = ANY({}) AND status = 'active'"
        " AND {}::date BETWEEN starts_on AND ends_on ORDER BY organization, service",
        list(organizations), day,
    )  # fmt: skip
    for row in rows:
        found[row["organization"]].append(row["service"])
    return found


async def account_for(organization: UUID, service: str, today: date) -> Account | None:
    """The line that an organisation's service is ordered from: the first to end that still has something left,
    else the first to end; planning and dispatch choose by this one rule, so that a plan and its offers agree."""
    lines = [each for each in await accounts_of([organization], today) if each.line.service == service]
    return next((each for each in lines if not each.burn.used_up), lines[0] if lines else None)


def reserved(account: Account) -> tuple[int, Decimal]:
    """Visits and CNY that are reserved and not yet delivered."""
    committed = account.burn.committed
    return committed.units, committed.amount
