"""What waits for a person about spot checks, for the start page."""

from datetime import datetime
from typing import Literal

from bangfu.oversight import check_queries
from bangfu.oversight.check_tables import SpotCheck
from bangfu.shared.actor import Actor
from bangfu.shared.i18n import _
from bangfu.shared.permissions import allows
from bangfu.shared.web.frame import Todo, TodoCount, TodoRow, rows_wanted

MOST = 5


async def todo(actor: Actor, at: datetime) -> Todo:
    """Inspectors: their next checks; the bureau: checks without inspectors and objections; providers: new failures."""
    result = Todo()
    if allows(actor.roles, "checks.own"):
        waiting, _done = await check_queries.own_checks(actor)
        result.rows += [_row(row) for row in waiting[: rows_wanted(MOST)]]
        if waiting:
            level: Literal["bad", "warn"] = "bad" if any(row["due_at"] < at for row in waiting) else "warn"
            result.counts.append(TodoCount(_("My spot checks"), len(waiting), "/my-checks", level, of="checks"))
    if allows(actor.roles, "checks.decide"):
        result.counts += await _desk(actor)
    if allows(actor.roles, "checks.organization") and actor.organization is not None:
        rows = await SpotCheck.raw(
            "SELECT count(*) AS n FROM spot_check WHERE organization = {} AND status = 'notified' AND result = 'fail'",
            actor.organization,
        )
        if rows[0]["n"]:
            result.counts.append(TodoCount(_("Failed spot checks of ours"), rows[0]["n"], "/my-results", "warn"))
    return result


def _row(row: dict[str, object]) -> TodoRow:
    sent = row["sent_at"] is not None
    return TodoRow(
        what=_("Spot check {number}", number=row["number"]), who=str(row["village"]), href=f"/my-checks/{row['id']}",
        button=_("Open the result") if sent else _("Carry out the check"), until=row["due_at"],  # type: ignore[arg-type]
        group="today", of="checks",
    )  # fmt: skip


async def _desk(actor: Actor) -> list[TodoCount]:
    rows = await SpotCheck.raw(
        "SELECT count(*) FILTER (WHERE missing > 0 AND status IN ('drawn', 'assigned')) AS gaps,"
        " count(*) FILTER (WHERE status = 'appealed') AS appealed FROM spot_check WHERE division LIKE {}"
        " AND status IN ('drawn', 'assigned', 'appealed')",
        f"{actor.scope}%" if actor.scope else "",
    )
    found = []
    if rows[0]["gaps"]:
        found.append(TodoCount(_("Spot checks without inspectors"), rows[0]["gaps"], "/checks?state=gaps", "warn"))
    if rows[0]["appealed"]:
        found.append(TodoCount(_("Objections to spot checks"), rows[0]["appealed"], "/checks?state=appealed", "warn"))
    return found
