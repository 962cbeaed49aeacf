"""Verbs on requests about one's data: record, hand out, answer or refuse. One transaction each."""

from datetime import datetime
from uuid import UUID

from asyncpg import UniqueViolationError

from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.households.actions import on_relocation
from bangfu.households.reading import note_read
from bangfu.households.sealing import seal
from bangfu.households.tables import Household, Person
from bangfu.privacy import rules
from bangfu.privacy.tables import PrivacyRequest
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.numbering import fresh_number


async def record_request(
    actor: Actor, key: UUID, household: UUID, person: UUID, kind: str, applicant: str, relation: str, reason: str,
    at: datetime,
) -> UUID:  # fmt: skip
    """An open request. The same key again is the same request.

    Raises:
        NotYours: for a household of another area, a person who is no member, or somebody else's key.
    """
    try:
        async with transaction():
            if await _is_own_repeat(actor, key):
                return key
            home = await Household.objects().get(Household.id == household)
            member = await Person.exists().where((Person.id == person) & (Person.household == household))
            if home is None or not actor.sees(home.division) or not member:
                raise NotYours
            number = await fresh_number(PrivacyRequest)
            await PrivacyRequest(
                id=key, number=number, household=household, person=person, division=home.division, kind=kind,
                applicant_enc=seal("privacy_request", "applicant_enc", key, applicant), applicant_relation=relation,
                reason_enc=seal("privacy_request", "reason_enc", key, reason), created_by=actor.user, created_at=at,
            ).save()  # fmt: skip
            await audit.record(
                actor, "privacy.requested", "privacy_request", key, division=home.division, at=at,
                data={"number": number, "household": household, "person": person, "kind": kind},
            )  # fmt: skip
    except UniqueViolationError:
        if not await _is_own_repeat(actor, key):
            raise
    return key


async def note_export(actor: Actor, request: UUID, form: str, at: datetime) -> PrivacyRequest:
    """Write down that the package is handed out, before it is: audit event and record of readings.

    Raises:
        NotYours: for a request of another area.
        Refused: for a request that was answered or refused (a new copy takes a new request), or for a correction.
    """
    async with transaction():
        row = await _locked(actor, request)
        if row.status != "open" or row.kind != "access":
            raise Refused(N_("On this request nothing is handed out."))
        await audit.record(
            actor, "privacy.exported", "privacy_request", row.id, division=row.division, at=at,
            data={"number": row.number, "household": row.household, "person": row.person, "format": form},
        )  # fmt: skip
        await note_read(actor, row.household, row.person, "export", row.number, at)
    return row


async def decide_request(actor: Actor, request: UUID, action: str, answer: str, at: datetime) -> None:
    """open -> answered or refused, with what was done or why not (PIPL art. 50). A repeat changes nothing.

    Raises:
        NotYours: for a request of another area.
        NotAllowed: for another role.
        FormError: without a text.
        Refused: if it was decided otherwise.
    """
    async with transaction():
        row = await _locked(actor, request)
        if row.closed_by == actor.user and any(
            line.action == action and line.target == row.status for line in rules.MACHINE.table.values()
        ):
            return
        step = rules.MACHINE.step(row.status, action)
        if not rules.MACHINE.may(row.status, action, actor.roles):
            raise NotAllowed
        if not answer.strip():
            raise FormError({"answer": (N_("Please fill this in."), {})})
        await PrivacyRequest.update(
            status=step.target, answer_enc=seal("privacy_request", "answer_enc", row.id, answer), closed_by=actor.user,
            closed_at=at, version=row.version + 1,
        ).where(PrivacyRequest.id == row.id)  # fmt: skip
        await audit.record(
            actor, f"privacy.{step.event}", "privacy_request", row.id, division=row.division, at=at,
            data={"number": row.number, "household": row.household, "from": row.status, "to": step.target},
            before={"status": row.status}, after={"status": step.target},
        )  # fmt: skip


async def _locked(actor: Actor, request: UUID) -> PrivacyRequest:
    row: PrivacyRequest | None = (
        await PrivacyRequest.objects().where(PrivacyRequest.id == request).first().lock_rows("UPDATE")
    )
    if row is None or not actor.sees(row.division):
        raise NotYours
    return row


async def _is_own_repeat(actor: Actor, key: UUID) -> bool:
    row = await PrivacyRequest.objects().get(PrivacyRequest.id == key)
    if row is not None and row.created_by != actor.user:
        raise NotYours
    return row is not None


async def _follow_household(household: UUID, division: str) -> None:
    """A household that moves takes its requests along: the former area hands out nothing more."""
    await PrivacyRequest.update({PrivacyRequest.division: division}).where(PrivacyRequest.household == household)


on_relocation(_follow_household)
