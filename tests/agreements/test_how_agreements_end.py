"""How agreements end and go on: the clock, a changed level, death and its undoing, admission, renewal, relatives."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from bangfu.agreements import drafting, ending, queries, renewing, rules
from bangfu.agreements.due import look_after
from bangfu.agreements.tables import CareAgreement
from bangfu.assessments.actions import Completed
from bangfu.assessments.tables import Assessment, AssessmentForm
from bangfu.errors import FormError, NotAllowed, Refused
from bangfu.households.kinship import related_carers
from bangfu.households.leaving import Leaving, record_leaving, undo_leaving
from bangfu.households.tables import Household, Person
from bangfu.shared.clock import now, today
from bangfu.shared.database import transaction
from bangfu.supervision.tables import SupervisionTask
from tests.agreements.agreement_steps import content, draft, handed_out, put_rates, row, sign, signed_by_all
from tests.support import World


async def _task(agreement: UUID, kind: str) -> str:
    rows = await SupervisionTask.select(SupervisionTask.status).where(
        (SupervisionTask.subject == agreement) & (SupervisionTask.kind == kind)
    )
    return rows[0]["status"] if rows else ""


async def _assessed(world: World, agreement: UUID, level: str) -> None:
    """A completed assessment of the person, told to agreements as the assessments do it."""
    found, key = await row(agreement), uuid4()
    forms = await AssessmentForm.select(AssessmentForm.id).where(AssessmentForm.code == "six_indicators")
    await Assessment(
        id=key, number=f"PG-{key.hex[:8]}", household=found.household, person=found.person, division=found.division,
        form=forms[0]["id"], form_code="six_indicators", form_version="2021", status="expired", assessed_on=today(),
        first_assessor=world["assessor"].me, second_assessor=world["second_assessor"].me, first_signed_at=now(),
        second_signed_at=now(), completed_at=now(), final_level=level, valid_until=today(),
    ).save()  # fmt: skip
    await Person.update(selfcare_level=level).where(Person.id == found.person)
    told = Completed(
        key, f"PG-{key.hex[:8]}", found.household, found.person, found.division, "six_indicators", "2021",
        "selfcare_level", level, found.selfcare_level, today(), today(), False,
    )  # fmt: skip
    async with transaction():
        await ending.level_changed(world["assessor"], told, now())


async def test_thirty_days_before_the_end_the_renewal_is_due_and_after_the_end_it_expires(world: World) -> None:
    await put_rates(world)
    agreement = await signed_by_all(world, ends_on=today() + timedelta(days=40))
    assert await look_after(now()) == 0
    assert await look_after(now() + timedelta(days=10)) == 1
    assert (await row(agreement)).status == "renewal_due"
    assert await _task(agreement, ending.RENEW) == "forwarded"
    assert await look_after(now() + timedelta(days=10)) == 0, "once"
    assert await look_after(now() + timedelta(days=41)) == 1
    assert (await row(agreement)).status == "expired"


async def test_it_is_renewed_unchanged_in_one_click_and_signed_anew(world: World) -> None:
    await put_rates(world)
    agreement = await signed_by_all(world, ends_on=today() + timedelta(days=20))
    await look_after(now())
    key = uuid4()
    for _ in range(2):
        assert await renewing.renew(world["officer"], key, agreement, now()) == key
    fresh = await row(key)
    assert (fresh.status, fresh.starts_on) == ("party_signing", today() + timedelta(days=21))
    assert (await row(agreement)).status == "renewal_due", "the old one counts until the new one is signed"
    await signed_by_all(world, key)
    assert ((await row(agreement)).status, (await row(key)).status) == ("renewed", "active")
    person = fresh.person
    assert [await queries.payable_on(person, today() + timedelta(days=n)) for n in (0, 20, 21, 380, 400)] == [
        True, True, True, True, False,
    ]  # fmt: skip
    assert await _task(agreement, ending.RENEW) == "cancelled"


async def test_a_changed_level_asks_for_a_new_agreement_at_the_new_rate(world: World) -> None:
    await put_rates(world)
    agreement = await signed_by_all(world)
    await _assessed(world, agreement, "semi")
    assert await _task(agreement, ending.REMAKE) == "", "the same level changes nothing"
    await _assessed(world, agreement, "full_care")
    assert await _task(agreement, ending.REMAKE) == "forwarded"
    assert (await row(agreement)).outdated_by is not None
    with pytest.raises(Refused, match="make the agreement anew"):
        await renewing.renew(world["officer"], uuid4(), agreement, now())
    fresh = await renewing.make_anew(world["officer"], uuid4(), agreement, "level", now())
    assert ((await row(fresh)).selfcare_level, str((await row(fresh)).pay_month)) == ("full_care", "360.00")
    await handed_out(world, fresh)
    await signed_by_all(world, fresh)
    old = await row(agreement)
    assert (old.status, old.end_reason, old.ended_on) == ("terminated", "level", today() - timedelta(days=1))


async def test_a_death_terminates_and_its_undoing_brings_back(world: World) -> None:
    await put_rates(world)
    agreement, key = await signed_by_all(world), uuid4()
    found = await row(agreement)
    await record_leaving(
        world["officer"], found.household, found.person, key, Leaving("died", today()), "村里报告", now()
    )
    ended = await row(agreement)
    assert (ended.status, ended.end_reason, ended.ended_on) == ("terminated", "death", today())
    await undo_leaving(world["second_officer"], found.household, key, "同名登记错误", now())
    assert ((await row(agreement)).status, (await row(agreement)).end_reason) == ("active", "")
    assert await queries.payable_on(found.person, today())


async def test_admission_to_an_institution_ends_an_agreement_on_care_at_home(world: World) -> None:
    await put_rates(world)
    agreement = await signed_by_all(world)
    await Household.update(support_mode="centralized").where(Household.id == (await row(agreement)).household)
    assert await look_after(now()) == 1
    assert (await row(agreement)).end_reason == "admission"


async def test_who_terminates_and_when(world: World) -> None:
    await put_rates(world)
    agreement = await signed_by_all(world)
    with pytest.raises(NotAllowed):
        await ending.terminate(world["bureau"], agreement, "breach", "未履行", today(), now())
    with pytest.raises(FormError):
        await ending.terminate(world["officer"], agreement, "breach", "未履行", today() + timedelta(days=1), now())
    for _ in range(2):
        await ending.terminate(world["officer"], agreement, "breach", "未履行", today(), now())
    with pytest.raises(Refused):
        await ending.terminate(world["officer"], agreement, "other", "再次", today(), now())
    with pytest.raises(Refused):
        await sign(world, agreement, "village", "worker")


async def test_a_relative_may_care_while_the_agreement_is_in_force(world: World) -> None:
    await put_rates(world)
    carer = world.carers["nurse"]
    agreement = await handed_out(
        world, carer=carer, caregiver=replace(content().caregiver, name="", phone="", relation="child")
    )
    household = (await row(agreement)).household
    for role in rules.ROLES:
        await sign(world, agreement, role, **({"signatory": "员nurse"} if role == "caregiver" else {}))
    assert await related_carers(household) == {carer}, "never a checker"
    assert await related_carers(household, for_care=True) == set()
    await ending.terminate(world["officer"], agreement, "caregiver", "", today(), now())
    assert await related_carers(household, for_care=True) == {carer}


async def test_a_draft_of_another_level_is_saved_anew_before_it_is_handed_out(world: World) -> None:
    await put_rates(world)
    agreement = await draft(world)
    await _assessed(world, agreement, "full_care")
    with pytest.raises(Refused, match="level of self-care has changed"):
        await handed_out(world, agreement)
    await drafting.change(world["officer"], agreement, (await row(agreement)).revision, content(), now())
    assert str((await row(agreement)).pay_month) == "360.00"
    await handed_out(world, agreement)


@pytest.mark.database
async def test_the_database_itself_keeps_signed_content_and_published_rates(world: World) -> None:
    await put_rates(world)
    agreement = await signed_by_all(world)
    for statement in (
        "UPDATE care_agreement SET pay_month = 1 WHERE activated_at IS NOT NULL",
        "UPDATE agreement_party SET duties = '' WHERE signed_at IS NOT NULL",
        "DELETE FROM agreement_party", "UPDATE care_rate SET factor = 9", "DELETE FROM care_rate",
        "UPDATE care_base SET amount = 1", "DELETE FROM care_rate_sheet",
    ):  # fmt: skip
        with pytest.raises(Exception, match=r"kept|keeps|never change"):
            await CareAgreement.raw(statement)
    assert (await row(agreement)).status == "active"
