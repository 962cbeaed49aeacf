"""Step 3, verification by a home visit, and the emergency path that lets aid go first (DOMAIN.md 8.1)."""

from datetime import datetime
from uuid import UUID

from piccolo.table import Table

from bangfu.discovery import clocks, notices, rules
from bangfu.discovery.facts import VisitFacts
from bangfu.discovery.moves import (
    already,
    check_role,
    explain,
    locked_for,
    move,
    refuse_relative_of,
    refuse_same_officer,
)
from bangfu.discovery.tables import Report, ReportVisit
from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.households.sealing import seal
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction


async def record_visit(actor: Actor, report: UUID, key: UUID, visit: VisitFacts, at: datetime) -> None:
    """A home visit: matched -> verified, or "not confirmed"; after an emergency it is the missing paper.

    The same key again is the same visit.

    Raises:
        NotYours, NotAllowed, Refused: by area, role and state; who rejected it before does not verify it now.
        FormError: if nobody but the reporter went, or the colleague is unknown.
    """
    await refuse_relative_of(actor, report, "visit", at)
    async with transaction():
        row = await locked_for(actor, report)
        if await is_repeat(ReportVisit, key, report):
            return
        action = _action(row, visit)
        check_role(actor, row, action)
        refuse_same_officer(actor, row)
        if action == "file_papers" and (not row.emergency or row.papers_done_at is not None):
            raise Refused(N_("No papers are missing for this report."))
        visitors = await _visitors(actor, row, visit, at)
        if action != "not_confirm" and not rules.others_went_along(visitors, await _reporters(row)):
            message = N_("Whoever reported it does not verify it alone: name the colleague who went along.")
            raise FormError({"companion": (message, {})})
        await _store(actor, row, key, visit, visitors, at)
        await _move(actor, row, action, at)


def _action(row: Report, visit: VisitFacts) -> str:
    if row.status in {"reviewed", "intervening"}:
        return "file_papers"
    return "verify" if visit.confirmed else "not_confirm"


async def _move(actor: Actor, row: Report, action: str, at: datetime) -> None:
    if action == "file_papers":
        await move(actor, row, action, at, papers_done_at=at)
        await clocks.settle(actor, clocks.PAPERS, row, at, "papers_filed")
        return
    await move(actor, row, action, at)
    if action == "verify":
        await notices.tell_next(actor, row)
    else:
        await notices.tell_role(actor, row, "township_officer", "report_not_confirmed")


async def is_repeat(table: type[Table], key: UUID, report: UUID) -> bool:
    """Whether a row with this key was stored for the report before.

    Raises:
        NotYours: if the key stands for another report's row.
    """
    rows = await table.raw(f"SELECT report FROM {table._meta.tablename} WHERE id = {{}}", key)  # noqa: S608
    if rows and rows[0]["report"] != report:
        raise NotYours
    return bool(rows)


async def _visitors(actor: Actor, row: Report, visit: VisitFacts, at: datetime) -> list[UUID]:
    if visit.visited_on > civil_date(at):
        raise FormError({"visited_on": (N_("The visit cannot lie in the future."), {})})
    if visit.companion is None or visit.companion == actor.me:
        return [actor.me]
    user = await notices.active_user(visit.companion)
    if user is None or not user.scope or not row.division.startswith(user.scope):
        raise FormError({"companion": (N_("Please choose one of the list."), {})})
    return [actor.me, user.id]


async def _reporters(row: Report) -> set[UUID]:
    rows = await Report.raw(
        "SELECT reporter FROM report WHERE (id = {} OR duplicate_of = {}) AND reporter IS NOT NULL", row.id, row.id
    )
    return {found["reporter"] for found in rows}


async def _store(actor: Actor, row: Report, key: UUID, visit: VisitFacts, visitors: list[UUID], at: datetime) -> None:
    await ReportVisit(
        id=key, report=row.id, visited_on=visit.visited_on, visitors=visitors, confirmed=visit.confirmed,
        met_enc=seal("report_visit", "met_enc", key, visit.met),
        findings_enc=seal("report_visit", "findings_enc", key, visit.findings),
        need_kinds=list(visit.need_kinds), recorded_by=actor.me, recorded_at=at,
    ).save()  # fmt: skip


async def begin_emergency(actor: Actor, report: UUID, reason: str, at: datetime) -> None:
    """matched -> reviewed without the visit: aid goes first, the papers are due within 10 working days.

    Raises:
        NotYours, NotAllowed, Refused: by area, role and state.
    """
    async with transaction():
        row = await locked_for(actor, report)
        if await already(actor, row, "emergency"):
            return
        check_role(actor, row, "emergency")
        refuse_same_officer(actor, row)
        papers = await clocks.due("papers", at)
        await move(actor, row, "emergency", at, emergency=True, papers_due_at=papers, papers_done_at=None)
        await explain(actor, row, "emergency", reason, at)
        await clocks.watch_papers(actor, row, at)
        await notices.tell_role(actor, row, "social_worker", "report_papers")
