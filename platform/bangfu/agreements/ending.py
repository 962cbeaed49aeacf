"""How an agreement ends: terminated with a reason, followed by a new one, or with a death or leaving (DOMAIN.md 8.7).

What others tell: an assessment with another level marks it to be made anew, a leaving terminates it, an undone leaving
brings it back, admission to an institution ends an agreement on care at home. While an agreement that names a relative
is in force, that relative may care (households.kinship).
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from bangfu.accounts.queries import managers_of, users_with
from bangfu.agreements import rules
from bangfu.agreements.moves import about, check_role, entered, move
from bangfu.agreements.tables import CareAgreement
from bangfu.assessments.actions import Completed, on_completed
from bangfu.errors import N_, FormError
from bangfu.households.history import on_category
from bangfu.households.kinship import name_as_caregiver
from bangfu.households.leaving import Ending, on_leaving, on_return
from bangfu.households.sealing import seal
from bangfu.messages.actions import send
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.clock import now
from bangfu.shared.database import transaction
from bangfu.supervision.actions import Timed, drop, settle, watch
from bangfu.supervision.calendar import current_calendar, end_of_working_day

RENEW, REMAKE = "agreement.renew", "agreement.remake"
_CODES = {"died": "death"}


async def terminate(actor: Actor, agreement: UUID, reason: str, text: str, on: date, at: datetime) -> None:
    """Any living state -> terminated, with the last day on which it counts. A repeat changes nothing.

    Raises:
        NotYours: if it is not the actor's to see.
        NotAllowed, Refused: by role and state.
        FormError: for a day in the future or before the agreement was drafted.
    """
    async with transaction():
        row = await entered(actor, agreement)
        if row.status == "terminated" and row.end_reason == reason:
            return
        check_role(actor, row, "terminate")
        if on > civil_date(at):
            raise FormError({"ended_on": (N_("The day cannot lie in the future."), {})})
        if on < min(row.starts_on, civil_date(row.created_at)):
            raise FormError({"ended_on": (N_("The day lies before the agreement began."), {})})
        await _end(actor, row, reason, on, at, text=text)


async def _end(
    actor: Actor, row: CareAgreement, reason: str, on: date, at: datetime, *, text: str = "",
    leaving: UUID | None = None,
) -> None:  # fmt: skip
    """Terminate a locked row with everything that hangs on it."""
    before = row.status
    await move(
        actor, row, "terminate", at, data={"code": reason, "on": on.isoformat()}, ended_on=on, end_reason=reason,
        end_text_enc=seal("care_agreement", "end_text_enc", row.id, text), status_before=before,
        ended_by_leaving=leaving,
    )  # fmt: skip
    await _let_go(actor, row, at, evidence="agreement.terminated")
    if row.organization is not None and before != "draft":
        managers = await managers_of(row.organization)
        await send(managers, "agreement_ended", f"/my-agreements/{row.id}", {"number": row.number})


async def _let_go(actor: Actor, row: CareAgreement, at: datetime, *, evidence: str) -> None:
    """Clocks stop, and a relative may no longer care through it."""
    for kind in (RENEW, REMAKE):
        await settle(actor, kind, row.id, at, evidence=evidence)
    await name_kin(actor, row, at, may=False)


async def name_kin(actor: Actor, row: CareAgreement, at: datetime, *, may: bool) -> None:
    if row.carer is not None and row.caregiver_relation in rules.RELATIVES:
        await name_as_caregiver(actor, row.household, row.carer, row.caregiver_relation, at, may=may)


async def follow_activation(actor: Actor, row: CareAgreement, at: datetime) -> None:
    """What the seventh signature brings with it: the agreement before ends, a relative may care, clocks stop."""
    rows = await CareAgreement.select(CareAgreement.id).where(
        (CareAgreement.person == row.person) & CareAgreement.status.is_in(sorted(rules.IN_FORCE))
    )
    for found in rows:
        former = await CareAgreement.objects().where(CareAgreement.id == found["id"]).first().lock_rows("UPDATE")
        if former is not None and former.status in rules.IN_FORCE:
            await _replace(former, row, at)
    await name_kin(actor, row, at, may=True)


async def _replace(former: CareAgreement, row: CareAgreement, at: datetime) -> None:
    """The one before is renewed where nothing else changed; else it ends on the day before the new one."""
    if row.reason == "renewal" and former.ends_on < row.starts_on:
        await move(SYSTEM, former, "renew", at, data={"by": row.number})
        await _let_go(SYSTEM, former, at, evidence="agreement.activated")
        return
    code = row.reason if row.reason in rules.END_REASONS else "other"
    first = max(row.starts_on, civil_date(at))
    await _end(SYSTEM, former, code, min(first - timedelta(days=1), former.ends_on), at)


async def level_changed(actor: Actor, completed: Completed, at: datetime) -> None:
    """An assessment of self-care with another level: the agreement is to be made anew, in 10 working days [D]."""
    if completed.sets != "selfcare_level":
        return
    for agreement in await _alive(completed.household, completed.person):
        row = await entered(SYSTEM, agreement)
        if row.status not in rules.ALIVE:
            continue
        if row.selfcare_level == completed.level:
            if row.outdated_by is not None:
                await CareAgreement.update(outdated_by=None).where(CareAgreement.id == row.id)
                await drop(actor, REMAKE, row.id, at, reason="level")
            continue
        await CareAgreement.update(outdated_by=completed.assessment, updated_at=at).where(CareAgreement.id == row.id)
        await audit.record(
            actor, "agreement.outdated", "care_agreement", row.id, division=row.division, at=at,
            data={**about(row), "level": completed.level, "assessment": completed.number},
        )  # fmt: skip
        due = end_of_working_day(at, rules.REMAKE_WORKING_DAYS, await current_calendar())
        await watch(SYSTEM, timed(row, REMAKE, due), at)
        officers = await users_with("township_officer", row.division)
        await send(officers, "agreement_outdated", f"/agreements/{row.id}", {"number": row.number})


def timed(row: CareAgreement, kind: str, due: datetime) -> Timed:
    """The task that the township has with an agreement."""
    return Timed(
        kind=kind, subject_type="care_agreement", subject=row.id, href=f"/agreements/{row.id}", division=row.division,
        due_at=due, number=row.number, unit="township", role="township_officer", household=row.household,
    )  # fmt: skip


async def end_with_leaving(actor: Actor, ending: Ending, at: datetime) -> None:
    """Death or leaving of the person, or of the whole household, terminates; in the transaction of the leaving."""
    for agreement in await _alive(ending.household, ending.person):
        row = await entered(SYSTEM, agreement)
        if row.status in rules.ALIVE:
            await _end(SYSTEM, row, _CODES.get(ending.code, "left"), civil_date(at), at, leaving=ending.event)


async def restore(_: Actor, ending: Ending, at: datetime) -> None:
    """A leaving that was recorded wrongly is taken back: what it terminated counts again, as it stood."""
    if ending.event is None:
        return
    rows = await CareAgreement.select(CareAgreement.id).where(
        (CareAgreement.ended_by_leaving == ending.event) & (CareAgreement.status == "terminated")
    )
    for found in rows:
        row = await entered(SYSTEM, found["id"])
        await move(
            SYSTEM, row, f"undo_{row.status_before}", at, ended_on=None, end_reason="", end_text_enc="",
            ended_by_leaving=None, status_before="",
        )  # fmt: skip
        if row.status in rules.IN_FORCE:
            await name_kin(SYSTEM, row, at, may=True)


async def _recategorised(household: UUID, _: str) -> None:
    """The household is no longer in special difficulty, or is now supported in an institution: at once, or within the
    hour by the worker."""
    await end_admitted(now(), household)


async def end_admitted(at: datetime, household: UUID | None = None) -> int:
    """Terminate agreements whose household left the category or changed its support mode. Returns how many."""
    rows = await CareAgreement.raw(
        "SELECT a.id, h.category, h.support_mode FROM care_agreement a JOIN household h ON h.id = a.household"
        " WHERE a.status = ANY({}::varchar[]) AND (h.category <> 'tekun' OR (h.support_mode <> ''"
        " AND h.support_mode <> a.support_mode)) AND ({}::uuid IS NULL OR h.id = {}::uuid) ORDER BY a.id LIMIT 200",
        sorted(rules.ALIVE), household, household,
    )  # fmt: skip
    for found in rows:
        async with transaction():
            row = await entered(SYSTEM, found["id"])
            if row.status in rules.ALIVE:
                admitted = found["category"] == "tekun" and found["support_mode"] == "centralized"
                await _end(SYSTEM, row, "admission" if admitted else "other", civil_date(at), at)
    return len(rows)


async def _alive(household: UUID, person: UUID | None) -> list[UUID]:
    rows = await CareAgreement.raw(
        "SELECT id FROM care_agreement WHERE household = {} AND ({}::uuid IS NULL OR person = {}::uuid)"
        " AND status = ANY({}::varchar[]) ORDER BY id",
        household, person, person, sorted(rules.ALIVE),
    )  # fmt: skip
    return [row["id"] for row in rows]


def register() -> None:
    """Hear of assessments, leavings and changes of category; repeating it changes nothing."""
    on_completed(level_changed)
    on_leaving(end_with_leaving)
    on_return(restore)
    on_category(_recategorised)


register()
