"""Routes and objects of care agreements."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from bangfu.agreements import rates
from bangfu.agreements.document import check_code
from bangfu.agreements.rate_rules import USUAL
from bangfu.agreements.tables import AgreementParty, CareAgreement, CareBase, CareRateSheet
from bangfu.households.tables import Household, Person
from bangfu.shared.clock import now, today
from tests.agreements.agreement_steps import handed_out, put_rates, sign
from tests.authorisation.row import Row, Stage
from tests.support import FOREIGN_VILLAGE, World

_ONE = "/agreements/{agreement:uuid}"
_OWN = "/my-agreements/{agreement:uuid}"
_RATES = "/care-rates"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/agreements"): Row("agreements.read"),
    ("GET", "/agreements/coverage"): Row("agreements.read"),
    ("GET", "/agreements/coverage.csv"): Row("agreements.read"),
    ("GET", "/households/{household:uuid}/agreement"): Row("agreements.read", "household"),
    ("GET", "/households/{household:uuid}/agreements/new"): Row("agreements.draft", "household"),
    ("POST", "/households/{household:uuid}/agreements/new"): Row("agreements.draft", "household"),
    ("GET", _ONE): Row("agreements.read", "care_agreement"),
    ("GET", f"{_ONE}/edit"): Row("agreements.draft", "care_agreement"),
    ("POST", f"{_ONE}/edit"): Row("agreements.draft", "care_agreement"),
    ("POST", f"{_ONE}/hand-out"): Row("agreements.draft", "care_agreement"),
    ("POST", f"{_ONE}/sign"): Row("agreements.sign", "care_agreement"),
    ("POST", f"{_ONE}/guide"): Row("agreements.guide", "care_agreement"),
    ("POST", f"{_ONE}/terminate"): Row("agreements.draft", "care_agreement"),
    ("POST", f"{_ONE}/renew"): Row("agreements.draft", "care_agreement"),
    ("POST", f"{_ONE}/make-anew"): Row("agreements.draft", "care_agreement"),
    ("GET", f"{_ONE}/files/{{file:uuid}}"): Row("agreements.paper", "care_agreement+file"),
    ("GET", f"{_ONE}/paper"): Row("agreements.paper", "care_agreement"),
    ("GET", "/my-agreements"): Row("agreements.own"),
    ("GET", _OWN): Row("agreements.own", "own_agreement"),
    ("POST", f"{_OWN}/sign"): Row("agreements.own", "own_agreement"),
    ("GET", f"{_OWN}/paper"): Row("agreements.own", "own_agreement"),
    ("GET", "/verify"): Row("public"),
    ("GET", _RATES): Row("rates.read"),
    ("GET", f"{_RATES}/new"): Row("rates.edit"),
    ("POST", f"{_RATES}/new"): Row("rates.edit"),
    ("GET", f"{_RATES}/bases/new"): Row("rates.edit"),
    ("POST", f"{_RATES}/bases/new"): Row("rates.edit"),
    ("POST", f"{_RATES}/sheets/{{sheet:uuid}}/publish"): Row("rates.publish", "rate_sheet"),
    ("POST", f"{_RATES}/sheets/{{sheet:uuid}}/withdraw"): Row("rates.edit", "rate_sheet"),
    ("POST", f"{_RATES}/bases/{{base:uuid}}/publish"): Row("rates.publish", "care_base"),
    ("POST", f"{_RATES}/bases/{{base:uuid}}/withdraw"): Row("rates.edit", "care_base"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """An agreement that is being signed with one scan, drafts of rates, and their like in another county."""
    await put_rates(world)
    made, far = await handed_out(world, e_signing=True, organization=world.organization), await _far(world)
    await sign(world, made, "village")
    party = await AgreementParty.objects().get((AgreementParty.agreement == made) & (AgreementParty.role == "village"))
    assert party is not None
    stage.put("care_agreement", made, far)
    stage.put("care_agreement+file", (made, party.file), (far, uuid4()))
    stage.put("own_agreement", made, far)
    stage.put("own_agreement", far, made, "other_manager")
    since = date(2027, 1, 1)
    sheet = await rates.enter_sheet(world["bureau"], uuid4(), "990101", since, "文件", USUAL, now())
    base = await rates.enter_base(
        world["bureau"], uuid4(), "990101", "minimum_wage", Decimal("2300.00"), since, "文件", now()
    )
    far_sheet, far_base = uuid4(), uuid4()
    await CareRateSheet(id=far_sheet, division_prefix="990102", valid_from=since).save()
    await CareBase(
        id=far_base, division_prefix="990102", kind="minimum_wage", amount=Decimal("2000.00"), valid_from=since
    ).save()
    stage.put("rate_sheet", sheet, far_sheet)
    stage.put("care_base", base, far_base)


async def _far(world: World) -> UUID:
    """An agreement of another county and another institution, as far as a page needs it."""
    household = Household(
        id=uuid4(), number="H-far-care", division=FOREIGN_VILLAGE, category="tekun", support_mode="dispersed",
        head_name="测试某",
    )  # fmt: skip
    await household.save()
    person = Person(id=uuid4(), household=household.id, is_head=True, name="测试某", name_grams=["测"])
    await person.save()
    agreement = CareAgreement(
        id=uuid4(), number="XY-far", household=household.id, person=person.id, division=FOREIGN_VILLAGE,
        status="party_signing", selfcare_level="semi", support_mode="dispersed", check_code=check_code(),
        organization=world.other_organization, starts_on=today(), ends_on=today() + timedelta(days=300),
        document_hash="f" * 64, created_by=world["outside_officer"].me, rate_arithmetic="{}",
    )  # fmt: skip
    await agreement.save()
    await AgreementParty(id=uuid4(), agreement=agreement.id, role="institution").save()
    return agreement.id
