"""Agreements by the clock: due for renewal 30 days before the end, expired after it; looked at by the worker."""

from datetime import date, datetime, timedelta
from uuid import UUID

from bangfu.accounts.queries import users_with
from bangfu.agreements import rules
from bangfu.agreements.ending import REMAKE, RENEW, end_admitted, name_kin, timed
from bangfu.agreements.moves import entered, move
from bangfu.agreements.tables import CareAgreement
from bangfu.messages.actions import send
from bangfu.shared.actor import SYSTEM
from bangfu.shared.civil_time import civil_date, day_span
from bangfu.shared.database import transaction
from bangfu.supervision.actions import drop, watch

BATCH = 300


async def look_after(at: datetime) -> int:
    """Take what the clock asks for, and end what an institution admitted. Returns how many agreements moved."""
    today = civil_date(at)
    moved = [await _step(agreement, today, at) for agreement in await _waiting(today)]
    return sum(moved) + await end_admitted(at)


async def _waiting(today: date) -> list[UUID]:
    rows = await CareAgreement.raw(
        "SELECT id FROM care_agreement WHERE (status IN ('active', 'renewal_due', 'party_signing') AND ends_on < {})"
        " OR (status = 'active' AND ends_on <= {}::date + {}::int) ORDER BY ends_on, id LIMIT {}",
        today, today, rules.RENEWAL_DAYS, BATCH,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def _step(agreement: UUID, today: date, at: datetime) -> bool:
    async with transaction():
        row = await entered(SYSTEM, agreement)
        action = rules.clock_state(row.status, row.ends_on, today)
        if not action:
            return False
        await move(SYSTEM, row, action, at, data={"ends_on": row.ends_on.isoformat()})
        officers = await users_with("township_officer", row.division)
        href, params = f"/agreements/{row.id}", {"number": row.number}
        if action == "fall_due":
            end = day_span(row.ends_on)[1] - timedelta(minutes=1)
            await watch(SYSTEM, timed(row, RENEW, end), at)
            await send(officers, "agreement_renewal", href, params)
            return True
        # The task stays open: who has to renew it is late, and is told so by the ladder of supervision.
        await drop(SYSTEM, REMAKE, row.id, at, reason="expired")
        await name_kin(SYSTEM, row, at, may=False)
        await send(officers, "agreement_expired", href, params)
        return True
