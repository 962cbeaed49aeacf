"""What waits for a person about needs, for the start page."""

from datetime import datetime

from bangfu.needs import queries
from bangfu.needs.queries import NeedView
from bangfu.shared.actor import Actor
from bangfu.shared.i18n import _, word
from bangfu.shared.masking import mask_name
from bangfu.shared.permissions import allows
from bangfu.shared.web.frame import Todo, TodoCount, TodoRow

ROWS = 8
"""More than these are reached through the count, which opens the whole list."""


async def todo(actor: Actor, at: datetime) -> Todo:
    """An officer confirms; a recorder submits drafts and hears of rejections; a social worker ends pauses."""
    result = Todo()
    decides, records = allows(actor.roles, "needs.decide"), allows(actor.roles, "needs.record")
    if not (decides or records):
        return result
    counts = await queries.counts(actor, at)
    if decides:
        result.counts.append(TodoCount(_("Needs to confirm"), counts["submitted"], "/needs?status=submitted", "info"))
        if counts["late"]:
            late = TodoCount(_("Confirmations overdue"), counts["late"], "/needs?status=submitted&overdue=1", "bad")
            result.counts.append(late)
        result.rows += await _rows(actor, {"status": "submitted"}, at, _("Decide on the need"))
    if records:
        result.counts.append(TodoCount(_("My drafts"), counts["drafts"], "/needs?status=draft&mine=1"))
        if counts["rejected"]:
            result.counts.append(
                TodoCount(_("My rejected needs, 30 days"), counts["rejected"], "/needs?status=rejected&mine=1", "warn")
            )
        result.rows += await _rows(actor, {"status": "draft", "mine": "1"}, at, _("Complete the draft"))
    if actor.has("social_worker") and counts["pauses_over"]:
        result.rows += await _rows(actor, {"status": "suspended", "overdue": "1"}, at, _("Resume the service"))
    return result


async def _rows(actor: Actor, filters: dict[str, str], at: datetime, button: str) -> list[TodoRow]:
    needs, _total = await queries.needs(actor, filters, at, ROWS, 0)
    return [_row(need, button) for need in needs]


def _row(need: NeedView, button: str) -> TodoRow:
    return TodoRow(
        what=f"{word('service', need.service)} {need.number}",
        who=f"{mask_name(need.head_name)} · {need.division_name} · {word('priority', need.priority)}",
        href=f"/needs/{need.id}",
        button=button,
        since=need.submitted_at or need.created_at,
        until=need.due_at,
    )
