"""A bureau's doubt about a verified visit, and its decision within ten working days (DOMAIN.md 8.8)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.accounts.queries import users_with
from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.database import transaction
from bangfu.supervision.actions import Timed, settle, watch
from bangfu.supervision.calendar import current_calendar, end_of_working_day
from bangfu.verification import decisions
from bangfu.verification.deciding import entered, tell, uphold_flags
from bangfu.verification.tables import VisitDispute
from bangfu.visits import moves
from bangfu.visits.tables import Visit

DISPUTE = "visit.dispute"
WORKING_DAYS = 10


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
        due = end_of_working_day(at, WORKING_DAYS, await current_calendar())
        await moves.move(actor, row, "dispute", at, reason=reason, text=text.strip())
        await VisitDispute(id=key, visit=visit, reason=reason, opened_by=actor.user, opened_at=at, due_at=due).save()
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
