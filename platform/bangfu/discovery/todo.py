"""What waits for a person about reports and measures, for the start page."""

from datetime import datetime

from bangfu.discovery import measure_queries, queries
from bangfu.discovery.measure_queries import MeasureView
from bangfu.discovery.queries import ReportRow
from bangfu.shared.actor import Actor
from bangfu.shared.i18n import _, word
from bangfu.shared.permissions import LIAISON, allows
from bangfu.shared.web.frame import Todo, TodoCount, TodoRow

ROWS = 8


async def todo(actor: Actor, at: datetime) -> Todo:
    """The steps whose turn is the person's; a liaison's measures."""
    result = Todo()
    if allows(actor.roles, "discovery.read") and not actor.has("auditor"):
        total, late = await queries.waiting_for(actor, at)
        rows, _total = await queries.reports(actor, {"mine": "1"}, at, ROWS, 0)
        if total:
            result.counts.append(TodoCount(_("Reports waiting for you"), total, "/discovery?mine=1", "info"))
        if late:
            result.counts.append(TodoCount(_("Reports overdue"), late, "/discovery?mine=1&late=1", "bad"))
        result.rows += [_report(row) for row in rows]
    if actor.has(*LIAISON):
        measures, total = await measure_queries.measures(actor, "open", at, ROWS, 0)
        result.counts.append(TodoCount(_("Measures to carry out"), total, "/measures", "info"))
        result.rows += [_measure(row) for row in measures]
    return result


def _report(row: ReportRow) -> TodoRow:
    assert row.turn is not None  # noqa: S101 (only reports that wait for somebody)
    who = f"{row.person or word('report_source', row.source)} · {row.division_name}"
    return TodoRow(
        what=f"{word('report_status', row.status)} {row.number}", who=who, href=f"/discovery/{row.id}",
        button=word("timed_kind", row.turn.kind), since=row.created_at, until=row.due_at,
    )  # fmt: skip


def _measure(row: MeasureView) -> TodoRow:
    return TodoRow(
        what=f"{word('measure_kind', row.kind)} {row.number}", who=f"{row.person} · {row.division_name}",
        href=f"/measures/{row.id}", button=_("Carry out the measure"), until=row.due_at,
    )  # fmt: skip
