"""One test for each rule: what goes, and what stays."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

from bangfu.children.actions import open_file
from bangfu.children.tables import ChildColor, ChildContact, ChildFile, ChildGuardian, ChildMeasure, ChildPlan
from bangfu.complaints.tables import Complaint
from bangfu.dispatch.tables import Assignment
from bangfu.households.tables import Person
from bangfu.retention import working
from bangfu.retention.queries import due_by
from bangfu.settlement.tables import Claim, Statement
from bangfu.shared import audit
from bangfu.shared.clock import now, today
from bangfu.shared.crypto import encrypt
from bangfu.shared.tables import AuditEvent, StoredFile
from bangfu.visits.tables import Visit, VisitPhoto, VisitProof, VisitRecord
from tests.children.test_child_files import GREEN
from tests.dispatch.tasks import make_need
from tests.retention.steps import carried_out, years_ago
from tests.settlement import settlement_steps as money
from tests.support import World
from tests.visits import visit_steps


async def whole_chain() -> None:
    assert (await audit.verify())[1] is None


async def test_photos_of_more_than_three_years_ago_go_with_their_files_and_younger_ones_stay(world: World) -> None:
    task = await visit_steps.accepted(world, "social_worker")
    made = await visit_steps.submitted(world, "social_worker", task=task)
    other = await visit_steps.submitted(world, "social_worker", task=task)
    await Visit.update(status="verified").where(Visit.id.is_in([made.id, other.id]))
    old, young = await visit_steps.put_photo(made), await visit_steps.put_photo(other)
    await VisitPhoto.update(added_at=years_ago(3)).where(VisitPhoto.id == old)
    await VisitPhoto.update(added_at=years_ago(3, -2)).where(VisitPhoto.id == young)
    gone = (await VisitPhoto.objects().get(VisitPhoto.id == old)).file  # type: ignore[union-attr]
    kept = (await VisitPhoto.objects().get(VisitPhoto.id == young)).file  # type: ignore[union-attr]
    run = await carried_out(world, "photo")
    assert (run.status, run.due, run.done, run.left) == ("done", 1, 1, 0)
    assert [row.id for row in await VisitPhoto.objects()] == [young]
    assert not await StoredFile.exists().where(StoredFile.id == gone)
    assert await StoredFile.exists().where(StoredFile.id == kept)
    assert await VisitRecord.exists().where(VisitRecord.visit == made.id)
    await whole_chain()


async def test_a_photo_of_a_visit_under_an_open_complaint_is_held_back_until_it_is_closed(world: World) -> None:
    held, free = (
        await visit_steps.submitted(world, "social_worker"),
        await visit_steps.submitted(world, "social_worker"),
    )
    for made in (held, free):
        await Visit.update(status="verified").where(Visit.id == made.id)
        photo = await visit_steps.put_photo(made)
        await VisitPhoto.update(added_at=years_ago(4)).where(VisitPhoto.id == photo)
    complaint = Complaint(
        id=uuid4(), number="TS-1", receipt_index="r", code_index="c", intake="complaint", division=held.division,
        level="township", status="investigating", kind="attitude", household=held.household, target="carer",
        accept_due=now(), close_due=now(),
    )  # fmt: skip
    await complaint.save()
    run = await carried_out(world, "photo")
    assert (run.due, run.held, run.done, run.left) == (1, 1, 1, 1)
    assert [row.visit for row in await VisitPhoto.objects()] == [held.id]
    await Complaint.update(status="not_accepted").where(Complaint.id == complaint.id)
    assert (await carried_out(world, "photo")).done == 1
    assert await VisitPhoto.count() == 0


async def test_an_offer_that_was_declined_goes_after_a_year_and_its_reservation_stays_in_the_ledger(
    world: World,
) -> None:
    tasks = [await visit_steps.accepted(world) for _ in range(3)]
    for task in tasks[:2]:
        await Assignment.update(status="declined", answer_text="路太远").where(Assignment.id == task.id)
    await Assignment.update(answered_at=years_ago(1)).where(Assignment.id.is_in([tasks[0].id, tasks[2].id]))
    await Assignment.update(answered_at=years_ago(1, -2)).where(Assignment.id == tasks[1].id)
    run = await carried_out(world, "declined")
    assert (run.done, json.loads(run.counts)) == (1, {"assignment": 1})
    assert {row.id for row in await Assignment.objects()} == {tasks[1].id, tasks[2].id}
    ledger = await AuditEvent.raw("SELECT count(*) AS n FROM contract_movement WHERE subject = {}", tasks[0].id)
    assert ledger[0]["n"] >= 1
    await whole_chain()


async def test_a_childs_file_goes_at_28_once_it_is_closed_and_a_younger_ones_stays(world: World) -> None:
    old, young = await _file_of(world, 28), await _file_of(world, 27)
    for file in (old, young):
        plan = uuid4()
        await ChildPlan(id=plan, file=file, version=1).save()
        await ChildMeasure(id=uuid4(), plan=plan, what_enc="").save()
        await ChildGuardian(id=uuid4(), file=file).save()
        await ChildContact(id=uuid4(), file=file, kind="visit", met_at=now()).save()
    await ChildFile.update(status="closed", closed_reason="adult").where(ChildFile.id.is_in([old, young]))
    run = await carried_out(world, "child")
    assert (run.due, run.done) == (1, 1)
    assert [row.id for row in await ChildFile.objects().where(ChildFile.id.is_in([old, young]))] == [young]
    for table in (ChildPlan, ChildColor, ChildGuardian, ChildContact):
        assert await table.count().where(table.file == old) == 0
        assert await table.count().where(table.file == young) == 1
    assert await ChildMeasure.count() == 1
    await whole_chain()


async def _file_of(world: World, years: int) -> UUID:
    """An open file of somebody of that age, opened as a child's, in a home of its own."""
    need = await make_need()
    child = Person(
        id=uuid4(), household=need.household, relation="grandchild", name="测小雨",
        birth_date=today() - timedelta(days=3000),
    )  # fmt: skip
    await child.save()
    file = await open_file(world["child_director"], uuid4(), child.id, GREEN, now())
    await Person.update(birth_date=years_ago(years).date()).where(Person.id == child.id)
    return file


