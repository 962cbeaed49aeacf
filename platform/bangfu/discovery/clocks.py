"""Every step of a report is watched: supervision reminds, urges and shows it (DOMAIN.md 8.10)."""

from datetime import datetime
from importlib.util import find_spec

from bangfu.discovery import rules
from bangfu.discovery.tables import Measure, Report
from bangfu.errors import Refused
from bangfu.shared.actor import Actor
from bangfu.shared.faults import Fault
from bangfu.supervision.calendar import current_calendar

WATCHED = {
    "collected": ("report.match", "station"),
    "matched": ("report.verify", "station"),
    "verified": ("report.review", "township"),
    "reviewed": ("report.prescribe", "township"),
    "intervening": ("report.clear", "township"),
    "cleared": ("report.inform", "village"),
}
"""State -> kind of the timed thing, and the unit whose turn it is."""
ROUTING = "report.route"
PAPERS = "emergency.papers"
MEASURE = "measure.close"


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


async def turn(actor: Actor, row: Report, source: str, event: str, at: datetime) -> None:
    """A report has moved from `source`: its old clock ends with the event, that of the new state starts."""
    ended, _ = WATCHED.get(source, ("", ""))
    if row.status != source and ended:
        if row.status in {"rejected", "duplicate"}:
            await drop(actor, ended, row, at, event)
        else:
            await settle(actor, ended, row, at, event)
    if row.status in {"rejected", "duplicate"} and row.papers_due_at and not row.papers_done_at:
        await drop(actor, PAPERS, row, at, event)
    await start(actor, row, at)


async def start(actor: Actor, row: Report, at: datetime) -> None:
    """Watch the step that the report is in; a restricted one is the bureau's to hand on first."""
    kind, unit = WATCHED.get(row.status, ("", ""))
    if not kind or row.due_at is None:
        return
    role = rules.TURN[row.status]
    if row.restricted:
        kind, unit, role = ROUTING, "bureau", "bureau_officer"
    hours = row.status == "matched" and row.urgent
    await _watch(actor, kind, row, row.due_at, unit, role, at, by_hours=hours)


async def watch_papers(actor: Actor, row: Report, at: datetime) -> None:
    """Aid went first: the papers are due."""
    assert row.papers_due_at is not None  # noqa: S101 (set by the emergency path)
    await _watch(actor, PAPERS, row, row.papers_due_at, "station", "social_worker", at)


async def _watch(
    actor: Actor, kind: str, row: Report, due_at: datetime, unit: str, role: str, at: datetime, *,
    by_hours: bool = False,
) -> None:  # fmt: skip
    if find_spec("bangfu.supervision.actions") is None:
        return
    from bangfu.supervision.actions import Timed, watch

    about_staff = row.hotline_kind in rules.ABOUT_STAFF
    timed = Timed(
        kind=kind, subject_type="report", subject=row.id, href=f"/discovery/{row.id}", division=row.division,
        due_at=due_at, number=row.number, unit=unit, role=role, owner=row.owner, by_hours=by_hours,
        household=None if about_staff else row.household,
    )  # fmt: skip
    await watch(actor, timed, at)


async def watch_measure(actor: Actor, row: Measure, at: datetime) -> None:
    """A measure is due at its unit."""
    if find_spec("bangfu.supervision.actions") is None:
        return
    from bangfu.supervision.actions import Timed, watch

    unit = row.unit if row.unit in {"organization", "township"} else "station"
    role = {"organization": "department_liaison", "township": "township_officer"}.get(row.unit, "social_worker")
    timed = Timed(
        kind=MEASURE, subject_type="measure", subject=row.id, href=f"/measures/{row.id}", division=row.division,
        due_at=row.due_at, number=row.number, unit=unit, organization=row.organization, role=role,
        owner=row.responsible,
    )  # fmt: skip
    await watch(actor, timed, at)


async def settle(actor: Actor, kind: str, row: Report | Measure, at: datetime, event: str) -> None:
    """The thing itself was done by its own event."""
    if find_spec("bangfu.supervision.actions") is None:
        return
    from bangfu.supervision.actions import settle as settled

    subject = "measure" if isinstance(row, Measure) else "report"
    await settled(actor, kind, row.id, at, evidence=f"{subject}.{event}")


async def drop(actor: Actor, kind: str, row: Report | Measure, at: datetime, event: str) -> None:
    """The thing is not needed any more."""
    if find_spec("bangfu.supervision.actions") is None:
        return
    from bangfu.supervision.actions import drop as dropped

    subject = "measure" if isinstance(row, Measure) else "report"
    await dropped(actor, kind, row.id, at, reason=f"{subject}.{event}")
