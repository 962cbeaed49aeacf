"""What of complaints waits on the start page."""

from datetime import datetime

from bangfu.complaints import discipline, own, queries
from bangfu.shared.actor import Actor
from bangfu.shared.i18n import _
from bangfu.shared.permissions import allows
from bangfu.shared.web.frame import Todo, TodoCount, TodoRow

MOST = 5


async def todo(actor: Actor, at: datetime) -> Todo:
    """Complaints to accept, one's own with their clocks, what discipline inspection waits for, and questions to the
    organisation."""
    result = Todo()
    if allows(actor.roles, "complaints.decide"):
        counts = await queries.counts(actor, at)
        if counts["waiting"]:
            result.counts.append(
                TodoCount(_("Complaints to accept"), counts["waiting"], "/complaints?show=waiting", "warn")
            )
        if counts["late"]:
            result.counts.append(TodoCount(_("Overdue complaints"), counts["late"], "/complaints?show=late", "bad"))
        rows, _total = await queries.rows_of(actor, {"show": "mine"}, MOST, 0)
        result.rows += [
            TodoRow(
                what=_("Complaint {number}").format(number=row.number), who=row.place, href=f"/complaints/{row.id}",
                button=_("Open the complaint"), since=row.entered_at, until=row.close_due,
            )
            for row in rows
            if row.status != "replied"
        ]  # fmt: skip
    if allows(actor.roles, "complaints.discipline") and (n := await discipline.not_handed_over(actor)):
        result.counts.append(TodoCount(_("For discipline inspection"), n, "/complaints/discipline", "info"))
    if allows(actor.roles, "complaints.organization") and (count := await own.waiting(actor)):
        result.counts.append(TodoCount(_("Complaints to answer"), count, "/my-complaints", "warn"))
    return result
