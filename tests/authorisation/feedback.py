"""Routes and objects of feedback."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

from bangfu.agreements.rules import ROLES
from bangfu.agreements.tables import CareAgreement
from bangfu.dispatch.tables import Assignment
from bangfu.feedback import codes
from bangfu.feedback.tables import Callback, CallbackRound, ProcessObservation, Rating, RatingCode
from bangfu.households.tables import Household, Person
from bangfu.shared.clock import now, today
from tests.authorisation.row import Row, Stage
from tests.feedback import feedback_steps as steps
from tests.support import FOREIGN_VILLAGE, VILLAGE, World
from tests.visits import visit_steps

_CALLS = "/callbacks"
_ONE = f"{_CALLS}/{{callback:uuid}}"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", _CALLS): Row("callbacks.read"),
    ("GET", f"{_CALLS}/rounds/{{round_id:uuid}}"): Row("callbacks.read", "callback_round"),
    ("GET", f"{_CALLS}/calls"): Row("callbacks.read"),
    ("GET", _ONE): Row("callbacks.read", "callback"),
    ("POST", f"{_ONE}/number"): Row("callbacks.call", "callback"),
    ("POST", f"{_ONE}/attempts"): Row("callbacks.call", "callback"),
    ("POST", f"{_ONE}/answer"): Row("callbacks.call", "callback"),
    ("POST", f"{_ONE}/complaint"): Row("callbacks.call", "callback"),
    ("GET", "/rate"): Row("public"),
    ("POST", "/rate"): Row("public"),
    ("GET", "/rate/{code:str}"): Row("public", "rating_code"),
    ("POST", "/rate/{code:str}"): Row("public", "rating_code"),
    ("GET", "/rating-codes"): Row("ratings.codes"),
    ("POST", "/rating-codes/print"): Row("ratings.codes"),
    ("GET", "/ratings"): Row("callbacks.read"),
    ("GET", "/ratings/{rating:uuid}"): Row("callbacks.read", "rating"),
    ("GET", "/organization-feedback"): Row("feedback.organization"),
    ("GET", "/my-observations"): Row("observations.write"),
    ("GET", "/my-observations/{agreement:uuid}"): Row("observations.write", "own_observed"),
    ("POST", "/my-observations/{agreement:uuid}"): Row("observations.write", "own_observed"),
    ("GET", "/observations"): Row("observations.read"),
    ("GET", "/observations/{agreement:uuid}"): Row("observations.read", "observed"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """A call of a round, a score with words, an observed agreement, and their like in another county."""
    home, away = await _home(VILLAGE, "FB-own"), await _home(FOREIGN_VILLAGE, "FB-far")
    round_, callback = await _call(world, home, VILLAGE, "990101000000")
    far_round, far = await _call(world, away, FOREIGN_VILLAGE, "990102000000")
    stage.put("callback_round", round_, far_round)
    stage.put("callback", callback, far)
    stage.put(
        "rating", await _rating(world, round_, home, VILLAGE), await _rating(world, far_round, away, FOREIGN_VILLAGE)
    )
    stage.put("rating_code", await _card(world), "ABCDEFGH")
    agreement, far_agreement = await _observed(home, VILLAGE), await _observed(away, FOREIGN_VILLAGE)
    stage.put("observed", agreement, far_agreement)
    for name in ("volunteer", "other_volunteer"):
        task = await visit_steps.accepted(world, name)
        await Assignment.update(household=home).where(Assignment.id == task.id)
    stage.put("own_observed", agreement, far_agreement)
    await _file(world, agreement, home)


async def _home(division: str, number: str) -> UUID:
    home = Household(id=uuid4(), number=number, division=division, category="tekun", head_name="测试某")
    await home.save()
    await Person(id=uuid4(), household=home.id, is_head=True, name="测试某").save()
    return home.id


async def _call(world: World, home: UUID, division: str, county: str) -> tuple[UUID, UUID]:
    rows = await CallbackRound.raw("SELECT contract FROM contract_line WHERE id = {}", world.lines["visit_check"])
    year, quarter = steps.term()
    round_ = CallbackRound(
        id=uuid4(), kind="contract", subject=rows[0]["contract"] if division == VILLAGE else uuid4(), number="C-1",
        organization=world.organization, division=county, year=year, quarter=quarter, policy="2026-1", seed="0" * 64,
        served=1, quota=1, due_at=now() + timedelta(days=30),
    )  # fmt: skip
    await round_.save()
    callback = Callback(id=uuid4(), round=round_.id, household=home, division=division, place=1, mark="0" * 64)
    await callback.save()
    return round_.id, callback.id


async def _card(world: World) -> str:
    """The code of a card of a home that was served this quarter."""
    visit, code = (await steps.served(world))[0], codes.fresh()
    year, quarter = steps.term()
    await RatingCode(
        id=uuid4(), sheet=uuid4(), household=visit.household, division=VILLAGE, year=year, quarter=quarter,
        code_hash=codes.hashed(code), printed_by=world["coordinator"].me, expires_at=now() + timedelta(days=30),
    ).save()  # fmt: skip
    return code


async def _rating(world: World, round_: UUID, home: UUID, division: str) -> UUID:
    found = await CallbackRound.objects().get(CallbackRound.id == round_)
    assert found is not None
    code = RatingCode(
        id=uuid4(), sheet=uuid4(), household=home, division=division, year=found.year, quarter=found.quarter,
        code_hash=uuid4().hex, printed_by=world["coordinator"].me, expires_at=now() + timedelta(days=30),
    )  # fmt: skip
    await code.save()
    rating = Rating(
        id=uuid4(), kind="contract", subject=found.subject, household=home, division=division, year=found.year,
        quarter=found.quarter, source="self", stars=2, code=code.id, day=today(), has_words=False,
    )  # fmt: skip
    await rating.save()
    return rating.id


async def _observed(home: UUID, division: str) -> UUID:
    person = await Person.objects().get(Person.household == home)
    assert person is not None
    agreement = CareAgreement(
        id=uuid4(), number=f"ZL-{home.hex[:6]}", household=home, person=person.id, division=division,
        status="active", selfcare_level="semi", support_mode="dispersed", check_code=uuid4().hex[:14],
        starts_on=today() - timedelta(days=30), ends_on=today() + timedelta(days=300), activated_at=now(),
        duties_version="2026-1", document_hash="0" * 64,
    )  # fmt: skip
    await agreement.save()
    return agreement.id


async def _file(world: World, agreement: UUID, home: UUID) -> None:
    year, quarter = steps.term()
    await ProcessObservation(
        id=uuid4(), agreement=agreement, household=home, division=VILLAGE, carer=world.carers["volunteer"],
        observed_by=world["volunteer"].me, occasion="meal", observed_on=today(), year=year, quarter=quarter,
        answers=json.dumps({**dict.fromkeys(ROLES, "not_seen"), "caregiver": "kept"}),
    ).save()  # fmt: skip
