"""Certificates: handed in by the keeper, verified or refused by somebody else (DOMAIN.md 2.3, 8.11)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.accounts.queries import users_with
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.providers.carer_facts import CertificateFacts
from bangfu.providers.carer_reading import carer_for, kept_carer, locked, may_verify
from bangfu.providers.carer_rules import REQUIRED_LEVEL, YEAR_DAYS, level_suffices
from bangfu.providers.tables import Carer, Qualification
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.files import Looked, keep

SUBJECT = "qualification"
SELF_ENTERED = N_("You entered this certificate yourself: another person verifies it.")


async def hand_in(
    actor: Actor, carer: UUID, key: UUID, facts: CertificateFacts, scan: Looked | None, at: datetime
) -> None:  # fmt: skip
    """A new or renewed certificate; it counts only once somebody else has verified it. The same key again is the same.

    Raises:
        NotYours, NotAllowed: as `kept_carer`.
        FormError: for `H` or `M` that would count longer than a year from its issue.
    """
    row = await kept_carer(actor, carer)
    check_span(facts)
    async with transaction():
        await locked(carer)
        if await _is_repeat(carer, key):
            return
        await add(actor, row, key, facts, at)
        if scan is not None:
            await keep(actor, SUBJECT, key, "scan", scan, at)


async def add(actor: Actor, carer: dict[str, Any], key: UUID, facts: CertificateFacts, at: datetime) -> None:
    """The row, its event and the message to who verifies; inside the caller's transaction."""
    await Qualification(
        id=key, carer=carer["id"], code=facts.code, number=facts.number, issuer=facts.issuer,
        issued_on=facts.issued_on, expires_on=facts.expires_on, status="handed_in", entered_by=actor.user,
        entered_at=at,
    ).save()  # fmt: skip
    await audit.record(
        actor, "certificate.handed_in", "carer", carer["id"], division=carer["division"], at=at,
        data={"number": carer["number"], "qualification": facts.code, "until": facts.expires_on.isoformat(),
              "certificate": key},
    )  # fmt: skip
    verifiers = await users_with("township_officer", carer["division"])
    await send(
        [user for user in verifiers if user != actor.user], "certificate_waiting", f"/carers/{carer['id']}",
        {"number": carer["number"], "qualification": facts.code}, f"{key}:waiting",
    )  # fmt: skip


def check_span(facts: CertificateFacts) -> None:
    """Raises FormError where the days contradict each other, or `H` and `M` count longer than a year."""
    if facts.issued_on is not None and facts.expires_on < facts.issued_on:
        raise FormError({"expires_on": (N_("The last day cannot lie before the first."), {})})
    days = YEAR_DAYS.get(facts.code)
    if days is None:
        return
    if facts.issued_on is None:
        raise FormError({"issued_on": (N_("This one counts for a year from its issue: enter the day of issue."), {})})
    if (facts.expires_on - facts.issued_on).days > days:
        raise FormError({"expires_on": (N_("At most {days} days after the issue."), {"days": days})})


async def verify(actor: Actor, carer: UUID, certificate: UUID, at: datetime) -> None:
    """handed_in -> verified: from now on it counts. A repeat by the same person changes nothing.

    Raises:
        NotYours: for a certificate of somebody else.
        NotAllowed: for who entered it (the try is logged), and for roles that may not.
        Refused: if it was decided already, or rests on a training that is not recorded.
    """
    row = await _judged(actor, carer, certificate, at)
    async with transaction():
        found = await _open(actor, carer, certificate, "verified")
        if found is None:
            return
        if not level_suffices(found.code, row["training_level"]):
            raise Refused(
                N_("First record the training of level {level} on which this certificate rests."),
                level=REQUIRED_LEVEL[found.code],
            )
        await _decide(actor, row, found, "verified", "", at)


async def reject(actor: Actor, carer: UUID, certificate: UUID, reason: str, at: datetime) -> None:
    """handed_in or verified -> rejected: it does not count, from now on. Who handed it in is told.

    Raises: as `verify`.
    """
    row = await _judged(actor, carer, certificate, at)
    async with transaction():
        found = await _open(actor, carer, certificate, "rejected")
        if found is None:
            return
        await _decide(actor, row, found, "rejected", reason, at)
        if found.entered_by is not None:
            await send(
                [found.entered_by], "certificate_rejected", f"/carers/{carer}",
                {"number": row["number"], "qualification": found.code}, f"{certificate}:rejected",
            )  # fmt: skip


async def _judged(actor: Actor, carer: UUID, certificate: UUID, at: datetime) -> dict[str, Any]:
    """The carer, where the actor may judge this certificate: never by who entered it."""
    row = await carer_for(actor, carer)
    found = await Qualification.objects().get(Qualification.id == certificate)
    if found is None or found.carer != carer:
        raise NotYours
    if not may_verify(actor, row):
        raise NotAllowed
    if found.entered_by is not None and found.entered_by == actor.user:
        async with transaction():
            await audit.record(
                actor, "carer.refused_two_people", "carer", carer, division=row["division"], at=at,
                data={"number": row["number"], "certificate": certificate},
            )  # fmt: skip
        raise NotAllowed(SELF_ENTERED)
    return row


async def _open(actor: Actor, carer: UUID, certificate: UUID, target: str) -> Qualification | None:
    """The locked certificate, or None where the same person decided the same already."""
    await Carer.objects().where(Carer.id == carer).first().lock_rows("NO KEY UPDATE")
    found: Qualification = (
        await Qualification.objects().where(Qualification.id == certificate).first().lock_rows("UPDATE")
    )
    if found.status == target and found.verified_by == actor.user:
        return None
    if found.status == "rejected" or (found.status == "verified" and target == "verified"):
        raise Refused(N_("Somebody decided about this certificate already. Look at the page again."))
    return found


async def _decide(
    actor: Actor, carer: dict[str, Any], found: Qualification, status: str, reason: str, at: datetime
) -> None:  # fmt: skip
    await Qualification.update(
        {
            Qualification.status: status, Qualification.verified_by: actor.user, Qualification.verified_at: at,
            Qualification.reject_reason: reason,
        }
    ).where(Qualification.id == found.id)  # fmt: skip
    await audit.record(
        actor, f"certificate.{status}", "carer", carer["id"], division=carer["division"], at=at,
        data={"number": carer["number"], "qualification": found.code, "certificate": found.id},
        before={"status": found.status}, after={"status": status},
    )  # fmt: skip


async def _is_repeat(carer: UUID, key: UUID) -> bool:
    known = await Qualification.objects().get(Qualification.id == key)
    if known is not None and known.carer != carer:
        raise NotYours
    return known is not None


async def check_belongs(carer: UUID, certificate: UUID) -> None:
    """Raises NotYours for a certificate that is not this carer's."""
    found = await Qualification.objects().get(Qualification.id == certificate)
    if found is None or found.carer != carer:
        raise NotYours
