"""What time does to contracts: their last day, yearly acceptances, and lines that are nearly used up."""

import logging
from datetime import date, datetime, timedelta
from uuid import UUID

from bangfu.contracts import life_hooks
from bangfu.contracts.acceptance_rules import years_over
from bangfu.contracts.accepting import SUBJECT, TIMED, yearly_subject
from bangfu.contracts.life import lines_of
from bangfu.contracts.life_tables import Acceptance
from bangfu.contracts.life_telling import tell_bureau, tell_supplier
from bangfu.contracts.moves import locked, move
from bangfu.contracts.queries import burn_of
from bangfu.contracts.tables import Contract, ContractLine
from bangfu.shared.actor import SYSTEM
from bangfu.shared.civil_time import add_months, civil_date, day_span
from bangfu.shared.database import transaction
from bangfu.supervision import actions as supervision

log = logging.getLogger("bangfu.contracts")
THRESHOLDS = {"near": ("80",), "nearly_used": ("80", "95")}


async def look_after(at: datetime) -> int:
    """End contracts whose last day is over, watch for acceptances that are due, warn of lines nearly used up.

    Safe to repeat, and with several workers: each contract in a transaction of its own; one that fails is logged and
    left for the next round.

    Returns:
        How many contracts ended.
    """
    ended, today = 0, civil_date(at)
    rows = await Contract.raw(
        "SELECT id FROM contract WHERE status = 'active' AND (ends_on < {} OR multi_year) ORDER BY id", today
    )
    for row in rows:
        try:
            ended += await _look_at(row["id"], at)
        except Exception:
            log.exception("contract %s could not be looked after", row["id"])
    await _warn(at)
    return ended


async def _look_at(contract: UUID, at: datetime) -> int:
    async with transaction():
        row = await locked(contract)
        if row.status != "active":
            return 0
        if row.ends_on >= civil_date(at):
            await _watch_years(row, at)
            return 0
        lines = await lines_of(contract, lock=True)
        await move(SYSTEM, row, "end", at)
        await life_hooks.ended(SYSTEM, lines, "ended", True, at)
        await _watch(row, row.id, row.ends_on + timedelta(days=row.acceptance_days), at)
        await tell_bureau(row, "contract_to_accept", "/acceptance", "bureau_officer")
        await tell_supplier(row, "contract_ended", "/money")
        return 1


async def _watch_years(row: Contract, at: datetime) -> None:
    """A contract for several years is accepted year by year (DOMAIN.md 8.6)."""
    for period in range(1, years_over(row.starts_on, row.ends_on, civil_date(at)) + 1):
        done = (Acceptance.contract == row.id) & (Acceptance.period == period) & (Acceptance.status == "published")
        if not await Acceptance.exists().where(done):
            end = add_months(row.starts_on, 12 * period) - timedelta(days=1)
            await _watch(row, yearly_subject(row.id, period), end + timedelta(days=row.acceptance_days), at)


async def _watch(row: Contract, subject: UUID, due_on: date, at: datetime) -> None:
    timed = supervision.Timed(
        kind=TIMED, subject_type=SUBJECT, subject=subject, href=f"/contracts/{row.id}/acceptance",
        division=row.division, due_at=day_span(due_on)[1], number=row.number, unit="bureau", role="bureau_officer",
    )  # fmt: skip
    await supervision.watch(SYSTEM, timed, at)


async def _warn(at: datetime) -> None:
    """Each line's bureau and supplier hear once of 80 % and once of 95 % (DOMAIN.md 4.3)."""
    rows = await ContractLine.raw(
        "SELECT l.id, l.contract, l.service FROM contract_line l JOIN contract c ON c.id = l.contract"
        " WHERE l.status = 'active' AND c.status = 'active' AND {}::date BETWEEN l.starts_on AND l.ends_on"
        " ORDER BY l.id",
        civil_date(at),
    )
    burns = await burn_of([row["id"] for row in rows])
    for row in rows:
        for threshold in THRESHOLDS.get(burns[row["id"]].warning, ()):
            await _warn_of(row["id"], row["contract"], row["service"], threshold)


async def _warn_of(line: UUID, contract: UUID, service: str, threshold: str) -> None:
    async with transaction():
        row = await Contract.objects().get(Contract.id == contract)
        if row is None:
            return
        told = {"event": f"{line}:{threshold}", "service": service}
        await tell_bureau(row, f"contract_line_{threshold}", "/burn", "bureau_officer", **told)
        await tell_supplier(row, f"contract_line_{threshold}", "/money", **told)
