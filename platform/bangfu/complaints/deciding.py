"""Decision, reply, closing, extension, opening again: the later half of a complaint (DOMAIN.md 8.9)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bangfu.complaints import rules
from bangfu.complaints.handling import as_handler, as_taker
from bangfu.complaints.moves import (
    ANSWER,
    CLOSE,
    CONTACT,
    PLAN,
    add_entry,
    change,
    due_after,
    end_clocks,
    locked,
    move,
    note,
    start_clocks,
    tell,
)  # fmt: skip
from bangfu.complaints.routing import takers
from bangfu.complaints.rules import Heard
from bangfu.complaints.seeing import sealed, sees
from bangfu.complaints.tables import Complaint, ComplaintEntry
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.database import transaction
from bangfu.supervision import actions as supervision

MISSING = {
    "complainant": N_("The complainant has not been heard: write down what they say, or that they cannot be reached."),
    "target": N_("The other side has not been heard, and its time to answer is not over."),
    "evidence": N_("No evidence is entered."),
}
HARD = {
    "long": N_("The reply is too long to be read aloud: at most 400 characters."),
    "sentence": N_("A sentence is too long to be read aloud: at most 60 characters each."),
}


async def heard_in(row: Complaint) -> Heard:
    """What the record of the present round holds."""
    entries = await ComplaintEntry.raw(
        "SELECT kind, side FROM complaint_entry WHERE complaint = {} AND round = {}", row.id, row.round
    )
    kinds = [(one["kind"], one["side"]) for one in entries]
    return Heard(
        ("hearing", "complainant") in kinds or ("words", "complainant") in kinds, ("hearing", "target") in kinds,
        sum(kind == "evidence" for kind, _ in kinds),
    )  # fmt: skip


async def hindrances(row: Complaint, result: str, at: datetime) -> tuple[str, ...]:
    """What still stands between the record and a decision, as codes of MISSING."""
    due = row.answer_due if row.asked_at is not None else None
    return rules.missing_for(row.intake, result, row.target, await heard_in(row), due, at)


async def decide(actor: Actor, complaint: UUID, result: str, reasons: str, at: datetime) -> None:
    """investigating -> decided by its handler, after both sides were heard and on evidence. A repeat changes nothing.

    Raises:
        NotYours, NotAllowed: as handling.as_handler.
        Refused: by state, and naming what is missing.
        FormError: without a result or reasons.
    """
    async with transaction():
        row = await as_handler(actor, complaint)
        if row.status == "decided" and row.result == result:
            return
        rules.MACHINE.step(row.status, "decide")
        wrong = {}
        if result not in rules.results_of(row.intake):
            wrong["result"] = (N_("Please choose one of the list."), dict[str, object]())
        if not reasons.strip():
            wrong["reasons"] = (N_("Please say why in a few words."), {})
        if wrong:
            raise FormError(wrong)
        if missing := await hindrances(row, result, at):
            raise Refused(MISSING[missing[0]])
        await move(
            actor, row, "decide", at, result=result, decided_by=actor.user, decided_at=at,
            decision_enc=sealed("decision_enc", row.id, reasons),
        )  # fmt: skip
        await add_entry(actor, row, "reason", at, code="decision", text=reasons)
        await supervision.drop(SYSTEM, ANSWER, row.id, at, reason="decided")
        await end_clocks(actor, row, at, "decided", CONTACT, PLAN)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the complainant is told. `way`: written, read_aloud (`read_to`: to whom) or own_page."""

    text: str
    way: str
    read_to: str = ""


async def reply(actor: Actor, complaint: UUID, given: Reply, at: datetime) -> None:
    """decided -> replied, in words that can be read aloud. A repeat changes nothing.

    Raises: as `decide`; FormError for a reply that is missing, too long, or was read to nobody.
    """
    async with transaction():
        row = await as_handler(actor, complaint)
        if row.status == "replied" and row.replied_by == actor.user:
            return
        rules.MACHINE.step(row.status, "reply")
        _check_reply(given)
        silence = await due_after(at, rules.SILENCE_WORKING_DAYS, by_days=False)
        await move(
            actor, row, "reply", at, reply_enc=sealed("reply_enc", row.id, given.text), reply_way=given.way,
            replied_by=actor.user, replied_at=at, silence_due=silence,
        )  # fmt: skip
        await add_entry(actor, row, "reason", at, code="reply", text=given.text)
        if given.way == "read_aloud":
            await add_entry(actor, row, "read_aloud", at, person=given.read_to)
        await end_clocks(actor, row, at, "replied", CLOSE)


def _check_reply(given: Reply) -> None:
    wrong: dict[str, tuple[str, dict[str, object]]] = {}
    if not given.text.strip():
        wrong["reply"] = (N_("Please fill this in."), {})
    elif hard := rules.too_hard(given.text):
        wrong["reply"] = (HARD[hard], {})
    if given.way not in rules.REPLY_WAYS:
        wrong["reply_way"] = (N_("Please choose one of the list."), {})
    if given.way == "read_aloud" and not given.read_to.strip():
        wrong["read_to"] = (N_("Please say to whom it was read."), {})
    if wrong:
        raise FormError(wrong)


