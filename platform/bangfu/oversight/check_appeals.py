"""The provider's objection to a failed check, the bureau's decision, and closing by the clock (DOMAIN.md 8.8)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bangfu.accounts.queries import managers_of, users_with
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused, for_second_duty
from bangfu.messages.actions import send
from bangfu.oversight import check_ending, check_hooks
from bangfu.oversight import check_rules as rules
from bangfu.oversight.check_reporting import SUBJECT
from bangfu.oversight.check_seating import fill, inspectors_of, locked, step
from bangfu.oversight.check_tables import SpotCheck
from bangfu.shared import files
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.crypto import encrypt
from bangfu.shared.database import transaction
from bangfu.shared.files import Looked
from bangfu.supervision.actions import Timed, settle, watch
from bangfu.supervision.calendar import current_calendar, end_of_working_day
from bangfu.verification import disputing
from bangfu.verification.tables import VisitDispute

APPEAL: Final = "check.appeal"
MOST_FILES: Final = 5
BATCH: Final = 300
PASSED: Final = N_("The check passed: there is nothing to object to.")
OVER: Final = N_("The five working days to object are over; the result is final.")
INSPECTOR: Final = N_("You were an inspector of this check: another officer decides on the objection.")


async def appeal(actor: Actor, check: UUID, text: str, papers: Sequence[Looked], at: datetime) -> None:
    """notified -> appealed by the provider's manager, within five working days, with words and papers.

    Raises:
        NotYours: for another organisation's check. NotAllowed: without the role.
        Refused: for a passed check, after the time, or from another state. FormError: `appeal_text`.
    """
    if not text.strip():
        raise FormError({"appeal_text": (N_("Please say what is wrong with the result."), {})})
    if len(papers) > MOST_FILES:
        raise FormError({"appeal_files": (N_("At most {most} files."), {"most": MOST_FILES})})
    async with transaction():
        row = await locked(check)
        if row is None or row.organization != actor.organization or row.status not in rules.TOLD:
            raise NotYours
        if not actor.has(*rules.MANAGER):
            raise NotAllowed
        if row.status == "appealed" and row.appealed_by == actor.user:
            return
        rules.MACHINE.step(row.status, "appeal")
        if row.result != "fail":
            raise Refused(PASSED)
        if row.appeal_until is not None and at > row.appeal_until:
            raise Refused(OVER)
        for paper in papers:
            await files.keep(actor, SUBJECT, check, "appeal", paper, at)
        sealed = encrypt(text.strip(), f"spot_check:appeal_enc:{check}")
        await step(actor, row, "appeal", at, appealed_by=actor.me, appealed_at=at, appeal_enc=sealed)
        await _watch(row, at)


async def _watch(row: SpotCheck, at: datetime) -> None:
    own = tuple(one.inspector for one in await inspectors_of(row.id, everybody=True))
    due = end_of_working_day(at, rules.DECISION_DAYS, await current_calendar())
    await watch(
        SYSTEM,
        Timed(
            kind=APPEAL, subject_type="spot_check", subject=row.id, href=f"/checks/{row.id}", division=row.division,
            due_at=due, number=row.number, unit="bureau", role="bureau_officer", excluded=own,
        ),
        at,
    )  # fmt: skip
    desk = [one for one in await users_with("bureau_officer", row.division) if one not in own]
    await send(desk, "check_appealed", f"/checks/{row.id}", {"number": row.number})


async def decide(actor: Actor, check: UUID, decision: str, text: str, at: datetime) -> None:
    """appealed -> closed by an officer of the bureau who was no inspector of it: upheld, or changed to passed.

    A changed result ends the doubt about the visit that it had raised.

    Raises:
        NotYours: for a check of another area. NotAllowed: without the role.
        Refused: for an inspector of it, or from another state. FormError: `decision`, `decision_text`.
    """
    faults: dict[str, Any] = {}
    if decision not in rules.DECISIONS:
        faults["decision"] = (N_("Please choose one of the list."), {})
    if not text.strip():
        faults["decision_text"] = (N_("Please say why in a few words."), {})
    if faults:
        raise FormError(faults)
    async with transaction():
        visit = await check_ending.visit_locked(await SpotCheck.objects().get(SpotCheck.id == check))
        row = await locked(check)
        if row is None or not actor.sees(row.division):
            raise NotYours
        if not actor.has(*rules.OFFICER):
            raise NotAllowed
        if actor.user in {one.inspector for one in await inspectors_of(check, everybody=True)}:
            raise for_second_duty(Refused(INSPECTOR), "decide_check")
        if row.status == "closed" and row.decided_by == actor.user:
            return
        await _decided(actor, row, decision, text.strip(), at)
        if decision == "changed" and visit is not None:
            await _end_doubt(actor, row, text.strip(), at)
        inspectors = [one.inspector for one in await inspectors_of(check)]
        for people, where in ((await managers_of(row.organization), "my-results"), (inspectors, "my-checks")):
            await send(people, f"check_{decision}", f"/{where}/{check}", {"number": row.number})
        await check_hooks.tell("closed", actor, row, at)


async def _decided(actor: Actor, row: SpotCheck, decision: str, text: str, at: datetime) -> None:
    columns: dict[str, Any] = {"first_result": row.result, "first_reason": row.reason}
    if decision == "changed":
        columns |= {"result": "pass", "reason": ""}
    await step(
        actor, row, "decide", at, decision=decision, decided_by=actor.me, decided_at=at, closed_at=at, **columns,
        decision_enc=encrypt(text, f"spot_check:decision_enc:{row.id}"),
    )  # fmt: skip
    await settle(actor, APPEAL, row.id, at, evidence=f"check.{decision}")


async def _end_doubt(actor: Actor, row: SpotCheck, text: str, at: datetime) -> None:
    """The dispute that the check raised (it has the check's id) is withdrawn."""
    found = await VisitDispute.objects().get((VisitDispute.id == row.id) & (VisitDispute.status == "open"))
    if found is not None:
        await disputing.decide(actor, row.visit, "uphold", "", text, at)


async def close_due(at: datetime, most: int = BATCH) -> int:
    """notified -> closed where nobody objected in time. Returns how many closed."""
    rows = await SpotCheck.raw(
        "SELECT id FROM spot_check WHERE status = 'notified' AND appeal_until < {} ORDER BY appeal_until LIMIT {}",
        at, most,
    )  # fmt: skip
    closed = 0
    for known in rows:
        async with transaction():
            row = await locked(known["id"])
            if row is None or row.status != "notified" or row.appeal_until is None or row.appeal_until >= at:
                continue
            await step(SYSTEM, row, "close", at, closed_at=at)
            await check_hooks.tell("closed", SYSTEM, row, at)
            closed += 1
    return closed


async def fill_gaps(at: datetime, most: int = BATCH) -> int:
    """Look again for inspectors where some are missing: the pool may have grown. Returns how many checks are complete
    now."""
    rows = await SpotCheck.raw(
        "SELECT id FROM spot_check WHERE missing > 0 AND status IN ('drawn', 'assigned') AND sent_at IS NULL"
        " ORDER BY created_at, id LIMIT {}",
        most,
    )
    full = 0
    for known in rows:
        full += await fill_one(known["id"], at) == 0
    return full


async def fill_one(check: UUID, at: datetime) -> int:
    """Look again for inspectors of one check; returns how many are missing still."""
    async with transaction():
        seen = await SpotCheck.objects().get(SpotCheck.id == check)
        if seen is None:
            raise NotYours
        if seen.visit is not None:
            await SpotCheck.raw("SELECT id FROM visit WHERE id = {} FOR SHARE", seen.visit)
        row = await locked(check)
        if row is None or row.status not in rules.OPEN or not row.missing:
            return row.missing if row is not None else 0
        return await fill(row, at)
