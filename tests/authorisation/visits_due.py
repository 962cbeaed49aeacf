"""Routes and objects of due visits, of reasons for missed ones, and of the lists of visits."""

from datetime import timedelta
from uuid import UUID, uuid4

from bangfu.dispatch.tables import Assignment
from bangfu.shared import files
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from bangfu.shared.database import transaction
from bangfu.visits.due_tables import VisitExcuse
from bangfu.visits.tables import Visit
from tests.authorisation.row import Row, Stage
from tests.support import FOREIGN_VILLAGE, World
from tests.visits import visit_steps as steps

ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/due"): Row("visits.read"),
    ("GET", "/org-due"): Row("visits.organization"),
    ("GET", "/my-due"): Row("visits.own"),
    ("GET", "/due/export/{kind:str}"): Row("visits.read", "due_file"),
    ("GET", "/org-due/export/{kind:str}"): Row("visits.organization", "due_file"),
    ("GET", "/due/{task:uuid}"): Row("visits.read", "due_task"),
    ("GET", "/org-due/{task:uuid}"): Row("visits.organization", "org_due"),
    ("GET", "/my-due/{task:uuid}"): Row("visits.own", "my_due"),
    ("POST", "/due/{task:uuid}/reason"): Row("visits.desk", "due_task"),
    ("POST", "/org-due/{task:uuid}/reason"): Row("visits.organization", "org_due"),
    ("POST", "/my-due/{task:uuid}/reason"): Row("visits.own", "my_due"),
    ("POST", "/due/{task:uuid}/reasons/{reason:uuid}/take-back"): Row("visits.desk", "due_task+reason"),
    ("POST", "/org-due/{task:uuid}/reasons/{reason:uuid}/take-back"): Row("visits.organization", "org_due+reason"),
    ("POST", "/my-due/{task:uuid}/reasons/{reason:uuid}/take-back"): Row("visits.own", "my_due+reason"),
    ("GET", "/excuses"): Row("visits.read"),
    ("GET", "/excuses/{reason:uuid}"): Row("visits.read", "excuse"),
    ("POST", "/excuses/{reason:uuid}/decide"): Row("visits.excuse", "excuse"),
    ("GET", "/excuses/{reason:uuid}/file"): Row("visits.excuse", "excuse"),
    ("GET", "/visits"): Row("visits.read"),
    ("GET", "/visits/export/{kind:str}"): Row("visits.read", "due_file"),
    ("GET", "/org-visits"): Row("visits.organization"),
    ("GET", "/org-visits/export/{kind:str}"): Row("visits.organization", "due_file"),
    ("GET", "/org-visits/{visit:uuid}"): Row("visits.organization", "org_visit"),
    ("GET", "/org-visits/{visit:uuid}/make-up"): Row("visits.organization", "org_visit"),
    ("POST", "/org-visits/{visit:uuid}/make-up"): Row("visits.organization", "org_visit"),
    ("GET", "/my-due/{task:uuid}/make-up/{visit:uuid}"): Row("visits.own", "my_due+visit"),
    ("POST", "/my-due/{task:uuid}/make-up/{visit:uuid}"): Row("visits.own", "my_due+visit"),
    ("GET", "/households/{household:uuid}/visits"): Row("visits.read", "household"),
}
OWNERS = {
    "caregiver": "nurse", "other_caregiver": "rival", "worker": "social_worker", "volunteer": "volunteer",
    "other_volunteer": "other_volunteer",
}  # fmt: skip


async def put_objects(stage: Stage, world: World) -> None:
    """A missed visit and a reason for each carer of the cast, and their like in another county."""
    stage.put("due_file", "csv", "nothing")
    made = {carer: await _missed(world, carer) for carer in OWNERS.values()}
    far = await _missed(world, "nurse", FOREIGN_VILLAGE)
    task, far_task = made["nurse"].assignment, far.assignment
    stage.put("due_task", task, far_task)
    for name in ("coordinator", "dispatcher"):
        reasons = [await _reason(each, world[name]) for each in (made["nurse"], far)]
        stage.put("due_task+reason", (task, reasons[0]), (far_task, reasons[1]), name)
    for name, carer, other in (("manager", "nurse", "rival"), ("other_manager", "rival", "nurse")):
        own, foreign = made[carer], made[other]
        stage.put("org_due", own.assignment, foreign.assignment, name)
        stage.put("org_visit", own.id, foreign.id, name)
        pair = [await _reason(each, world[name]) for each in (own, foreign)]
        stage.put("org_due+reason", (own.assignment, pair[0]), (foreign.assignment, pair[1]), name)
        await VisitExcuse.update(status="taken_back").where(VisitExcuse.id == pair[1])
    for name, carer in OWNERS.items():
        own, foreign = made[carer], made["volunteer" if carer != "volunteer" else "social_worker"]
        stage.put("my_due", own.assignment, foreign.assignment, name)
        stage.put("my_due+visit", (own.assignment, own.id), (foreign.assignment, foreign.id), name)
        pair = [await _reason(each, world[name]) for each in (own, foreign)]
        stage.put("my_due+reason", (own.assignment, pair[0]), (foreign.assignment, pair[1]), name)
        await VisitExcuse.update(status="taken_back").where(VisitExcuse.id == pair[1])
    for kind in (
        "due_task+reason",
        "org_due",
        "org_visit",
        "org_due+reason",
        "my_due",
        "my_due+visit",
        "my_due+reason",
    ):
        name = next(iter(stage.own[kind]))
        stage.put(kind, stage.own[kind][name], stage.foreign[kind][name])
    asked = [await _reason(each, world["manager"], paper=True) for each in (made["nurse"], far)]
    stage.put("excuse", *asked)


async def _missed(world: World, carer: str, division: str = "") -> Visit:
    task = await steps.accepted(world, carer)
    await Assignment.update(answered_at=now() - timedelta(days=90)).where(Assignment.id == task.id)
    visit = await steps.planned(world, carer, task=task)
    await Visit.update(status="missed").where(Visit.id == visit.id)
    if division:
        await Assignment.update(division=division).where(Assignment.id == task.id)
        await Visit.update(division=division).where(Visit.id == visit.id)
    return await steps.visit(visit.id)


async def _reason(visit: Visit, actor: Actor, *, paper: bool = False) -> UUID:
    """A reason that waits, for a window of its own."""
    start = visit.planned_start - timedelta(days=7 + await VisitExcuse.count())
    row = VisitExcuse(
        id=uuid4(), assignment=visit.assignment, household=visit.household, division=visit.division,
        service=visit.service, carer=visit.carer, organization=visit.organization, due_from=start,
        due_until=start + timedelta(days=1), code="disaster", asked_by=actor.user,
    )  # fmt: skip
    async with transaction():
        await row.save()
        if paper:
            looked = files.Looked("a.pdf", "application/pdf", b"%PDF-1.4 made up")
            row.file = await files.keep(actor, "visit_excuse", row.id, "excuse", looked, now())
            await row.save()
    return row.id
