"""Entering a visit afterwards (补录), having it attested by the organisation on its day, and the approval by another
person (PRODUCT.md fact 2, DOMAIN.md 6.6, 8.11).

The claim is kept as it was made; Visit.approval is its state. Refusing takes the path of every rejection: flagged, then
rejected, with the reason and the money taken back.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from bangfu.accounts.queries import managers_of, user_of_carer
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.shared import files
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import encrypt
from bangfu.shared.database import transaction
from bangfu.supervision import actions as supervision
from bangfu.supervision.calendar import current_calendar, end_of_working_day
from bangfu.visits import afterwards_rules as rules
from bangfu.visits import hooks, moves
from bangfu.visits.code_tables import VisitAfterwards
from bangfu.visits.door_actions import tell_station
from bangfu.visits.door_data import Record
from bangfu.visits.door_writing import save_record
from bangfu.visits.life_rules import CLASS_OF, DELIVERED, MACHINE, weaker
from bangfu.visits.tables import Visit, VisitProof

KIND: Final = "visit.approval"
SUBJECT: Final = "visit_afterwards"
"""Subject type of the stored files; kind: evidence."""
_PROOFS: Final = UUID("6a1f7c8e-2a51-4c1e-8a6e-0d1b5f2c9e31")


@dataclass(frozen=True, slots=True)
class Why:
    """Why it was not recorded on the spot: a code of the rules, words, and a file that shows it."""

    reason: str
    text: str = ""
    file: files.Looked | None = None


async def enter_afterwards(
    actor: Actor, visit: UUID, key: UUID, record: Record, start: datetime, end: datetime, reason: str, text: str,
    at: datetime, *, file: files.Looked | None = None,
) -> None:  # fmt: skip
    """planned, in_progress or missed -> submitted, evidence `afterwards`, approval waiting. The same key: nothing new.

    Raises:
        NotYours, NotAllowed: if the visit is neither the named server's nor of the manager's organisation.
        FormError: for times, reason or words that do not fit (afterwards_rules.time_faults).
        Refused: by state.
    """
    why = Why(reason, text, file)
    async with transaction():
        row = await _entered(actor, visit, key, "record")
        if row is None:
            return
        await _claim(actor, row, key, "afterwards", start, end, why, at)
        await save_record(actor, row, key, record, (), at)
        await moves.move(
            actor, row, "record", at, data={"why": reason}, started_at=start, ended_at=end, evidence="afterwards",
            in_method=row.in_method or "explained", out_method="explained",
            place_verdict=row.place_verdict or "unknown", submitted_at=at, submitted_by=actor.user, approval="waiting",
        )  # fmt: skip
        await tell_station(row, record)
        await watch(actor, row, at)


async def attest(
    actor: Actor, visit: UUID, key: UUID, record: Record, start: datetime, end: datetime, reason: str, text: str,
    at: datetime, *, file: files.Looked | None = None,
) -> None:  # fmt: skip
    """The organisation's manager vouches for a visit on its own day: method supervisor_attest, evidence `attested`.

    Raises:
        as `enter_afterwards`; NotAllowed for the server: nobody attests their own visit.
    """
    why = Why(reason, text, file)
    async with transaction():
        row = await _entered(actor, visit, key, "attest")
        if row is None:
            return
        if moves.serves(actor, row):
            raise NotAllowed
        await _claim(actor, row, key, "attested", start, end, why, at)
        for side, moment in (("in", start), ("out", end)):
            await _proof(actor, row, key, side, moment, why, at)
        await save_record(actor, row, key, record, (), at)
        method = row.in_method or "supervisor_attest"
        await moves.move(
            actor, row, "attest", at, data={"why": reason}, started_at=start, ended_at=end,
            evidence=weaker(CLASS_OF[method], "attested"), in_method=method, out_method="supervisor_attest",
            place_verdict=row.place_verdict or "unknown", submitted_at=at, submitted_by=actor.user,
        )  # fmt: skip
        await tell_station(row, record)


async def approve(actor: Actor, visit: UUID, at: datetime) -> None:
    """The township's officer finds the entry right; the visit is checked like any other from here. A repeat by the same
    person changes nothing.

    Raises:
        NotYours, NotAllowed: elsewhere; for the server's side and for who entered it.
        Refused: if nothing waits.
    """
    async with transaction():
        row = await _waiting(actor, visit, "approved")
        if row is None:
            return
        await _decide(actor, row, "approved", at)
        await moves.tell(actor, row, "afterwards_approved", at)
        await _tell_servers(row, "visit_approved")


async def refuse(actor: Actor, visit: UUID, reason: str, text: str, at: datetime) -> None:
    """The officer does not accept the entry: flagged, rejected, the money taken back. A repeat changes nothing.

    Raises:
        as `approve`; FormError without a reason, or without words.
    """
    async with transaction():
        row = await _waiting(actor, visit, "refused")
        if row is None:
            return
        if reason not in rules.REFUSE_REASONS:
            raise FormError({"reason": (N_("Please choose a reason."), {})})
        if not text.strip():
            raise FormError({"text": (N_("Please say why in a few words."), {})})
        await _decide(actor, row, "refused", at)
        await moves.tell(actor, row, "afterwards_refused", at, reason=reason)
        if row.status == "submitted":
            await moves.move(actor, row, "flag", at, reason="afterwards_refused")
        await moves.move(
            actor, row, "reject", at, reason=reason, text=text.strip(), decided_by=actor.user, decided_at=at
        )
        await _tell_servers(row, "visit_refused")


async def watch(actor: Actor, row: Visit, at: datetime) -> None:
    """The approval has five working days; the officers of the township are told."""
    due = end_of_working_day(at, rules.APPROVAL_WORKING_DAYS, await current_calendar())
    timed = supervision.Timed(
        kind=KIND, subject_type="visit", subject=row.id, href=f"/visits/{row.id}/approval", division=row.division,
        due_at=due, number=row.number, unit="township", role="township_officer",
        excluded=(actor.user,) if actor.user else (),
    )  # fmt: skip
    await supervision.watch(actor, timed, at)


async def follow_rejection(actor: Actor, row: Visit, at: datetime) -> None:
    """A visit that is rejected on another way waits for no approval any more (a reaction: hooks "rejected")."""
    if row.approval == "waiting":
        await Visit.update({Visit.approval: "refused", Visit.approved_by: actor.user, Visit.approved_at: at}).where(
            Visit.id == row.id
        )
        row.approval = "refused"
        await supervision.settle(actor, KIND, row.id, at, evidence="visit.rejected")


def register() -> None:
    """Let rejected visits end their approval; repeating it changes nothing."""
    hooks.after("rejected", follow_rejection)


async def _entered(actor: Actor, visit: UUID, key: UUID, action: str) -> Visit | None:
    """The visit, locked; None where this very form was taken already."""
    row = await moves.locked(visit)
    if not moves.own(actor, row):
        raise NotYours
    known = await VisitAfterwards.objects().get(VisitAfterwards.id == key)
    if known is not None:
        if known.visit != visit or known.entered_by != actor.user:
            raise NotYours
        return None
    if row.status in DELIVERED:
        raise Refused(N_("The record of this visit has come in already; yours was not added. Look at the page again."))
    moves.check_actor(actor, row, MACHINE.step(row.status, action))
    return row


async def _claim(
    actor: Actor, row: Visit, key: UUID, kind: str, start: datetime, end: datetime, why: Why, at: datetime
) -> None:
    attested = kind == "attested"
    begun = row.started_at if row.status == "in_progress" else None
    span = rules.Span(row.planned_start, row.planned_end, row.due_from, row.due_until)
    faults = rules.time_faults(rules.Claim(start, end, begun), span, at, attested=attested)
    if why.reason not in (rules.ATTEST_REASONS if attested else rules.REASONS):
        faults["reason"] = (N_("Please choose a reason."), {})
    if len(why.text.strip()) < 4:
        faults["text"] = (N_("Please say in a few words what happened."), {})
    if faults:
        raise FormError(faults)
    kept = await files.keep(actor, SUBJECT, key, "evidence", why.file, at) if why.file is not None else None
    await VisitAfterwards(
        id=key, visit=row.id, kind=kind, started_at=start, ended_at=end, reason=why.reason, file=kept,
        text_enc=encrypt(why.text.strip(), f"visit_afterwards:text_enc:{key}"), entered_by=actor.user, entered_at=at,
    ).save()  # fmt: skip


async def _proof(actor: Actor, row: Visit, key: UUID, side: str, moment: datetime, why: Why, at: datetime) -> None:
    if await VisitProof.exists().where((VisitProof.visit == row.id) & (VisitProof.side == side)):
        return
    await VisitProof(
        id=uuid5(_PROOFS, f"{key}:{side}"), visit=row.id, side=side, method="supervisor_attest", at=moment,
        received_at=at, reason=why.reason, entered_by=actor.user,
    ).save()  # fmt: skip


async def _waiting(actor: Actor, visit: UUID, decided: str) -> Visit | None:
    """The visit, locked, whose approval the actor decides; None where the actor has decided so already."""
    row = await moves.locked(visit)
    if not actor.sees(row.division):
        raise NotYours
    if not actor.has(*rules.APPROVERS) or moves.side_of(actor, row) or row.submitted_by == actor.user:
        raise NotAllowed
    if row.approval == decided and row.approved_by == actor.user:
        return None
    if row.approval != "waiting":
        raise Refused(N_("Nothing waits for approval here any more. Look at the page again."))
    return row


async def _decide(actor: Actor, row: Visit, state: str, at: datetime) -> None:
    await Visit.update(
        {Visit.approval: state, Visit.approved_by: actor.user, Visit.approved_at: at, Visit.version: row.version + 1,
         Visit.updated_at: at}
    ).where(Visit.id == row.id)  # fmt: skip
    row.approval, row.approved_by, row.approved_at, row.version = state, actor.user, at, row.version + 1
    await supervision.settle(actor, KIND, row.id, at, evidence=f"visit.afterwards_{state}")


async def _tell_servers(row: Visit, kind: str) -> None:
    users = set(await user_of_carer(row.carer))
    if row.organization is not None:
        users |= set(await managers_of(row.organization))
    await send(users, kind, f"/visits/{row.id}/approval", {"number": row.number})


register()
