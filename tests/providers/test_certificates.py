"""Certificates, checks, policies, consents and training: who enters, who verifies, and from when they count."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from bangfu.dispatch.tables import Assignment
from bangfu.errors import FormError, NotAllowed, Refused
from bangfu.households.tables import Person
from bangfu.messages.tables import Message
from bangfu.planning import sources
from bangfu.planning.judging import problems_of_pair
from bangfu.planning.snapshot import of_need
from bangfu.providers import carer_papers, certificates, certificates_clearance, expiries
from bangfu.providers.carer_facts import Agreement, CertificateFacts, Check, Course, Policy
from bangfu.providers.carer_tables import ExpiryNotice, VolunteerInsurance
from bangfu.providers.rules import due_step
from bangfu.providers.standing import barred_carers, fit_on
from bangfu.providers.tables import Carer, Qualification
from bangfu.shared.clock import SHANGHAI, now, today
from tests.dispatch.tasks import offered
from tests.planning.making import make_household, make_need
from tests.support import VILLAGE, World, make_carer

PDF = b"%PDF-1.4 test"


def health(issued: date, days: int = 365) -> CertificateFacts:
    return CertificateFacts("H", "JK-1", "区疾控中心", issued, issued + timedelta(days=days))


async def told(name: str, world: World, kind: str) -> int:
    return await Message.count().where((Message.user == world[name].me) & (Message.kind == kind))


async def worker_of(world: World) -> UUID:
    return await make_carer("fresh", "worker", world.organization)


async def test_a_certificate_counts_once_somebody_else_has_verified_it(world: World) -> None:
    carer, key = await worker_of(world), uuid4()
    for _ in range(2):  # a double click
        await certificates.hand_in(world["manager"], carer, key, health(today()), None, now())
    assert await Qualification.count().where(Qualification.carer == carer) == 1
    assert await fit_on(carer, [["H"]], today()) == ["H"]
    assert await sources.qualifications([carer]) == {}
    assert await told("officer", world, "certificate_waiting") == 1
    await certificates.verify(world["officer"], carer, key, now())
    await certificates.verify(world["officer"], carer, key, now())
    assert await fit_on(carer, [["H"]], today() + timedelta(days=365)) == []
    assert await fit_on(carer, [["H"]], today() + timedelta(days=366)) == ["H"]
    assert [row["code"] for row in (await sources.qualifications([carer]))[carer]] == ["H"]


async def test_who_entered_a_certificate_never_verifies_it(world: World) -> None:
    key, volunteer = uuid4(), world.carers["volunteer"]
    await certificates.hand_in(world["bureau"], volunteer, key, health(today()), None, now())
    with pytest.raises(NotAllowed):
        await certificates.verify(world["bureau"], volunteer, key, now())
    events = await Carer.raw("SELECT action FROM audit_event WHERE subject = {} ORDER BY id", str(volunteer))
    assert [event["action"] for event in events] == ["certificate.handed_in", "carer.refused_two_people"]
    await certificates.verify(world["officer"], volunteer, key, now())


async def test_a_rejected_certificate_does_not_count_and_is_told(world: World) -> None:
    carer, key = await worker_of(world), uuid4()
    await certificates.hand_in(world["manager"], carer, key, health(today()), None, now())
    await certificates.verify(world["officer"], carer, key, now())
    await certificates.reject(world["bureau"], carer, key, "伪造", now())
    assert await fit_on(carer, [["H"]], today()) == ["H"]
    assert await told("manager", world, "certificate_rejected") == 1
    with pytest.raises(Refused):
        await certificates.verify(world["officer"], carer, key, now())


@pytest.mark.parametrize("code", ["H", "M"])
async def test_health_and_clearance_of_more_than_a_year_are_refused(world: World, code: str) -> None:
    facts = CertificateFacts(code, "1", "x", today(), today() + timedelta(days=366))
    with pytest.raises(FormError) as error:
        await certificates.hand_in(world["manager"], world.carers["nurse"], uuid4(), facts, None, now())
    assert list(error.value.fields) == ["expires_on"]


async def test_the_training_level_gates_platform_and_agreement_certificates(world: World) -> None:
    carer, key = await worker_of(world), uuid4()
    facts = CertificateFacts("G", "", "县民政局", today(), today() + timedelta(days=700))
    await certificates.hand_in(world["manager"], carer, key, facts, None, now())
    basics = Course("基础", "", 8, "x", today(), 1)
    await carer_papers.record_training(world["manager"], carer, uuid4(), basics, None, now())
    with pytest.raises(Refused):
        await certificates.verify(world["officer"], carer, key, now())
    county = Course("县级岗前", "", 40, "x", today(), 2)
    await carer_papers.record_training(world["manager"], carer, uuid4(), county, None, now())
    await carer_papers.record_training(world["manager"], carer, uuid4(), basics, None, now())
    await certificates.verify(world["officer"], carer, key, now())
    assert await fit_on(carer, [["C5", "G"]], today()) == []


async def test_a_clear_check_is_a_clearance_for_365_days_once_verified(world: World) -> None:
    carer = await worker_of(world)
    checked = today() - timedelta(days=5)
    await certificates_clearance.record_check(
        world["manager"], carer, uuid4(), Check("police", checked, False), None, now()
    )
    row = await Qualification.objects().get(Qualification.carer == carer)
    assert row is not None
    assert (row.code, row.expires_on, row.status) == ("M", checked + timedelta(days=365), "handed_in")
    await certificates.verify(world["officer"], carer, row.id, now())
    assert await fit_on(carer, [["M"]], row.expires_on) == []


async def test_a_hit_bars_at_once_tells_bureau_and_manager_and_lists_services_with_minors(
    world: World, visit: Any
) -> None:
    nurse, key = world.carers["nurse"], uuid4()
    home = await make_household()
    child = today() - timedelta(days=3000)
    await Person(id=uuid4(), household=home, name="测试童", name_grams=["测"], birth_date=child).save()
    need = await make_need(world, household=home, status="matching")
    await Assignment(
        id=uuid4(), number="A-77", need=need, household=home, division=VILLAGE, service="daily_care",
        carer_kind="worker", matched_carer=nurse, carer=nurse, organization=world.organization, visits=4, minutes=60,
        deadline=now() + timedelta(hours=24), status="active", priority="key",
    ).save()  # fmt: skip
    for _ in range(2):
        await certificates_clearance.record_check(
            world["manager"], nurse, key, Check("police", today(), True), None, now()
        )
    assert await barred_carers(today(), [nurse]) == {nurse: "clearance_hit"}
    assert [await told(name, world, "carer_barred") for name in ("bureau", "manager", "lead", "officer")] == [
        1,
        1,
        1,
        0,
    ]
    shown = (await (await visit("bureau")).get(f"/carers/{nurse}")).text
    assert "Barred after a check for work with minors" in shown
    assert "A-77" in shown
    assert "with minors" in shown
    others = (await (await visit("officer")).get(f"/carers/{nurse}")).text
    assert "Barred after a check" not in others, "neither beside the name nor in the history"
    assert "Not assigned at present" in others
    with pytest.raises(NotAllowed):
        await certificates_clearance.lift(world["bureau"], nurse, "同名", now())
    await certificates_clearance.lift(world["lead"], nurse, "同名同姓", now())
    assert await barred_carers(today(), [nurse]) == {}


async def test_a_policy_ends_the_bar_and_wrong_days_are_refused(world: World) -> None:
    volunteer = world.carers["volunteer"]
    await VolunteerInsurance.delete().where(VolunteerInsurance.carer == volunteer)
    assert await barred_carers(today(), [volunteer]) == {volunteer: "insurance_missing"}
    backwards = Policy("甲", "1", today(), today() - timedelta(days=1))
    with pytest.raises(FormError):
        await carer_papers.record_insurance(world["dispatcher"], volunteer, uuid4(), backwards, None, now())
    policy, key = Policy("甲", "PA-778899", today(), today() + timedelta(days=9)), uuid4()
    for _ in range(2):
        await carer_papers.record_insurance(world["dispatcher"], volunteer, key, policy, None, now())
    assert await barred_carers(policy.ends_on, [volunteer]) == {}
    assert await barred_carers(policy.ends_on + timedelta(days=1), [volunteer]) == {volunteer: "insurance_missing"}
    kept = await VolunteerInsurance.objects().get(VolunteerInsurance.id == key)
    assert kept is not None
    assert "778899" not in kept.policy_number_enc
    with pytest.raises(NotAllowed):
        await carer_papers.record_insurance(world["bureau"], world.carers["nurse"], uuid4(), policy, None, now())


async def test_a_withdrawn_consent_bars_a_minor_from_the_same_day(world: World) -> None:
    boy = await make_carer("boy", "volunteer", None, birth_date=today() - timedelta(days=12 * 366))
    given, key = Agreement("测试监护人", "parent", (), today()), uuid4()
    assert await barred_carers(today(), [boy]) == {boy: "guardian_consent_missing"}
    await carer_papers.record_consent(world["dispatcher"], boy, key, given, None, now())
    assert await barred_carers(today(), [boy]) == {}
    await carer_papers.withdraw_consent(world["dispatcher"], boy, key, now())
    assert await barred_carers(today(), [boy]) == {boy: "guardian_consent_missing"}


async def test_matching_stops_on_the_day_after_the_last_valid_day(world: World) -> None:
    nurse, need = world.carers["nurse"], await make_need(world, status="matching", qualifications=[["C5"]])
    await Qualification.update({Qualification.expires_on: today()}).where(Qualification.carer == nurse)
    assert await problems_of_pair(need, nurse, now()) == []
    told_why = await problems_of_pair(need, nurse, now() + timedelta(days=1))
    assert len(told_why) == 1
    assert "qualification" in told_why[0][0].lower()


async def test_matching_and_dispatch_stop_on_the_day_after_the_policy_ends(world: World) -> None:
    volunteer, need = world.carers["volunteer"], await make_need(world, status="matching")
    await VolunteerInsurance.update({VolunteerInsurance.ends_on: today()}).where(VolunteerInsurance.carer == volunteer)
    for day, barred in ((today(), False), (today() + timedelta(days=1), True)):
        problem = (await of_need(need, day, [volunteer])).problem
        out = str(volunteer) not in problem.carer_of or str(volunteer) in problem.need_of[str(need)].excluded
        assert out is barred
    assert await offered(world, "volunteer")
    with pytest.raises(Refused):
        await offered(world, "volunteer", now() + timedelta(days=1))


def test_each_step_of_the_announcement_holds_from_its_first_day() -> None:
    assert [due_step(left) for left in (60, 31, 30, 8, 7, 1, 0, -3)] == [60, 60, 30, 30, 7, 7, 0, 0]


async def test_each_end_is_announced_once_at_60_30_7_days_and_on_the_last_day(world: World) -> None:
    carer, start = await worker_of(world), now().astimezone(SHANGHAI)
    await Qualification.delete().where(Qualification.carer != carer)
    await VolunteerInsurance.delete(force=True)
    last = start.date() + timedelta(days=61)
    await Qualification(id=uuid4(), carer=carer, code="H", expires_on=last).save()
    announced = []
    for day in range(70):
        at = start + timedelta(days=day)
        if await expiries.look_after(at) + await expiries.look_after(at):
            announced.append((last - at.date()).days)
    assert announced == [60, 30, 7, 0]
    assert await told("manager", world, "certificate_ends") == 3
    assert await told("manager", world, "certificate_last_day") == 1
    assert await told("dispatcher", world, "certificate_ends") == 0
    assert await ExpiryNotice.count() == 4


async def test_a_volunteer_and_the_station_hear_of_the_end_of_a_policy(world: World) -> None:
    await VolunteerInsurance.update({VolunteerInsurance.ends_on: today() + timedelta(days=7)}).where(
        VolunteerInsurance.carer == world.carers["volunteer"]
    )
    assert await expiries.look_after(now()) == 1
    for name in ("volunteer", "dispatcher"):
        assert await told(name, world, "insurance_ends") == 1
    assert await told("other_volunteer", world, "insurance_ends") == 0


async def test_a_renewal_silences_the_end_of_the_old_certificate(world: World) -> None:
    carer = await worker_of(world)
    for days in (7, 300):
        await Qualification(id=uuid4(), carer=carer, code="H", expires_on=today() + timedelta(days=days)).save()
    assert await expiries.look_after(now()) == 0


async def test_through_the_pages_from_handing_in_with_a_scan_to_the_list_of_what_waits(
    world: World, visit: Any
) -> None:
    carer = await worker_of(world)
    manager, officer, page = await visit("manager"), await visit("officer"), f"/carers/{carer}/certificates/new"
    values = {"key": str(uuid4()), "code": "H", "number": "JK-9", "issuer": "区疾控中心",
              "issued_on": today().isoformat(), "expires_on": (today() + timedelta(days=400)).isoformat()}  # fmt: skip
    wrong = await manager.post(page, values)
    assert wrong.status_code == 422
    assert "At most 365 days after the issue." in wrong.text
    assert 'value="JK-9"' in wrong.text
    broken = await manager.post(page, {**values, "expires_on": today().isoformat()}, files={"file": ("a.pdf", b"no")})
    assert broken.status_code == 422
    sent = {**values, "expires_on": (today() + timedelta(days=365)).isoformat()}
    for _ in range(2):
        assert (await manager.post(page, sent, files={"file": ("a.pdf", PDF)})).status_code == 303
    assert await Qualification.count().where(Qualification.carer == carer) == 1
    assert f"/carers/{carer}#certificate-{values['key']}" in (await officer.get("/certificates")).text
    assert "Certificates to verify" in (await officer.get("/")).text
    shown = (await officer.get(f"/carers/{carer}")).text
    link = next(part for part in shown.split('"') if part.startswith(f"/carers/{carer}/papers/"))
    assert (await officer.get(link)).content == PDF
    assert (await (await visit("dispatcher")).get(link)).status_code == 404
    assert (await (await visit("other_manager")).get(link)).status_code == 404
    one = f"/carers/{carer}/certificates/{values['key']}"
    assert (await officer.post(f"{one}/reject", {"reject_reason": ""})).status_code == 422
    assert (await officer.post(f"{one}/verify")).status_code == 303
    assert (await manager.post(f"{one}/verify")).status_code == 403


async def test_the_page_of_what_ends_shows_days_in_words_and_masks_for_others(world: World, visit: Any) -> None:
    carer = await worker_of(world)
    for code, days in (("H", 0), ("T", 5), ("C5", -2)):
        await Qualification(id=uuid4(), carer=carer, code=code, expires_on=today() + timedelta(days=days)).save()
    shown = (await (await visit("manager")).get("/carers/expiring")).text
    for text in ("last day today", "5 days left", "over for 2 days", "员fresh"):
        assert text in shown
    assert shown.index("over for 2 days") < shown.index("last day today") < shown.index("5 days left")
    seen = (await (await visit("dispatcher")).get("/carers/expiring")).text
    assert "员fresh" not in seen
    assert str(carer) in seen
    assert str(carer) not in (await (await visit("other_manager")).get("/carers/expiring")).text


async def test_a_volunteer_reads_the_own_certificates(world: World, visit: Any) -> None:
    shown = (await (await visit("volunteer")).get("/my-certificates")).text
    assert "Registered volunteer" in shown
    assert "测试保险公司" in shown
