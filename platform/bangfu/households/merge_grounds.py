"""What was withdrawn in one of two files stays withdrawn when they become one (DOMAIN.md 9.1)."""

from datetime import datetime
from uuid import UUID

from bangfu.households.consent_rules import is_ended, left_after
from bangfu.households.tables import Consent, ConsentWithdrawal

_LATER = (
    "SELECT c.id, w.purposes FROM consent c JOIN consent_withdrawal w ON w.household <> c.household"
    " JOIN consent b ON b.id = w.consent WHERE c.household = ANY({}) AND w.household = ANY({})"
    " AND c.ground = 'consent' AND b.ground = 'consent' AND c.withdrawn_at IS NULL AND c.recorded_at <= w.recorded_at"
    " AND (c.person IS NULL OR b.person IS NULL OR c.person = b.person) ORDER BY w.recorded_at, w.id"
)


async def take_over_withdrawals(kept: UUID, other: UUID, at: datetime) -> None:
    """Before the files are put together: an older consent in the one no longer covers what was withdrawn later in the
    other, so that a forgotten paper of the duplicate does not bring a sharing back to life. A consent that was recorded
    after the withdrawal counts.
    """
    homes = [kept, other]
    for row in await ConsentWithdrawal.raw(_LATER, homes, homes):
        found = await Consent.objects().where(Consent.id == row["id"]).first().lock_rows("UPDATE")
        if found is None or found.withdrawn_at is not None:
            continue
        left = left_after(found.purposes, row["purposes"])
        if left == left_after(found.purposes, ()):
            continue
        values = {"withdrawn_at": at} if is_ended(left) else {"purposes": list(left)}
        await Consent.update(**values).where(Consent.id == found.id)
