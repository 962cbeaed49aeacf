"""An agreement from the draft to the seventh signature, with everything that is refused on the way."""

import asyncio
import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from bangfu.agreements import drafting, handing_out, queries, rules
from bangfu.agreements.document import digest
from bangfu.agreements.tables import AgreementParty
from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.households.tables import Household, Kinship, Person
from bangfu.shared.clock import now, today
from bangfu.shared.tables import AuditEvent
from tests.agreements.agreement_steps import (
    CAREGIVER,
    NAME,
    content,
    draft,
    handed_out,
    home,
    put_rates,
    row,
    sign,
    signed_by_all,
)  # fmt: skip
from tests.support import World


async def test_a_draft_takes_the_level_and_the_rate_of_its_place_and_keeps_the_arithmetic(world: World) -> None:
    await put_rates(world)
    found = await row(await draft(world))
    assert (found.selfcare_level, found.support_mode, found.pay_month) == ("semi", "dispersed", Decimal("240.00"))
    kept = json.loads(found.rate_arithmetic)
    assert (kept["base"], kept["factor"], kept["amount"]) == ("120.00", "2", "240.00")
    assert found.number.startswith("XY-")
    assert await AgreementParty.count().where(AgreementParty.agreement == found.id) == 7


@pytest.mark.parametrize(
    ("more", "field"),
    [({"pay_month": Decimal("239.99")}, "pay_month"), ({"lines": ()}, "lines"),
     ({"ends_on": date(2040, 1, 1)}, "ends_on")],
)  # fmt: skip
async def test_a_draft_that_does_not_fit_names_the_field(world: World, more: dict[str, object], field: str) -> None:
    await put_rates(world)
    with pytest.raises(FormError) as fault:
        await draft(world, **more)
    assert field in fault.value.fields


async def test_without_a_published_rate_the_draft_says_what_to_enter(world: World) -> None:
    with pytest.raises(Refused, match="No published rate"):
        await draft(world)


async def test_who_may_draft_and_for_whom(world: World) -> None:
    await put_rates(world)
    household, person = await home()
    for name, fault in (("coordinator", NotAllowed), ("outside_officer", NotYours)):
        with pytest.raises(fault):
            await drafting.begin(world[name], uuid4(), household, person, content(), now())
    with pytest.raises(NotYours):
        await drafting.begin(world["officer"], uuid4(), household, (await home())[1], content(), now())
    for more in ({"category": "dibao"}, {"mode": ""}, {"level": ""}):
        other = await home(**more)  # type: ignore[arg-type]
        with pytest.raises(Refused):
            await drafting.begin(world["officer"], uuid4(), *other, content(), now())


async def test_a_repeat_makes_one_draft_and_a_second_one_is_refused(world: World) -> None:
    await put_rates(world)
    (household, person), key = await home(), uuid4()
    for _ in range(2):
        assert await drafting.begin(world["officer"], key, household, person, content(), now()) == key
    with pytest.raises(Refused, match="go on with that one"):
        await drafting.begin(world["second_officer"], uuid4(), household, person, content(), now())


async def test_it_is_handed_out_only_with_the_persons_own_wish_and_somebody_to_call(world: World) -> None:
    await put_rates(world)
    agreement = await draft(world, wish="")
    with pytest.raises(Refused, match="own wish"):
        await handed_out(world, agreement)
    agreement = await draft(world, emergency=drafting.Named())
    with pytest.raises(Refused, match="emergency"):
        await handed_out(world, agreement)


async def test_it_is_in_force_only_with_the_seventh_signature(world: World) -> None:
    await put_rates(world)
    agreement = await handed_out(world)
    person = (await row(agreement)).person
    for n, role in enumerate(rules.ROLES):
        assert (await row(agreement)).status == "party_signing", n
        assert not await queries.payable_on(person, today())
        await sign(world, agreement, role)
    assert (await row(agreement)).status == "active"
    assert await queries.payable_on(person, today())
    assert not await queries.payable_on(person, today() - timedelta(days=1))
    assert await queries.in_force(person) == agreement


async def test_the_paper_has_all_names_and_its_hash_while_pages_mask_them(world: World) -> None:
    await put_rates(world)
    agreement = await signed_by_all(world)
    paper = await queries.printed(agreement)
    assert paper["person"]["name"] == NAME
    assert paper["caregiver"]["name"] == CAREGIVER
    assert paper["emergency"]["phone"] == "13900000003"
    assert paper["signed"] == 7
    beside = {"hash", "status", "signatures", "signed", "ended_on", "end_reason", "activated_at"}
    assert digest({name: part for name, part in paper.items() if name not in beside}) == paper["hash"]
    view = await queries.agreement_for(world["officer"], agreement)
    assert (view.person_name, view.caregiver_name, view.emergency["name"]) == ("测***", "测***", "测***")
    known = await queries.by_check_code(paper["check_code"])
    assert known is not None
    assert (known["status"], known["signed"], known["hash"]) == ("active", 7, paper["hash"])


async def test_a_change_of_content_voids_the_signatures(world: World) -> None:
    await put_rates(world)
    agreement = await handed_out(world)
    old = (await row(agreement)).document_hash
    for role in rules.ROLES[:5]:
        await sign(world, agreement, role)
    fallen = await drafting.change(
        world["officer"], agreement, (await row(agreement)).revision, content(wish="愿意由侄女照料。"), now()
    )
    assert (fallen, (await row(agreement)).status) == (5, "draft")
    await handed_out(world, agreement)
    assert (await row(agreement)).document_hash not in ("", old)
    with pytest.raises(Refused, match="content changed"):
        await sign(world, agreement, "village", seen=old)
    assert await AuditEvent.exists().where(AuditEvent.action == "agreement.signatures_voided")
    await signed_by_all(world, agreement)
    with pytest.raises(Refused):
        await drafting.change(world["officer"], agreement, (await row(agreement)).revision, content(), now())


