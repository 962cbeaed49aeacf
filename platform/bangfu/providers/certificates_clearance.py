"""The yearly check for work with minors: a clear answer is a certificate `M`, a hit bars at once (DOMAIN.md 2.3)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from bangfu.accounts.queries import managers_of, users_with
from bangfu.errors import N_, NotAllowed, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.providers import certificates
from bangfu.providers.carer_facts import CertificateFacts, Check
from bangfu.providers.carer_reading import carer_for, locked, may_check
from bangfu.providers.carer_rules import YEAR_DAYS
from bangfu.providers.carer_tables import ClearanceCheck
from bangfu.providers.tables import Carer
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.crypto import encrypt
from bangfu.shared.database import transaction
from bangfu.shared.files import Looked, keep
from bangfu.shared.permissions import allows

SUBJECT = "clearance_check"


async def record_check(
    actor: Actor, carer: UUID, key: UUID, check: Check, scan: Looked | None, at: datetime
) -> None:  # fmt: skip
    """What police or procuratorate answered. Clear: a certificate `M` for 365 days waits for verification. A hit: the
    person is barred from everything at once; the bureau, the keeper and the manager are told. The same key again is
    the same check.

    Raises:
        NotYours: for somebody whom the actor does not see.
        NotAllowed: for who neither keeps the record nor works for the bureau.
    """
    row = await carer_for(actor, carer)
    if not may_check(actor, row):
        raise NotAllowed
    async with transaction():
        await locked(carer)
        known = await ClearanceCheck.objects().get(ClearanceCheck.id == key)
        if known is not None:
            if known.carer != carer:
                raise NotYours
            return
        made = None if check.hit else uuid4()
        await ClearanceCheck(
            id=key, carer=carer, body=check.body, checked_on=check.checked_on, hit=check.hit, qualification=made,
            recorded_by=actor.user, created_at=at,
        ).save()  # fmt: skip
        if scan is not None:
            await keep(actor, SUBJECT, key, "scan", scan, at)
        if made is not None:
            await _clear(actor, row, made, check, at)
        else:
            await _bar(actor, row, key, check, at)


async def _clear(actor: Actor, row: dict[str, Any], made: UUID, check: Check, at: datetime) -> None:
    await audit.record(
        actor, "carer.cleared", "carer", row["id"], division=row["division"], at=at,
        data={"number": row["number"], "body": check.body, "on": check.checked_on.isoformat()},
    )  # fmt: skip
    until = check.checked_on + timedelta(days=YEAR_DAYS["M"])
    await certificates.add(actor, row, made, CertificateFacts("M", "", "", check.checked_on, until), at)


async def _bar(actor: Actor, row: dict[str, Any], key: UUID, check: Check, at: datetime) -> None:
    found = await locked(row["id"])
    since = min(found.clearance_hit_on or civil_date(at), civil_date(at))
    await Carer.update({Carer.clearance_hit_on: since, Carer.version: found.version + 1}).where(Carer.id == row["id"])
    await audit.record(
        actor, "carer.clearance_hit", "carer", row["id"], division=row["division"], at=at,
        data={"number": row["number"], "check": key, "on": check.checked_on.isoformat()},
    )  # fmt: skip
    told = [*await users_with("bureau_officer", row["division"]), *await users_with("bureau_lead", row["division"])]
    told += await users_with("station_dispatcher", row["division"])
    if row["organization"] is not None:
        told += await managers_of(row["organization"])
    params = {"number": row["number"]}
    await send(told, "carer_barred", f"/carers/{row['id']}", params, f"{key}:hit", urgent=True)


async def lift(actor: Actor, carer: UUID, reason: str, at: datetime) -> None:
    """The bureau's lead lifts a bar that rested on a mistake; the person needs a new check for work with minors.

    Raises:
        NotYours: for somebody of another area.
        NotAllowed: for other roles, and for who recorded the check.
        Refused: where nothing is barred.
    """
    row = await carer_for(actor, carer)
    if not allows(actor.roles, "providers.bar"):
        raise NotAllowed
    async with transaction():
        found = await locked(carer)
        checks = await ClearanceCheck.raw(
            "SELECT id, recorded_by, lifted_at, lifted_by FROM clearance_check WHERE carer = {} AND hit"
            " ORDER BY created_at",
            carer,
        )
        if found.clearance_hit_on is None:
            if checks and checks[-1]["lifted_by"] == actor.user:
                return
            raise Refused(N_("This person is not barred after a check."))
        if any(check["recorded_by"] == actor.user for check in checks if check["lifted_at"] is None):
            raise NotAllowed(N_("You recorded this check yourself: another person lifts the bar."))
        await Carer.update({Carer.clearance_hit_on: None, Carer.version: found.version + 1}).where(Carer.id == carer)
        for check in checks:
            if check["lifted_at"] is None:
                await _note_lifting(actor, check["id"], reason, at)
        await Carer.raw(
            "UPDATE qualification SET status = 'rejected', reject_reason = '' WHERE carer = {} AND code = 'M'"
            " AND status <> 'rejected'",
            carer,
        )
        await audit.record(
            actor, "carer.clearance_lifted", "carer", carer, division=row["division"], at=at,
            data={"number": row["number"]},
        )  # fmt: skip


async def _note_lifting(actor: Actor, check: UUID, reason: str, at: datetime) -> None:
    sealed = encrypt(reason, f"clearance_check:lift_reason_enc:{check}")
    await ClearanceCheck.update(
        {
            ClearanceCheck.lifted_at: at, ClearanceCheck.lifted_by: actor.user,
            ClearanceCheck.lift_reason_enc: sealed,
        }
    ).where(ClearanceCheck.id == check)  # fmt: skip
