"""Where the money of a contract is: line by line, and entry by entry."""

from dataclasses import dataclass
from uuid import UUID

from bangfu.contracts import life_hooks
from bangfu.contracts.burning_rules import CEILING, Booked, LedgerRow, sums_of, total_of, with_left
from bangfu.contracts.life_tables import AmendmentLine
from bangfu.contracts.queries import burn_of
from bangfu.contracts.reading import LineView, lines_of
from bangfu.contracts.rules import NOTHING, Burn, Sum
from bangfu.contracts.tables import ContractLine, Movement

ROWS = 50
"""Entries on one page of a ledger."""


@dataclass(frozen=True, slots=True)
class Burning:
    """A line with its figures."""

    line: LineView
    burn: Burn


@dataclass(frozen=True, slots=True)
class Ledger:
    """All entries of a line, the oldest first, and the sum of each kind."""

    rows: list[LedgerRow]
    sums: dict[str, Sum]


async def burning_of(contract: UUID) -> tuple[list[Burning], Burn]:
    """The lines of a contract that was fetched with its access check, and all of them together."""
    lines = await lines_of(contract)
    burns = await burn_of([line.id for line in lines])
    return [Burning(line, burns[line.id]) for line in lines], total_of(burns.values())


async def ledger_of(line: LineView) -> Ledger:
    """Every entry of a line: the contract's ceiling, the amendments, what was reserved and became of it.

    The subjects are named by number only; who is served stands on their own pages.
    """
    changes = await _changes(line)
    made = await ContractLine.select(ContractLine.created_at).where(ContractLine.id == line.id)
    grown = sum((Sum(each.units, each.amount) for each in changes), NOTHING)
    first = Booked(CEILING, line.max_units - grown.units, line.max_amount - grown.amount, made[0]["created_at"])
    entries = [first, *sorted([*changes, *await _movements(line.id)], key=lambda each: each.at)]
    return Ledger(with_left(entries), sums_of(entries))


async def _changes(line: LineView) -> list[Booked]:
    rows = await AmendmentLine.raw(
        "SELECT l.units, l.amount, a.id, a.number, e.at FROM contract_amendment_line l"
        " JOIN contract_amendment a ON a.id = l.amendment JOIN audit_event e ON e.subject_type = 'contract'"
        " AND e.subject = a.contract::text AND e.action = 'contract.amendment_published'"
        " AND (e.data->>'amendment')::int = a.number WHERE l.line = {} AND a.status = 'published' ORDER BY e.at",
        line.id,
    )
    return [Booked(CEILING, r["units"], r["amount"], r["at"], r["id"], str(r["number"])) for r in rows]


async def _movements(line: UUID) -> list[Booked]:
    rows = await Movement.raw(
        "SELECT kind, units, amount, subject, at FROM contract_movement WHERE line = {} ORDER BY at, kind, id", line
    )
    names = await life_hooks.names_of({row["subject"] for row in rows})
    return [
        Booked(row["kind"], row["units"], row["amount"], row["at"], row["subject"], names.get(row["subject"], ""))
        for row in rows
    ]
