"""Taking a complaint in, by whatever channel, and linking it to what it is about."""

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from asyncpg import UniqueViolationError

from bangfu.accounts.tables import User
from bangfu.complaints import hooks, routing, rules
from bangfu.complaints.moves import (
    add_entry,
    change,
    change_hands,
    due_after,
    locked,
    note,
    start_clocks,
    tell,
)  # fmt: skip
from bangfu.complaints.routing import About
from bangfu.complaints.seeing import sealed
from bangfu.complaints.tables import Complaint
from bangfu.errors import NotYours
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import audit_hash, blind_index
from bangfu.shared.database import transaction
from bangfu.shared.numbering import fresh_number

LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH: Final = 10


@dataclass(frozen=True, slots=True)
class Told:
    """What was told. `name` and `phone` are empty for an anonymous one."""

    facts: str
    division: str
    intake: str = "complaint"
    channel: str = "portal"
    channel_number: str = ""
    kind: str = ""
    severity: str = ""
    name: str = ""
    phone: str = ""
    confidential: bool = False
    about: About = field(default_factory=About)
    about_words: str = ""
    self_reported: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a complainant takes along; the code is shown this once (and again to the same form)."""

    complaint: UUID
    number: str
    code: str


def code_of(form_key: UUID) -> str:
    """The code of a receipt, made of the form's own random key: the same form has the same code, and nobody who knows
    the complaint can make it."""
    number = int(audit_hash(f"complaint-code:{form_key}"), 16)
    letters = []
    for _ in range(CODE_LENGTH):
        number, rest = divmod(number, len(LETTERS))
        letters.append(LETTERS[rest])
    return "".join(letters)


def fresh_key() -> UUID:
    """A random key for a form without an account."""
    return UUID(bytes=secrets.token_bytes(16), version=4)


async def enter_with_receipt(actor: Actor, form_key: UUID, told: Told, at: datetime) -> Receipt:
    """Take in what somebody tells themselves; the same form again is the same complaint."""
    index, code = blind_index(str(form_key), "complaint_form"), code_of(form_key)
    try:
        async with transaction():
            if known := await _known(index):
                return Receipt(known.id, known.number, code)
            row = await _enter(actor, uuid4(), told, at, index, blind_index(code, "complaint_code"))
            return Receipt(row.id, row.number, code)
    except UniqueViolationError:
        if known := await _known(index):
            return Receipt(known.id, known.number, code)
        raise


async def _known(index: str) -> Complaint | None:
    found: Complaint | None = await Complaint.objects().get(Complaint.receipt_index == index)
    return found


async def enter(actor: Actor, key: UUID, told: Told, at: datetime) -> UUID:
    """Take in what somebody told an office. Same key, same complaint.

    Raises:
        NotYours: outside of the actor's area, or if the key is another person's entry.
    """
    if not actor.sees(told.division):
        raise NotYours
    try:
        async with transaction():
            if not await _is_own(actor, key):
                await _enter(actor, key, told, at)
    except UniqueViolationError:
        if not await _is_own(actor, key):
            raise
    return key


async def _is_own(actor: Actor, key: UUID) -> bool:
    row = await Complaint.objects().get(Complaint.id == key)
    if row is not None and row.entered_by != actor.user:
        raise NotYours
    return row is not None


async def _enter(
    actor: Actor, key: UUID, told: Told, at: datetime, receipt_index: str = "", code_index: str = ""
) -> Complaint:
    about = await routing.completed(told.about)
    if about.staff is not None:
        told = replace(told, division=await _office_of(about.staff, told.division))
    level, excluded = await routing.past(about, told.division, told.intake)
    discipline = told.channel == "12388"
    severity = told.severity or rules.severity_of(told.kind)
    limits = rules.limits_of(severity, petition=False)
    row = Complaint(
        id=key, number=await fresh_number(Complaint), receipt_index=receipt_index, code_index=code_index,
        intake=told.intake, channel=told.channel, channel_number=told.channel_number, division=told.division,
        level=level, kind=told.kind, severity=severity, discipline=discipline, self_reported=told.self_reported,
        confidential=told.confidential or discipline or rules.INTAKES[told.intake].confidential,
        anonymous=not (told.name or told.phone), name_enc=sealed("name_enc", key, told.name),
        phone_enc=sealed("phone_enc", key, told.phone), facts_enc=sealed("facts_enc", key, told.facts),
        about_enc=sealed("about_enc", key, told.about_words), excluded=excluded, entered_by=actor.user, entered_at=at,
        accept_due=await due_after(at, limits.accept, limits.by_days),
        close_due=await due_after(at, limits.close, limits.by_days), updated_at=at, **about.columns(),
    )  # fmt: skip
    await row.save()
    await note(
        actor, row, "entered", at, intake=row.intake, channel=row.channel, kind=row.kind, severity=severity,
        self_reported=row.self_reported,
    )  # fmt: skip
    if told.self_reported:
        for side in ("complainant", "target"):
            await add_entry(actor, row, "hearing", at, side=side, code="self_report")
    await start_clocks(row, at)
    await tell(row, await routing.takers(row), "complaint_received", intake=row.intake)
    if row.level in ("lead", "above") or discipline:
        auditors = await User.raw(
            "SELECT id FROM app_user WHERE active AND 'auditor' = ANY(roles) AND scope <> '' AND {} LIKE scope || '%'",
            row.division,
        )
        await tell(row, [user["id"] for user in auditors], "complaint_received", intake=row.intake)
    await hooks.tell("entered", actor, row, at)
    return row


async def _office_of(staff: UUID, division: str) -> str:
    """A complaint about an officer of another place belongs to that officer's place."""
    rows = await User.raw("SELECT scope FROM app_user WHERE id = {}", staff)
    scope = rows[0]["scope"] or division
    return division if division.startswith(scope) or scope.startswith(division.rstrip("0")) else scope.ljust(12, "0")


async def relink(actor: Actor, complaint: UUID, about: About, at: datetime) -> None:
    """Say anew what it is about: it then goes past these people too; a handler who is of that side loses the case.

    Nothing comes back by another link: the level never falls and nobody who was left out comes in again. The
    caller has checked that the actor has the case and may see what is linked.
    """
    about = await routing.completed(about)
    async with transaction():
        row = await locked(complaint)
        level, excluded = await routing.past(about, row.division, row.intake)
        level, excluded = rules.highest([level, row.level]), sorted({*excluded, *row.excluded})
        handler = row.handler if row.handler not in excluded and row.handler != about.staff else None
        await change(row, at, **about.columns(), level=level, excluded=excluded, handler=handler)
        await note(actor, row, "linked", at, target=about.target, level=level)
        await _pass_on(row, at)


async def _pass_on(row: Complaint, at: datetime) -> None:
    await change_hands(row, at)
    if row.handler is None:
        await tell(row, await routing.takers(row), "complaint_received", intake=row.intake)
