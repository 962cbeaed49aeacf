"""Posting to the ledger of a contract line. Entries are append-only; one reservation and one release per subject.

Only `reserve` locks the line (against other reservations). `release` needs no lock: a release gives back what the
ledger holds, and the unique index on (subject, kind) lets it happen once, so it never waits for a line.
The audit event is the caller's (it names line, units and amount): the ledger itself cannot be changed or deleted.
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from bangfu.contracts.queries import as_line, ledgers
from bangfu.contracts.rules import balance_of
from bangfu.contracts.tables import ContractLine, Movement
from bangfu.errors import N_, Refused
from bangfu.shared.actor import Actor
from bangfu.shared.clock import SHANGHAI
from bangfu.shared.database import transaction


async def reserve(actor: Actor, line: UUID, units: int, amount: Decimal, subject: UUID, at: datetime) -> bool:
    """Reserve visits and money of a line for a subject (an assignment).

    Returns:
        Whether an entry was posted; False where the subject has its reservation already.

    Raises:
        Refused: if the line is not open, or less than that is left of it.
        ValueError: for a reservation of nothing or less.
    """
    if units <= 0 or amount < 0:
        raise ValueError("a reservation is of at least one visit")
    async with transaction():
        rows = await ContractLine.raw("SELECT * FROM contract_line WHERE id = {} FOR NO KEY UPDATE", line)
        if await _reservation(subject) is not None:
            return False
        found = as_line(rows[0])
        if not found.open_on(at.astimezone(SHANGHAI).date()):
            raise Refused(N_("The contract line is not open today; no service can be ordered from it."))
        left = balance_of(found, (await ledgers([line]))[line])
        if not left.covers(units, amount):
            raise Refused(
                N_(
                    "The contract line has {left} visits and {money} yuan left until its end; this service needs"
                    " {units} visits and {amount} yuan until then."
                ),
                left=left.left_units, money=f"{left.left_amount:,.2f}", units=units, amount=f"{amount:,.2f}",
            )  # fmt: skip
        return await _post(line, "reserved", units, amount, subject, at)


async def release(actor: Actor, subject: UUID, at: datetime) -> bool:
    """Give back what a subject has reserved; without a reservation, or when repeated, nothing happens.

    Returns:
        Whether an entry was posted.
    """
    async with transaction():
        held = await _reservation(subject)
        if held is None:
            return False
        line, units, amount = held
        return await _post(line, "released", -units, -amount, subject, at)


async def _reservation(subject: UUID) -> tuple[UUID, int, Decimal] | None:
    rows = await Movement.raw(
        "SELECT line, units, amount FROM contract_movement WHERE subject = {} AND kind = 'reserved'", subject
    )
    return (rows[0]["line"], rows[0]["units"], rows[0]["amount"]) if rows else None


async def _post(line: UUID, kind: str, units: int, amount: Decimal, subject: UUID, at: datetime) -> bool:
    rows = await Movement.raw(
        "INSERT INTO contract_movement (id, line, kind, units, amount, subject, at) VALUES ({}, {}, {}, {}, {}, {}, {})"
        " ON CONFLICT (subject, kind) WHERE kind IN ('reserved', 'released') DO NOTHING RETURNING id",
        uuid4(), line, kind, units, amount, subject, at,
    )  # fmt: skip
    return bool(rows)
