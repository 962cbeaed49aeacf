"""The complainant without an account: number and code show state and reply, take words, close, and open again once."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bangfu.complaints import rules
from bangfu.complaints.deciding import close_row, reopen_row
from bangfu.complaints.moves import add_entry, locked, note, tell
from bangfu.complaints.seeing import opened
from bangfu.complaints.tables import Complaint
from bangfu.errors import N_, FormError, Refused
from bangfu.shared.actor import SYSTEM
from bangfu.shared.crypto import blind_index
from bangfu.shared.database import transaction


@dataclass(frozen=True, slots=True)
class Shown:
    """What the holder of number and code sees: no names, neither of who complained nor of who handles it."""

    number: str
    intake: str
    status: str
    entered_at: datetime
    accept_due: datetime
    close_due: datetime
    replied_at: datetime | None
    closed_at: datetime | None
    result: str
    reply: str
    route: str
    route_text: str
    satisfied: str
    petition: bool
    review_until: datetime | None
    may_reopen: bool
    may_add: bool


async def _found(number: str, code: str) -> Complaint | None:
    row: Complaint | None = await Complaint.objects().get(Complaint.number == number.strip().upper())
    given = blind_index("".join(each for each in code.upper() if each.isalnum()), "complaint_code")
    return row if row is not None and row.code_index and hmac.compare_digest(row.code_index, given) else None


async def shown(number: str, code: str, at: datetime) -> Shown | None:
    """The state of a complaint; None where number and code do not belong together."""
    row = await _found(number, code)
    if row is None:
        return None
    told = row.status in ("replied", "closed")
    review = row.replied_at + timedelta(days=rules.PETITION_REVIEW_DAYS) if row.petition and row.replied_at else None
    return Shown(
        number=row.number, intake=row.intake, status=row.status, entered_at=row.entered_at, accept_due=row.accept_due,
        close_due=row.close_due, replied_at=row.replied_at if told else None, closed_at=row.closed_at,
        result=row.result if told else "", reply=opened("reply_enc", row.id, row.reply_enc) if told else "",
        route=row.route, route_text=opened("route_enc", row.id, row.route_enc), satisfied=row.satisfied,
        petition=row.petition, review_until=review if told else None,
        may_reopen=rules.may_reopen(row.status, row.round, row.closed_at, at),
        may_add=row.status in ("received", "accepted", "investigating"),
    )  # fmt: skip


async def _locked(number: str, code: str) -> Complaint | None:
    row = await _found(number, code)
    return await locked(row.id) if row is not None else None


async def add_words(number: str, code: str, text: str, key: UUID, at: datetime) -> bool:
    """The complainant adds words before the decision; False where number and code do not belong together.

    Raises:
        Refused: after the decision; FormError: without words.
    """
    if not text.strip():
        raise FormError({"words": (N_("Please fill this in."), {})})
    async with transaction():
        row = await _locked(number, code)
        if row is None:
            return False
        if row.status not in ("received", "accepted", "investigating"):
            raise Refused(N_("It is decided already. You may have it opened again once it is closed."))
        if await add_entry(SYSTEM, row, "words", at, side="complainant", text=text, key=key):
            await note(SYSTEM, row, "words_added", at)
            await tell(row, [row.handler] if row.handler else [], "complaint_answered")
    return True


async def close(number: str, code: str, satisfied: str, at: datetime) -> bool:
    """replied -> closed on the complainant's own word; repeated it changes nothing. False as `add_words`."""
    async with transaction():
        row = await _locked(number, code)
        if row is None:
            return False
        if not (row.status == "closed" and row.satisfied == satisfied):
            await close_row(SYSTEM, row, satisfied, at, by="complainant")
    return True


async def reopen(number: str, code: str, text: str, at: datetime) -> bool:
    """closed -> investigating, once within 30 days. False as `add_words`; Refused a second time or too late."""
    async with transaction():
        row = await _locked(number, code)
        if row is None:
            return False
        await reopen_row(SYSTEM, row, text, at)
    return True
