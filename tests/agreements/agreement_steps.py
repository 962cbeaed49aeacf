"""Steps of the stories about care agreements: a home in special difficulty, rates, a draft, signatures."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from bangfu.agreements import drafting, handing_out, rates, rules, signing
from bangfu.agreements.drafting import Content, Line, Named
from bangfu.agreements.rate_rules import USUAL
from bangfu.agreements.signing import Signature
from bangfu.agreements.tables import CareAgreement, CareBase, CareRateSheet
from bangfu.households.sealing import PersonFacts, household_columns, person_columns
from bangfu.households.tables import Household, Person
from bangfu.shared.clock import now, today
from bangfu.shared.files import Looked
from tests.support import VILLAGE, World

SCAN = Looked("signed.pdf", "application/pdf", b"%PDF-1.4 signed page")
NAME, CAREGIVER = "测试某某", "测试邻居"
OFFICES = ("county_government", "township_government", "civil_affairs_bureau", "village", "institution")


async def put_rates(world: World, prefix: str = "990101", at: datetime | None = None) -> None:
    """Published rates of the county: subsidy 120.00, minimum wage 2200.00, the usual factors."""
    moment, since = at or now(), date(2026, 1, 1)
    sheet = await rates.enter_sheet(world["bureau"], uuid4(), prefix, since, "东民发〔2026〕1号", USUAL, moment)
    await rates.publish(world["lead"], CareRateSheet, sheet, moment)
    for kind, amount in (("disabled_subsidy", "120.00"), ("minimum_wage", "2200.00")):
        base = await rates.enter_base(
            world["bureau"], uuid4(), prefix, kind, Decimal(amount), since, "东政发〔2026〕2号", moment
        )
        await rates.publish(world["lead"], CareBase, base, moment)


async def home(
    level: str = "semi", mode: str = "dispersed", born: date = date(1950, 5, 1), **more: Any
) -> tuple[UUID, UUID]:
    """(household, person) of one person in special difficulty."""
    household, person = uuid4(), uuid4()
    values = {"division": VILLAGE, "category": "tekun", "support_mode": mode, "selfcare_level": level, **more}
    columns = household_columns(household, head_name=NAME, address="柳树村一组三号")
    await Household(
        id=household,
        number=f"HH-{household.hex[:6]}",
        category_since=today() - timedelta(days=40),
        **{**columns, **values},
    ).save()
    facts = PersonFacts(NAME, is_head=True, sex="f", birth_date=born, selfcare_level=level, phone="+8613900000001")
    await Person(id=person, household=household, **person_columns(person, facts)).save()
    return household, person


def content(**more: Any) -> Content:
    """A complete content for a year from today."""
    usual = Content(
        today(), rules.last_possible(today()),
        (Line("daily_care", 3, "week", 90), Line("visit_check", 1, "week", 30)),
        caregiver=Named(CAREGIVER, "+8613900000002", "neighbour"),
        emergency=Named("测试亲友", "+8613900000003", "other"), wish="愿意住在自己家里，由邻居照料。",
    )  # fmt: skip
    return replace(usual, **more)


async def draft(world: World, **more: Any) -> UUID:
    """A draft of the officer for a new home."""
    household, person = await home()
    return await drafting.begin(world["officer"], uuid4(), household, person, content(**more), now())


async def row(agreement: UUID) -> CareAgreement:
    found = await CareAgreement.objects().get(CareAgreement.id == agreement)
    assert found is not None
    return found


async def handed_out(world: World, agreement: UUID | None = None, **more: Any) -> UUID:
    """An agreement that is being signed."""
    made = agreement or await draft(world, **more)
    await handing_out.hand_out(world["officer"], made, (await row(made)).revision, now())
    return made


async def sign(
    world: World, agreement: UUID, role: str, who: str = "coordinator", at: datetime | None = None, **more: Any
) -> str:
    """One party signs on paper; the caregiver and the person with their own names."""
    own = {"caregiver": CAREGIVER, "person": NAME}.get(role, "测试经办")
    given = Signature(
        **{"method": "scan", "seen": (await row(agreement)).document_hash, "signatory": own,
           "capacity": "self" if role in rules.NATURAL else "agent", **more}
    )  # fmt: skip
    looked = None if given.method == "electronic" else SCAN
    return await signing.sign(world[who], agreement, role, given, looked, at or now())


async def signed_by_all(world: World, agreement: UUID | None = None, **more: Any) -> UUID:
    """An agreement in force."""
    made = agreement or await handed_out(world, **more)
    for role in rules.ROLES:
        signatory = {} if role != "caregiver" or not more.get("carer") else {"signatory": "员nurse"}
        await sign(world, made, role, **signatory)
    return made
