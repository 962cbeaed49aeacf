"""What supervision puts on the start page."""

from datetime import datetime, timedelta

from bangfu.shared.actor import Actor
from bangfu.shared.i18n import _, word
from bangfu.shared.permissions import allows
from bangfu.shared.web.frame import Todo, TodoCount, TodoRow
from bangfu.supervision import figures, queries
from bangfu.supervision.queries import TaskView

ROWS = 6
SOON = timedelta(days=2)
_KINDS: dict[str, str] = {}


def show_on_start(kind: str, button: str) -> None:
    """Let tasks of a later feature's kind that are late or due within two days stand on the start page, with this
    button (a message id) to where they are done; for features whose own part of that page has no rows of them."""
    _KINDS[kind] = button


async def todo(actor: Actor, at: datetime) -> Todo:
    """Timed tasks: the late and today's ones as numbers; those by hand and those of registered kinds as rows."""
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
    for kind, button in _KINDS.items():
        rows, _total = await queries.my_tasks(actor, {"kind": kind}, at, ROWS, 0)
        result.rows += [_pressing(task, _(button)) for task in rows if task.due_at < at + SOON]
    if counts["check"]:
        result.counts.append(TodoCount(_("Feedback to check"), counts["check"], "/supervision?view=check", "info"))
        rows, _total = await queries.my_tasks(actor, {"view": "check"}, at, ROWS, 0)
        result.rows += [_row(task, _("Check the feedback")) for task in rows]
    return result


def _pressing(task: TaskView, button: str) -> TodoRow:
    what = " ".join(part for part in (word("timed_kind", task.kind), task.subject_number) if part)
    return TodoRow(
        what=what, who=task.place, href=task.href, button=button, since=task.issued_at, until=task.due_at
    )  # fmt: skip


def _row(task: TaskView, button: str) -> TodoRow:
    return TodoRow(
        what=f"{word('timed_kind', task.kind)} {task.number}", who=task.unit_name, href=f"/supervision/{task.id}",
        button=button, since=task.issued_at, until=task.due_at,
    )  # fmt: skip