async def test_an_open_file_is_held_back_whatever_the_age(world: World) -> None:
    await _file_of(world, 40)
    found = await due_by("child", "990101", 10, today())
    assert (found.due, found.held) == (0, 1)


async def _with_point(key: UUID) -> UUID:
    proof = uuid4()
    await VisitProof(
        id=proof, visit=key, side="in", method="gps", at=now(), distance_m=40, verdict="near",
        point_enc=encrypt("31.780000,119.950000", f"visit_proof:point_enc:{proof}"),
    ).save()  # fmt: skip
    return proof


async def point_of(proof: UUID) -> str:
    row = await VisitProof.objects().get(VisitProof.id == proof)
    assert row is not None
    assert (row.distance_m, row.verdict) == (40, "near")
    return str(row.point_enc)


async def test_a_point_is_kept_until_the_statement_is_final_and_paid_then_only_the_verdict_stays(world: World) -> None:
    visits = await money.visits_of(world, 2)
    proof = await _with_point(visits[0])
    assert await working.forget_points(now()) == 0
    score = await money.score_of(world, await money.facts_of(world, visits))
    await money.happened("published_prelim", score.id)
    assert await working.forget_points(now()) == 0
    statement = await money.happened("final", score.id)
    assert await working.forget_points(now()) == 0
    for claim in await Claim.objects().where(Claim.statement == statement.id):
        await money.paid(world, statement.id, claim.part)
    assert await Statement.exists().where((Statement.id == statement.id) & (Statement.stage == "final"))
    assert await working.forget_points(now()) == 1
    assert await point_of(proof) == ""
    assert await working.forget_points(now()) == 0
    events = await AuditEvent.objects().where(AuditEvent.action == "retention.points_forgotten")
    assert [(row.stream, json.loads(row.data)["rows"]) for row in events] == [("990101", 1)]
    await whole_chain()


async def test_a_point_of_a_visit_that_nobody_pays_for_is_kept_for_a_quarter(world: World) -> None:
    made = await visit_steps.submitted(world, "social_worker")
    proof = await _with_point(made.id)
    later = now() + timedelta(days=93)
    assert await working.forget_points(later) == 0  # nobody has checked the visit yet
    await Visit.update(status="verified").where(Visit.id == made.id)
    assert await working.forget_points(now()) == 0
    assert await working.forget_points(later) == 1
    assert await point_of(proof) == ""
