"""Whether contract lines and the fund behind them bear a claim (DOMAIN.md 4.3, 8.9: "line and cap balance")."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from bangfu.contracts.queries import as_line, burn_of
from bangfu.contracts.room import Cap
from bangfu.contracts.room_queries import tight_caps_of
from bangfu.contracts.tables import ContractLine
from bangfu.errors import N_, Refused
from bangfu.settlement.statement_rules import fen
from bangfu.settlement.tables import StatementLine


@dataclass(frozen=True, slots=True)
class Balance:
    """One contract line beside a claim: its ceiling, what was settled and is held, what the claim takes (CNY)."""

    line: UUID
    service: str
    fund_source: str
    ceiling: Decimal
    settled: Decimal
    held: Decimal
    amount: Decimal

    @property
    def left(self) -> Decimal:
        """What the line bears beside what is settled and held."""
        return self.ceiling - self.settled - self.held

    @property
    def over(self) -> bool:
        return self.amount > self.left


@dataclass(frozen=True, slots=True)
class CapBalance:
    """The cap of a year's fund beside a claim (CNY): what was paid of it so far, what the claim takes."""

    year: int
    cap: Decimal
    settled: Fraction
    amount: Fraction

    @property
    def left(self) -> Decimal:
        """What of the cap is not paid yet, never below zero; parts of a fen do not count."""
        fen = max(Fraction(0), Fraction(self.cap) - self.settled) * 100
        return Decimal(fen.numerator // fen.denominator) / 100

    @property
    def over(self) -> bool:
        return self.settled + self.amount > self.cap


def cap_balance(cap: Cap, settled: Mapping[UUID, Decimal], claim: Mapping[UUID, Decimal]) -> CapBalance:
    """A cap beside a claim.

    Args:
        settled: line -> CNY paid so far; a line counts for a year's fund with its share of what was committed.
        claim: line -> CNY that the claim takes of it.
    """
    return CapBalance(cap.year, cap.cap, _weighed(cap, settled), _weighed(cap, claim))


def _weighed(cap: Cap, amounts: Mapping[UUID, Decimal]) -> Fraction:
    return sum((share * Fraction(amounts.get(line, Decimal(0))) for line, share in cap.shares.items()), Fraction())


async def check(claim: UUID) -> None:
    """Whether every line, and the cap of every fund that pays them, bears a claim.

    Raises:
        Refused: naming what is left, and what the claim takes.
    """
    balances = await balances_of(claim)
    for balance in balances:
        if balance.over:
            raise Refused(
                N_("The contract line bears {left} yuan more, and this claim takes {amount} yuan of it."),
                left=f"{balance.left:,.2f}", amount=f"{balance.amount:,.2f}",
            )  # fmt: skip
    for cap in await cap_balances_of(balances):
        if cap.over:
            raise Refused(
                N_(
                    "The cap of the special assistance fund of {year} bears {left} yuan more, and this claim takes"
                    " {amount} yuan of it."
                ),
                year=cap.year, left=f"{cap.left:,.2f}", amount=f"{fen(cap.amount):,.2f}",
            )  # fmt: skip


async def cap_balances_of(balances: Iterable[Balance]) -> list[CapBalance]:
    """The caps that the lines of a claim could pass together with all others of their funds."""
    taken = {balance.line: balance.amount for balance in balances}
    rows = await ContractLine.raw("SELECT * FROM contract_line WHERE id = ANY({}::uuid[])", list(taken))
    caps = await tight_caps_of([as_line(row) for row in rows])
    burns = await burn_of({line for cap in caps for line in cap.shares})
    settled = {line: burn.settled.amount for line, burn in burns.items()}
    return [cap_balance(cap, settled, taken) for cap in caps]


async def balances_of(claim: UUID) -> list[Balance]:
    """The contract lines that a claim takes money of, by service."""
    rows = await StatementLine.raw(
        "SELECT l.contract_line, sum(l.amount) AS amount, c.service, c.fund_source FROM settlement_line l"
        " JOIN settlement_claim k ON k.id = {} AND k.lines::jsonb @> to_jsonb(l.id::text)"
        " JOIN contract_line c ON c.id = l.contract_line GROUP BY 1, 3, 4 ORDER BY 3, 1",
        claim,
    )
    burns = await burn_of([row["contract_line"] for row in rows])
    return [
        Balance(
            row["contract_line"], row["service"], row["fund_source"], burns[row["contract_line"]].ceiling.amount,
            burns[row["contract_line"]].settled.amount, burns[row["contract_line"]].held.amount, row["amount"],
        )
        for row in rows
    ]  # fmt: skip
