"""What supervision puts on the start page."""

from datetime import datetime

from bangfu.shared.actor import Actor
from bangfu.shared.i18n import _, word
from bangfu.shared.permissions import allows
from bangfu.shared.web.frame import Todo, TodoCount, TodoRow
from bangfu.supervision import figures, queries
from bangfu.supervision.queries import TaskView

ROWS = 6


async def todo(actor: Actor, at: datetime) -> Todo:
    """Timed tasks: the late and today's ones as numbers; those by hand (others stand on their own lists) as rows."""
    result = Todo()
    if not allows(actor.roles, "supervision.own"):
        return result
    counts = await figures.own_counts(actor, at)
    if counts["late"]:
        result.counts.append(TodoCount(_("Timed tasks overdue"), counts["late"], "/supervision?when=late", "bad"))
    if counts["today"]:
        result.counts.append(TodoCount(_("Timed tasks due today"), counts["today"], "/supervision?when=today", "warn"))
    rows, _total = await queries.my_tasks(actor, {"closing": "feedback"}, at, ROWS, 0)
    result.rows += [_row(task, _("Open the task")) for task in rows]
    if counts["check"]:
        result.counts.append(TodoCount(_("Feedback to check"), counts["check"], "/supervision?view=check", "info"))
        rows, _total = await queries.my_tasks(actor, {"view": "check"}, at, ROWS, 0)
        result.rows += [_row(task, _("Check the feedback")) for task in rows]
    return result


def _row(task: TaskView, button: str) -> TodoRow:
    return TodoRow(
        what=f"{word('timed_kind', task.kind)} {task.number}", who=task.unit_name, href=f"/supervision/{task.id}",
        button=button, since=task.issued_at, until=task.due_at,
    )  # fmt: skip
