"""Every step of a report is watched: supervision reminds, urges and shows it (DOMAIN.md 8.10)."""

from datetime import datetime

from bangfu.discovery import rules
from bangfu.discovery.tables import Measure, Report
from bangfu.errors import Refused
from bangfu.shared.actor import Actor
from bangfu.shared.faults import Fault
from bangfu.supervision import actions as supervision
from bangfu.supervision.actions import Timed
from bangfu.supervision.calendar import current_calendar

PAPERS = "emergency.papers"
MEASURE = "measure.close"
supervision.confidential(rules.ROUTE)
_DROPPED = ("rejected", "duplicate")


def turn_of(row: Report) -> rules.Turn | None:
    """Whose turn a report is."""
    return rules.turn_of(
        row.status, row.hotline_kind, restricted=row.restricted, proposed=row.clearing_proposed_by is not None,
        told=row.rejection_told_at is not None,
    )  # fmt: skip


async def due(name: str, at: datetime, *, urgent: bool = False) -> datetime | None:
    """The moment at which a step named in the table is due.

    Raises:
        Refused: where a year on the way is not in the calendar.
    """
    if not name:
        return None
    try:
        return rules.deadline(name, at, await current_calendar(), urgent=urgent)
    except Fault as fault:
        raise Refused(fault.message, **fault.params) from fault


async def turn(actor: Actor, row: Report, before: rules.Turn | None, event: str, at: datetime) -> None:
    """A report has moved: the clock of the turn before ends with the event, that of the new turn starts."""
    now = turn_of(row)
    if before is not None and (now is None or now.kind != before.kind):
        end = drop if event in _DROPPED or row.status == "duplicate" else settle
        await end(actor, before.kind, row, at, event)
    if row.status in _DROPPED and row.papers_due_at and not row.papers_done_at:
        await drop(actor, PAPERS, row, at, event)
    await start(actor, row, at)


async def start(actor: Actor, row: Report, at: datetime) -> None:
    """Watch the turn that the report is in."""
    now = turn_of(row)
    if now is not None and row.due_at is not None:
        hours = row.status == "matched" and row.urgent
        await _watch(actor, now.kind, row, row.due_at, now.unit, now.role, at, by_hours=hours)


async def watch_papers(actor: Actor, row: Report, at: datetime) -> None:
    """Aid went first: the papers are due."""
    assert row.papers_due_at is not None  # noqa: S101 (set by the emergency path)
    await _watch(actor, PAPERS, row, row.papers_due_at, "station", "social_worker", at)


async def _watch(
    actor: Actor, kind: str, row: Report, due_at: datetime, unit: str, role: str, at: datetime, *,
    by_hours: bool = False,
) -> None:  # fmt: skip
    about_staff = row.hotline_kind in rules.ABOUT_STAFF
    timed = Timed(
        kind=kind, subject_type="report", subject=row.id, href=f"/discovery/{row.id}", division=row.division,
        due_at=due_at, number=row.number, unit=unit, role=role, owner=row.owner, by_hours=by_hours,
        household=None if about_staff else row.household, excluded=tuple(row.excluded),
    )  # fmt: skip
    await supervision.watch(actor, timed, at)


async def watch_measure(actor: Actor, row: Measure, at: datetime) -> None:
    """A measure is due at its unit."""
    role = {"organization": "department_liaison", "township": "township_officer"}.get(row.unit, "social_worker")
    timed = Timed(
        kind=MEASURE, subject_type="measure", subject=row.id, href=f"/measures/{row.id}", division=row.division,
        due_at=row.due_at, number=row.number, unit=row.unit, organization=row.organization, role=role,
        owner=row.responsible,
    )  # fmt: skip
    await supervision.watch(actor, timed, at)


async def settle(actor: Actor, kind: str, row: Report | Measure, at: datetime, event: str) -> None:
    """The thing itself was done by its own event."""
    subject = "measure" if isinstance(row, Measure) else "report"
    await supervision.settle(actor, kind, row.id, at, evidence=f"{subject}.{event}")


async def drop(actor: Actor, kind: str, row: Report | Measure, at: datetime, event: str) -> None:
    """The thing is not needed any more."""
    subject = "measure" if isinstance(row, Measure) else "report"
    await supervision.drop(actor, kind, row.id, at, reason=f"{subject}.{event}")
