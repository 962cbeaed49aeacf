"""Training, a volunteer's insurance and a guardian's consent: recorded by the keeper (DOMAIN.md 2.3, 7)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from piccolo.table import Table

from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.providers.carer_facts import Agreement, Course, Policy
from bangfu.providers.carer_reading import kept_carer, locked
from bangfu.providers.carer_tables import GuardianConsent, TrainingRecord, VolunteerInsurance
from bangfu.providers.tables import Carer
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.crypto import encrypt
from bangfu.shared.database import transaction
from bangfu.shared.files import Looked, keep


async def record_training(
    actor: Actor, carer: UUID, key: UUID, course: Course, scan: Looked | None, at: datetime
) -> None:  # fmt: skip
    """A course; the person's level is the highest of their courses. The same key again is the same course.

    Raises:
        NotYours, NotAllowed: as `kept_carer`.
    """

    def row() -> Table:
        return TrainingRecord(
            id=key, carer=carer, name=course.name, content=course.content, hours=course.hours,
            organiser=course.organiser, held_on=course.held_on, level=course.level, recorded_by=actor.user,
            created_at=at,
        )  # fmt: skip

    data = {"level": course.level, "on": course.held_on.isoformat()}
    async with transaction():
        await _record(actor, carer, row, "carer.trained", data, scan, at)
        await Carer.raw(
            "UPDATE carer SET training_level = greatest(training_level, {}::int) WHERE id = {}", course.level, carer
        )


async def record_insurance(
    actor: Actor, carer: UUID, key: UUID, policy: Policy, scan: Looked | None, at: datetime
) -> None:  # fmt: skip
    """A policy of a volunteer; the number is sealed. The same key again is the same policy.

    Raises:
        NotYours, NotAllowed: as `kept_carer`.
        Refused: for somebody who is no volunteer.
        FormError: where the last day lies before the first, or more than five years after it.
    """
    if policy.ends_on < policy.starts_on:
        raise FormError({"ends_on": (N_("The last day cannot lie before the first."), {})})
    if (policy.ends_on - policy.starts_on).days > 5 * 366:
        raise FormError({"ends_on": (N_("At most {days} days after the first day."), {"days": 5 * 366})})
    await _only_volunteers(actor, carer)

    def row() -> Table:
        return VolunteerInsurance(
            id=key, carer=carer, insurer=policy.insurer, starts_on=policy.starts_on, ends_on=policy.ends_on,
            policy_number_enc=encrypt(policy.number, f"volunteer_insurance:policy_number_enc:{key}"),
            recorded_by=actor.user, created_at=at,
        )  # fmt: skip

    data = {"from": policy.starts_on.isoformat(), "until": policy.ends_on.isoformat()}
    await _record(actor, carer, row, "carer.insured", data, scan, at)


async def record_consent(
    actor: Actor, carer: UUID, key: UUID, given: Agreement, scan: Looked | None, at: datetime
) -> None:  # fmt: skip
    """That a guardian lets a minor serve. The same key again is the same consent.

    Raises: as `record_insurance`.
    """
    await _only_volunteers(actor, carer)

    def row() -> Table:
        return GuardianConsent(
            id=key, carer=carer, guardian_enc=encrypt(given.guardian, f"guardian_consent:guardian_enc:{key}"),
            relation=given.relation, services=list(given.services), given_on=given.given_on, recorded_by=actor.user,
            created_at=at,
        )  # fmt: skip

    data = {"on": given.given_on.isoformat(), "relation": given.relation}
    await _record(actor, carer, row, "carer.consent_given", data, scan, at)


async def withdraw_consent(actor: Actor, carer: UUID, consent: UUID, at: datetime) -> None:
    """The guardian takes the consent back: from today on the minor is not matched or sent any more.

    Raises:
        NotYours: for a consent about somebody else; else as `kept_carer`.
    """
    kept = await kept_carer(actor, carer)
    async with transaction():
        await locked(carer)
        found = await GuardianConsent.objects().get(GuardianConsent.id == consent)
        if found is None or found.carer != carer:
            raise NotYours
        if found.withdrawn_on is not None:
            return
        day = max(civil_date(at), found.given_on)
        await GuardianConsent.update(
            {GuardianConsent.withdrawn_on: day, GuardianConsent.withdrawn_by: actor.user}
        ).where(GuardianConsent.id == consent)  # fmt: skip
        await audit.record(
            actor, "carer.consent_withdrawn", "carer", carer, division=kept["division"], at=at,
            data={"number": kept["number"], "consent": consent},
        )  # fmt: skip


async def _only_volunteers(actor: Actor, carer: UUID) -> None:
    if (await kept_carer(actor, carer))["kind"] != "volunteer":
        raise Refused(N_("Only volunteers need this."))


async def _record(
    actor: Actor, carer: UUID, made: Callable[[], Table], event: str, data: dict[str, Any], scan: Looked | None,
    at: datetime,
) -> None:  # fmt: skip
    """Keep a row with its scan and its event, once."""
    kept = await kept_carer(actor, carer)
    async with transaction():
        await locked(carer)
        row: Any = made()
        known: Any = await type(row).objects().get(type(row).id == row.id)
        if known is not None:
            if known.carer != carer:
                raise NotYours
            return
        await row.save()
        if scan is not None:
            await keep(actor, type(row)._meta.tablename, row.id, "scan", scan, at)
        await audit.record(
            actor, event, "carer", carer, division=kept["division"], at=at,
            data={"number": kept["number"], "row": row.id, **data},
        )  # fmt: skip
