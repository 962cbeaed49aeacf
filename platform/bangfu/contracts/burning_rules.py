"""The ledger of a line as it is read by an auditor: every change of the ceiling and every entry, with what is left
after each. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from bangfu.contracts.rules import COUNTED, NOTHING, Burn, Sum, burn_of_entries

CEILING = "ceiling"
"""A row that changes the ceiling: the contract itself, or an amendment."""


@dataclass(frozen=True, slots=True)
class Booked:
    """One entry as it was posted; `kind` is one of the ledger's, or `ceiling`."""

    kind: str
    units: int
    amount: Decimal
    at: datetime
    subject: UUID | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One entry with what the line has left after it."""

    entry: Booked
    left: Sum


def with_left(entries: Iterable[Booked]) -> list[LedgerRow]:
    """The entries in their order, each with what is left after it; entries that only say what became of delivered
    money leave it as it is."""
    left, rows = NOTHING, []
    for entry in entries:
        moved = Sum(entry.units, entry.amount)
        if entry.kind == CEILING:
            left += moved
        elif entry.kind in COUNTED:
            left -= moved
        rows.append(LedgerRow(entry, left))
    return rows


def sums_of(entries: Iterable[Booked]) -> dict[str, Sum]:
    """Kind -> its sum."""
    found: dict[str, Sum] = {}
    for entry in entries:
        found[entry.kind] = found.get(entry.kind, NOTHING) + Sum(entry.units, entry.amount)
    return found


def burn_of_sums(sums: Mapping[str, Sum]) -> Burn:
    """The figures of the burn-down page from a ledger's sums: both pages say the same."""
    ceiling = sums.get(CEILING, NOTHING)
    entries = [Booked(kind, each.units, each.amount, _EPOCH) for kind, each in sums.items() if kind != CEILING]
    return burn_of_entries(ceiling, entries)


def total_of(burns: Iterable[Burn]) -> Burn:
    """The figures of several lines together."""
    parts: dict[str, Sum] = dict.fromkeys(("ceiling", "committed", "delivered", "verified", "held", "settled"), NOTHING)
    for burn in burns:
        for name in parts:
            parts[name] += getattr(burn, name)
    return Burn(**parts)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
