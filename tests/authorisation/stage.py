"""One own and one foreign object of every kind that a route can name."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

from bangfu.dispatch.tables import Assignment
from bangfu.households.sealing import seal
from bangfu.households.tables import Consent, Household, HouseholdMerge, Person
from bangfu.imports import uploads
from bangfu.imports.kinds import KINDS
from bangfu.imports.tables import LocationRun
from bangfu.messages.tables import Message, Outbox
from bangfu.needs.tables import Need
from bangfu.planning.snapshot import of_division
from bangfu.planning.tables import MatchRun, Proposal
from bangfu.providers.tables import Carer
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now, today
from tests.authorisation.matrix import FEATURES
from tests.authorisation.row import Stage
from tests.support import FOREIGN_VILLAGE, OTHER_COUNTY, TOWN, VILLAGE, World


async def set_stage(world: World) -> Stage:
    """Objects in the cast's township and their like in another county, organisation or inbox."""
    stage = Stage()
    # Every feature's objects take another home of the same few carers; a week has no more minutes.
    await Carer.update(max_households=500, minutes_per_week=7 * 24 * 60).where(Carer.active.eq(True))
    home, away = await _household(VILLAGE, "H-own"), await _household(FOREIGN_VILLAGE, "H-foreign")
    stage.put("household", home, away)
    grounds = [await Consent.select(Consent.id).where(Consent.household == place).first() for place in (home, away)]
    stage.put("household+consent", (home, grounds[0]["id"]), (away, grounds[1]["id"]))
    stage.put("division", VILLAGE, FOREIGN_VILLAGE)
    await _put_merges(stage, home, away)
    needs = [await _need(home, VILLAGE, f"N-{n}") for n in range(6)]
    far = [await _need(away, FOREIGN_VILLAGE, f"F-{n}") for n in range(3)]
    stage.put("need", needs[0], far[0])
    stage.put(
        "draft", await _need(home, VILLAGE, "D-own", "draft"), await _need(away, FOREIGN_VILLAGE, "D-far", "draft")
    )
    run, far_run = await _run(TOWN, "M-own"), await _run(OTHER_COUNTY, "M-foreign")
    stage.put("run", run, far_run)
    carer = world.carers["nurse"]
    proposal = await _proposal(run, needs[1], home, carer)
    far_proposal = await _proposal(far_run, far[1], away, carer)
    stage.put("run+proposal", (run, proposal), (far_run, far_proposal))
    stage.put("proposal", proposal, far_proposal)
    own_task = await _assignment(needs[2], home, "worker", carer, world.organization)
    rival_task = await _assignment(needs[3], home, "worker", world.carers["rival"], world.other_organization)
    worker_task = await _assignment(needs[4], home, "social_worker", world.carers["social_worker"], None)
    volunteer_task = await _assignment(needs[5], home, "volunteer", world.carers["volunteer"], None)
    far_task = await _assignment(far[2], away, "worker", carer, world.organization, FOREIGN_VILLAGE)
    stage.put("assignment", own_task, far_task)
    stage.put("assignment", own_task, rival_task, "manager")
    stage.put("assignment", rival_task, own_task, "other_manager")
    stage.put("assignment", worker_task, volunteer_task, "worker")
    stage.put("assignment", volunteer_task, worker_task, "volunteer")
    stage.put("assignment", volunteer_task, worker_task, "other_volunteer")
    stage.own["assignment"].pop("other_volunteer")
    for name, actor in world.cast.items():
        neighbour = next(other for other in world.cast.values() if other is not actor)
        stage.put("message", await _message(actor.me), await _message(neighbour.me), name)
        upload, other_upload = await _upload(actor), await _upload(neighbour)
        stage.put("upload", upload, other_upload, name)
        stage.put("upload+extension", (upload, "csv"), (other_upload, "csv"), name)
    stage.put("delivery", await _delivery(world["worker"].me), uuid4())
    stage.put("list", "divisions", "nothing")
    stage.put("list+extension", ("divisions", "xlsx"), ("nothing", "xlsx"))
    for name in ("manager", "other_manager"):
        stage.put("list", "carers", "nothing", name)
    stage.put("organization", world.organization, uuid4())
    stage.put("organization", world.organization, world.other_organization, "manager")
    stage.put("organization", world.other_organization, world.organization, "other_manager")
    for feature in FEATURES:
        await feature.put_objects(stage, world)
    return stage


