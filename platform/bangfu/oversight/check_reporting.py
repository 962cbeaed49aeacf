"""What drawn inspectors do: attempts, the result, the second name to it (DOMAIN.md 5.3, 8.8).

Each verb is one transaction: what a further draw will take is locked first (draw_holding), then the visit, then the
check, then the audit chain; a repeat by the same person changes nothing.
"""

import json
from collections.abc import Sequence
from dataclasses import replace as with_changes
from datetime import datetime
from typing import Final
from uuid import UUID

from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.oversight import check_ending, draw_holding
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
    seen = await _seen(actor, check)
    visit = await check_ending.visit_locked(seen)
    row = await locked(check)
    own = next((one for one in await inspectors_of(check) if one.inspector == actor.user), None)
    if row is None or own is None or row.status == "drawn":
        raise NotYours
    return row, visit, own


async def _seen(actor: Actor, check: UUID) -> SpotCheck:
    """The check as it is now, without a lock, for who has a place on it.

    Raises:
        NotYours: for everybody else.
    """
    seen = await SpotCheck.objects().get(SpotCheck.id == check)
    if seen is None or actor.user not in {one.inspector for one in await inspectors_of(check)}:
        raise NotYours
    return seen


async def _entered_to_end(
    actor: Actor, check: UUID, *, unreachable: bool, forged: bool
) -> tuple[SpotCheck, Visit | None, CheckInspector]:
    """As `entered`, with everything locked that a redraw or a full check will take, before the visit and the chain."""
    seen = await _seen(actor, check)
    drawn = await draw_holding.list_of(check) if unreachable else None
    year, quarter = int(seen.period[:4]), int(seen.period[5:])
    if forged:
        await draw_holding.lists([seen.contract], year, quarter)
    row, visit, own = await entered(actor, check)
    if drawn is not None:
        await draw_holding.next_of(drawn, row.visit or row.assessment)
    if forged and visit is not None:
        await draw_holding.of_carers(row.contract, year, quarter, [visit.carer])
    return row, visit, own


async def attempt(actor: Actor, key: UUID, check: UUID, method: str, at: datetime) -> int:
    """The person was not reached. On the third different day the check ends as unreachable and is drawn anew.

    Where one of the tries was on site, one inspector's word is not enough, as with every result on site: either both
    have tried, or the other one confirms that nobody was reached (`confirm`; given back, further tries go on).

    Returns:
        Days that count by now.

    Raises:
        NotYours: for who does not check it. Refused: for a check that is done, or whose result is sent.
        FormError: `attempt_method`.
    """
    if method not in ("onsite", "phone"):
        raise FormError({"attempt_method": (N_("Please choose how you tried."), {})})
    async with transaction():
        before = [one.day for one in await attempts_of(check)]
        last = rules.days_tried([*before, civil_date(at)]) >= rules.ATTEMPTS
        row, visit, own = await _entered_to_end(actor, check, unreachable=last, forged=False)
        if not await CheckAttempt.exists().where(CheckAttempt.id == key):
            _still_open(row)
            await CheckAttempt(id=key, check=check, day=civil_date(at), method=method, made_by=actor.me, at=at).save()
            await note(actor, row, "attempted", at, data={"method": method})
        tries = await attempts_of(check)
        days = rules.days_tried([one.day for one in tries])
        if days >= rules.ATTEMPTS and row.status == "assigned" and row.sent_at is None:
            await _not_reached(actor, row, visit, own, tries, at)
        return days


async def _not_reached(
    actor: Actor, row: SpotCheck, visit: Visit | None, own: CheckInspector, tries: Sequence[CheckAttempt], at: datetime
) -> None:
    """The result `unreachable`: final, or with the second inspector."""
    onsite = any(one.method == "onsite" for one in tries)
    seated = [one.inspector for one in await inspectors_of(row.id)]
    others = [one for one in seated if one != actor.user]
    await change(row, result="unreachable", method="onsite" if onsite else "phone", done_by=actor.me)
    if rules.needs_second(row.method) and len({one.made_by for one in tries} & set(seated)) < rules.PLACES:
        await change(row, sent_at=at, returned_enc="")
        await CheckInspector.update({CheckInspector.confirmed_at: at}).where(CheckInspector.id == own.id)
        await note(actor, row, "sent", at, data={"method": row.method, "result": "unreachable"})
        await send(others, "check_to_confirm", f"/my-checks/{row.id}", {"number": row.number})
        return
    await check_ending.finish(actor, row, visit, at)


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
        forged = found.reason == "forged" and not rules.needs_second(found.method)
        row, visit, own = await _entered_to_end(actor, check, unreachable=False, forged=forged)
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
        seen = await _seen(actor, check)
        unreachable, forged = seen.result == "unreachable", seen.reason == "forged"
        row, visit, own = await _entered_to_end(actor, check, unreachable=unreachable, forged=forged)
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


def _still_open(row: SpotCheck) -> None:
    rules.MACHINE.step(row.status, "finish")
    if row.sent_at is not None:
        raise Refused(SENT)
