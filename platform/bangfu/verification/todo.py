"""What waits for a person about the check of visits, for the start page."""

from datetime import datetime
from typing import Literal

from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date, day_span
from bangfu.shared.i18n import _
from bangfu.shared.permissions import allows
from bangfu.shared.web.frame import Todo, TodoCount
from bangfu.verification import anomalies
from bangfu.visits.tables import Visit


async def todo(actor: Actor, at: datetime) -> Todo:
    """Township officers: flagged visits and those due today; organisations: flagged ones to explain; bureau and
    auditor: disputes and anomalies of the month."""
    result = Todo()
    if allows(actor.roles, "verification.decide"):
        result.counts += await _officer(actor, at)
    if allows(actor.roles, "verification.organization") and actor.organization is not None:
        rows = await Visit.raw(
            "SELECT count(*) AS n FROM visit WHERE organization = {} AND status = 'flagged'", actor.organization
        )
        level: Literal["warn", "ok"] = "warn" if rows[0]["n"] else "ok"
        result.counts.append(
            TodoCount(_("Flagged visits of ours"), rows[0]["n"], "/verification/own?state=flagged", level)
        )
    if actor.has("bureau_officer", "bureau_lead", "auditor"):
        result.counts += await _bureau(actor, at)
    return result


async def _officer(actor: Actor, at: datetime) -> list[TodoCount]:
    rows = await Visit.raw(
        "SELECT count(*) AS waiting, count(*) FILTER (WHERE t.due_at < {}) AS due FROM visit v"
        " LEFT JOIN supervision_task t ON t.subject = v.id AND t.kind = 'visit.check'"
        " AND t.status NOT IN ('cancelled', 'dropped') WHERE v.status = 'flagged' AND v.division LIKE {}",
        day_span(civil_date(at))[1], f"{actor.scope}%" if actor.scope else "",
    )  # fmt: skip
    waiting, due = rows[0]["waiting"], rows[0]["due"]
    found = [
        TodoCount(_("Flagged visits to check"), waiting, "/verification?state=flagged", "warn" if waiting else "ok")
    ]
    if due:
        found.append(TodoCount(_("Flagged visits due today or late"), due, "/verification?state=today", "bad"))
    return found


async def _bureau(actor: Actor, at: datetime) -> list[TodoCount]:
    rows = await Visit.raw(
        "SELECT count(*) AS n FROM visit WHERE status = 'disputed' AND division LIKE {}",
        f"{actor.scope}%" if actor.scope else "",
    )
    level: Literal["warn", "ok"] = "warn" if rows[0]["n"] else "ok"
    odd = await anomalies.count_of_month(actor, civil_date(at))
    return [
        TodoCount(_("Disputed visits"), rows[0]["n"], "/verification?state=disputed", level),
        TodoCount(
            _("Anomalies this month"), odd.value, "/verification/anomalies", "warn" if odd.value else "ok", odd.at
        ),
    ]
