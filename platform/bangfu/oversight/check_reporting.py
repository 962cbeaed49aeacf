"""What drawn inspectors do: attempts, the result, the second name to it, giving the place away (DOMAIN.md 5.3, 8.8).

Each verb is one transaction: the visit is locked before the check; a repeat by the same person changes nothing.
"""

import json
from collections.abc import Sequence
from dataclasses import replace as with_changes
from datetime import datetime
from typing import Final
from uuid import UUID

from bangfu.accounts.queries import users_with
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.oversight import check_ending, check_seating
from bangfu.oversight import check_rules as rules
from bangfu.oversight.check_rules import Finding
from bangfu.oversight.check_seating import change, inspectors_of, locked, note
from bangfu.oversight.check_tables import CheckAttempt, CheckInspector, SpotCheck
from bangfu.shared import files
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.crypto import encrypt
from bangfu.shared.database import transaction
from bangfu.shared.files import Looked
from bangfu.shared.permissions import allows
from bangfu.visits.tables import Visit

SUBJECT: Final = "spot_check"
SENT: Final = N_("The result is with the second inspector already. Look at the page again.")
NOT_SENT: Final = N_("There is no result to confirm. Look at the page again.")
OWN_RESULT: Final = N_("You sent this result yourself: the other inspector confirms it.")


async def entered(actor: Actor, check: UUID) -> tuple[SpotCheck, Visit | None, CheckInspector]:
    """The locked check, its locked visit and the place that the actor has on it.

    Raises:
        NotYours: for who has no place on it (any more).
    """
    seen = await SpotCheck.objects().get(SpotCheck.id == check)
    visit = await check_ending.visit_locked(seen)
    row = await locked(check)
    if row is None:
        raise NotYours
    own = next((one for one in await inspectors_of(check) if one.inspector == actor.user), None)
    if own is None or row.status == "drawn":
        raise NotYours
    return row, visit, own


async def attempt(actor: Actor, key: UUID, check: UUID, method: str, at: datetime) -> int:
    """The person was not reached. On the third different day the check ends as unreachable and is drawn anew.

    Returns:
        Days that count by now.

    Raises:
        NotYours: for who does not check it. Refused: for a check that is done, or whose result is sent.
        FormError: `attempt_method`.
    """
    if method not in ("onsite", "phone"):
        raise FormError({"attempt_method": (N_("Please choose how you tried."), {})})
    async with transaction():
        row, visit, _ = await entered(actor, check)
        if not await CheckAttempt.exists().where(CheckAttempt.id == key):
            _still_open(row)
            await CheckAttempt(id=key, check=check, day=civil_date(at), method=method, made_by=actor.me, at=at).save()
            await note(actor, row, "attempted", at, data={"method": method})
        days = rules.days_tried([one.day for one in await attempts_of(check)])
        if days >= rules.ATTEMPTS and row.status == "assigned":
            await change(row, result="unreachable", method=method, done_by=actor.me)
            await check_ending.finish(actor, row, visit, at)
        return days


async def attempts_of(check: UUID) -> list[CheckAttempt]:
    """Every attempt, the oldest first."""
    found: list[CheckAttempt] = (
        await CheckAttempt.objects().where(CheckAttempt.check == check).order_by(CheckAttempt.at)
    )
    return found


async def report(
    actor: Actor, check: UUID, found: Finding, codes: Sequence[str], must: Sequence[str], form: tuple[str, int | None],
    pictures: Sequence[tuple[str, Looked]], at: datetime,
) -> None:  # fmt: skip
    """Send the result. By phone and on the record it is final; on site the second inspector confirms it.

    Args:
        codes, must: the standards of the checklist, and which of them are mandatory.
        form: the checklist's code and version.
        pictures: (signature, thumbprint or photo; the picture).

    Raises:
        NotYours, Refused: as `attempt`. FormError: for what is missing (rules.faults_of).
    """
    async with transaction():
        row, visit, own = await entered(actor, check)
        if row.done_by == actor.user and row.sent_at is not None:
            return
        _still_open(row)
        judged = await _judged(row, found)
        if faults := rules.faults_of(judged, codes, must):
            raise FormError(faults)
        for kind, picture in pictures:
            await files.keep(actor, SUBJECT, check, kind, picture, at)
        await change(row, **_columns(row, judged, form), done_by=actor.me, sent_at=at, returned_enc="")
        await CheckInspector.update({CheckInspector.confirmed_at: at}).where(CheckInspector.id == own.id)
        await note(actor, row, "sent", at, data={"method": judged.method})
        if rules.needs_second(judged.method):
            others = [one.inspector for one in await inspectors_of(check) if one.inspector != actor.user]
            await send(others, "check_to_confirm", f"/my-checks/{check}", {"number": row.number})
        else:
            await check_ending.finish(actor, row, visit, at)


