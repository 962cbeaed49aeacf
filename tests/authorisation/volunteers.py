"""Routes and objects of volunteering: open tasks, swaps, hours, no-shows, stars, certificates."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from bangfu.dispatch.tables import Assignment
from bangfu.providers.tables import Carer
from bangfu.shared.clock import now, today
from bangfu.shared.crypto import encrypt
from bangfu.visits.tables import Visit
from bangfu.volunteers import certifying
from bangfu.volunteers.hours_tables import Certificate, StarAward, VolunteerService
from bangfu.volunteers.opening import open_task
from bangfu.volunteers.tables import NoShow, OpenSlot, OpenTask, SwapRequest
from tests.authorisation.row import Row, Stage
from tests.support import FOREIGN_VILLAGE, World, make_carer
from tests.visits import visit_steps
from tests.volunteers import volunteer_steps as steps

_OWN, _TASKS, _HOURS, _ONE = "/open-tasks", "/volunteer-tasks", "/volunteer-hours", "/volunteers/{carer:uuid}"
_TASK, _VISIT, _SWAP = "{task:uuid}", "/visits/{visit:uuid}", "/swaps/{swap:uuid}"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", _OWN): Row("volunteers.own"),
    ("GET", f"{_OWN}/{_TASK}"): Row("volunteers.own", "open_task_near"),
    ("POST", f"{_OWN}/{_TASK}/take"): Row("volunteers.own", "open_task_near"),
    ("POST", f"{_OWN}/{_TASK}/give-back"): Row("volunteers.own", "taken_task"),
    ("POST", f"{_OWN}{_VISIT}/cancel"): Row("volunteers.own", "volunteer_visit"),
    ("POST", f"{_OWN}{_VISIT}/step-back"): Row("volunteers.own", "accompanied_visit"),
    ("POST", f"{_OWN}{_VISIT}/swap"): Row("volunteers.own", "volunteer_visit"),
    ("GET", f"{_OWN}{_SWAP}"): Row("volunteers.own", "swap_asked"),
    ("POST", f"{_OWN}{_SWAP}/accept"): Row("volunteers.own", "swap_asked"),
    ("POST", f"{_OWN}{_SWAP}/refuse"): Row("volunteers.own", "swap_asked"),
    ("POST", f"{_OWN}{_SWAP}/withdraw"): Row("volunteers.own", "swap_own"),
    ("POST", f"{_OWN}/accompany"): Row("volunteers.own"),
    ("GET", _TASKS): Row("volunteers.organise"),
    ("GET", f"{_TASKS}/new"): Row("volunteers.organise"),
    ("POST", _TASKS): Row("volunteers.organise"),
    ("GET", f"{_TASKS}/{_TASK}"): Row("volunteers.organise", "open_task"),
    ("POST", f"{_TASKS}/{_TASK}/partner"): Row("volunteers.organise", "open_task"),
    ("POST", f"{_TASKS}/{_TASK}/close"): Row("volunteers.organise", "open_task"),
    ("GET", "/my-hours"): Row("volunteers.own"),
    ("GET", "/my-hours/record/{kind:str}"): Row("volunteers.own", "record_kind"),
    ("GET", "/my-hours/certificates/{certificate:uuid}/paper"): Row("volunteers.own", "own_certificate"),
    ("POST", "/my-hours/no-shows/{no_show:uuid}/answer"): Row("volunteers.own", "own_no_show"),
    ("GET", _HOURS): Row("volunteers.organise"),
    ("POST", f"{_HOURS}/confirm"): Row("volunteers.organise"),
    ("GET", f"{_HOURS}/{{service:uuid}}"): Row("volunteers.organise", "volunteer_service"),
    ("POST", f"{_HOURS}/{{service:uuid}}/confirm"): Row("volunteers.organise", "volunteer_service"),
    ("POST", f"{_HOURS}/{{service:uuid}}/reject"): Row("volunteers.organise", "volunteer_service"),
    ("POST", f"{_HOURS}/{{service:uuid}}/correct"): Row("volunteers.organise", "volunteer_service"),
    ("GET", "/volunteer-activities/new"): Row("volunteers.organise"),
    ("POST", "/volunteer-activities"): Row("volunteers.organise"),
    ("GET", "/volunteer-rules"): Row("volunteers.award"),
    ("POST", "/volunteer-rules"): Row("volunteers.award"),
    ("GET", "/volunteers"): Row("volunteers.read"),
    ("GET", _ONE): Row("volunteers.read", "a_volunteer"),
    ("GET", f"{_ONE}/record/{{kind:str}}"): Row("volunteers.read", "volunteer+kind"),
    ("POST", f"{_ONE}/record"): Row("volunteers.award", "a_volunteer"),
    ("POST", f"{_ONE}/record/bring"): Row("volunteers.organise", "a_volunteer"),
    ("POST", f"{_ONE}/no-shows"): Row("volunteers.organise", "a_volunteer"),
    ("POST", "/volunteer-no-shows/{no_show:uuid}/{action:str}"): Row("volunteers.organise", "no_show+action"),
    ("POST", f"{_ONE}/notes"): Row("volunteers.organise", "a_volunteer"),
    ("POST", f"{_ONE}/bar"): Row("volunteers.award", "a_volunteer"),
    ("POST", f"{_ONE}/stars"): Row("volunteers.award", "a_volunteer"),
    ("POST", f"{_ONE}/certificates"): Row("volunteers.organise", "a_volunteer"),
    ("POST", "/volunteer-stars/{star:uuid}/award"): Row("volunteers.award", "star"),
    ("POST", "/volunteer-stars/{star:uuid}/stop"): Row("volunteers.award", "star"),
    ("GET", "/volunteer-stars"): Row("public"),
    ("GET", "/volunteer-certificates"): Row("volunteers.read"),
    ("GET", "/volunteer-certificates/{certificate:uuid}/paper"): Row("volunteers.organise", "certificate_of"),
    ("POST", "/volunteer-certificates/{certificate:uuid}/revoke"): Row("volunteers.organise", "certificate_of"),
    ("GET", "/verify-certificate"): Row("public"),
    ("POST", "/verify-certificate"): Row("public"),
}
SIDES = ("volunteer", "other_volunteer")
MANAGERS = ("manager", "other_manager")


async def put_objects(stage: Stage, world: World) -> None:
    """A volunteer here, of an organisation, and elsewhere, each with a task, hours, a no-show and a certificate."""
    far = await make_carer("FW-FERN", "volunteer", None, codes=("V", "T"))
    await Carer.update({Carer.division: FOREIGN_VILLAGE}).where(Carer.id == far)
    theirs = {
        name: await make_carer(f"FW-{name}", "volunteer", world[name].organization, codes=("V", "T"))
        for name in MANAGERS
    }
    rival = {"manager": theirs["other_manager"], "other_manager": theirs["manager"]}
    me = world.carers["volunteer"]
    await _put_people(stage, world, me, far, theirs, rival)
    await _put_tasks(stage, world)
    stage.put("record_kind", "csv", "pdf")


async def _put_people(
    stage: Stage, world: World, me: UUID, far: UUID, theirs: dict[str, UUID], rival: dict[str, UUID]
) -> None:
    everybody = {carer: await _kept(world, carer) for carer in (me, far, *theirs.values())}
    pairs: list[tuple[str, UUID, UUID]] = [("", me, far)]
    pairs += [(name, theirs[name], rival[name]) for name in MANAGERS]
    for name, own, foreign in pairs:
        mine, others = everybody[own], everybody[foreign]
        stage.put("a_volunteer", own, foreign, name)
        stage.put("volunteer+kind", (own, "csv"), (foreign, "csv"), name)
        stage.put("volunteer_service", mine["service"], others["service"], name)
        stage.put("no_show+action", (mine["no_show"], "excuse"), (others["no_show"], "excuse"), name)
        stage.put("certificate_of", mine["certificate"], others["certificate"], name)
    stage.put("star", everybody[me]["star"], everybody[far]["star"])
    other = await _kept(world, world.carers["other_volunteer"])
    both = {"volunteer": everybody[me], "other_volunteer": other}
    for name, neighbour in (SIDES, SIDES[::-1], ("", "other_volunteer")):
        who = name or "volunteer"
        stage.put("own_no_show", both[who]["no_show"], both[neighbour]["no_show"], name)
        stage.put("own_certificate", both[who]["certificate"], both[neighbour]["certificate"], name)


async def _kept(world: World, carer: UUID) -> dict[str, UUID]:
    """Recorded hours, a no-show, stars under publicity and a certificate of one volunteer."""
    row = await Carer.objects().get(Carer.id == carer)
    assert row is not None
    made = {name: uuid4() for name in ("service", "no_show", "star", "certificate")}
    activity = uuid4()
    at, who = now(), world["dispatcher"].me
    values: dict[str, Any] = {"carer": carer, "division": row.division}
    await VolunteerService.raw(
        "INSERT INTO volunteer_activity (id, title, division, starts_at, ends_at, recorded_by, recorded_at)"
        " VALUES ({}, '测试活动', {}, {}, {}, {}, {})",
        activity, row.division, at - timedelta(hours=3), at - timedelta(hours=2), who, at,
    )  # fmt: skip
    await VolunteerService(
        id=made["service"], activity=activity, part="member", organization=row.organization,
        started_at=at - timedelta(hours=3), ended_at=at - timedelta(hours=2), due_at=at, **values,
    ).save()  # fmt: skip
    await NoShow(id=made["no_show"], day=today(), recorded_by=who, **values).save()
    await StarAward(id=made["star"], stars=1, minutes=6000, public_until=at, proposed_by=who, **values).save()
    content = {
        "name": row.name, "document": "居民身份证", "id_number": "", "volunteer": row.number, "hours": "1.0",
        "minutes": 60,
        "first": "2026-01-01", "last": "2026-02-01", "kinds": [], "issuer": "测试站", "responsible": "", "handler": "",
        "contact": "", "issued": "2026-02-02", "notes": "",
    }  # fmt: skip

    await Certificate(
        id=made["certificate"], number=f"ZM-{uuid4().hex[:6]}", minutes=60, issued_by=who,
        content_enc=encrypt(json.dumps(content), certifying.PLACE.format(made["certificate"])), **values,
    ).save()  # fmt: skip
    return made


async def _put_tasks(stage: Stage, world: World) -> None:
    """Open tasks here and elsewhere; of each volunteer a taken one, visits of both kinds, and swaps."""
    near = await open_task(world["dispatcher"], steps.opening(await steps.free_need(), 3), now())
    far_need = await steps.free_need(division=FOREIGN_VILLAGE)
    far = await open_task(world["outsider"], steps.opening(far_need, 3), now())
    stage.put("open_task", near, far)
    for name in MANAGERS:
        stage.put("open_task", None, far, name)
    # who takes one closes it for the other volunteer, on the days on which there is room for it
    stage.put("open_task_near", near, far)
    another = await open_task(world["dispatcher"], steps.opening(await steps.free_need(), 3), now())
    stage.put("open_task_near", another, far, "other_volunteer")
    mine = {name: await _ahead(world, name, SIDES[1 - place]) for place, name in enumerate(SIDES)}
    for name, neighbour in (SIDES, SIDES[::-1], ("", "other_volunteer")):
        who = name or "volunteer"
        stage.put("taken_task", mine[who]["task"], mine[neighbour]["task"], name)
        stage.put("volunteer_visit", mine[who]["visit"], mine[neighbour]["visit"], name)
        stage.put("accompanied_visit", mine[neighbour]["visit"], mine[who]["visit"], name)
        stage.put("swap_own", mine[who]["swap"], mine[neighbour]["swap"], name)
        stage.put("swap_asked", mine[neighbour]["swap"], mine[who]["swap"], name)


async def _ahead(world: World, name: str, neighbour: str) -> dict[str, UUID]:
    """A taken task with a visit ahead where the neighbour comes along, and a question to the neighbour."""
    start = now() + timedelta(days=4 if name == "volunteer" else 5)
    need, assignment = await steps.free_need(status="assigned"), uuid4()
    # other features' objects keep the cast's volunteers from new offers: the task stands as if accepted before
    running = Assignment(
        id=assignment, number=f"A-V{name}", need=need.id, household=need.household, division=need.division,
        service=need.service, carer_kind="volunteer", matched_carer=world.carers[name], carer=world.carers[name],
        status="accepted", visits=4, minutes=30, answered_at=now() - timedelta(days=40),
    )  # fmt: skip
    await running.save()
    visit = await visit_steps.planned(world, name, start=start, task=running, partner=world.carers[neighbour])
    task, slot, swap = uuid4(), uuid4(), uuid4()
    await OpenTask(
        id=task, number=f"RL-{name}", need=visit.need, assignment=visit.assignment, household=visit.household,
        division=visit.division, service=visit.service, minutes=30, status="taken", taker=world.carers[name],
        opened_by=world["dispatcher"].me, opened_at=now() - timedelta(days=30),
    ).save()  # fmt: skip
    await OpenSlot(
        id=slot, task=task, starts_at=visit.planned_start, ends_at=visit.planned_end, due_from=visit.due_from,
        due_until=visit.due_until, visit=visit.id,
    ).save()  # fmt: skip
    await SwapRequest(id=swap, visit=visit.id, asker=world.carers[name], asked=world.carers[neighbour]).save()
    assert await Visit.exists().where(Visit.id == visit.id)
    return {"task": task, "visit": visit.id, "swap": swap}
