"""Signing up as a volunteer: what is asked and refused, what nobody outside learns, what the station decides."""

import asyncio
from datetime import timedelta

import pytest

from bangfu.accounts.signing_in import sign_in
from bangfu.accounts.tables import User
from bangfu.errors import NotYours, Refused
from bangfu.providers import signing_up
from bangfu.providers import signing_up_queries as queries
from bangfu.providers import signing_up_rules as rules
from bangfu.providers.roster_tables import VolunteerApplication
from bangfu.providers.tables import Availability, Carer, Qualification
from bangfu.shared.civil_time import add_months
from bangfu.shared.clock import now, today
from bangfu.shared.tables import AuditEvent
from bangfu.supervision.tables import SupervisionTask
from tests.providers.roster_support import sign_up_form
from tests.support import World

TODAY = today()


@pytest.mark.parametrize(
    ("years", "days", "kind"),
    [
        (8, 1, "too_young"), (8, 0, "with_guardian"), (18, 1, "with_guardian"), (18, 0, "adult"),
        (60, 0, "adult"), (0, 1, "impossible"), (102, 0, "impossible"),
    ],
)  # fmt: skip
def test_ages_from_eight_to_seventeen_need_a_guardian(years: int, days: int, kind: str) -> None:
    born = add_months(TODAY, -12 * years) + timedelta(days=days)
    assert rules.age_class(born, TODAY) == kind


async def _signed_up(visit, **more: str) -> tuple[str, VolunteerApplication]:
    answer = await (await visit(None)).post("/volunteers/sign-up", sign_up_form(**more))
    assert answer.status_code == 200, answer.text
    number = answer.text.split('<strong class="num">')[1].split("<")[0]
    row = await VolunteerApplication.objects().get(VolunteerApplication.number == number)
    assert row is not None
    return number, row


async def test_a_sign_up_is_sealed_and_watched_for_ten_working_days(world: World, visit) -> None:
    _, row = await _signed_up(visit)
    stored = await VolunteerApplication.raw("SELECT row_to_json(a)::text AS text FROM volunteer_application a")
    for secret in ("甄志愿", "13900001234", "会理发", sign_up_form()["id_number"]):
        assert secret not in stored[0]["text"]
    events = await AuditEvent.raw("SELECT data::text AS text FROM audit_event WHERE subject = {}", str(row.id))
    assert len(events) == 1 and "甄" not in events[0]["text"]
    task = await SupervisionTask.objects().get(SupervisionTask.subject == row.id)
    assert task is not None and task.role == "station_dispatcher"
    assert task.due_at > row.applied_at + timedelta(days=11)


async def test_faults_are_named_and_what_was_typed_is_kept(world: World, visit) -> None:
    browser = await visit(None)
    wrong = sign_up_form(birth_date="1990-05-07", d5_0_to="08:00", consent="", phone="12", travel_mode="")
    answer = await browser.post("/volunteers/sign-up", wrong)
    assert answer.status_code == 422 and 'value="甄志愿"' in answer.text
    for field in ("birth_date", "consent", "phone", "travel_mode"):
        assert f"#f-{field}" in answer.text
    assert await VolunteerApplication.count() == 0


async def test_children_under_eight_are_refused_and_others_need_their_guardian(world: World, visit) -> None:
    browser = await visit(None)
    child = (TODAY - timedelta(days=6 * 365)).isoformat()
    answer = await browser.post("/volunteers/sign-up", sign_up_form(born=child))
    assert answer.status_code == 422 and "未满8周岁" in answer.text
    pupil = (TODAY - timedelta(days=15 * 366)).isoformat()
    answer = await browser.post("/volunteers/sign-up", sign_up_form(born=pupil))
    assert answer.status_code == 422 and "#f-guardian_consent" in answer.text
    guardian = {"guardian": "甄家长", "guardian_phone": "13900005678", "guardian_relation": "parent"}
    _, row = await _signed_up(visit, born=pupil, guardian_consent="yes", **guardian)
    shown = await (await visit("dispatcher")).get(f"/volunteers/applications/{row.id}")
    assert "甄家长" in shown.text and "139****5678" in shown.text and "13900005678" not in shown.text


async def test_whether_somebody_is_known_is_told_to_the_station_only(world: World, visit) -> None:
    first, _ = await _signed_up(visit)
    second, row = await _signed_up(visit)
    assert first != second
    shown = await (await visit("dispatcher")).get(f"/volunteers/applications/{row.id}")
    assert "There is 1 other sign-up with this ID number." in shown.text
    browser = await visit(None)
    for number, tail in ((first, "9999"), ("ZY-AAAAAAAAAA", "1234"), ("", "")):
        answer = await browser.post("/volunteers/sign-up/state", {"number": number, "tail": tail})
        assert answer.status_code == 422 and "未找到" in answer.text
    answer = await browser.post("/volunteers/sign-up/state", {"number": second.lower(), "tail": "1234"})
    assert answer.status_code == 200 and "待审核" in answer.text and "甄志愿" not in answer.text


async def test_the_same_form_sent_twice_is_one_sign_up(world: World, visit) -> None:
    browser, form = await visit(None), sign_up_form()
    answers = [await browser.post("/volunteers/sign-up", form) for _ in range(2)]
    assert answers[0].text.split("ZY-")[1][:10] == answers[1].text.split("ZY-")[1][:10]
    assert await VolunteerApplication.count() == 1


