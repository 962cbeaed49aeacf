"""The station's desk: a carer or the household calls, and the desk reads out a one-time code or records arrival and
departure (DOMAIN.md 5.1: phone_from_home, call_code; evidence class call).

Who calls is checked: a phone of the household, the code on the home's card read aloud, or the carer's own phone. Where
nothing fits, the call counts as told only, with a reason (class attested).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.crypto import blind_index, encrypt
from bangfu.shared.database import transaction
from bangfu.shared.faults import Fault
from bangfu.shared.identifiers import parse_phone
from bangfu.visits import code_rules, moves
from bangfu.visits.code_tables import CallCode
from bangfu.visits.codes import call_mark, home_code_of, read_to_server
from bangfu.visits.door_actions import tell_station
from bangfu.visits.door_data import Record
from bangfu.visits.door_writing import save_record
from bangfu.visits.life_rules import CLASS_OF, DESK, weaker
from bangfu.visits.tables import Visit, VisitProof

REASONS: Final = ("no_home_phone", "card_missing", "power", "other")
WRONG_CARD: Final = N_("This code is not the one of the home's card. Have it read again.")
NOTHING: Final = "-"
"""Equals no keyed hash."""
NOT_TODAY: Final = N_("The visit is planned for another day: have it moved first.")


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls: the number (whole, or its last four digits), what was read from the card, or why neither."""

    number: str = ""
    card: str = ""
    reason: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Caller:
    """What the check of a call found: home, card, server or unknown; the method that follows, the card."""

    who: str
    method: str
    card: UUID | None = None


async def check_caller(row: Visit, call: Call, at: datetime) -> Caller:
    """Whose phone it is, or whether the card was read out.

    Raises:
        FormError: naming `card` for a wrong code, `number` for what is no number.
    """
    if call.card.strip():
        card = await home_code_of(row.household, call.card, at)
        if card is None:
            raise FormError({"card": (WRONG_CARD, {})})
        return Caller("card", "call_code", card)
    if call.number.strip():
        whole, tail = _number(call.number)
        rows = await Visit.raw(
            "SELECT EXISTS (SELECT 1 FROM person WHERE household = {} AND left_on IS NULL"
            " AND (phone_index = {} OR phone_tail_index = {})) AS home,"
            " EXISTS (SELECT 1 FROM carer WHERE id = {} AND phone_index = {}) AS server",
            row.household, whole or NOTHING, tail or NOTHING, row.carer, whole or NOTHING,
        )  # fmt: skip
        if rows[0]["home"]:
            return Caller("home", "phone_from_home")
        if rows[0]["server"]:
            return Caller("server", "explained")
    return Caller("unknown", "explained")


def _number(text: str) -> tuple[str, str]:
    """The keyed hashes of a whole number and of a tail; one of them is empty."""
    digits = "".join(str(int(each)) for each in text if each.isdecimal())
    if len(digits) == 4:
        return "", blind_index(digits, "phone_tail")
    try:
        return blind_index(parse_phone(text), "phone"), ""
    except Fault as fault:
        raise FormError({"number": (N_("Enter the whole number, or its last four digits."), {})}) from fault


async def read_out(actor: Actor, visit: UUID, side: str, call: Call, at: datetime) -> str:
    """A one-time code for the carer to type at the door; an earlier one for the same side dies.

    Returns:
        The six digits: shown once, kept as a keyed hash.

    Raises:
        NotYours, NotAllowed: outside of the desk's area, or for the server's own side.
        FormError: naming `number`, where the caller is neither the household nor the carer.
        Refused: where the visit has no such step any more, or is of another day.
    """
    async with transaction():
        row = await _entered(actor, visit)
        _check_side(row, side, at)
        caller = await check_caller(row, call, at)
        if caller.who == "unknown":
            raise FormError({"number": (N_("This is neither a phone of the household nor the carer's own."), {})})
        digits = code_rules.fresh_digits()
        await CallCode.update({CallCode.replaced: True}).where(
            (CallCode.visit == visit) & (CallCode.side == side) & CallCode.used_at.is_null()
        )
        await CallCode(
            id=uuid4(), visit=visit, side=side, code_hash=call_mark(visit, digits), caller=caller.who,
            issued_by=actor.user, issued_at=at, expires_at=code_rules.expiry(at),
        ).save()  # fmt: skip
        await moves.tell(actor, row, "code_read_out", at, data={"side": side, "caller": caller.who})
        return digits