async def read_aloud(actor: Actor, complaint: UUID, read_to: str, at: datetime, key: UUID) -> None:
    """Write down that the reply was read aloud, to whom, by whom and when.

    Raises: as `decide`; FormError without a name.
    """
    if not read_to.strip():
        raise FormError({"read_to": (N_("Please say to whom it was read."), {})})
    async with transaction():
        row = await _seen(actor, complaint)
        if row.status not in ("replied", "closed"):
            raise Refused(N_("There is no reply yet."))
        if await add_entry(actor, row, "read_aloud", at, person=read_to, key=key):
            await note(actor, row, "read_aloud", at)


async def close(actor: Actor, complaint: UUID, satisfied: str, at: datetime) -> None:
    """replied -> closed on the complainant's word (`yes` or `no`), as an officer writes it down. A repeat changes
    nothing.

    Raises: as `decide`; FormError without an answer.
    """
    async with transaction():
        row = await as_taker(actor, complaint)
        if row.status == "closed" and row.satisfied == satisfied:
            return
        await close_row(actor, row, satisfied, at, by="complainant")


async def close_row(actor: Actor, row: Complaint, satisfied: str, at: datetime, by: str = "") -> None:
    """The closing of a locked complaint; `satisfied` is "" where the complainant kept silent."""
    if by == "complainant" and satisfied not in ("yes", "no"):
        raise FormError({"satisfied": (N_("Please choose one of the list."), {})})
    how = "told" if satisfied else "silence"
    await move(actor, row, "close", at, by=by, satisfied=satisfied, closed_at=at, closed_how=how)


async def reopen(actor: Actor, complaint: UUID, text: str, at: datetime) -> None:
    """closed -> investigating, once within 30 days, on the complainant's word as an officer writes it down.

    Raises: as `decide`; Refused the second time or too late; FormError without words.
    """
    async with transaction():
        row = await as_taker(actor, complaint)
        await reopen_row(actor, row, text, at)


async def reopen_row(actor: Actor, row: Complaint, text: str, at: datetime) -> None:
    """Open a locked complaint again: both sides are heard anew, and the time to close it runs anew."""
    if not text.strip():
        raise FormError({"reopen_text": (N_("Please say why in a few words."), {})})
    rules.MACHINE.step(row.status, "reopen")
    if not rules.may_reopen(row.status, row.round, row.closed_at, at):
        raise Refused(N_("A complaint is opened again once, within 30 days of its closing."))
    limits = rules.limits_of(row.severity, row.petition)
    await move(
        actor, row, "reopen", at, by="complainant", round=row.round + 1, reopened_at=at,
        first_decided_at=row.decided_at, first_result=row.result, first_severity=row.severity, result="",
        decided_at=None, decided_by=None, asked_at=None, answer_due=None, satisfied="", closed_how="", extended_at=None,
        extended_by=None, close_due=await due_after(at, limits.close, limits.by_days),
    )  # fmt: skip
    await add_entry(actor, row, "words", at, side="complainant", code="reopen", text=text)
    await start_clocks(row, at)
    await tell(row, [row.handler] if row.handler else await takers(row), "complaint_reopened")


async def extend(actor: Actor, complaint: UUID, reason: str, at: datetime) -> None:
    """The one extension, by the lead: by the length of its own term (30 days for a petition).

    Raises:
        NotYours; NotAllowed: for the handler; Refused: a second time, or where no clock runs; FormError: no reason.
    """
    if not reason.strip():
        raise FormError({"extend_text": (N_("Please say why in a few words."), {})})
    async with transaction():
        row = await _seen(actor, complaint)
        if not actor.has("bureau_lead"):
            raise NotAllowed
        if row.handler == actor.user:
            raise Refused(N_("You handle this complaint yourself: it is not extended."))
        if row.extended_at is not None:
            raise Refused(N_("This complaint was extended already; there is one extension."))
        if row.status not in ("accepted", "investigating", "decided"):
            raise Refused(N_("No clock runs that could be extended."))
        limits = rules.limits_of(row.severity, row.petition)
        due = await due_after(row.close_due, limits.extension, limits.by_days)
        await change(row, at, close_due=due, extended_at=at, extended_by=actor.user)
        await add_entry(actor, row, "reason", at, code="extension", text=reason)
        await note(actor, row, "extended", at, until=due.isoformat(timespec="minutes"))
        await start_clocks(row, at)
        await tell(row, [row.handler] if row.handler else [], "complaint_extended")


async def _seen(actor: Actor, complaint: UUID) -> Complaint:
    row = await locked(complaint)
    if not await sees(actor, complaint):
        raise NotYours
    return row
