"""Routes and objects of scores, standards and goals."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from bangfu.contracts.tables import Contract
from bangfu.quality import standards
from bangfu.quality.freezing import freeze
from bangfu.quality.standard_rules import DEFAULT
from bangfu.quality.tables import NeedGoal, QuarterScore
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import now, today
from bangfu.shared.crypto import encrypt
from tests.authorisation.row import Row, Stage
from tests.quality import care_steps
from tests.support import FOREIGN_VILLAGE, VILLAGE, World

_SCORE = "/scores/{score:uuid}"
_CODE = "/indicators/{code:str}"
_MINE = "/my-scores"
_GOAL = "/goals/{goal:uuid}"
_STANDARD = "/standards/{standard:uuid}"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/scores"): Row("quality.read"),
    ("GET", "/scores/cohorts"): Row("quality.read"),
    ("GET", _SCORE): Row("quality.read", "quarter"),
    ("GET", f"{_SCORE}{_CODE}"): Row("quality.read", "quarter+code"),
    ("GET", "/contracts/{contract:uuid}/quarter"): Row("quality.read", "scored_contract"),
    ("GET", f"/contracts/{{contract:uuid}}/quarter{_CODE}"): Row("quality.read", "scored_contract+code"),
    ("GET", _MINE): Row("quality.own_score"),
    ("GET", f"{_MINE}/{{score:uuid}}"): Row("quality.own_score", "own_quarter"),
    ("GET", f"{_MINE}/{{score:uuid}}{_CODE}"): Row("quality.own_score", "own_quarter+code"),
    ("GET", f"{_MINE}/agreements/{{agreement:uuid}}"): Row("quality.own_score", "own_care"),
    ("GET", f"{_MINE}/agreements/{{agreement:uuid}}{_CODE}"): Row("quality.own_score", "own_care+code"),
    ("GET", f"{_MINE}/contracts/{{contract:uuid}}"): Row("quality.own", "own_scored_contract"),
    ("GET", f"{_MINE}/contracts/{{contract:uuid}}{_CODE}"): Row("quality.own", "own_scored_contract+code"),
    ("GET", "/standards"): Row("standards.read"),
    ("GET", "/standards/new"): Row("standards.edit"),
    ("POST", "/standards/new"): Row("standards.edit"),
    ("GET", _STANDARD): Row("standards.read", "standard"),
    ("GET", f"{_STANDARD}/edit"): Row("standards.edit", "standard_draft"),
    ("POST", f"{_STANDARD}/publish"): Row("standards.publish", "standard_draft"),
    ("GET", "/goals"): Row("goals.read"),
    ("GET", "/needs/{need:uuid}/goals"): Row("goals.read", "need"),
    ("POST", "/needs/{need:uuid}/goals"): Row("goals.set", "need"),
    ("GET", _GOAL): Row("goals.read", "goal"),
    ("POST", f"{_GOAL}/judge"): Row("goals.set", "goal"),
    ("POST", f"{_GOAL}/drop"): Row("goals.set", "goal"),
    ("POST", f"{_GOAL}/confirm"): Row("goals.confirm", "goal"),
    ("POST", f"{_GOAL}/return"): Row("goals.confirm", "goal"),
}  # fmt: skip
CARERS = ("caregiver", "other_caregiver", "worker", "volunteer", "other_volunteer")
_YEAR, _QUARTER = today().year - 1, 4
"""A quarter that no other part's objects are about."""


async def put_objects(stage: Stage, world: World) -> None:
    """Published scores of both organisations and of another county, a draft of a standard, goals."""
    own, rival = await _contract_of(world.organization), await _contract_of(world.other_organization)
    far = await _contract_of(world.other_organization, "990102000000")
    scores = {contract: await _published(world, contract) for contract in (own, rival, far)}
    for kind, mine, others in (
        ("quarter", scores[own], scores[far]), ("scored_contract", own, far),
    ):  # fmt: skip
        stage.put(kind, mine, others)
        stage.put(f"{kind}+code", (mine, "Q1"), (others, "Q1"))
    for kind, mine, others in (
        ("own_quarter", scores[own], scores[rival]), ("own_scored_contract", own, rival),
    ):  # fmt: skip
        for name, pair in (("", (mine, others)), ("other_manager", (others, mine))):
            stage.put(kind, *pair, name)
            stage.put(f"{kind}+code", (pair[0], "Q1"), (pair[1], "Q1"), name)
    await _put_care(stage, world)
    for name in ("city_bureau",):  # the whole city is its own: no county is foreign to it
        for kind, mine in (("quarter", scores[own]), ("scored_contract", own)):
            nobody = uuid4()
            stage.put(kind, mine, nobody, name)
            stage.put(f"{kind}+code", (mine, "Q1"), (nobody, "Q1"), name)
    await _put_standards(stage, world)
    goal, far_goal = (
        await _goal(stage.mine("need", ""), VILLAGE),
        await _goal(stage.others("need", ""), FOREIGN_VILLAGE),
    )
    stage.put("goal", goal, far_goal)
    stage.put("goal", goal, uuid4(), "city_bureau")


