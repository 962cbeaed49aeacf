"""What a statement moves in the ledger of the contract lines: held, freed and settled, each once (contracts.actions).

A line that an organisation's own ledger does not cover (a visit that an appeal brought back was taken out of it) is
delivered and verified again by entries of its own before it is settled.
"""

import json
import logging
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid5

from bangfu.contracts.actions import post
from bangfu.contracts.queries import as_line
from bangfu.contracts.room_queries import tight_caps_of
from bangfu.contracts.tables import ContractLine
from bangfu.errors import Refused
from bangfu.settlement.adjust_rules import parts_of
from bangfu.settlement.tables import Adjustment, Claim, SettledVisit
from bangfu.shared.actor import SYSTEM

log = logging.getLogger("bangfu.settlement")
_AGAIN: Final = UUID("0f2d5a52-6a3b-4c52-9a0e-5a2fd1c1b8a7")
"""Names the entries that put a visit back, so that each is posted once."""


async def hold_lines(lines: Iterable[str]) -> None:
    """Lock contract lines in one order, before any statement is locked: the funds under a cap of all of them first,
    then the lines by id."""
    wanted = sorted({UUID(line) for line in lines if line})
    rows = await ContractLine.raw("SELECT * FROM contract_line WHERE id = ANY({}::uuid[]) ORDER BY id", wanted)
    await tight_caps_of([as_line(row) for row in rows], lock=True)
    await ContractLine.raw(
        "SELECT id FROM contract_line WHERE id = ANY({}::uuid[]) ORDER BY id FOR NO KEY UPDATE", wanted
    )


async def lines_touched(claim: Claim, lines: Iterable[dict[str, Any]]) -> set[str]:
    """The contract lines on which paying a claim posts: those of its lines, those that its clawbacks take back of (they
    may be about another quarter), and those of visits that an appeal brought back."""
    found = {str(row["contract_line"]) for row in lines if row["contract_line"]}
    for row in lines:
        found |= {part.line for part in parts_of(json.loads(row["detail"]).get("parts", ())) if part.line}
    visits = await SettledVisit.raw(
        "SELECT DISTINCT contract_line FROM settlement_visit WHERE statement = {} AND verdict = 'paid'"
        " AND contract_line IS NOT NULL",
        claim.statement,
    )
    return found | {str(row["contract_line"]) for row in visits}


async def catch_up(at: datetime, statement: UUID | None = None) -> int:
    """Post what lines of statements hold back or free and the ledger does not know yet; how many entries.

    In a transaction of its own for each statement: it locks contract lines before anything else.
    """
    rows = await ContractLine.raw(
        "SELECT l.id, l.statement, l.contract_line, CASE WHEN l.kind = 'base' THEN l.units ELSE 0 END AS units,"
        " l.amount, h.id AS freed, CASE WHEN h.kind = 'base' THEN h.units ELSE 0 END AS held_units,"
        " h.amount AS held_amount FROM settlement_line l LEFT JOIN settlement_line h ON h.id = l.frees"
        " WHERE l.contract_line IS NOT NULL AND ({}::uuid IS NULL OR l.statement = {}::uuid)"
        " AND ((l.status = 'held' AND (l.units <> 0 OR l.amount <> 0) AND NOT EXISTS (SELECT 1 FROM contract_movement m"
        " WHERE m.line = l.contract_line AND m.subject = l.id AND m.kind = 'held'))"
        " OR (h.id IS NOT NULL AND (h.units <> 0 OR h.amount <> 0) AND NOT EXISTS (SELECT 1 FROM contract_movement m"
        " WHERE m.line = l.contract_line AND m.subject = h.id AND m.kind = 'freed')))"
        " ORDER BY l.statement, l.place",
        statement, statement,
    )  # fmt: skip
    return sum([await _book(row, at) for row in rows])


async def _book(row: dict[str, Any], at: datetime) -> bool:
    line = row["contract_line"]
    try:
        if row["freed"] is None:
            return await post(SYSTEM, line, "held", row["units"], row["amount"], row["id"], at)
        return await post(SYSTEM, line, "freed", row["held_units"], row["held_amount"], row["freed"], at)
    except Refused:
        log.warning("the ledger of contract line %s does not bear what statement %s holds", line, row["statement"])
        return False


async def book_settled(claim: Claim, lines: Iterable[dict[str, Any]], at: datetime) -> None:
    """Post what a paid claim settles: for each contract line what its figures and their corrections come to together
    (no more was ever paid than that), and what each clawback takes back by itself."""
    sums: dict[UUID, tuple[int, Decimal]] = {}
    off: list[tuple[UUID, int, Decimal, UUID]] = []
    for row in lines:
        if row["kind"] == "clawback":
            off += _parts(row["id"], json.loads(row["detail"]).get("parts", ()))
            continue
        line, amount, units = row["contract_line"], row["amount"], row["units"]
        if not (isinstance(line, UUID) and isinstance(amount, Decimal) and isinstance(units, int)):
            continue
        before = sums.get(line, (0, Decimal("0.00")))
        sums[line] = (before[0] + (units if row["of"] == "base" else 0), before[1] + amount)
    for line, (units, amount) in sorted(sums.items()):
        # an entry moves one way: more money for fewer units are two entries
        off.append((line, max(units, 0), max(amount, Decimal("0.00")), claim.id))
        off.append((line, min(units, 0), min(amount, Decimal("0.00")), uuid5(claim.id, str(line))))
    for line, units, amount, subject in sorted(off, key=lambda each: (each[1] < 0 or each[2] < 0, each[0])):
        if units or amount:
            await post(SYSTEM, line, "settled", units, amount, subject, at)


async def book_repaid(each: Adjustment, at: datetime) -> None:
    """Post what was paid back by a transfer: the same parts that a claim's line would have taken back, once. The lines
    are locked.

    Raises:
        Refused: if more would come back than a line has settled (its own payment is not made yet).
    """
    for line, units, amount, subject in _parts(each.id, json.loads(each.parts)):
        if units or amount:
            await post(SYSTEM, line, "settled", units, amount, subject, at)


def _parts(subject: UUID, parts: Iterable[dict[str, Any]]) -> list[tuple[UUID, int, Decimal, UUID]]:
    """What a clawback takes back of each contract line; each entry is named after what it is posted for."""
    found: dict[UUID, tuple[int, Decimal]] = {}
    for part in parts_of(parts):
        if part.line:
            units, amount = found.get(UUID(part.line), (0, Decimal("0.00")))
            found[UUID(part.line)] = (units + (part.units if part.of == "base" else 0), amount + part.amount)
    return [(line, units, amount, uuid5(subject, str(line))) for line, (units, amount) in sorted(found.items())]


async def put_back(statement: UUID, at: datetime) -> None:
    """Deliver and verify again what the ledger has lost of visits that count: an appeal brought them back."""
    for row in await SettledVisit.raw(
        "SELECT v.id, v.contract_line, v.unit_price FROM settlement_visit s JOIN visit v ON v.id = s.visit"
        " WHERE s.statement = {} AND s.verdict = 'paid' AND v.contract_line IS NOT NULL"
        " AND v.booked NOT IN ('delivered', 'verified') ORDER BY v.id",
        statement,
    ):
        subject = uuid5(_AGAIN, str(row["id"]))
        for kind in ("delivered", "verified"):
            await post(SYSTEM, row["contract_line"], kind, 1, row["unit_price"], subject, at)
