"""The township's check of one visit: clear flags, verify, flag by hand, reject (DOMAIN.md 5.2, 8.8).

Each verb is one transaction over the locked visit; a repeat by the same person changes nothing.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bangfu.accounts.queries import user_of_carer
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused, for_second_duty
from bangfu.messages.actions import send
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.database import transaction
from bangfu.shared.permissions import allows
from bangfu.verification import decisions, facts, flagging, payability
from bangfu.visits import moves
from bangfu.visits.tables import Visit, VisitFlag, VisitProof


@dataclass(frozen=True, slots=True)
class Cleared:
    """Why a flag does not speak against the visit: a code, and words where it is `other`."""

    reason: str
    text: str = ""


Bar = Callable[[Actor, Visit], Awaitable[str]]
BARS: Final[list[Bar]] = []
"""`await bar(actor, visit)`: why this person does not decide on the visit, as a message id, or ""."""


def bar(ask: Bar) -> None:
    """Let a later feature keep people from deciding (who spot-checks a visit does not verify it), once."""
    if ask not in BARS:
        BARS.append(ask)


async def entered(actor: Actor, visit: UUID, permission: str = "verification.decide") -> Visit:
    """The locked visit for who decides on it.

    Raises:
        NotYours: for a visit of another area.
        NotAllowed: without the permission.
        Refused: for the serving side, and for who sent the record or took down an arrival or departure.
    """
    row = await moves.locked(visit)
    if actor.user is None:
        return row
    if not actor.sees(row.division):
        raise NotYours
    if not allows(actor.roles, permission):
        raise NotAllowed
    if barred := own_side(actor, row):
        raise for_second_duty(Refused(barred), "verify")
    if await VisitProof.exists().where((VisitProof.visit == visit) & (VisitProof.entered_by == actor.user)):
        raise for_second_duty(Refused(decisions.SENDER), "verify")
    for ask in BARS:
        if barred := await ask(actor, row):
            raise for_second_duty(Refused(barred), "verify")
    return row


def own_side(actor: Actor, row: Visit) -> str:
    """Why this person does not decide on the visit, as a message id, or "" (DOMAIN.md 5.2, 8.11)."""
    if moves.side_of(actor, row):
        return decisions.OWN_SIDE
    return decisions.SENDER if row.submitted_by is not None and row.submitted_by == actor.user else ""


async def open_flags(visit: UUID) -> list[VisitFlag]:
    """The flags that nobody has cleared, the oldest first."""
    found: list[VisitFlag] = (
        await VisitFlag.objects()
        .where((VisitFlag.visit == visit) & (VisitFlag.status == "open"))
        .order_by(VisitFlag.raised_at, VisitFlag.flag)
    )
    return found


async def hindrances(row: Visit, open_now: Sequence[VisitFlag]) -> list[str]:
    """Why the visit cannot be verified now, as message ids."""
    known = await facts.around(row)
    return decisions.hindrances(
        approval=row.approval, open_flags=[each.flag for each in open_now],
        missing=flagging.missing_of(row, known), items=known.items if known.has_record else [],
    )  # fmt: skip


async def verify(actor: Actor, visit: UUID, cleared: Mapping[UUID, Cleared], at: datetime) -> None:
    """submitted or flagged -> verified; the open flags are cleared with their reasons in the same step.

    Args:
        cleared: flag -> why it does not speak against the visit; every open flag needs its own.

    Raises:
        NotYours, NotAllowed, Refused: as `entered`; Refused too if a condition of DOMAIN.md 5.2 is not met.
        FormError: `reason_<flag>`, `text_<flag>` for what is missing.
    """
    async with transaction():
        row = await entered(actor, visit)
        if await moves.already(actor, row, "verify"):
            return
        left = [each for each in await open_flags(visit) if each.flag != "incomplete"]
        _check_reasons(left, cleared)
        for flag in left:
            await _clear(actor, row, flag, cleared[flag.id], at)
        await _verify(actor, row, at)


async def clear(actor: Actor, visit: UUID, flag: UUID, cleared: Cleared, at: datetime) -> None:
    """Clear one flag, whatever the state of the visit. A repeat changes nothing.

    Raises: as `verify`; NotYours for a flag of another visit.
    """
    async with transaction():
        row = await entered(actor, visit)
        found = await VisitFlag.objects().get((VisitFlag.id == flag) & (VisitFlag.visit == visit))
        if found is None:
            raise NotYours
        if found.status == "cleared" and found.decided_by == actor.user:
            return
        if found.status != "open":
            raise Refused(N_("This flag was decided already. Look at the page again."))
        if found.flag == "incomplete":
            raise Refused(decisions.ITEMS)
        _check_reasons([found], {flag: cleared})
        await _clear(actor, row, found, cleared, at)


async def clear_many(
    actor: Actor, visits: Sequence[UUID], flag: str, cleared: Cleared, at: datetime
) -> tuple[list[str], list[tuple[str, str]]]:
    """Clear one kind of flag on several visits for one reason, and verify those on which nothing else is open.

    Every visit is a transaction of its own: one that somebody else decided meanwhile does not hold up the others.

    Returns:
        Numbers of visits that are verified now, and (number, message id) of those that are not.

    Raises:
        NotYours: if one of the visits is of another area; then nothing is done.
        FormError: without a reason.
    """
    if cleared.reason not in decisions.CLEAR_REASONS:
        raise FormError({"reason": (N_("Please choose a reason."), {})})
    if cleared.reason == "other" and not cleared.text.strip():
        raise FormError({"text": (N_("Please say why in a few words."), {})})
    rows = await Visit.raw("SELECT id, division, number FROM visit WHERE id = ANY({}::uuid[])", list(visits))
    if len(rows) != len(set(visits)) or not all(actor.sees(row["division"]) for row in rows):
        raise NotYours
    verified: list[str] = []
    kept: list[tuple[str, str]] = []
    for known in sorted(rows, key=lambda row: row["number"]):
        try:
            await _clear_one(actor, known["id"], flag, cleared, at)
            verified.append(known["number"])
        except Refused as refused:
            kept.append((known["number"], refused.message))
    return verified, kept


async def _clear_one(actor: Actor, visit: UUID, flag: str, cleared: Cleared, at: datetime) -> None:
    async with transaction():
        row = await entered(actor, visit)
        if await moves.already(actor, row, "verify"):
            return
        for each in await open_flags(visit):
            if each.flag == flag and flag != "incomplete":
                await _clear(actor, row, each, cleared, at)
        await _verify(actor, row, at)


async def reject(actor: Actor, visit: UUID, reason: str, text: str, at: datetime) -> None:
    """flagged -> rejected; a visit without a flag gets one by hand in the same step (DOMAIN.md 8.8).

    Raises:
        NotYours, NotAllowed, Refused: as `entered`.
        FormError: without a reason, or without words for it: the serving side reads them.
    """
    _check_reject(reason, text)
    async with transaction():
        row = await entered(actor, visit)
        if await moves.already(actor, row, "reject"):
            return
        if row.status == "submitted":
            await flagging.put(row.id, "by_hand", {}, "", at)
            await moves.move(actor, row, "flag", at, data={"flags": ["by_hand"]})
        await moves.move(
            actor, row, "reject", at, reason=reason, text=text.strip(), decided_by=actor.user, decided_at=at
        )
        await uphold_flags(actor, row.id, reason, at)
        await tell(row, "visit_rejected")


async def flag_by_hand(actor: Actor, visit: UUID, text: str, at: datetime) -> None:
    """submitted -> flagged by an officer who saw something; the serving side may explain before the decision.

    Raises: as `reject`.
    """
    if not text.strip():
        raise FormError({"flag_text": (N_("Please say why in a few words."), {})})
    async with transaction():
        row = await entered(actor, visit)
        if row.status == "flagged" and await moves.already(actor, row, "flag"):
            return
        await moves.move(actor, row, "flag", at, text=text.strip(), data={"flags": ["by_hand"]})
        await flagging.put(row.id, "by_hand", {}, "", at)
        await flagging.start_clock(row, at)
        await send(await flagging.serving_side(row), "visit_flagged", f"/verification/own/{row.id}",
                   {"number": row.number})  # fmt: skip


async def verify_by_clock(visit: UUID, at: datetime) -> bool:
    """Five working days without a flag: the visit verifies itself, if every condition holds. What has come up since
    then flags it instead. Returns whether it is verified now."""
    async with transaction():
        row = await moves.locked(visit)
        if row.status != "submitted" or row.approval in {"waiting", "refused"}:
            return False
        await flagging.evaluate(SYSTEM, row, at)
        left = await open_flags(visit)
        if row.status == "submitted" and left:
            await flagging.to_flagged(row, at, sorted({each.flag for each in left}))
        if row.status != "submitted" or await hindrances(row, left):
            return False
        await moves.move(SYSTEM, row, "verify", at, **await payability.judged(row), decided_at=at)
        return True


async def _verify(actor: Actor, row: Visit, at: datetime) -> None:
    left = await open_flags(row.id)
    for hindrance in await hindrances(row, left):
        raise Refused(hindrance)
    for each in left:
        await _clear(actor, row, each, Cleared("papers_seen"), at)  # `incomplete` that holds no longer
    judged = await payability.judged(row)
    await moves.move(actor, row, "verify", at, **judged, decided_by=actor.user, decided_at=at)


def _check_reasons(flags: Sequence[VisitFlag], cleared: Mapping[UUID, Cleared]) -> None:
    faults: dict[str, Any] = {}
    for flag in flags:
        given = cleared.get(flag.id, Cleared(""))
        if given.reason not in decisions.CLEAR_REASONS:
            faults[f"reason_{flag.id}"] = (N_("Please choose a reason."), {})
        elif given.reason == "other" and not given.text.strip():
            faults[f"text_{flag.id}"] = (N_("Please say why in a few words."), {})
    if faults:
        raise FormError(faults)


def _check_reject(reason: str, text: str) -> None:
    faults: dict[str, Any] = {}
    if reason not in decisions.REJECT_REASONS:
        faults["reject_reason"] = (N_("Please choose a reason."), {})
    if not text.strip():
        faults["reject_text"] = (N_("Please say why in a few words."), {})
    if faults:
        raise FormError(faults)


async def _clear(actor: Actor, row: Visit, flag: VisitFlag, cleared: Cleared, at: datetime) -> None:
    await VisitFlag.update(
        {
            VisitFlag.status: "cleared", VisitFlag.reason: cleared.reason, VisitFlag.decided_by: actor.user,
            VisitFlag.decided_at: at,
        }
    ).where(VisitFlag.id == flag.id)  # fmt: skip
    await moves.tell(
        actor, row, "flag_cleared", at, data={"flag": flag.flag}, reason=cleared.reason, text=cleared.text.strip()
    )


async def uphold_flags(actor: Actor, visit: UUID, reason: str, at: datetime) -> None:
    """A rejected visit's open flags were right."""
    await VisitFlag.update(
        {
            VisitFlag.status: "upheld", VisitFlag.reason: reason, VisitFlag.decided_by: actor.user,
            VisitFlag.decided_at: at,
        }
    ).where((VisitFlag.visit == visit) & (VisitFlag.status == "open"))  # fmt: skip


async def tell(row: Visit, kind: str) -> None:
    """The serving side hears of a decision: the organisation's managers, else the server's own account."""
    managers = await flagging.serving_side(row)
    if managers:
        await send(managers, kind, f"/verification/own/{row.id}", {"number": row.number})
    else:
        await send(await user_of_carer(row.carer), kind, "/my-visits", {"number": row.number})