async def arrive(actor: Actor, visit: UUID, key: UUID, call: Call, at: datetime) -> None:
    """The carer has arrived, as the call tells. The same key again changes nothing.

    Raises:
        as `read_out`; FormError naming `reason` where the caller cannot be checked and nothing says why.
    """
    async with transaction():
        row = await _entered(actor, visit)
        if await _known(actor, visit, key):
            return
        _check_side(row, "in", at)
        caller = await _told(row, call, at)
        columns: dict[str, Any] = {
            "started_at": at, "in_method": caller.method, "evidence": CLASS_OF[caller.method],
            "place_verdict": "code" if caller.card else "unknown",
        }  # fmt: skip
        await moves.move(actor, row, "start_by_call", at, data={"caller": caller.who}, **columns)
        await _proof(actor, row, key, "in", caller, call, at)


async def leave(actor: Actor, visit: UUID, key: UUID, call: Call, record: Record, at: datetime) -> None:
    """The carer leaves, as the call tells, with the record as it was told. The same key again changes nothing.

    Raises:
        as `arrive`.
    """
    async with transaction():
        row = await _entered(actor, visit)
        if await _known(actor, visit, key):
            return
        _check_side(row, "out", at)
        caller = await _told(row, call, at)
        before = weaker(row.evidence or CLASS_OF.get(row.in_method, ""), await _told_only(visit))
        await _proof(actor, row, key, "out", caller, call, at)
        await save_record(actor, row, uuid4(), record, (), at)
        await tell_station(row, record)
        await moves.move(
            actor, row, "submit_by_call", at, data={"caller": caller.who}, ended_at=at, out_method=caller.method,
            evidence=weaker(before, CLASS_OF[caller.method]), submitted_at=at, submitted_by=actor.user,
        )  # fmt: skip


async def _told_only(visit: UUID) -> str:
    """attested, where the arrival was shown by a code that the carer's own phone was given; else nothing."""
    proofs = await VisitProof.objects().where(VisitProof.visit == visit)
    return "attested" if await read_to_server([proof.code for proof in proofs]) else ""


async def _entered(actor: Actor, visit: UUID) -> Visit:
    """The visit, locked, that this desk may record for.

    Raises:
        NotYours, NotAllowed: as `moves.check_actor` for a step of the desk.
    """
    row = await moves.locked(visit)
    if not actor.sees(row.division):
        raise NotYours
    if not actor.has(*DESK) or moves.side_of(actor, row):
        raise NotAllowed
    return row


def _check_side(row: Visit, side: str, at: datetime) -> None:
    if row.status != ("planned" if side == "in" else "in_progress"):
        raise Refused(N_("The visit is not where this call left it. Look at the page again."))
    if side == "in" and civil_date(row.planned_start) != civil_date(at):
        raise Refused(NOT_TODAY)


async def _told(row: Visit, call: Call, at: datetime) -> Caller:
    caller = await check_caller(row, call, at)
    if caller.method == "explained" and call.reason not in REASONS:
        raise FormError({"reason": (N_("The caller could not be checked: please say why it is recorded."), {})})
    if caller.method == "explained" and call.reason == "other" and not call.text.strip():
        raise FormError({"text": (N_("Please say why in a few words."), {})})
    return caller


async def _known(actor: Actor, visit: UUID, key: UUID) -> bool:
    proof = await VisitProof.objects().get(VisitProof.id == key)
    if proof is not None and (proof.visit != visit or proof.entered_by != actor.user):
        raise NotYours
    return proof is not None


async def _proof(actor: Actor, row: Visit, key: UUID, side: str, caller: Caller, call: Call, at: datetime) -> None:
    if await VisitProof.exists().where((VisitProof.visit == row.id) & (VisitProof.side == side)):
        return  # stopped for danger, or begun before it was missed: what stands stays
    reason = call.reason if caller.method == "explained" else ""
    await VisitProof(
        id=key, visit=row.id, side=side, method=caller.method, at=at, received_at=at,
        verdict="code" if caller.card else "unknown", code=caller.card, reason=reason, entered_by=actor.user,
        text_enc=encrypt(call.text.strip() if reason else "", f"visit_proof:text_enc:{key}"),
    ).save()  # fmt: skip
