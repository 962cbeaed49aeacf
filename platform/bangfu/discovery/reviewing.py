"""Step 4, the joint review (会审), and its prescription: a list of measures, each with one responsible person."""

from datetime import datetime
from uuid import UUID

from bangfu.accounts.tables import User
from bangfu.discovery import clocks, notices
from bangfu.discovery.facts import MeasureFacts, ReviewFacts
from bangfu.discovery.moves import check_role, locked_for, move, note
from bangfu.discovery.tables import Measure, Report, ReportReview, ReportVisit
from bangfu.discovery.verifying import is_repeat
from bangfu.errors import N_, FormError, NotAllowed, Refused
from bangfu.households.sealing import seal
from bangfu.messages.actions import send
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.permissions import STATION, TOWNSHIP
from bangfu.supervision.rules import end_of_day

_UNKNOWN = N_("Please choose one of the list.")


async def record_review(actor: Actor, report: UUID, key: UUID, review: ReviewFacts, at: datetime) -> None:
    """verified -> reviewed; a family with several kinds of need is reviewed with at least one other department.

    Raises:
        NotYours, NotAllowed, Refused: by area, role and state.
        FormError: without a department where one is needed, or for an unknown one.
    """
    async with transaction():
        row = await locked_for(actor, report)
        if await is_repeat(ReportReview, key, report):
            return
        check_role(actor, row, "review")
        await _check_review(row, review, at)
        await ReportReview(
            id=key, report=report, held_on=review.held_on, form=review.form, departments=list(review.departments),
            participants_enc=seal("report_review", "participants_enc", key, review.participants),
            conclusion_enc=seal("report_review", "conclusion_enc", key, review.conclusion),
            convened_by=actor.me, recorded_at=at,
        ).save()  # fmt: skip
        await move(actor, row, "review", at, data={"departments": len(review.departments)})


async def _check_review(row: Report, review: ReviewFacts, at: datetime) -> None:
    if review.held_on > civil_date(at):
        raise FormError({"held_on": (N_("The review cannot lie in the future."), {})})
    visits = await ReportVisit.raw("SELECT need_kinds FROM report_visit WHERE report = {} AND confirmed", row.id)
    kinds = set(row.need_kinds).union(*(visit["need_kinds"] for visit in visits))
    if len(kinds) > 1 and not review.departments:
        message = N_("The household has several kinds of need: name at least one department that took part.")
        raise FormError({"departments": (message, {})})
    known = await Report.raw("SELECT id FROM organization WHERE active AND id = ANY({}::uuid[])", [*review.departments])
    if len(known) != len(set(review.departments)):
        raise FormError({"departments": (_UNKNOWN, {})})


async def add_measure(actor: Actor, report: UUID, key: UUID, measure: MeasureFacts, at: datetime) -> None:
    """One more line of the prescription, before it is issued or while it runs. The same key again is the same line.

    Raises:
        NotYours, NotAllowed, Refused: by area, role and state.
        FormError: for a person who cannot be responsible here, or a day that has passed.
    """
    async with transaction():
        row = await locked_for(actor, report)
        if await is_repeat(Measure, key, report):
            return
        if not actor.has("township_officer", "bureau_officer"):
            raise NotAllowed
        if row.status not in {"reviewed", "intervening"}:
            raise Refused(N_("Measures are set after the joint review and until the report is cleared."))
        if measure.due_on < civil_date(at):
            raise FormError({"due_on": (N_("The day has passed already."), {})})
        unit, organization = await _unit_of(row, measure.responsible)
        rows = await Measure.raw("SELECT count(*) AS n FROM measure WHERE report = {}", report)
        line = Measure(
            id=key, report=report, number=f"{row.number}/{rows[0]['n'] + 1}", division=row.division, kind=measure.kind,
            text_enc=seal("measure", "text_enc", key, measure.text), unit=unit, organization=organization,
            responsible=measure.responsible, due_at=end_of_day(measure.due_on), created_by=actor.me, created_at=at,
        )  # fmt: skip
        await line.save()
        await note(actor, row, "measure_set", at, data={"measure": line.number, "unit": unit})
        if row.status == "intervening":
            await _reckon_again(actor, row, at)
            await give(actor, line, at)


async def _unit_of(row: Report, responsible: UUID) -> tuple[str, UUID | None]:
    """The unit follows from the person: another department's liaison, the township office, or the station."""
    user: User | None = await notices.active_user(responsible)
    covers = user is not None and bool(user.scope) and row.division.startswith(user.scope)
    if user is not None and covers and user.id not in row.excluded:
        if "department_liaison" in user.roles and user.organization is not None:
            return "organization", user.organization
        if "township_officer" in user.roles:
            return "township", None
        if not (STATION | TOWNSHIP).isdisjoint(user.roles):
            return "station", None
    raise FormError({"responsible": (_UNKNOWN, {})})


async def _reckon_again(actor: Actor, row: Report, at: datetime) -> None:
    """The intervention is due with its last measure; a proposed clearing is off when a measure is added."""
    turn = clocks.turn_of(row)
    row.due_at, row.clearing_proposed_by = await last_due(row.id), None
    row.version += 1
    await Report.update(due_at=row.due_at, clearing_proposed_by=None, version=row.version, updated_at=at).where(
        Report.id == row.id
    )
    await clocks.turn(actor, row, turn, "measure_set", at)


async def last_due(report: UUID) -> datetime | None:
    """The latest due moment of a report's open measures."""
    rows = await Measure.raw(
        "SELECT max(due_at) AS due FROM measure WHERE report = {} AND status NOT IN ('closed', 'cancelled')", report
    )
    found: datetime | None = rows[0]["due"]
    return found


async def give(actor: Actor, line: Measure, at: datetime) -> None:
    """A measure of an issued prescription: its clock runs, its person hears of it."""
    await clocks.watch_measure(actor, line, at)
    await audit.record(
        actor, "measure.issued", "measure", line.id, division=line.division, at=at,
        data={"number": line.number, "unit": line.unit}, after={"status": line.status},
    )  # fmt: skip
    await send([line.responsible], "measure_given", f"/measures/{line.id}", {"number": line.number})


async def issue_prescription(actor: Actor, report: UUID, at: datetime) -> None:
    """reviewed -> intervening: every measure has a unit, a person and a day, and goes to them now.

    Raises:
        NotYours, NotAllowed, Refused: by area, role and state, and without a measure.
    """
    from bangfu.discovery.moves import already

    async with transaction():
        row = await locked_for(actor, report)
        if await already(actor, row, "intervene"):
            return
        check_role(actor, row, "intervene")
        lines = await Measure.objects().where((Measure.report == report) & (Measure.status == "open"))
        if not lines:
            raise Refused(N_("The prescription has no measure yet: set at least one, with its unit, person and day."))
        await move(actor, row, "intervene", at, data={"measures": len(lines)}, due_at=await last_due(report))
        for line in sorted(lines, key=lambda measure: measure.number):
            await give(actor, line, at)
