"""Publishing a draft: visits are made and moved in one transaction, everybody concerned hears of it once."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bangfu.accounts.queries import managers_of, user_of_carer, users_with
from bangfu.dispatch import scheduling
from bangfu.errors import Refused
from bangfu.messages.actions import send
from bangfu.schedules import rules
from bangfu.schedules.checking import hold, holidays_of
from bangfu.schedules.drafting import locked
from bangfu.schedules.items import of_carers, people, rows_where
from bangfu.schedules.picture import Picture, picture
from bangfu.schedules.refusing import give_back_rows, settle_planned
from bangfu.schedules.tables import VisitPlan, VisitPlanRow
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.database import transaction
from bangfu.supervision.calendar import current_calendar
from bangfu.visits.making import NewVisit, make_all, reschedule
from bangfu.visits.tables import Visit
from matching.schedule import Finding, problems_of


async def publish(actor: Actor, plan: UUID, at: datetime) -> dict[str, int]:
    """Make and move the visits of a draft. Rows whose visit or task has changed since the draft was made are left out
    and counted: who changed it knew better. A repeat changes nothing.

    Returns:
        {new, moved, kept, left, returned}: visits made, moved, as before, rows left out, tasks given back.

    Raises:
        NotYours, NotAllowed: for others.
        Refused: if the plan is no draft.
    """
    async with transaction():
        row = await locked(actor, plan)
        if row.status == "published":
            return {**_NOTHING, **json.loads(row.counts).get("published", {})}
        step = rules.MACHINE.step(row.status, "publish")
        rows = await VisitPlanRow.objects().where(VisitPlanRow.plan == plan).order_by(VisitPlanRow.assignment)
        told: dict[UUID, dict[str, int]] = defaultdict(lambda: {"new": 0, "moved": 0})
        counts = dict(_NOTHING)
        await hold({carer for each in rows for carer in (each.carer, each.partner) if carer})
        taken, broken = await _taken(rows), await broken_rows(row, rows)
        fresh: list[NewVisit] = []
        for each in sorted(rows, key=lambda each: (str(each.assignment), each.due_from)):
            counts["left" if each.id in broken else await _publish_row(actor, each, at, told, taken, fresh)] += 1
        await make_all(actor, fresh, at)
        counts["returned"] = await give_back_rows(actor, row, rows, at)
        await settle_planned(actor, [each for each in rows if each.start is not None], rows, at)
        known = json.loads(row.counts)
        await VisitPlan.update({
            VisitPlan.status: step.target, VisitPlan.published_at: at, VisitPlan.published_by: actor.user,
            VisitPlan.counts: json.dumps({**known, "published": counts}), VisitPlan.version: row.version + 1,
        }).where(VisitPlan.id == plan)  # fmt: skip
        await _supersede(row, at)
        await audit.record(
            actor, "visit_plan.published", "visit_plan", plan, division=row.division, at=at,
            data={"number": row.number, **counts}, before={"status": row.status}, after={"status": step.target},
        )  # fmt: skip
        await _tell(row, told, counts)
    return counts


async def broken_rows(plan: VisitPlan, rows: Sequence[VisitPlanRow]) -> set[UUID]:
    """The new and moved rows that break a rule by now: leave, other visits or holidays came in since the draft."""
    items = {item.id: item for item in await rows_where("r.plan = {}", plan.id)}
    covered = {row.visit for row in rows if row.visit}
    zero, end = rules.at_minute(plan.first, 0), rules.at_minute(plan.first + timedelta(days=plan.days), 0)
    carers = {carer for item in items.values() for carer in item.carers}
    beside = [item for item in await of_carers(carers, zero, end) if item.id not in covered]
    folk = await people(carers | {carer for item in beside for carer in item.carers}, plan.first, plan.days)
    seen = picture(plan.first, plan.days, [*items.values(), *beside], folk, holidays_of(await current_calendar()))
    ours = {row.id for row in rows if row.change in {"new", "move"}}
    found: set[UUID] = set()
    for finding in problems_of(seen.problem, seen.visits):
        if finding.code == "grid":
            continue
        found |= {key for key in _concerned(finding, seen) if key in ours}
    return found


def _concerned(finding: Finding, seen: Picture) -> list[UUID]:
    """The items that a finding is about: one visit, a task's visits of a day, or the last of a carer's day."""
    if finding.task is not None and "window" in finding.params:
        return [seen.item_of[finding.task, finding.params["window"]].id]
    if finding.task is not None:
        return [key for key, visit in seen.visit_of.items() if visit.task == finding.task and visit.day == finding.day]
    carer = finding.params.get("carer")
    of_carer = [(visit.day, visit.start, key) for key, visit in seen.visit_of.items() if carer in visit.carers]
    if finding.day is None:
        week = finding.params["week"]
        of_carer = [each for each in of_carer if seen.problem.horizon.week(each[0]) == week]
    else:
        of_carer = [each for each in of_carer if each[0] == finding.day]
    return [max(of_carer)[2]] if of_carer else []


_NOTHING = {"new": 0, "moved": 0, "kept": 0, "left": 0, "unplaced": 0, "returned": 0}


async def _taken(rows: Iterable[VisitPlanRow]) -> set[tuple[UUID, datetime]]:
    """The windows that somebody has filled by hand since the draft was made."""
    new = [row for row in rows if row.change == "new"]
    found = await Visit.raw(
        "SELECT assignment, due_from FROM visit WHERE assignment = ANY({}) AND status NOT IN ('cancelled', 'rejected',"
        " 'missed', 'excused')",
        [row.assignment for row in new],
    )
    return {(row["assignment"], row["due_from"]) for row in found}


async def _publish_row(
    actor: Actor, row: VisitPlanRow, at: datetime, told: dict[UUID, dict[str, int]], taken: set[tuple[UUID, datetime]],
    fresh: list[NewVisit],
) -> str:  # fmt: skip
    """One row; what became of it. New visits are gathered in `fresh`."""
    if row.start is None:
        return "unplaced"
    if row.start <= at:
        return "left"
    if row.change == "new":
        return await _gather(row, told, taken, fresh)
    try:
        return await _move(actor, row, at, told)
    except Refused:
        return "left"


async def _gather(
    row: VisitPlanRow, told: dict[UUID, dict[str, int]], taken: set[tuple[UUID, datetime]], fresh: list[NewVisit]
) -> str:
    known = fresh[-1].assignment == row.assignment if fresh else False
    open_task = known or (await scheduling.locked(row.assignment)).status in rules.SERVED
    if not open_task or (row.assignment, row.due_from) in taken or not row.due_from <= row.start < row.due_until:
        return "left"
    wanted = NewVisit(
        id=row.id, assignment=row.assignment, start=row.start, due_from=row.due_from, due_until=row.due_until,
        minutes=row.minutes, carer=row.carer, partner=row.partner, source="plan", plan=row.plan, fixed=row.fixed,
    )  # fmt: skip
    fresh.append(wanted)
    for carer in {row.carer, row.partner} - {None}:
        told[carer]["new"] += 1
    return "new"


async def _move(actor: Actor, row: VisitPlanRow, at: datetime, told: dict[UUID, dict[str, int]]) -> str:
    visit = await Visit.objects().get(Visit.id == row.visit)
    if visit is None or visit.version != row.visit_version or visit.status != "planned":
        return "left" if row.change == "move" else "kept"
    if row.change == "keep" and not row.by_hand:
        return "kept"
    before = {visit.carer, visit.partner}
    changed = await reschedule(
        actor, row.visit, row.start, at, carer=row.carer, partner=row.partner, keep_partner=False, reason="replanned"
    )
    if not changed:
        return "kept"
    for carer in (before | {row.carer, row.partner}) - {None}:
        told[carer]["moved"] += 1
    return "moved"


async def _supersede(row: VisitPlan, at: datetime) -> None:
    """Older drafts of the side count no more, and older published plans are history."""
    older = await VisitPlan.raw(
        "UPDATE visit_plan SET status = 'superseded', version = version + 1 WHERE id <> {} AND status IN ('draft',"
        " 'published') AND organization IS NOT DISTINCT FROM {}::uuid AND ({}::uuid IS NOT NULL OR division = {})"
        " RETURNING id, number",
        row.id, row.organization, row.organization, row.division,
    )  # fmt: skip
    for each in older:
        await audit.record(
            SYSTEM, "visit_plan.superseded", "visit_plan", each["id"], division=row.division, at=at,
            data={"number": each["number"], "by": row.number},
        )  # fmt: skip


async def _tell(row: VisitPlan, told: dict[UUID, dict[str, int]], counts: dict[str, int]) -> None:
    """One message a person: carers their own counts, who answers for them the sums."""
    heard: set[UUID] = set()
    answering = await answering_for(row.organization, row.division)
    for user in answering:
        heard.add(user)
    if answering and (counts["new"] or counts["moved"]):
        sums: dict[str, Any] = {"number": row.number, "new": counts["new"], "moved": counts["moved"]}
        await send(answering, "calendar_published", f"/schedule/plans/{row.id}", sums, event=f"{row.id}")
    for carer, own in told.items():
        users = [user for user in await user_of_carer(carer) if user not in heard]
        if users:
            await send(users, "calendar_own", "/my-schedule", {"number": row.number, **own}, event=f"{row.id}:{carer}")


async def answering_for(organization: UUID | None, division: str) -> list[UUID]:
    """The managers of an organisation, or the dispatchers of a station's area."""
    if organization is not None:
        return await managers_of(organization)
    return await users_with("station_dispatcher", division)