async def _household(division: str, number: str) -> UUID:
    household = Household(
        id=uuid4(), number=number, division=division, category="dibao", head_name="测试某", lat=31.78, lon=119.95
    )
    await household.save()
    await Person(id=uuid4(), household=household.id, is_head=True, name="测试某", name_grams=["测", "试"]).save()
    await Consent(
        id=uuid4(), household=household.id, ground="consent", purposes=["service", "share_provider"],
        given_on=today() - timedelta(days=3),
    ).save()  # fmt: skip
    return household.id


async def _put_merges(stage: Stage, home: UUID, away: UUID) -> None:
    """A pair to compare, a merge that is done, and a run over the addresses, each here and elsewhere."""
    twins = await _household(VILLAGE, "H-twin"), await _household(FOREIGN_VILLAGE, "H-far-twin")
    stage.put("household+other", (home, twins[0]), (away, twins[1]))
    merges = []
    for kept, division, number in ((home, VILLAGE, "H-merged"), (away, FOREIGN_VILLAGE, "H-far-merged")):
        gone = await _household(division, number)
        await Household.update(status="merged", merged_into=kept).where(Household.id == gone)
        key = uuid4()
        merge = HouseholdMerge(
            id=key, kept=kept, merged=gone, division=division,
            counts=json.dumps({"moved": {}, "stayed": {}, "told": []}),
            undo_enc=seal("household_merge", "undo_enc", key, json.dumps({"changes": [], "there": [], "persons": []})),
        )  # fmt: skip
        await merge.save()
        merges.append(merge.id)
    stage.put("merge", *merges)
    runs = [LocationRun(id=uuid4(), division=place, status="done") for place in (VILLAGE, OTHER_COUNTY)]
    for run in runs:
        await run.save()
    stage.put("location_run", *[run.id for run in runs])


async def _need(household: UUID, division: str, number: str, status: str = "matching") -> UUID:
    consents = await Consent.select(Consent.id).where(Consent.household == household)
    need = Need(
        id=uuid4(), number=number, household=household, division=division, service="daily_care", status=status,
        priority="key", visits=4, minutes=60, qualifications=json.dumps([["C5"], ["H"]]), kinds=["worker"],
        windows=json.dumps([[0, 480, 720]]), consent=consents[0]["id"],
    )  # fmt: skip
    await need.save()
    return need.id


async def _run(division: str, number: str) -> UUID:
    snapshot = await of_division(division, today())
    run = MatchRun(
        id=uuid4(), number=number, division=division.ljust(12, "0"), status="done", needs=1, served=1, seconds=1.0,
        finished_at=now(), gap=0.5, objective=100, bound=99.0, problem=json.dumps(snapshot.problem.to_document()),
        solution=json.dumps({"assignments": [], "unserved": []}),
    )  # fmt: skip
    await run.save()
    return run.id


async def _proposal(run: UUID, need: UUID, household: UUID, carer: UUID) -> UUID:
    rows = await Need.select(Need.division, Need.service, Need.priority).where(Need.id == need)
    proposal = Proposal(
        id=uuid4(), run=run, need=need, household=household, carer=carer, matched_carer=carer, **rows[0]
    )
    await proposal.save()
    return proposal.id


async def _assignment(
    need: UUID, household: UUID, kind: str, carer: UUID, organization: UUID | None, division: str = VILLAGE
) -> UUID:
    assignment = Assignment(
        id=uuid4(), number=f"A-{uuid4().hex[:8]}", need=need, household=household, division=division,
        service="daily_care", carer_kind=kind, matched_carer=carer, carer=carer, organization=organization, visits=4,
        minutes=60, deadline=now() + timedelta(hours=24), status="offered", priority="key",
    )  # fmt: skip
    await assignment.save()
    return assignment.id


async def _message(user: UUID) -> UUID:
    message = Message(id=uuid4(), user=user, kind="accepted", params=json.dumps({"number": "A-1"}), href="/inbox")
    await message.save()
    return message.id


async def _delivery(user: UUID) -> UUID:
    delivery = Outbox(id=uuid4(), recipient=user, channel="email", kind="accepted", event="e", status="given_up")
    await delivery.save()
    return delivery.id


async def _upload(actor: Actor) -> UUID:
    kind, content = "divisions", "区划代码,区划名称\n990101001203,新增村\n"
    if actor.has("provider_manager"):
        kind, content = "carers", "人员编号,人员类别,区划代码,姓名,性别\nT-1,机构人员,990101001000,测试新,女\n"
    return await uploads.receive(actor, KINDS[kind], uuid4(), "list.csv", content.encode(), now())