async def _put_care(stage: Stage, world: World) -> None:
    """An agreement of each person at the door, with a published score of its own; the organisations' have managers."""
    made = {
        name: await care_steps.agreement_of(world.carers[carer], getattr(world, body) if body else None)
        for name, carer, body in (
            ("caregiver", "nurse", "organization"), ("other_caregiver", "rival", "other_organization"),
            ("worker", "social_worker", ""), ("volunteer", "volunteer", ""), ("other_volunteer", "other_volunteer", ""),
        )
    }  # fmt: skip
    others = dict(zip(CARERS, CARERS[1:] + CARERS[:1], strict=True))
    scores = {
        name: await care_steps.published(world, world[name].carer or uuid4(), made[name], now()) for name in CARERS
    }
    for name, other in others.items():
        stage.put("own_care", made[name], made[other], name)
        stage.put("own_care+code", (made[name], "Q2"), (made[other], "Q2"), name)
        stage.put("own_quarter", scores[name], scores[other], name)
        stage.put("own_quarter+code", (scores[name], "Q2"), (scores[other], "Q2"), name)
        stage.put("care_score", scores[name], scores[other], name)
    for name, mine, other in (
        ("", "caregiver", "other_caregiver"), ("other_manager", "other_caregiver", "caregiver"),
    ):  # fmt: skip
        stage.put("own_care", made[mine], made[other], name)
        stage.put("own_care+code", (made[mine], "Q2"), (made[other], "Q2"), name)


async def _put_standards(stage: Stage, world: World) -> None:
    first = await standards.in_force("QS-1", today())
    since = today() + timedelta(days=90)
    stage.put("standard", first.id, uuid4())
    drafts = {}
    for name in ("bureau", "second_bureau", "city_bureau"):
        drafts[name] = await standards.draft(world[name], uuid4(), "QS-1", DEFAULT, since, "", now())
    for name, other in (("bureau", "second_bureau"), ("second_bureau", "bureau"), ("city_bureau", "bureau")):
        stage.put("standard_draft", drafts[name], drafts[other], name)
    stage.put("standard_draft", drafts["bureau"], uuid4())


async def _contract_of(organization: UUID, division: str = "990101000000") -> UUID:
    number = "C-scored" if division == "990101000000" else "C-scored-far"
    rows = await Contract.raw(
        "SELECT id FROM contract WHERE supplier = {} AND division = {} AND number = {}", organization, division, number
    )
    if rows:
        found: UUID = rows[0]["id"]
        return found
    made = Contract(
        id=uuid4(), number=number, project=number, division=division, supplier=organization, status="active",
        imported=True, total=Decimal("1.00"), starts_on=date(_YEAR, 1, 1), ends_on=today() + timedelta(days=300),
    )  # fmt: skip
    await made.save()
    return made.id


async def _published(world: World, contract: UUID) -> UUID:
    score = await freeze(SYSTEM, "contract", contract, _YEAR, _QUARTER, now())
    await QuarterScore.update(
        {
            "status": "published_prelim",
            "confirmed_by": world["assessor"].user,
            "confirmed_at": now(),
            "published_by": world["bureau"].user,
            "published_at": now(),
        }
    ).where(QuarterScore.id == score)
    return score


async def _goal(need: object, division: str) -> UUID:
    rows = await NeedGoal.raw("SELECT household FROM need WHERE id = {}", need)
    key = uuid4()
    await NeedGoal(
        id=key, need=need, household=rows[0]["household"], division=division, due_on=today(),
        text_enc=encrypt("能自己吃饭", f"need_goal:text_enc:{key}"),
    ).save()  # fmt: skip
    return key
