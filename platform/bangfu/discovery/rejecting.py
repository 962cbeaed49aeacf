"""A report is rejected with a reason that is told; an appeal brings it back before another officer (DOMAIN.md 8.1)."""

from datetime import datetime
from uuid import UUID

from bangfu.discovery import clocks, notices
from bangfu.discovery.moves import (
    already,
    check_role,
    explain,
    locked_for,
    move,
    refuse_relative_of,
    refuse_same_officer,
)
from bangfu.discovery.tables import Measure, Report
from bangfu.errors import N_, Refused
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction


async def reject_report(actor: Actor, report: UUID, code: str, text: str, at: datetime) -> None:
    """Any open step -> rejected; open measures end with it, the reporters hear of it, the household is told next.

    Raises:
        NotYours, NotAllowed, Refused: by area, role and state; who rejected it once does not reject it again.
    """
    await refuse_relative_of(actor, report, "reject", at)
    async with transaction():
        row = await locked_for(actor, report)
        if await already(actor, row, "reject"):
            return
        check_role(actor, row, "reject")
        refuse_same_officer(actor, row)
        if row.restricted:
            raise Refused(N_("The bureau hands this report on first."))
        await _cancel_measures(actor, row, at)
        await move(
            actor, row, "reject", at, data={"code": code}, rejected_by=actor.user, rejection_code=code,
            rejection_told_at=None, clearing_proposed_by=None,
        )  # fmt: skip
        await explain(actor, row, "rejected", text, at)
        await notices.tell_reporters(actor, row, "report_rejected")
        await notices.tell_next(actor, row)


async def _cancel_measures(actor: Actor, row: Report, at: datetime) -> None:
    lines = await Measure.objects().where(Measure.report == row.id).lock_rows("UPDATE")
    for line in lines:
        if line.status in {"closed", "cancelled"}:
            continue
        await Measure.update(status="cancelled", version=line.version + 1).where(Measure.id == line.id)
        await clocks.drop(actor, clocks.MEASURE, line, at, "cancelled")
        await audit.record(
            actor, "measure.cancelled", "measure", line.id, division=line.division, at=at,
            data={"number": line.number, "from": line.status, "to": "cancelled"},
            before={"status": line.status}, after={"status": "cancelled"},
        )  # fmt: skip


async def appeal(actor: Actor, report: UUID, text: str, at: datetime) -> None:
    """rejected -> matched: the household or the reporter objects, another officer looks at it again.

    Raises:
        NotYours, NotAllowed, Refused: by area, role and state.
    """
    async with transaction():
        row = await locked_for(actor, report)
        if await already(actor, row, "appeal"):
            return
        check_role(actor, row, "appeal")
        await move(actor, row, "appeal", at)
        await explain(actor, row, "appealed", text, at)
        await notices.tell_next(actor, row)
