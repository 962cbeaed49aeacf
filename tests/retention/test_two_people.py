"""A deletion takes two people, happens once, and goes on where a worker was killed."""

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest
from litestar import Litestar

from bangfu.errors import NotAllowed, NotYours, Refused
from bangfu.retention import actions, working
from bangfu.retention.tables import RetentionRun
from bangfu.shared import audit, jobs
from bangfu.shared.clock import now
from bangfu.shared.tables import AuditEvent, Job
from bangfu.visits.tables import Visit, VisitPhoto
from tests.retention.steps import approved, carried_out, row_of, years_ago
from tests.support import Visitor, World
from tests.visits import visit_steps


async def old_photos(world: World, count: int) -> None:
    task = await visit_steps.accepted(world, "social_worker", visits=count)
    for _ in range(count):
        made = await visit_steps.submitted(world, "social_worker", task=task)
        await visit_steps.put_photo(made)
    await Visit.update(status="verified").where(Visit.assignment == task.id)
    await VisitPhoto.update(added_at=years_ago(4)).where(VisitPhoto.added_at > years_ago(1))


async def test_who_proposes_does_not_approve_and_nothing_is_deleted_before(world: World) -> None:
    await old_photos(world, 1)
    run = await actions.propose(world["bureau"], uuid4(), "photo", now())
    with pytest.raises(NotAllowed):
        await actions.approve(world["bureau"], run, now())
    with pytest.raises(NotAllowed):
        await actions.propose(world["lead"], uuid4(), "photo", now())
    with pytest.raises(NotYours):
        await actions.approve(world["outside_officer"], run, now())
    assert await jobs.claim([actions.JOB]) is None
    assert await VisitPhoto.count() == 1
    with pytest.raises(asyncpg.CheckViolationError):  # nor past the program
        await RetentionRun.update(status="approved", decided_by=world["bureau"].user).where(RetentionRun.id == run)


async def test_one_key_is_one_proposal_and_one_deletion_is_open_at_a_time(world: World) -> None:
    await old_photos(world, 1)
    key = uuid4()
    assert await actions.propose(world["bureau"], key, "photo", now()) == key
    assert await actions.propose(world["bureau"], key, "photo", now()) == key
    with pytest.raises(Refused):
        await actions.propose(world["second_bureau"], uuid4(), "photo", now())
    with pytest.raises(NotYours):
        await actions.propose(world["second_bureau"], key, "photo", now())
    await actions.withdraw(world["lead"], key, now())
    await actions.withdraw(world["lead"], key, now())
    with pytest.raises(Refused):
        await actions.approve(world["lead"], key, now())
    assert await actions.propose(world["second_bureau"], uuid4(), "photo", now())
    assert await Job.count().where(Job.kind == actions.JOB) == 0


async def test_a_double_click_approves_once_and_an_old_proposal_is_made_anew(world: World) -> None:
    await old_photos(world, 1)
    run = await actions.propose(world["bureau"], uuid4(), "photo", now())
    with pytest.raises(Refused):
        await actions.approve(world["lead"], run, now() + timedelta(days=31))
    await asyncio.gather(*(actions.approve(world["lead"], run, now()) for _ in range(4)))
    assert await Job.count().where(Job.kind == actions.JOB) == 1


async def test_what_is_not_due_or_not_by_hand_cannot_be_proposed(world: World) -> None:
    with pytest.raises(Refused):
        await actions.propose(world["bureau"], uuid4(), "photo", now())
    for rule in ("audit", "point", "voucher", "nothing"):
        with pytest.raises(NotAllowed):
            await actions.propose(world["bureau"], uuid4(), rule, now())


async def test_another_worker_goes_on_where_one_was_killed_and_each_photo_is_counted_once(world: World) -> None:
    await old_photos(world, 5)
    run = await approved(world, "photo")
    first = await jobs.claim([actions.JOB])
    assert first is not None
    assert await working.batch(first, run, 2)
    await Job.raw("UPDATE job SET lease_until = now() - interval '1 second' WHERE id = {}", first.id)
    second = await jobs.claim([actions.JOB])
    assert second is not None
    with pytest.raises(jobs.LostClaim):
        await working.batch(first, run, 2)  # it was not dead after all: its batch does not count
    assert await VisitPhoto.count() == 3
    await working.work(second, asyncio.Event())
    row = await row_of(run)
    assert (row.status, row.due, row.done, json.loads(row.counts)) == (
        "done", 5, 5, {"stored_file": 5, "visit_photo": 5},
    )  # fmt: skip
    assert await VisitPhoto.count() == 0
    events = await AuditEvent.objects().where(AuditEvent.action == "retention.deleted")
    assert sum(json.loads(event.data)["subjects"] for event in events) == 5
    assert (await audit.verify())[1] is None


async def test_a_batch_that_fails_leaves_everything_as_it_was(world: World) -> None:
    await old_photos(world, 3)
    run = await approved(world, "photo")
    claim = await jobs.claim([actions.JOB])
    assert claim is not None
    await Job.raw("UPDATE job SET fence = fence + 1 WHERE id = {}", claim.id)
    with pytest.raises(jobs.LostClaim):
        await working.batch(claim, run)
    assert (await VisitPhoto.count(), (await row_of(run)).done) == (3, 0)


async def test_a_deletion_of_one_county_leaves_the_neighbours(world: World) -> None:
    await old_photos(world, 1)
    await Visit.raw("UPDATE visit SET division = '990102001201'")
    with pytest.raises(Refused):
        await actions.propose(world["bureau"], uuid4(), "photo", now())
    assert await VisitPhoto.count() == 1


async def test_from_the_page_to_the_deletion(world: World, app: Litestar) -> None:
    await old_photos(world, 2)
    officer, lead = await Visitor(app).sign_in(world["bureau"]), await Visitor(app).sign_in(world["lead"])
    page = await officer.get("/retention")
    assert page.status_code == 200
    assert "Photos of visits" in page.text
    key = uuid4()
    sent = await officer.post("/retention/propose", {"rule": "photo", "idempotency_key": str(key)})
    assert sent.headers["location"] == f"/retention/{key}"
    assert "Approve and delete" not in (await officer.get(f"/retention/{key}")).text
    assert "Approve and delete" in (await lead.get(f"/retention/{key}")).text
    assert (await lead.post(f"/retention/{key}/approve")).status_code == 303
    claim = await jobs.claim([actions.JOB])
    assert claim is not None
    await working.work(claim, asyncio.Event())
    shown = (await lead.get(f"/retention/{key}")).text
    assert "visit_photo" in shown
    assert "done" in shown
    admin = await (await Visitor(app).sign_in(world["admin"])).get("/retention")
    assert admin.status_code == 200
    assert f"/retention/{key}" not in admin.text
    assert (await carried_out_again(world)) == 0
    await officer.close()
    await lead.close()


async def carried_out_again(world: World) -> int:
    """How many a second deletion would take: nothing is due any more."""
    try:
        return (await carried_out(world, "photo")).done
    except Refused:
        return 0
