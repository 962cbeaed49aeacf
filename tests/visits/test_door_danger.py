"""Danger at the door: two fields; the report stands, the visit is stopped, the record may follow without a must."""

import pytest

from bangfu.incidents.tables import Incident
from bangfu.visits.door_tables import VisitDanger
from bangfu.visits.tables import VisitProof, VisitRecord
from tests.dispatch.tasks import kinds_told
from tests.support import World
from tests.visits import door_steps as door
from tests.visits import visit_steps as steps

pytestmark = pytest.mark.usefixtures("database")
WORDS = "儿子拿刀出来了"


def danger(**more: str) -> dict[str, str]:
    return {"key": str(door.fresh()), "kind": "threat", "what": WORDS, **more}


async def test_a_visit_that_has_not_begun_is_begun_stopped_and_reported_at_once(world: World, visit) -> None:
    made = await steps.planned(world)
    page = await visit("caregiver")
    assert "tel:110" in (await page.get(f"/my-visits/{made.id}/danger")).text
    form = danger(danger_now="yes")
    for _ in range(2):
        answer = await page.post(f"/my-visits/{made.id}/danger", form)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/my-visits/{made.id}")
    [report] = await Incident.objects().where(Incident.household == made.household)
    assert (report.division, report.danger_now, report.kinds) == (made.division, True, ["danger"])
    assert WORDS not in report.what_enc
    proofs = await VisitProof.objects().where(VisitProof.visit == made.id).order_by(VisitProof.side)
    assert [(proof.side, proof.method, proof.reason) for proof in proofs] == [
        ("in", "explained", "left_early"), ("out", "explained", "left_early"),
    ]  # fmt: skip
    for name in ("manager", "dispatcher", "coordinator"):
        assert (await kinds_told(world[name].me)).count("visit_stopped") == 1
    assert (await steps.visit(made.id)).status == "in_progress"
    assert (await page.get(f"/incidents/{report.id}")).status_code == 200
    rest = await page.post(f"/my-visits/{made.id}/finish", {"key": str(door.fresh())})
    assert rest.status_code == 303, rest.text
    done = await steps.visit(made.id)
    assert (done.evidence, done.ended_at) == ("attested", proofs[1].at)
    record = await VisitRecord.objects().get(VisitRecord.visit == made.id)
    assert record.incident == report.id


async def test_two_words_are_needed_and_somebody_elses_visit_is_nobodys(world: World, visit) -> None:
    made = await steps.planned(world)
    page = await visit("caregiver")
    assert (await page.post(f"/my-visits/{made.id}/danger", danger(what=""))).status_code == 422
    stranger = await visit("other_caregiver")
    assert (await stranger.get(f"/my-visits/{made.id}/danger")).status_code == 404
    assert (await stranger.post(f"/my-visits/{made.id}/danger", danger())).status_code == 404
    assert not await VisitDanger.exists().where(VisitDanger.visit == made.id)


async def test_who_comes_along_may_report_and_the_named_carer_goes_on(world: World, visit) -> None:
    made = await steps.planned(world, "volunteer", partner=world.carers["other_volunteer"])
    page = await visit("other_volunteer")
    assert (await page.post(f"/my-visits/{made.id}/danger", danger())).status_code == 303
    assert await VisitDanger.exists().where(VisitDanger.visit == made.id)
    assert (await steps.visit(made.id)).status == "planned"


async def test_after_the_record_a_danger_is_still_reported_and_changes_nothing(world: World, visit) -> None:
    made = await steps.started(world)
    page = await visit("caregiver")
    await page.post(f"/my-visits/{made.id}/finish", door.finishing())
    before = await steps.visit(made.id)
    assert (await page.post(f"/my-visits/{made.id}/danger", danger())).status_code == 303
    assert (await steps.visit(made.id)).ended_at == before.ended_at
    assert await VisitDanger.exists().where(VisitDanger.visit == made.id)
