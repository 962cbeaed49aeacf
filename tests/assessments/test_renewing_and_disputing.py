"""Unchanged, due, expired, disputed: what happens to an assessment after it counts."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from bangfu.assessments import queries
from bangfu.assessments.carrying import carry_over
from bangfu.assessments.disputing import dispute, uphold
from bangfu.assessments.due import look_after
from bangfu.assessments.library import publish_form, upload_form
from bangfu.assessments.signing import sign_second
from bangfu.assessments.tables import Assessment, AssessmentDispute
from bangfu.errors import NotAllowed, Refused
from bangfu.needs.tables import Need
from bangfu.shared.clock import now, today
from tests.assessments.answers import FORMS, six
from tests.assessments.steps import complete, draft_of, home_with, row_of
from tests.support import VILLAGE, World


async def _tasks(subject: UUID) -> list[tuple[str, str]]:
    rows = await Assessment.raw("SELECT kind, status FROM supervision_task WHERE subject = {} ORDER BY kind", subject)
    return [(row["kind"], row["status"]) for row in rows]


async def test_unchanged_is_one_click_of_each_and_the_plan_goes_on(world: World) -> None:
    household, person = await home_with()
    first = await complete(world, person, "six_indicators", six(4))
    need = uuid4()
    await Need(id=need, number="ND-1", household=household, division=VILLAGE, service="daily_care", visits=4,
               minutes=60, priority="key", status="submitted").save()  # fmt: skip
    key = uuid4()
    await carry_over(world["second_assessor"], key, first, world["assessor"].me, now())
    assert ((await row_of(first)).status, (await row_of(key)).status) == ("valid", "signed_first")
    await carry_over(world["second_assessor"], key, first, world["assessor"].me, now())
    await sign_second(world["assessor"], key, now())
    row = await row_of(key)
    assert (row.status, row.unchanged, row.previous, row.reason) == ("valid", True, first, "routine")
    assert (row.final_level, row.carried_needs) == ("full_care", [need])
    assert (await queries.contents(key)).answers == (await queries.contents(first)).answers
    assert (await row_of(first)).status == "expired"
    events = await Assessment.raw("SELECT action FROM audit_event WHERE subject = {}", str(need))
    assert [event["action"] for event in events] == ["need.carried_over"]


async def test_only_assessors_carry_over(world: World) -> None:
    _, person = await home_with()
    first = await complete(world, person, "six_indicators", six(0))
    with pytest.raises(NotAllowed):
        await carry_over(world["officer"], uuid4(), first, world["assessor"].me, now())


async def test_a_newer_version_of_the_form_is_answered_anew(world: World) -> None:
    _, person = await home_with()
    first = await complete(world, person, "six_indicators", six(0))
    form = await upload_form(world["bureau"], uuid4(), {**FORMS["six_indicators"], "version": "2027"}, now())
    await publish_form(world["lead"], form, now())
    with pytest.raises(Refused, match="assess anew"):
        await carry_over(world["assessor"], uuid4(), first, world["second_assessor"].me, now())


async def test_what_ends_soon_is_watched_once_and_what_is_over_expires(world: World) -> None:
    _, person = await home_with(category="dibao")
    key = await complete(world, person, "six_indicators", six(0))
    assert await look_after(now()) == (0, 0)
    later = now() + timedelta(days=160)
    assert await look_after(later) == (1, 0)
    assert await look_after(later) == (0, 0)
    assert await _tasks(key) == [("assessment.due", "forwarded")]
    assert await look_after(now() + timedelta(days=190)) == (0, 1)
    assert (await row_of(key)).status == "expired"
    found, total = await queries.assessments(world["worker"], "due", today(), 25, 0)
    assert (total, [one.id for one in found]) == (1, [key]), "still to be renewed"
    await complete(world, person, "six_indicators", six(1), reason="routine")
    assert (await queries.assessments(world["worker"], "due", today(), 25, 0))[1] == 0


async def test_a_new_assessment_settles_the_reminder(world: World) -> None:
    _, person = await home_with(category="dibao")
    key = await complete(world, person, "six_indicators", six(0))
    await look_after(now() + timedelta(days=160))
    await complete(world, person, "six_indicators", six(0), reason="routine")
    assert (await _tasks(key))[0][1] not in {"issued", "forwarded", "tracking", "urged"}


async def test_a_dispute_is_assessed_anew_by_people_who_did_not_make_the_first(world: World) -> None:
    _, person = await home_with()
    first = await complete(world, person, "six_indicators", six(0), second="worker")
    await dispute(world["coordinator"], uuid4(), first, "child", "She cannot walk any more.", now())
    assert ((await row_of(first)).status, (await _tasks(first))[0][0]) == ("disputed", "assessment.dispute")
    assert (await queries.latest(person, "six_indicators", today())).level == "full_self", "it counts until decided"
    with pytest.raises(Refused, match="may not assess"):
        await draft_of(world["assessor"], person, "six_indicators", six(4), reason="dispute")
    again = await draft_of(world["second_assessor"], person, "six_indicators", six(4), reason="dispute")
    assert (await row_of(again)).previous == first


async def test_a_finished_reassessment_closes_the_dispute(world: World) -> None:
    _, person = await home_with()
    first = await complete(world, person, "six_indicators", six(0))
    await dispute(world["officer"], uuid4(), first, "self", "I fell twice.", now())
    await Assessment.raw(
        "UPDATE app_user SET roles = roles || ARRAY['assessor']::varchar[] WHERE id = {}", world["grid"].me
    )
    again = await draft_of(world["worker"], person, "six_indicators", six(4), reason="dispute")
    from bangfu.assessments.signing import sign_first

    await sign_first(world["worker"], again, world["grid"].me, "", now())
    helper = world["grid"].__class__(
        world["grid"].user, "grid", "grid", frozenset({"assessor"}), world["grid"].scope
    )  # fmt: skip
    await sign_second(helper, again, now())
    assert ((await row_of(first)).status, (await row_of(again)).status) == ("reassessed", "valid")
    rows = await AssessmentDispute.objects().where(AssessmentDispute.assessment == first)
    assert [(one.status, one.reassessment) for one in rows] == [("reassessed", again)]


async def test_an_officer_upholds_with_a_reason_and_only_once(world: World) -> None:
    _, person = await home_with()
    first = await complete(world, person, "six_indicators", six(1))
    await dispute(world["coordinator"], uuid4(), first, "self", "Not agreed.", now())
    with pytest.raises(NotAllowed):
        await uphold(world["coordinator"], first, "No.", now())
    await uphold(world["officer"], first, "Seen at home, nothing else was found.", now())
    await uphold(world["officer"], first, "Seen at home, nothing else was found.", now())
    assert (await row_of(first)).status == "upheld"
    [one] = await queries.disputes_of(first)
    assert (one.status, one.reason, one.outcome) == ("upheld", "Not agreed.", "Seen at home, nothing else was found.")
    with pytest.raises(Refused):
        await dispute(world["coordinator"], uuid4(), first, "self", "Still not agreed.", now())