async def test_approval_makes_a_volunteer_with_times_and_an_account_but_without_qualifications(
    world: World, visit
) -> None:
    number, row = await _signed_up(visit)
    dispatcher = await visit("dispatcher")
    page = await dispatcher.post(f"/volunteers/applications/{row.id}/approve")
    assert page.status_code == 200 and "it is not shown again" in page.text
    carer = await Carer.objects().get((Carer.kind == "volunteer") & (Carer.name == "甄志愿"))
    assert carer is not None and carer.division == row.division and carer.id_number_enc
    times = await Availability.select().where(Availability.carer == carer.id)
    assert [(each["weekday"], each["start_minute"], each["end_minute"]) for each in times] == [(5, 540, 690)]
    assert await Qualification.count().where(Qualification.carer == carer.id) == 0
    user = await User.objects().get(User.carer == carer.id)
    assert user is not None and (user.roles, user.scope) == (["volunteer"], "990101001")
    password = page.text.split("First password")[1].split("<dd")[1].split(">")[1].split("<")[0]
    assert (await sign_in(user.username, password, "", "", now())).token
    kept = await VolunteerApplication.objects().get(VolunteerApplication.id == row.id)
    assert kept is not None and (kept.status, kept.answers_enc) == ("approved", "")
    browser = await visit(None)
    answer = await browser.post("/volunteers/sign-up/state", {"number": number, "tail": "1234"})
    assert "已通过" in answer.text
    again = await dispatcher.post(f"/volunteers/applications/{row.id}/approve")
    assert again.status_code == 409, "the volunteer has signed in: no new password"


@pytest.mark.database
async def test_two_approvals_at_once_make_one_volunteer(world: World, visit) -> None:
    _, row = await _signed_up(visit)
    done = await asyncio.gather(
        *(signing_up.approve(world["dispatcher"], row.id, now()) for _ in range(4)), return_exceptions=True
    )
    assert all(isinstance(each, signing_up.Welcome) for each in done), done
    assert await Carer.count().where(Carer.name == "甄志愿") == 1
    assert await User.count().where(User.display_name == "甄志愿") == 1


async def test_a_registered_person_is_not_registered_again_and_a_refusal_says_why(world: World, visit) -> None:
    _, first = await _signed_up(visit)
    number, second = await _signed_up(visit)
    await signing_up.approve(world["dispatcher"], first.id, now())
    with pytest.raises(Refused):
        await signing_up.approve(world["dispatcher"], second.id, now())
    dispatcher = await visit("dispatcher")
    path = f"/volunteers/applications/{second.id}"
    assert "registered already" in (await dispatcher.get(path)).text
    assert (await dispatcher.post(f"{path}/refuse", {"reason": "other"})).status_code == 422
    assert (await dispatcher.post(f"{path}/refuse", {"reason": "already_known"})).status_code == 303
    browser = await visit(None)
    answer = await browser.post("/volunteers/sign-up/state", {"number": number, "tail": "1234"})
    assert "未通过" in answer.text and "重复报名" in answer.text


async def test_a_forged_key_never_gives_somebody_elses_record_to_who_signs_up(world: World, visit) -> None:
    volunteer = world.carers["volunteer"]
    for key in (volunteer, world["volunteer"].me):
        _, row = await _signed_up(visit, key=str(key))
        with pytest.raises(Refused):
            await signing_up.approve(world["dispatcher"], row.id, now())
    assert await User.count().where(User.carer == volunteer) == 1
    assert await Availability.count().where(Availability.carer == volunteer) == 7, "nobody's week was replaced"


async def test_only_the_stations_dispatcher_decides(world: World, visit) -> None:
    _, row = await _signed_up(visit)
    with pytest.raises(NotYours):
        await signing_up.approve(world["outsider"], row.id, now())
    with pytest.raises(NotYours):
        await queries.application_for(world["outsider"], row.id)
    assert (await (await visit("officer")).get(f"/volunteers/applications/{row.id}")).status_code == 404


async def test_hidden_numbers_are_shown_once_with_a_logged_reason(world: World, visit) -> None:
    _, row = await _signed_up(visit)
    dispatcher, path = await visit("dispatcher"), f"/volunteers/applications/{row.id}"
    assert "13900001234" not in (await dispatcher.get(path)).text
    assert (await dispatcher.post(f"{path}/unmask", {"field": "phone"})).status_code == 422
    shown = await dispatcher.post(f"{path}/unmask", {"field": "phone", "reason": "contact"})
    assert "13900001234" in shown.text
    assert await AuditEvent.exists().where(AuditEvent.action == "volunteer_application.unmasked")


async def test_a_withdrawn_sign_up_keeps_nothing_and_old_ones_are_deleted(world: World, visit) -> None:
    number, row = await _signed_up(visit)
    browser = await visit(None)
    answer = await browser.post("/volunteers/sign-up/withdraw", {"number": number, "tail": "1234"})
    assert answer.status_code == 200 and "已撤回" in answer.text
    kept = await VolunteerApplication.objects().get(VolunteerApplication.id == row.id)
    assert kept is not None and kept.answers_enc == ""
    assert await signing_up.look_after(now() + timedelta(days=89)) == 0
    _, waiting = await _signed_up(visit)
    _, approved = await _signed_up(visit)
    await signing_up.approve(world["dispatcher"], approved.id, now())
    assert await signing_up.look_after(now() + timedelta(days=91)) == 2
    rows = await VolunteerApplication.select(VolunteerApplication.id)
    assert [each["id"] for each in rows] == [approved.id]
    task = await SupervisionTask.objects().get(SupervisionTask.subject == waiting.id)
    assert task is not None and task.status == "dropped"


async def test_one_network_may_sign_up_fifty_times_in_a_quarter_of_an_hour(world: World, visit) -> None:
    browser = await visit(None)
    for _ in range(50):
        assert (await browser.post("/volunteers/sign-up", {"town": "x"})).status_code == 422
    assert (await browser.post("/volunteers/sign-up", sign_up_form())).status_code == 429
    assert await VolunteerApplication.count() == 0
