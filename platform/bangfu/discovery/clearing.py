"""Steps 5 to 7: the clearing proposed and confirmed by two people, the household told, a new signal (DOMAIN.md 8.1)."""

from datetime import datetime
from uuid import UUID

from bangfu.discovery import clocks, notices, rules
from bangfu.discovery.facts import TellingFacts
from bangfu.discovery.moves import already, check_role, explain, locked_for, move, refuse_relative_of
from bangfu.discovery.tables import Measure, Report, ReportTelling
from bangfu.discovery.verifying import is_repeat
from bangfu.errors import N_, FormError, NotAllowed, Refused
from bangfu.households.sealing import seal
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction


async def propose_clearing(actor: Actor, report: UUID, at: datetime) -> None:
    """The township proposes, once all measures are closed and no paper is missing.

    Raises:
        NotYours, NotAllowed, Refused: by area, role, state and open measures.
    """
    async with transaction():
        row = await locked_for(actor, report)
        if row.clearing_proposed_by is not None and row.clearing_proposed_by == actor.user:
            return
        check_role(actor, row, "propose_clearing")
        await _check_all_closed(row)
        if row.emergency and row.papers_done_at is None:
            raise Refused(N_("Aid went first: the papers (the record of the home visit) are still missing."))
        await move(actor, row, "propose_clearing", at, clearing_proposed_by=actor.user)
        await notices.tell_next(actor, row)


async def _check_all_closed(row: Report) -> None:
    rows = await Measure.raw(
        "SELECT count(*) FILTER (WHERE status NOT IN ('closed', 'cancelled')) AS open,"
        " count(*) FILTER (WHERE status = 'closed' AND ({}::timestamptz IS NULL OR created_at >= {})) AS closed"
        " FROM measure WHERE report = {}",
        row.reopened_at, row.reopened_at, row.id,
    )  # fmt: skip
    if rows[0]["open"]:
        raise Refused(N_("Not all measures are closed: {open} are open."), open=rows[0]["open"])
    if not rows[0]["closed"]:
        raise Refused(N_("No measure was closed since the prescription or the new signal: nothing can be cleared."))


async def return_clearing(actor: Actor, report: UUID, reason: str, at: datetime) -> None:
    """The bureau sends a proposed clearing back. Raises NotYours, NotAllowed, Refused."""
    async with transaction():
        row = await locked_for(actor, report)
        if row.clearing_proposed_by is None and await already(actor, row, "return_clearing"):
            return
        check_role(actor, row, "return_clearing")
        _check_proposed(row)
        proposer = row.clearing_proposed_by
        await move(actor, row, "return_clearing", at, clearing_proposed_by=None)
        await explain(actor, row, "clearing_returned", reason, at)
        await notices.tell_user(actor, row, proposer, "report_clearing_returned")


async def confirm_clearing(actor: Actor, report: UUID, at: datetime) -> None:
    """intervening -> cleared by the bureau, by another person than the one who proposed it.

    Raises:
        NotYours, NotAllowed, Refused: by area, role, state and proposal.
    """
    await refuse_relative_of(actor, report, "clear", at)
    async with transaction():
        row = await locked_for(actor, report)
        if await already(actor, row, "clear"):
            return
        check_role(actor, row, "clear")
        _check_proposed(row)
        if row.clearing_proposed_by == actor.user:
            raise NotAllowed(N_("You proposed the clearing yourself: another person confirms it."))
        await _check_all_closed(row)
        await move(actor, row, "clear", at, cleared_at=at)
        await notices.tell_next(actor, row)


def _check_proposed(row: Report) -> None:
    if row.clearing_proposed_by is None:
        raise Refused(N_("Nobody has proposed to clear this report."))


async def reopen_report(actor: Actor, report: UUID, reason: str, at: datetime) -> None:
    """cleared or informed -> intervening on a new signal within six months of the clearing.

    Raises:
        NotYours, NotAllowed, Refused: by area, role, state and time.
    """
    async with transaction():
        row = await locked_for(actor, report)
        if await already(actor, row, "reopen"):
            return
        check_role(actor, row, "reopen")
        if not rules.reopenable(row.cleared_at, at):
            raise Refused(N_("The report was cleared more than six months ago, or never. File a new report instead."))
        await move(actor, row, "reopen", at, reopened_at=at, clearing_proposed_by=None)
        await explain(actor, row, "reopened", reason, at)


async def tell(actor: Actor, report: UUID, key: UUID, told: TellingFacts, at: datetime) -> None:
    """The result told to the household (cleared -> informed), a rejection told, or a caller answered.

    The same key again is the same telling.

    Raises:
        NotYours, NotAllowed, Refused: by area, role and state.
        FormError: for a day that has not come.
    """
    async with transaction():
        row = await locked_for(actor, report)
        if await is_repeat(ReportTelling, key, report):
            return
        action, subject = {"rejected": ("tell_rejection", "rejection"), "collected": ("answer", "answer")}.get(
            row.status, ("inform", "result")
        )
        check_role(actor, row, action)
        if action == "answer":
            _check_answer(actor, row)
        if told.told_on > civil_date(at):
            raise FormError({"told_on": (N_("The day has not come yet."), {})})
        await _store(actor, row, key, subject, told, at)
        await _told(actor, row, action, at)


def _check_answer(actor: Actor, row: Report) -> None:
    """A question or suggestion is answered at once; a complaint or accusation by the bureau alone."""
    if row.hotline_kind in rules.ABOUT_STAFF and not actor.has("bureau_officer"):
        raise NotAllowed
    if row.hotline_kind not in rules.INQUIRIES | rules.ABOUT_STAFF:
        raise Refused(N_("This report is about a person in need: it goes through all steps."))


async def _store(actor: Actor, row: Report, key: UUID, subject: str, told: TellingFacts, at: datetime) -> None:
    await ReportTelling(
        id=key, report=row.id, subject=subject, told_on=told.told_on, way=told.way, receipt=told.receipt,
        received_by_enc=seal("report_telling", "received_by_enc", key, told.received_by),
        text_enc=seal("report_telling", "text_enc", key, told.text), told_by=actor.me, recorded_at=at,
    ).save()  # fmt: skip


async def _told(actor: Actor, row: Report, action: str, at: datetime) -> None:
    if action == "tell_rejection":
        await move(actor, row, action, at, rejection_told_at=at)
        return
    until = await clocks.due("reopen", row.cleared_at) if row.cleared_at else None
    await move(actor, row, action, at, due_at=until)
    await notices.tell_reporters(actor, row, "report_informed")
