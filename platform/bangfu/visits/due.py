"""The due windows of tasks: what is owed, which visit fills it, what is free (DOMAIN.md 2.2; docs/decisions/0032).

Nothing here is stored: windows follow from the norm or the need, the task's own time, the pauses of the service, the
visits there are and the reasons that the township confirmed. due_queries.py asks the same of whole areas in one query.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from bangfu.catalogue.tables import ServiceNorm
from bangfu.catalogue.window_rules import ONE_A_DAY
from bangfu.shared.civil_time import civil_date, day_span
from bangfu.shared.clock import now
from bangfu.visits import due_rules
from bangfu.visits.due_rules import FOUR_WEEKS, Counted, DueWindow, Rhythm
from bangfu.visits.due_tables import ServicePause, VisitExcuse
from bangfu.visits.tables import Visit

__all__ = ["DueWindow", "free_window", "owed_in", "rhythms_of", "windows_of"]

SERVED = "('accepted', 'scheduled', 'active', 'completed', 'withdrawn', 'cancelled', 'replaced')"
"""A task in one of these was accepted once, if it was ever answered."""
BEGINS = "greatest(a.answered_at, (a.starts_on::timestamp AT TIME ZONE 'Asia/Shanghai'))"
COUNTS_AT = "(CASE WHEN v.source = 'make_up' THEN v.due_from ELSE coalesce(v.started_at, v.planned_start) END)"
"""The instant for which a visit counts: its start; a make-up visit stands for the window that was missed."""
_NORM = (
    "(n.origin = 'norm' AND p.decision = 'accepted' AND p.visits = n.visits AND EXISTS (SELECT 1 FROM service_norm s"
    " WHERE s.code = p.norm))"
)
BASIS = (
    f"CASE WHEN {_NORM} THEN p.norm ELSE '' END AS norm, n.visits AS times,"  # noqa: S608 (constants)
    " (SELECT coalesce(bit_or(1 << (w->>0)::int), 0) FROM jsonb_array_elements(n.windows) w) AS days"
)
"""What decides a task's windows: a norm's code or "", visits per four weeks, weekdays as bits (aliases n, p)."""
_TASKS = (
    f"SELECT a.id, a.need, a.service, {BEGINS} AS begins, a.ended_at, {BASIS} FROM assignment a"  # noqa: S608 (constants)
    " JOIN need n ON n.id = a.need LEFT JOIN norm_proposal p ON p.id = n.proposal"
    f" WHERE (a.id = ANY({{}}) OR a.need = ANY({{}})) AND a.answered_at IS NOT NULL AND a.status IN {SERVED}"
)


async def windows_of(
    keys: Collection[UUID], first: date, last: date, at: datetime | None = None
) -> dict[UUID, list[DueWindow]]:
    """The due windows that touch the civil days from `first` to `last`, in order.

    Args:
        keys: ids of assignments or of needs, mixed as you like.
        at: when is it; without it, now.

    Returns:
        Assignment -> its windows. Assignments that were never accepted have none and are left out.
    """
    tasks = await Visit.raw(_TASKS, list(keys), list(keys))
    ids = [task["id"] for task in tasks]
    visits, excused = await _visits(ids, first, last), await _excused(ids)
    pauses, rhythms = await _pauses([task["need"] for task in tasks]), await rhythms_of(tasks)
    at = at or now()
    found: dict[UUID, list[DueWindow]] = {}
    for task in tasks:
        whole = owed_in(task, rhythms, first, last)
        owed = due_rules.cut(whole, task["begins"], task["ended_at"], pauses.get(task["need"], ()))
        found[task["id"]] = due_rules.standing(owed, visits[task["id"]], excused[task["id"]], at)
    return found


async def free_window(assignment: UUID, start: datetime, at: datetime | None = None) -> DueWindow | None:
    """The window in which a visit that starts then would count, if no visit fills it or is planned for it; else None.

    An excused window is not free: the township has confirmed that nothing takes place in it.
    """
    day = civil_date(start)
    windows = (await windows_of([assignment], day, day, at)).get(assignment, [])
    open_states = {"due", "ahead", "missed", "optional"}
    return next((each for each in windows if each.start <= start < each.end and each.state in open_states), None)


def owed_in(
    task: Mapping[str, Any], rhythms: Mapping[str, Sequence[Rhythm]], first: date, last: date
) -> list[due_rules.Span]:
    """The whole windows of a basis (columns of BASIS and `service`), not yet cut to the task's own time."""
    known = rhythms.get(task["norm"]) or [Rhythm(date.min + timedelta(days=400), task["times"], FOUR_WEEKS)]
    days = frozenset(day for day in range(7) if task["days"] >> day & 1)
    return due_rules.spans(known, first, last, days, one_a_day=task["service"] in ONE_A_DAY)


async def rhythms_of(tasks: Sequence[Mapping[str, Any]]) -> dict[str, list[Rhythm]]:
    """Norm -> its versions in force, the oldest first; a draft does not count, a retired norm goes on for the needs
    that rest on it until these are changed."""
    rows = await ServiceNorm.raw(
        "SELECT code, times, period, coalesce(valid_from, '2000-01-01') AS since FROM service_norm"
        " WHERE code = ANY({}::varchar[]) AND status IN ('published', 'retired') ORDER BY code, valid_from, version",
        sorted({task["norm"] for task in tasks} - {""}),
    )  # fmt: skip
    found: dict[str, list[Rhythm]] = defaultdict(list)
    for row in rows:
        found[row["code"]].append(Rhythm(row["since"], row["times"], row["period"], row["code"]))
    return found


async def _visits(tasks: list[UUID], first: date, last: date) -> dict[UUID, list[Counted]]:
    """The visits that may count in windows that touch these days: a quarter is the longest."""
    rows = await Visit.raw(
        f"SELECT v.id, v.assignment, v.status, v.planned_end AS over, {COUNTS_AT} AS counts_at FROM visit v"  # noqa: S608 (constants)
        f" WHERE v.assignment = ANY({{}}) AND {COUNTS_AT} BETWEEN {{}} AND {{}}"
        " AND v.status <> ALL('{{rejected,cancelled}}')",
        tasks, day_span(first)[0] - timedelta(days=93), day_span(last)[1] + timedelta(days=93),
    )  # fmt: skip
    found: dict[UUID, list[Counted]] = {task: [] for task in tasks}
    for row in rows:
        found[row["assignment"]].append(Counted(row["id"], row["status"], row["counts_at"], row["over"]))
    return found


async def _excused(tasks: list[UUID]) -> dict[UUID, list[datetime]]:
    rows = await VisitExcuse.raw(
        "SELECT assignment, due_from FROM visit_excuse WHERE assignment = ANY({}) AND status = 'confirmed'", tasks
    )
    found: dict[UUID, list[datetime]] = {task: [] for task in tasks}
    for row in rows:
        found[row["assignment"]].append(row["due_from"])
    return found


async def _pauses(needs: list[UUID]) -> dict[UUID, list[tuple[datetime, datetime | None]]]:
    rows = await ServicePause.raw("SELECT need, started_at, ended_at FROM service_pause WHERE need = ANY({})", needs)
    found: dict[UUID, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for row in rows:
        found[row["need"]].append((row["started_at"], row["ended_at"]))
    return found