async def _judged(row: SpotCheck, found: Finding) -> Finding:
    """A survey passes when the level that was found again is the one that was delivered."""
    if row.assessment is None:
        return found
    rows = await SpotCheck.raw("SELECT final_level FROM assessment WHERE id = {}", row.assessment)
    if not found.level:
        raise FormError({"level": (N_("Please choose the level that you found."), {})})
    same = bool(rows) and rows[0]["final_level"] == found.level
    return with_changes(found, result="pass" if same else "fail", reason="" if same else rules.SURVEY_REASON)


def _columns(row: SpotCheck, found: Finding, form: tuple[str, int | None]) -> dict[str, object]:
    words = {
        "said": found.said, "remarks": found.remarks,
        "lines": {line.code: line.remark for line in found.lines if line.remark},
    }  # fmt: skip
    return {
        "method": found.method, "result": found.result, "level": found.level, "form": form[0], "form_version": form[1],
        "reason": found.reason if found.result == "fail" else "",
        "answers": json.dumps([{"code": line.code, "answer": line.answer} for line in found.lines]),
        "findings_enc": encrypt(json.dumps(words, ensure_ascii=False), f"spot_check:findings_enc:{row.id}"),
        "confirmation": found.confirmation if found.method == "onsite" else "",
        "confirmation_reason": found.confirmation_reason if found.method == "onsite" else "",
    }  # fmt: skip


async def confirm(actor: Actor, check: UUID, at: datetime) -> None:
    """The second inspector puts the name to the result: the check is done. A repeat changes nothing.

    Raises:
        NotYours: for who does not check it. Refused: for one's own result, or where none was sent.
    """
    async with transaction():
        row, visit, own = await entered(actor, check)
        if own.confirmed_at is not None and row.status not in rules.OPEN:
            return
        if row.done_by == actor.user:
            raise Refused(OWN_RESULT)
        if row.status != "assigned" or row.sent_at is None:
            raise Refused(NOT_SENT)
        await CheckInspector.update({CheckInspector.confirmed_at: at}).where(CheckInspector.id == own.id)
        await note(actor, row, "confirmed", at)
        await check_ending.finish(actor, row, visit, at)


async def give_back(actor: Actor, check: UUID, text: str, at: datetime) -> None:
    """The second inspector does not put the name to it: the first one changes the result. A repeat changes nothing.

    Raises:
        NotYours, Refused: as `confirm`. FormError: `back_text` without words.
    """
    if not text.strip():
        raise FormError({"back_text": (N_("Please say in a few words what should be changed."), {})})
    async with transaction():
        row, _, _ = await entered(actor, check)
        if row.status == "assigned" and row.sent_at is None and row.returned_enc:
            return
        if row.done_by == actor.user:
            raise Refused(OWN_RESULT)
        if row.status != "assigned" or row.sent_at is None:
            raise Refused(NOT_SENT)
        first: UUID = row.done_by
        sealed = encrypt(text.strip(), f"spot_check:returned_enc:{check}")
        await change(row, sent_at=None, done_by=None, result="", reason="", returned_enc=sealed)
        await CheckInspector.update({CheckInspector.confirmed_at: None}).where(CheckInspector.check == check)
        await note(actor, row, "returned", at)
        await send([first], "check_returned", f"/my-checks/{check}", {"number": row.number})


async def replace(actor: Actor, check: UUID, inspector: UUID, reason: str, at: datetime) -> None:
    """Somebody cannot check: the next of the order takes the place. Inspectors say it of themselves, the bureau of all.

    Raises:
        NotYours: for a check of another area, or a person without a place on it.
        NotAllowed: for somebody else's place without the permission.
        Refused: when the check is done or its result sent. FormError: `replace_reason`.
    """
    if reason not in rules.REPLACEMENTS:
        raise FormError({"replace_reason": (N_("Please choose a reason."), {})})
    async with transaction():
        row = await locked(check)
        if row is None or (inspector != actor.user and not actor.sees(row.division)):
            raise NotYours
        if inspector != actor.user and not allows(actor.roles, "checks.decide"):
            raise NotAllowed
        found = next((one for one in await inspectors_of(check, everybody=True) if one.inspector == inspector), None)
        if found is None:
            raise NotYours
        if found.replaced:
            return
        if row.status not in rules.OPEN:
            rules.MACHINE.step(row.status, "finish")
        if row.sent_at is not None:
            raise Refused(SENT)
        changes = {CheckInspector.replaced: True, CheckInspector.replaced_reason: reason}
        await CheckInspector.update(changes).where(CheckInspector.id == found.id)
        await note(actor, row, "replaced", at, data={"inspector": str(inspector), "reason": reason})
        await change(row, missing=row.missing + 1)
        await check_seating.fill(row, at, actor=actor)
        desk = [one for one in await users_with("bureau_officer", row.division) if one != actor.user]
        await send(desk, "check_replaced", f"/checks/{check}", {"number": row.number})


def _still_open(row: SpotCheck) -> None:
    rules.MACHINE.step(row.status, "finish")
    if row.sent_at is not None:
        raise Refused(SENT)
