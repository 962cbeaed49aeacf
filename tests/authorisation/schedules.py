"""Routes and objects of the calendar: visits, plans with a row, people, tasks without a calendar."""

import json
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from bangfu.dispatch.tables import Assignment
from bangfu.needs.tables import Need
from bangfu.schedules.tables import CalendarRefusal, VisitPlan, VisitPlanRow
from bangfu.shared.clock import now, today
from bangfu.visits.tables import Visit
from tests.authorisation.row import Row, Stage
from tests.support import FOREIGN_VILLAGE, OTHER_COUNTY, TOWN, World
from tests.visits import visit_steps as steps

_VISIT = "/schedule/visits/{visit:uuid}"
_PLAN = "/schedule/plans/{plan:uuid}"
_ROW = f"{_PLAN}/rows/{{row:uuid}}"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/schedule"): Row("schedules.read"),
    ("GET", _VISIT): Row("schedules.read", "cal_visit"),
    ("POST", f"{_VISIT}/move"): Row("schedules.plan", "cal_own_visit"),
    ("POST", f"{_VISIT}/swap"): Row("schedules.plan", "cal_own_visit"),
    ("POST", f"{_VISIT}/pin"): Row("schedules.plan", "cal_own_visit"),
    ("POST", f"{_VISIT}/call-off"): Row("schedules.plan", "cal_own_visit"),
    ("GET", f"{_VISIT}/replacements"): Row("schedules.plan", "cal_own_visit"),
    ("POST", f"{_VISIT}/replace"): Row("schedules.plan", "cal_own_visit"),
    ("GET", "/schedule/carers/{carer:uuid}"): Row("schedules.plan", "cal_carer"),
    ("POST", "/schedule/carers/{carer:uuid}/ill"): Row("schedules.plan", "cal_carer"),
    ("GET", "/schedule/plans"): Row("schedules.plan"),
    ("POST", "/schedule/plans"): Row("schedules.plan"),
    ("GET", _PLAN): Row("schedules.plan", "cal_plan"),
    ("GET", f"{_PLAN}/progress"): Row("schedules.plan", "cal_plan"),
    ("POST", f"{_PLAN}/cancel"): Row("schedules.plan", "cal_plan"),
    ("GET", f"{_PLAN}/publish"): Row("schedules.plan", "cal_plan"),
    ("POST", f"{_PLAN}/publish"): Row("schedules.plan", "cal_plan"),
    ("GET", _ROW): Row("schedules.plan", "cal_plan+row"),
    ("POST", _ROW): Row("schedules.plan", "cal_plan+row"),
    ("POST", "/schedule/refusals/{refusal:uuid}/keep"): Row("planning.run", "cal_refusal"),
    ("GET", "/my-schedule"): Row("schedules.own"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """A planned visit, a draft and a carer of each side, and their like of another side or county."""
    start = now().replace(second=0, microsecond=0) + timedelta(days=2)
    own, rival, worker = [await steps.planned(world, carer, start) for carer in ("nurse", "rival", "social_worker")]
    far = await _far(world, start + timedelta(hours=3))
    stage.put("cal_visit", own.id, far.id)
    stage.put("cal_own_visit", worker.id, far.id)
    stage.put("cal_carer", world.carers["social_worker"], world.carers["rival"])
    plans = [
        await _draft(world.organization, f"{TOWN}000", own),
        await _draft(world.other_organization, f"{TOWN}000", rival),
        await _draft(None, f"{TOWN}000", worker), await _draft(None, f"{OTHER_COUNTY}000000", far),
    ]  # fmt: skip
    stage.put("cal_plan", plans[2][0], plans[3][0])
    stage.put("cal_plan+row", plans[2], plans[3])
    for name, mine, other, carer in (("manager", 0, 1, "nurse"), ("other_manager", 1, 0, "rival")):
        visits, people = (own, rival), ("nurse", "rival")
        for kind in ("cal_visit", "cal_own_visit"):
            stage.put(kind, visits[mine].id, visits[other].id, name)
        stage.put("cal_carer", world.carers[carer], world.carers[people[other]], name)
        stage.put("cal_plan", plans[mine][0], plans[other][0], name)
        stage.put("cal_plan+row", plans[mine], plans[other], name)
    refusals = [await _refusal(plans[2][0], worker), await _refusal(plans[3][0], far)]
    stage.put("cal_refusal", *refusals)


async def _far(world: World, start: datetime) -> Visit:
    """A visit that has always belonged to another county."""
    made = await steps.planned(world, "social_worker", start)
    for table, key in ((Visit, made.id), (Assignment, made.assignment), (Need, made.need)):
        await table.raw(f"UPDATE {table._meta.tablename} SET division = {{}} WHERE id = {{}}", FOREIGN_VILLAGE, key)
    return await steps.visit(made.id)


async def _draft(organization: UUID | None, division: str, visit: Visit) -> tuple[UUID, UUID]:
    plan, row = uuid4(), uuid4()
    await VisitPlan(
        id=plan, number=f"RC-{plan.hex[:8]}", organization=organization, division=division, first=today(),
        status="draft", counts=json.dumps({"tasks": 1, "visits": 1, "kept": 1}), finished_at=now(), seconds=0.1,
        conflicts=json.dumps([{
            "carers": [str(visit.carer)], "rules": ["leave", "spacing"], "assignments": [str(visit.assignment)],
            "days": [3, 4], "proven": True,
        }]),
    ).save()  # fmt: skip
    await VisitPlanRow(
        id=row, plan=plan, assignment=visit.assignment, household=visit.household, visit=visit.id, carer=visit.carer,
        due_from=visit.due_from, due_until=visit.due_until, start=visit.planned_start, minutes=visit.minutes,
        change="keep", visit_version=visit.version,
    ).save()  # fmt: skip
    await VisitPlanRow(
        id=uuid4(), plan=plan, assignment=visit.assignment, household=visit.household, carer=visit.carer,
        due_from=visit.due_until, due_until=visit.due_until + timedelta(days=7), minutes=visit.minutes, change="none",
        reason="leave",
    ).save()  # fmt: skip
    return plan, row


async def _refusal(plan: UUID, visit: Visit) -> UUID:
    refusal = uuid4()
    await CalendarRefusal(
        id=refusal, plan=plan, assignment=visit.assignment, need=visit.need, division=visit.division,
        rules=json.dumps(["leave", "weekly_limit"]), windows=2,
    ).save()  # fmt: skip
    return refusal
