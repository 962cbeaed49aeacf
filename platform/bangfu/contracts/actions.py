"""Posting to the ledger of a contract line (contracts.rules). Entries are append-only, and each is posted once for its
line, subject and kind, so that a repeat changes nothing. The database checks every entry once more (guard_movement).

Locks, so that nothing is promised twice: what needs room on a line (`reserve`, and `post` of everything but a delivery
within its reservation) takes the row locks of the funds under a cap, then of the line; transactions that also lock
needs or assignments take these first (`hold_line`). What only moves a reservation (`release`, `deliver`) takes the lock
of that reservation and never waits for a line. The audit event is the caller's (it names line, units and amount).
"""

from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID, uuid4

from bangfu.contracts.queries import as_line, burn_of
from bangfu.contracts.room import Cap, Quota
from bangfu.contracts.room_queries import quotas_of, tight_caps_of
from bangfu.contracts.rules import NOTHING, Line, Posted, Sum, fault_of, moved_by_delivery
from bangfu.contracts.tables import ContractLine, Movement
from bangfu.errors import N_, Refused
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction

NOT_OPEN: Final = N_("The contract line is not open today; no service can be ordered from it.")
LINE_FULL: Final = N_(
    "The contract line has {left} visits and {money} yuan left until its end; this service needs"
    " {units} visits and {amount} yuan until then."
)
QUOTA_FULL: Final = N_(
    "The township's quota of the contract line has {left} visits left; this service needs {units} visits until the"
    " line's end."
)
CAP_FULL: Final = N_(
    "The cap of the special assistance fund of {year} has {money} yuan left for what is ordered from its contracts;"
    " this service needs {amount} yuan."
)
FAULTS: Final = {
    "sign": N_("An entry of the ledger moves at least one visit or one fen, all of it in one direction."),
    "over_line": N_("The contract line has less left than this entry takes."),
    "over_committed": N_("Less is reserved than this entry gives back."),
    "over_delivered": N_("Less was delivered than would be verified, held back or paid."),
    "over_ceiling": N_("More would be paid and held back than the contract line allows."),
    "over_held": N_("Less is held back than this entry frees."),
    "below_zero": N_("A correction takes back at most what there is."),
}


async def hold_line(line: UUID) -> None:
    """Lock what a reservation on a line needs, before needs and assignments are locked: funds, then the line."""
    await _held(line)


async def reserve(
    actor: Actor, line: UUID, units: int, amount: Decimal, subject: UUID, at: datetime, division: str = ""
) -> bool:
    """Reserve visits and money of a line for a subject (an assignment) that is served in a division.

    Returns:
        Whether an entry was posted; False where the subject has its reservation already.

    Raises:
        Refused: if the line is not open, or less than that is left of it, of the township's quota, or of the cap.
        ValueError: for a reservation of nothing or less.
    """
    if units <= 0 or amount < 0:
        raise ValueError("a reservation is of at least one visit")
    async with transaction():
        found, caps = await _held(line)
        if await _repeated(line, subject, "reserved"):
            return False
        if not found.open_on(civil_date(at)):
            raise Refused(NOT_OPEN)
        await _check_room(found, caps, Sum(units, amount), division)
        return await _post(line, Posted("reserved", units, amount), subject, at, division=division)


async def release(actor: Actor, subject: UUID, at: datetime) -> bool:
    """Give back what a subject has reserved and not used; without a reservation, or when repeated, nothing happens.

    Returns:
        Whether an entry was posted.
    """
    async with transaction():
        opened = await _reservation(subject)
        if opened is None or opened[1] == NOTHING:
            return False
        line, left, division = opened
        return await _post(line, Posted("released", -left.units, -left.amount), subject, at, division=division)


async def deliver(
    actor: Actor, line: UUID, units: int, amount: Decimal, subject: UUID, at: datetime, *,
    reservation: UUID | None = None, division: str = "",
) -> bool:  # fmt: skip
    """Move visits from reserved to delivered in one step: `subject` (a visit) uses up what `reservation` (its
    assignment) holds; what goes beyond that needs room of its own.

    Returns:
        Whether entries were posted; False when repeated.

    Raises:
        Refused: if the line has no room for what goes beyond the reservation, or the reservation is another line's.
        ValueError: for a delivery of nothing or less.
    """
    if units <= 0 or amount < 0:
        raise ValueError("a delivery is of at least one visit")
    async with transaction():
        opened = await _reservation(reservation) if reservation is not None else None
        if await _repeated(line, subject, "delivered"):
            return False
        moved = NOTHING
        if opened is not None and opened[1] != NOTHING:
            if opened[0] != line:
                raise Refused(N_("The task is paid from another contract line."))
            division = division or opened[2]
            moved = moved_by_delivery(opened[1], Sum(units, amount))
        beyond = Sum(max(0, units - moved.units), max(Decimal(0), amount - moved.amount))
        if beyond != NOTHING:
            found, caps = await _held(line)
            await _check_room(found, caps, beyond, division)
        if moved != NOTHING:
            entry = Posted("released", -moved.units, -moved.amount)
            await _post(line, entry, subject, at, division=division, reservation=reservation)
        return await _post(line, Posted("delivered", units, amount), subject, at, division=division)