async def test_a_stale_form_does_not_overwrite_what_was_signed_meanwhile(world: World) -> None:
    await put_rates(world)
    agreement = await handed_out(world)
    seen = (await row(agreement)).revision
    await sign(world, agreement, "village")
    with pytest.raises(Refused, match="Somebody changed or signed"):
        await drafting.change(world["officer"], agreement, seen, content(), now())


async def test_recorder_and_party_are_kept_apart(world: World) -> None:
    await put_rates(world)
    agreement = await handed_out(world)
    with pytest.raises(Refused, match="You drafted"):
        await sign(world, agreement, "person", "officer")
    with pytest.raises(NotAllowed):
        await sign(world, agreement, "village", "bureau")
    with pytest.raises(NotYours):
        await sign(world, agreement, "village", "outside_coordinator")
    household = (await row(agreement)).household
    await Kinship(
        id=uuid4(), household=household, user=world["coordinator"].me, relation="child", starts_on=today()
    ).save()
    with pytest.raises(NotAllowed):
        await sign(world, agreement, "person", "coordinator")


async def test_the_caregiver_records_no_signature(world: World) -> None:
    await put_rates(world)
    agreement = await handed_out(world, carer=world.carers["social_worker"])
    with pytest.raises(Refused, match="You are the caregiver"):
        await sign(world, agreement, "person", "worker")


async def test_accounts_sign_for_their_own_party_only(world: World) -> None:
    await put_rates(world)
    agreement = await handed_out(world, e_signing=True, organization=world.organization)
    await sign(world, agreement, "institution", "manager", method="electronic")
    await sign(world, agreement, "civil_affairs_bureau", "lead", method="electronic")
    await sign(world, agreement, "township_government", "officer", method="electronic")
    with pytest.raises(NotYours):
        await sign(world, agreement, "institution", "other_manager", method="electronic")
    with pytest.raises(NotAllowed):
        await sign(world, agreement, "village", "manager", method="electronic")
    with pytest.raises(NotAllowed):
        await sign(world, agreement, "caregiver", "manager")
    party = await AgreementParty.objects().get(
        (AgreementParty.agreement == agreement) & (AgreementParty.role == "institution")
    )
    assert party is not None
    assert (party.signed_by, party.signed_hash) == (world["manager"].me, (await row(agreement)).document_hash)


async def test_a_minor_needs_a_guardian(world: World) -> None:
    await put_rates(world)
    household, person = await home(born=today() - timedelta(days=365 * 10))
    agreement = await drafting.begin(world["officer"], uuid4(), household, person, content(), now())
    assert (await row(agreement)).needs_guardian
    await handed_out(world, agreement)
    with pytest.raises(FormError) as fault:
        await sign(world, agreement, "person")
    assert "capacity" in fault.value.fields
    await sign(world, agreement, "person", capacity="guardian", signatory="测试监护")


@pytest.mark.database
async def test_the_last_two_at_once_put_it_in_force_once(world: World) -> None:
    await put_rates(world)
    agreement = await handed_out(world)
    for role in rules.ROLES[:5]:
        await sign(world, agreement, role)
    await asyncio.gather(
        sign(world, agreement, "caregiver"), sign(world, agreement, "person"), sign(world, agreement, "person")
    )
    assert (await row(agreement)).status == "active"
    assert (
        await AuditEvent.count().where(
            (AuditEvent.action == "agreement.activated") & (AuditEvent.subject == str(agreement))
        )
        == 1
    )


@pytest.mark.database
async def test_two_who_record_the_same_signature_at_once_leave_one(world: World) -> None:
    await put_rates(world)
    agreement = await handed_out(world)
    tries = await asyncio.gather(
        sign(world, agreement, "village", "coordinator"), sign(world, agreement, "village", "worker"),
        return_exceptions=True,
    )  # fmt: skip
    assert sum(isinstance(one, Refused) for one in tries) == 1
    assert (await queries.agreement_for(world["officer"], agreement)).signed == 1


@pytest.mark.database
async def test_a_change_and_a_signature_at_once_never_leave_a_signature_on_another_content(world: World) -> None:
    await put_rates(world)
    agreement = await handed_out(world)
    revision = (await row(agreement)).revision
    await asyncio.gather(
        drafting.change(world["officer"], agreement, revision, content(wish="另一个意愿。"), now()),
        sign(world, agreement, "village"),
        return_exceptions=True,
    )
    found = await row(agreement)
    wrong = await AgreementParty.raw(
        "SELECT 1 FROM agreement_party WHERE agreement = {} AND signed_at IS NOT NULL AND signed_hash <> {}",
        agreement, found.document_hash,
    )  # fmt: skip
    assert wrong == []


async def test_the_bureau_guides_a_draft_and_nobody_else(world: World) -> None:
    await put_rates(world)
    agreement = await draft(world)
    await handing_out.guide(world["bureau"], agreement, "请写明用药提醒。", now())
    with pytest.raises(NotAllowed):
        await handing_out.guide(world["officer"], agreement, "好", now())
    assert (await queries.agreement_for(world["officer"], agreement)).guidance == "请写明用药提醒。"


async def test_names_stay_as_they_were_signed_when_the_register_changes(world: World) -> None:
    await put_rates(world)
    agreement = await signed_by_all(world)
    await Person.update(name="改名某").where(Person.id == (await row(agreement)).person)
    await Household.update(selfcare_level="full_care").where(Household.id == (await row(agreement)).household)
    assert (await queries.printed(agreement))["person"]["name"] == NAME


def test_contents_are_values() -> None:
    assert replace(content(), wish="x") != content()
