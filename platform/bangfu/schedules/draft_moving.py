"""Changing a draft by hand: the same rules as for published visits, judged among the rows of the draft."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from bangfu.errors import N_, NotYours, Refused
from bangfu.providers.roster_rules import week_of
from bangfu.schedules import rules
from bangfu.schedules.checking import SPAN_DAYS, problems_of_item
from bangfu.schedules.drafting import locked
from bangfu.schedules.findings import Sentence, Why
from bangfu.schedules.items import Item, around, rows_where, tasks_where
from bangfu.schedules.moving import BREAKS, FIXED
from bangfu.schedules.tables import VisitPlan, VisitPlanRow
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction


async def item_of(row: VisitPlanRow) -> Item:
    """A row as the rules see it; one without a time stands at the beginning of its due window."""
    tasks = await tasks_where("a.id = {}", row.assignment)
    return Item(
        row.id, row.assignment, row.start or row.due_from, row.minutes, row.carer, row.partner, row.due_from,
        row.due_until, row.fixed, row.version, tasks[0], row.visit,
    )  # fmt: skip


async def problems_of_row(plan: VisitPlan, moved: Item, at: datetime) -> list[Sentence]:
    """Why a row of a draft cannot stand there: judged by the draft's own rows and by visits that are not in it."""
    first = week_of(rules.day_of(moved.start)) - timedelta(days=7)
    span = rules.at_minute(first, 0), rules.at_minute(first + timedelta(days=SPAN_DAYS), 0)
    carers = list(moved.carers)
    drafted = await rows_where(
        "r.plan = {} AND (r.carer = ANY({}) OR r.partner = ANY({}) OR r.household = {} OR r.assignment = {})",
        plan.id, carers, carers, moved.task["household"], moved.assignment,
    )  # fmt: skip
    rows = await VisitPlanRow.raw("SELECT visit FROM visit_plan_row WHERE plan = {} AND visit IS NOT NULL", plan.id)
    covered = {row["visit"] for row in rows}
    beside = [item for item in await around(moved, *span) if item.id not in covered]
    return await problems_of_item(moved, at, others=[*drafted, *beside])


async def move_row(
    actor: Actor, plan: UUID, row: UUID, start: datetime, carer: UUID | None, partner: UUID | None, version: int,
    at: datetime,
) -> bool:  # fmt: skip
    """Another time or carer for a row of a draft, if nothing breaks; a row without a place can be given one.

    Returns:
        Whether anything changed.

    Raises:
        NotYours, NotAllowed: for others, or a row of another plan.
        Refused: naming what breaks; if the plan is no draft any more, or the row has changed.
    """
    async with transaction():
        owner = await locked(actor, plan)
        found = await VisitPlanRow.objects().where(VisitPlanRow.id == row).first().lock_rows("UPDATE")
        if found is None or found.plan != plan:
            raise NotYours
        if owner.status != "draft":
            raise Refused(N_("Only a draft can be changed here; published visits are moved in the calendar."))
        serving = carer or found.carer
        if (found.start, found.carer, found.partner) == (start, serving, partner):
            return False
        if found.version != version:
            raise Refused(N_("Somebody has changed this row in the meantime; look at it again."))
        if found.fixed:
            raise Refused(FIXED)
        moved = replace(await item_of(found), start=start, carer=serving, partner=partner)
        problems = await problems_of_row(owner, moved, at)
        if problems:
            raise Refused(BREAKS, why=Why(problems))
        change = "new" if found.visit is None else "move"
        await VisitPlanRow.update({
            VisitPlanRow.start: start, VisitPlanRow.carer: serving, VisitPlanRow.partner: partner,
            VisitPlanRow.change: change, VisitPlanRow.reason: "", VisitPlanRow.by_hand: True,
            VisitPlanRow.version: found.version + 1,
        }).where(VisitPlanRow.id == row)  # fmt: skip
        await audit.record(
            actor, "visit_plan.row_moved", "visit_plan", plan, division=owner.division, at=at,
            data={"number": owner.number, "row": row},
            before={"start": found.start, "carer": found.carer}, after={"start": start, "carer": serving},
        )  # fmt: skip
        return True
