"""A caregiver without an organisation: an agreement, its quarter, its published score; everybody is made up."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from bangfu.agreements.tables import CareAgreement
from bangfu.households.tables import Household, Person
from bangfu.quality import freezing, life
from bangfu.quality.snapshot import Snapshot
from bangfu.quality.tables import QuarterScore
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import now, today
from bangfu.shared.database import transaction
from tests.quality.life_steps import AT
from tests.quality.quarter_facts import quarter, visit, window
from tests.support import VILLAGE, World


async def agreement_of(carer: UUID, organization: UUID | None = None) -> UUID:
    """An agreement in force since a month, with a home of its own."""
    home, person, key = uuid4(), uuid4(), uuid4()
    await Household(
        id=home, number=f"HH-{home.hex[:8]}", division=VILLAGE, category="tekun", head_name="测试某某"
    ).save()
    await Person(id=person, household=home, is_head=True, name="测试某某", name_grams=["测"]).save()
    await CareAgreement(
        id=key, number=f"XY-{key.hex[:8]}", household=home, person=person, division=VILLAGE, status="active",
        selfcare_level="semi", support_mode="dispersed", check_code=uuid4().hex[:14], carer=carer, pay_month=120,
        organization=organization, starts_on=today() - timedelta(days=30), ends_on=today() + timedelta(days=300),
        activated_at=now() - timedelta(days=30), duties_version="2026-1", document_hash="0" * 64,
    ).save()  # fmt: skip
    return key


def facts(agreement: UUID, number: str, missed: int = 3) -> Snapshot:
    """Twenty windows of one home, some of them missed."""
    return quarter(
        kind="agreement", subject=str(agreement), number=number, organization="", checks_required=0,
        terms={"perf_share": "1.0000", "pay_rule": "steps", "monthly_rate": "120.00", "months": "3"},
        windows=tuple(
            window(n, "missed" if n <= missed else "filled", recipient="R1", line="") for n in range(1, 21)
        ),
        visits=tuple(visit(n, recipient="R1", line="") for n in range(missed + 1, 21)),
    )  # fmt: skip


async def published(world: World, carer: UUID, agreement: UUID | None = None, at: datetime = AT) -> UUID:
    """The score of a caregiver's third quarter of 2026, confirmed and published by two people."""
    subject = agreement or await agreement_of(carer)
    row = await CareAgreement.objects().get(CareAgreement.id == subject)
    assert row is not None
    score = uuid4()
    async with transaction():
        await QuarterScore(
            id=score, kind="agreement", subject=subject, number=row.number, organization=row.organization, carer=carer,
            division=VILLAGE, year=2026, quarter=3, frozen_at=at,
        ).save()  # fmt: skip
        await freezing._revise(SYSTEM, score, VILLAGE, 1, facts(subject, row.number), "freeze", at)
        await life.begun(score, at)
    await life.confirm(world["assessor"], score, at)
    await life.publish(world["bureau"], score, at)
    return score
