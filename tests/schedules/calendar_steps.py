"""Tasks, drafts and published calendars for tests; everybody is made up. All go through the product's actions."""

import asyncio
import json
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from bangfu.dispatch.tables import Assignment
from bangfu.households.tables import Household
from bangfu.schedules import drafting, rules, running, solver
from bangfu.schedules.document import plan_document, problem_of
from bangfu.schedules.tables import VisitPlan, VisitPlanRow
from bangfu.shared import jobs
from bangfu.shared.clock import now, today
from bangfu.visits.making import NewVisit, make
from bangfu.visits.tables import Visit
from tests.support import World
from tests.visits import visit_steps as steps

EVERY_DAY = json.dumps([[day, 480, 1200] for day in range(7)])


def monday(weeks: int = 1) -> date:
    """The Monday so many weeks from this one."""
    day = today()
    return day - timedelta(days=day.weekday()) + timedelta(days=7 * weeks)


def at(day: date, clock: str) -> datetime:
    """An instant of a day in China."""
    hour, minute = clock.split(":")
    return rules.at_minute(day, int(hour) * 60 + int(minute))


async def task(world: World, carer: str = "nurse", *, two: bool = False, **more: Any) -> Assignment:
    """An accepted task of a home that is there every day."""
    found = await steps.accepted(world, carer, **{"windows": EVERY_DAY, **more})
    await Household.update(two_person_visits=two).where(Household.id == found.household)
    return found


async def visit(world: World, carer: str = "nurse", start: datetime | None = None, **more: Any) -> Visit:
    """A planned visit of such a task, due in its week."""
    found = more.pop("task", None) or await task(world, carer, **more)
    start = start or at(monday(), "10:00")
    first = start.astimezone(rules.SHANGHAI).date()
    first -= timedelta(days=first.weekday())
    wanted = NewVisit(
        id=uuid4(), assignment=found.id, start=start, due_from=at(first, "00:00"),
        due_until=at(first + timedelta(days=7), "00:00"), source="hand",
    )  # fmt: skip
    return await fresh(await make(world[steps.SERVERS[carer][1]], wanted, now()))


async def fresh(key: UUID) -> Visit:
    """The visit as it stands."""
    return await steps.visit(key)


async def solve_here(problem: str, seconds: float, seed: int, beat: Any) -> dict[str, Any]:
    """The child's work in this process: no process is started in most tests."""
    plan = await asyncio.to_thread(solver.solve, problem_of(problem), seed, seconds, 1)
    return json.loads(json.dumps(plan_document(plan)))


async def draft(world: World, name: str = "manager", first: date | None = None, seconds: int = 5) -> VisitPlan:
    """A calendar of somebody's side, made as the worker makes it."""
    plan = await drafting.start(world[name], uuid4(), first or today() + timedelta(days=1), seconds, now())
    claim = await jobs.claim([drafting.KIND])
    assert claim is not None
    await running.make(claim, asyncio.Event(), solve_here)
    return await the_plan(plan)


async def the_plan(key: UUID) -> VisitPlan:
    """The plan as it stands."""
    found = await VisitPlan.objects().get(VisitPlan.id == key)
    assert found is not None
    return found


async def rows_of(plan: VisitPlan) -> list[VisitPlanRow]:
    """Its rows by start."""
    return await VisitPlanRow.objects().where(VisitPlanRow.plan == plan.id).order_by(VisitPlanRow.start)
