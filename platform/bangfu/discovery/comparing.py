"""Step 2, data comparison: a household, a new one, or a duplicate of another report (DOMAIN.md 8.1)."""

from datetime import datetime
from uuid import UUID

from bangfu.discovery import clocks, notices, rules
from bangfu.discovery.moves import already, check_role, is_visible, locked_for, move, note
from bangfu.discovery.tables import Report
from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.households.tables import Household
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction


async def match_report(actor: Actor, report: UUID, household: UUID | None, owner: UUID | None, at: datetime) -> None:
    """collected -> matched, with a household of the register or as a new one; `owner` is asked to visit.

    Raises:
        NotYours, NotAllowed, Refused: by area, role and state.
        FormError: for a visitor who cannot verify in this area.
    """
    async with transaction():
        row = await locked_for(actor, report)
        if await already(actor, row, "match"):
            return
        check_role(actor, row, "match")
        _check_kind(row)
        await check_household(actor, household)
        await _check_owner(row, owner)
        result = "new" if household is None else "household"
        await move(
            actor, row, "match", at, data={"result": result}, household=household, match_result=result, owner=owner
        )
        await notices.tell_next(actor, row)


def _check_kind(row: Report) -> None:
    if row.hotline_kind in rules.INQUIRIES:
        raise Refused(N_("A question or a suggestion is answered; it is not compared with households."))
    if row.restricted:
        raise Refused(N_("The bureau hands this report on first."))


async def check_household(actor: Actor, household: UUID | None) -> None:
    """Raises NotYours for a household of another area."""
    if household is None:
        return
    found = await Household.objects().get(Household.id == household)
    if found is None or not actor.sees(found.division):
        raise NotYours


async def _check_owner(row: Report, owner: UUID | None) -> None:
    if owner is None:
        return
    user = await notices.active_user(owner)
    may = user is not None and not rules.VERIFIERS.isdisjoint(user.roles) and user.id not in row.excluded
    if user is None or not may or not user.scope or not row.division.startswith(user.scope):
        raise FormError({"owner": (N_("Please choose one of the list."), {})})


async def merge_report(actor: Actor, report: UUID, into: UUID, at: datetime) -> None:
    """collected or matched -> duplicate of an open report, which keeps its content and its reporter.

    Raises:
        NotYours: if one of the two is not to be seen.
        Refused: if the first is a duplicate itself, rejected, or the same.
    """
    async with transaction():
        rows = {key: await locked_for(actor, key) for key in sorted({report, into}, key=str)}
        row, first = rows[report], rows[into]
        if await already(actor, row, "merge") and row.duplicate_of == into:
            return
        check_role(actor, row, "merge")
        _check_kind(row)
        if report == into or first.status in {"duplicate", "rejected"}:
            raise Refused(N_("A duplicate is merged into a report that is neither a duplicate itself nor rejected."))
        await Report.update({Report.duplicate_of: into}).where(Report.duplicate_of == report)
        await move(actor, row, "merge", at, data={"first": first.number}, duplicate_of=into)
        await note(actor, first, "took_in", at, data={"duplicate": row.number})
        await notices.tell_reporters(actor, row, "report_duplicate")


async def route_report(actor: Actor, report: UUID, excluded: tuple[UUID, ...], at: datetime) -> None:
    """A restricted complaint or accusation goes to the station, past those whom it concerns.

    Raises:
        NotYours, NotAllowed: by area and role.
        Refused: if it is not restricted any more.
    """
    async with transaction():
        row = await locked_for(actor, report)
        if not actor.has("bureau_officer"):
            raise NotYours
        if not row.restricted:
            if await _routed_by(actor, row):
                return
            raise Refused(N_("This report has been handed on already."))
        turn = clocks.turn_of(row)
        row.restricted, row.excluded = False, sorted({*row.excluded, *excluded}, key=str)
        row.due_at, row.version = await clocks.due("match", at), row.version + 1
        await Report.update(
            restricted=False, excluded=row.excluded, due_at=row.due_at, version=row.version, updated_at=at
        ).where(Report.id == report)
        await note(actor, row, "routed", at, data={"excluded": len(row.excluded)})
        await clocks.turn(actor, row, turn, "routed", at)
        await notices.tell_next(actor, row)


async def _routed_by(actor: Actor, row: Report) -> bool:
    rows = await Report.raw(
        "SELECT actor FROM audit_event WHERE subject = {} AND subject_type = 'report' AND action = 'report.routed'"
        " ORDER BY id DESC LIMIT 1",
        str(row.id),
    )
    return is_visible(actor, row) and bool(rows) and rows[0]["actor"] == actor.user
