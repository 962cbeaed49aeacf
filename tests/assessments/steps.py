"""Short ways through an assessment, for tests."""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID, uuid4

from bangfu.assessments.recording import Circumstances, begin, save_answers
from bangfu.assessments.signing import sign_first, sign_second
from bangfu.assessments.tables import Assessment, AssessmentForm
from bangfu.households.tables import Household, Person
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now, today
from tests.assessments.answers import FORMS
from tests.support import VILLAGE, World


async def home_with(birth: date | None = None, category: str = "tekun") -> tuple[UUID, UUID]:
    """A household of the cast's village and its head."""
    household, person = uuid4(), uuid4()
    await Household(
        id=household, number=f"HH-{household.hex[:8]}", division=VILLAGE, category=category, head_name="测试甲"
    ).save()
    await Person(
        id=person, household=household, is_head=True, name="测试甲", birth_date=birth, name_grams=["测"]
    ).save()
    return household, person


async def form_of(code: str) -> UUID:
    """The form in use."""
    rows = await AssessmentForm.select(AssessmentForm.id).where(
        (AssessmentForm.code == code) & (AssessmentForm.status == "published")
    )
    found: UUID = rows[0]["id"]
    return found


async def draft_of(
    actor: Actor, person: UUID, code: str, answers: Mapping[str, str], *, reason: str = "first", days_ago: int = 0
) -> UUID:
    """A draft with its answers."""
    facts = Circumstances(reason, today() - timedelta(days=days_ago))
    key = await begin(actor, uuid4(), person, await form_of(code), facts, now())
    for area in FORMS[code]["areas"]:
        await save_answers(actor, key, area["code"], answers, now())
    return key


async def complete(
    world: World, person: UUID, code: str, answers: Mapping[str, str], *, first: str = "assessor",
    second: str = "second_assessor", contradiction: str = "", reason: str = "first",
) -> UUID:  # fmt: skip
    """An assessment that both have signed."""
    key = await draft_of(world[first], person, code, answers, reason=reason)
    await sign_first(world[first], key, world[second].me, contradiction, now())
    await sign_second(world[second], key, now())
    return key


async def row_of(assessment: UUID) -> Assessment:
    """The stored row."""
    row = await Assessment.objects().get(Assessment.id == assessment)
    assert row is not None
    return row
