"""Routes and objects of assessments."""

from datetime import timedelta
from uuid import UUID, uuid4

from bangfu.assessments.scoring import score
from bangfu.assessments.sealing import sealed_result
from bangfu.assessments.tables import Assessment, AssessmentDispute, AssessmentForm
from bangfu.households.tables import Household, Person
from bangfu.shared.clock import now, today
from tests.assessments.answers import FORMS, six
from tests.authorisation.row import Row, Stage
from tests.support import World

_ONE = "/assessments/{assessment:uuid}"
_FORM = "/assessment-forms/{form:uuid}"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/assessments"): Row("assessments.read"),
    ("GET", "/households/{household:uuid}/assessments"): Row("assessments.read", "household"),
    ("GET", "/households/{household:uuid}/assessments/new"): Row("assessments.assess", "household"),
    ("POST", "/households/{household:uuid}/assessments/new"): Row("assessments.assess", "household"),
    ("GET", _ONE): Row("assessments.read", "assessment"),
    ("GET", f"{_ONE}/edit"): Row("assessments.assess", "own_assessment"),
    ("POST", f"{_ONE}/edit"): Row("assessments.assess", "own_assessment"),
    ("GET", f"{_ONE}/fill"): Row("assessments.assess", "own_assessment"),
    ("POST", f"{_ONE}/fill"): Row("assessments.assess", "own_assessment"),
    ("POST", f"{_ONE}/sign"): Row("assessments.assess", "own_assessment"),
    ("POST", f"{_ONE}/countersign"): Row("assessments.assess", "own_assessment"),
    ("POST", f"{_ONE}/send-back"): Row("assessments.assess", "own_assessment"),
    ("POST", f"{_ONE}/take-back"): Row("assessments.assess", "own_assessment"),
    ("POST", f"{_ONE}/void"): Row("assessments.assess", "own_assessment"),
    ("POST", f"{_ONE}/carry-over"): Row("assessments.assess", "assessment"),
    ("POST", f"{_ONE}/dispute"): Row("assessments.dispute", "assessment"),
    ("POST", f"{_ONE}/uphold"): Row("assessments.decide", "disputed_assessment"),
    ("POST", f"{_ONE}/answers"): Row("assessments.answers", "assessment"),
    ("GET", "/assessment-forms"): Row("assessments.read"),
    ("GET", "/assessment-forms/new"): Row("assessment_forms.edit"),
    ("POST", "/assessment-forms/new"): Row("assessment_forms.edit"),
    ("GET", _FORM): Row("assessments.read", "assessment_form"),
    ("POST", f"{_FORM}/try"): Row("assessments.read", "assessment_form"),
    ("POST", f"{_FORM}/publish"): Row("assessment_forms.publish", "assessment_form"),
    ("POST", f"{_FORM}/retire"): Row("assessment_forms.publish", "assessment_form"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """An assessment in force, a disputed one, a draft of each assessor, and their like in another county."""
    home, away = stage.own["household"][""], stage.foreign["household"][""]
    assert isinstance(home, UUID)
    assert isinstance(away, UUID)
    valid, far = await _assessment(world, home, "valid"), await _assessment(world, away, "valid")
    stage.put("assessment", valid, far)
    disputed, far_disputed = await _assessment(world, home, "disputed"), await _assessment(world, away, "disputed")
    stage.put("disputed_assessment", disputed, far_disputed)
    stage.put("own_assessment", await _assessment(world, home, "draft"), await _assessment(world, away, "draft"))
    for name in ("worker", "assessor", "second_assessor"):
        draft, far_draft = await _assessment(world, home, "draft", name), await _assessment(world, away, "draft", name)
        stage.put("own_assessment", draft, far_draft, name)
    forms = await AssessmentForm.select(AssessmentForm.id).where(AssessmentForm.code == "gbt42195")
    stage.put("assessment_form", forms[0]["id"], uuid4())


async def _assessment(world: World, household: UUID, status: str, first: str = "assessor") -> UUID:
    """Every assessment is of a member of its own, so that none stands in another's way."""
    rows = await Household.select(Household.division).where(Household.id == household)
    person = Person(id=uuid4(), household=household, name="测试员", name_grams=["测"])
    await person.save()
    forms = await AssessmentForm.select(AssessmentForm.id).where(AssessmentForm.code == "six_indicators")
    key, done = uuid4(), status != "draft"
    signed = {
        "second_assessor": world["second_assessor"].me, "first_signed_at": now(), "second_signed_at": now(),
        "completed_at": now(), "final_level": "semi", "preliminary_level": "semi",
        "valid_until": today() + timedelta(days=20),
        "arithmetic_enc": sealed_result(key, score(FORMS["six_indicators"], six(2))),
    } if done else {}  # fmt: skip
    await Assessment(
        id=key, number=f"PG-{key.hex[:8]}", household=household, person=person.id, division=rows[0]["division"],
        form=forms[0]["id"], form_code="six_indicators", form_version="2021", status=status, assessed_on=today(),
        first_assessor=world[first].me, **signed,
    ).save()  # fmt: skip
    if status == "disputed":
        await AssessmentDispute(id=uuid4(), assessment=key, due_at=now() + timedelta(days=3)).save()
    return key