async def post(actor: Actor, line: UUID, kind: str, units: int, amount: Decimal, subject: UUID, at: datetime) -> bool:
    """Post what became of delivered visits: verified, held, freed or settled, or a correction of delivered (below
    zero). `units` and `amount` are what the kind says (freed 3 visits: 3); only corrections are below zero. Reserving,
    releasing and delivering are `reserve`, `release` and `deliver`.

    Returns:
        Whether an entry was posted; False where the subject has one of this kind already.

    Raises:
        Refused: if the entry breaks a rule of the ledger (`rules.fault_of`).
    """
    if kind not in {"delivered", "verified", "held", "freed", "settled"}:
        raise ValueError(f"{kind} has its own verb")
    sign = -1 if kind == "freed" else 1
    entry = Posted(kind, sign * units, sign * amount)
    async with transaction():
        await _held(line)
        if await _repeated(line, subject, kind):
            return False
        if fault := fault_of((await burn_of([line]))[line], entry):
            raise Refused(FAULTS[fault])
        return await _post(line, entry, subject, at)


async def _held(line: UUID) -> tuple[Line, list[Cap]]:
    """The line and the caps that bind it, locked in one order: funds, then the line."""
    rows = await ContractLine.raw("SELECT * FROM contract_line WHERE id = {}", line)
    if not rows:
        raise LookupError(f"no contract line {line}")
    caps = await tight_caps_of([as_line(rows[0])], lock=True)
    rows = await ContractLine.raw("SELECT * FROM contract_line WHERE id = {} FOR NO KEY UPDATE", line)
    return as_line(rows[0]), caps


async def _check_room(line: Line, caps: list[Cap], wanted: Sum, division: str) -> None:
    left = (await burn_of([line.id]))[line.id].left
    if not wanted.within(left):
        raise Refused(
            LINE_FULL, left=left.units, money=f"{left.amount:,.2f}", units=wanted.units, amount=f"{wanted.amount:,.2f}"
        )
    quotas: list[Quota] = [quota for quota in await quotas_of([line.id]) if division and quota.covers(division)]
    for quota in quotas:
        if wanted.units > quota.left:
            raise Refused(QUOTA_FULL, left=max(0, quota.left), units=wanted.units)
    for cap in caps:
        if not cap.takes(line.id, wanted.amount):
            money = f"{max(Decimal(0), cap.room):,.2f}"
            raise Refused(CAP_FULL, year=cap.year, money=money, amount=f"{wanted.amount:,.2f}")


async def _repeated(line: UUID, subject: UUID, kind: str) -> bool:
    return bool(
        await Movement.raw(
            "SELECT 1 FROM contract_movement WHERE line = {} AND subject = {} AND kind = {}", line, subject, kind
        )
    )


async def _reservation(subject: UUID) -> tuple[UUID, Sum, str] | None:
    """Line, what is left and division of a subject's reservation; from here on nobody else moves it."""
    await Movement.raw("SELECT pg_advisory_xact_lock(hashtextextended({}, 0))", f"reservation:{subject}")
    rows = await Movement.raw(
        "SELECT line, sum(units)::int AS units, sum(amount) AS amount, max(division) AS division"
        " FROM contract_movement WHERE kind IN ('reserved', 'released')"
        " AND (reservation = {} OR (subject = {} AND reservation IS NULL)) GROUP BY line",
        subject, subject,
    )  # fmt: skip
    return (rows[0]["line"], Sum(rows[0]["units"], rows[0]["amount"]), rows[0]["division"]) if rows else None


async def _post(
    line: UUID, entry: Posted, subject: UUID, at: datetime, *, division: str = "", reservation: UUID | None = None
) -> bool:
    rows = await Movement.raw(
        "INSERT INTO contract_movement (id, line, kind, units, amount, subject, at, division, reservation)"
        " VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}) ON CONFLICT DO NOTHING RETURNING id",
        uuid4(), line, entry.kind, entry.units, entry.amount, subject, at, division, reservation,
    )  # fmt: skip
    return bool(rows)
