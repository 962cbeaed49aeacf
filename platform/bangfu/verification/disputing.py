"""A bureau's doubt about a verified visit, and its decision within ten working days (DOMAIN.md 8.8)."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bangfu.accounts.queries import users_with
from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.database import transaction
from bangfu.supervision.actions import Timed, settle, watch
from bangfu.supervision.calendar import current_calendar, end_of_working_day
from bangfu.verification import decisions, flagging
from bangfu.verification.deciding import entered, tell, uphold_flags
from bangfu.verification.tables import VisitDispute
from bangfu.visits import moves
from bangfu.visits.tables import Visit

DISPUTE = "visit.dispute"
WORKING_DAYS = 10

Wait = Callable[[Visit], Awaitable[str]]
WAITS: Final[list[Wait]] = []
"""`await wait(visit)`: why a rejection has to wait (an appeal is open), as a message id, or ""."""


def wait_for(ask: Wait) -> None:
    """Let a later feature hold rejections back, once."""
    if ask not in WAITS:
        WAITS.append(ask)


async def dispute(actor: Actor, key: UUID, visit: UUID, reason: str, text: str, at: datetime) -> None:
    """verified -> disputed by the bureau's officer; the same key again is the same dispute.

    Raises:
        NotYours, NotAllowed, Refused: as deciding.entered; Refused too once the visit is settled.
        FormError: without a reason or its words.
    """
    _check("dispute", reason, text, decisions.DISPUTE_REASONS)
    async with transaction():
        row = await entered(actor, visit, "verification.dispute")
        known = await VisitDispute.objects().get(VisitDispute.id == key)
        if known is not None:
            if known.visit != visit or known.opened_by != actor.user:
                raise NotYours
            return
        await moves.move(actor, row, "dispute", at, reason=reason, text=text.strip())
        await _begin(row, key, reason, actor.user, at)


async def dispute_by_check(inspector: UUID, check: UUID, row: Visit, reason: str, number: str, at: datetime) -> None:
    """What a failed spot check means for its locked visit: verified -> disputed; what nobody has decided yet is flagged
    for the township. A visit that is rejected or settled already stays as it is.

    Args:
        inspector: who put the name to the result: never the one who rejects (DOMAIN.md 8.11).
        check: the spot check; its id is the dispute's.
        reason: why it failed, one of decisions.DISPUTE_REASONS.
        number: of the check.
    """
    async with transaction():
        if row.status == "verified":
            await moves.move(SYSTEM, row, "dispute", at, reason=reason, data={"check": number})
            await _begin(row, check, reason, inspector, at)
        elif row.status in {"submitted", "flagged"}:
            await flagging.put(row.id, "by_hand", {"check": number, "why": reason}, "", at)
            if row.status == "submitted":
                await flagging.to_flagged(row, at, ["by_hand"])


async def _begin(row: Visit, key: UUID, reason: str, by: UUID | None, at: datetime) -> None:
    """The dispute with its ten working days; the serving side and the township are told."""
    due = end_of_working_day(at, WORKING_DAYS, await current_calendar())
    await VisitDispute(id=key, visit=row.id, reason=reason, opened_by=by, opened_at=at, due_at=due).save()
    await watch(
        SYSTEM,
        Timed(
            kind=DISPUTE, subject_type="visit", subject=row.id, href=f"/visits/{row.id}", division=row.division,
            due_at=due, number=row.number, unit="bureau", role="bureau_officer", household=row.household,
        ),
        at,
    )  # fmt: skip
    await tell(row, "visit_disputed")
    await send(
        await users_with("township_officer", row.division), "visit_disputed", f"/visits/{row.id}",
        {"number": row.number},
    )  # fmt: skip


async def decide(actor: Actor, visit: UUID, outcome: str, reason: str, text: str, at: datetime) -> None:
    """disputed -> verified (`uphold`) or rejected (`reject`). A repeat by the same person changes nothing.

    Who raised the doubt may withdraw it, but rejecting needs a second officer of a bureau (DOMAIN.md 8.11).

    Raises:
        NotYours, NotAllowed, Refused: as deciding.entered; Refused too for a rejection of one's own.
        FormError: without an outcome, a reason for a rejection, or words.
    """
    _check_decision(outcome, reason, text)
    async with transaction():
        row = await entered(actor, visit, "verification.dispute")
        if await moves.already(actor, row, outcome):
            return
        found = await _open(row)
        if outcome == "reject" and found is not None and found.opened_by == actor.user:
            raise Refused(
                N_("You raised this doubt yourself: another officer decides to reject. You may withdraw the doubt.")
            )
        for ask in WAITS if outcome == "reject" else ():
            if waits := await ask(row):
                raise Refused(waits)
        columns: dict[str, Any] = {"decided_by": actor.user, "decided_at": at} if outcome == "reject" else {}
        given = reason if outcome == "reject" else ""
        await moves.move(actor, row, outcome, at, reason=given, text=text.strip(), **columns)
        if outcome == "reject":
            await uphold_flags(actor, row.id, reason, at)
        await _end(actor, row, found, outcome, given, at)


async def _open(row: Visit) -> VisitDispute | None:
    found: VisitDispute | None = await VisitDispute.objects().get(
        (VisitDispute.visit == row.id) & (VisitDispute.status == "open")
    )
    return found


async def _end(actor: Actor, row: Visit, found: VisitDispute | None, outcome: str, reason: str, at: datetime) -> None:
    status = "upheld" if outcome == "uphold" else "rejected"
    if found is not None:
        await VisitDispute.update(
            {
                VisitDispute.status: status, VisitDispute.decision: reason, VisitDispute.decided_by: actor.user,
                VisitDispute.decided_at: at,
            }
        ).where(VisitDispute.id == found.id)  # fmt: skip
    await settle(actor, DISPUTE, row.id, at, evidence=f"visit.{status}")
    await tell(row, "visit_upheld" if outcome == "uphold" else "visit_rejected")


def _check(name: str, reason: str, text: str, codes: tuple[str, ...]) -> None:
    faults: dict[str, Any] = {}
    if reason not in codes:
        faults[f"{name}_reason"] = (N_("Please choose a reason."), {})
    if not text.strip():
        faults[f"{name}_text"] = (N_("Please say why in a few words."), {})
    if faults:
        raise FormError(faults)


def _check_decision(outcome: str, reason: str, text: str) -> None:
    faults: dict[str, tuple[str, Mapping[str, object]]] = {}
    if outcome not in {"uphold", "reject"}:
        faults["outcome"] = (N_("Please choose one of the list."), {})
    if outcome == "reject" and reason not in decisions.REJECT_REASONS:
        faults["decision_reason"] = (N_("Please choose a reason."), {})
    if not text.strip():
        faults["decision_text"] = (N_("Please say why in a few words."), {})
    if faults:
        raise FormError(faults)
