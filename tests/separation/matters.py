"""One matter for each duty, in the state in which that duty is due; everybody is made up."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from bangfu.accounts.tables import User
from bangfu.assessments.tables import Assessment
from bangfu.contracts import making
from bangfu.needs.tables import Need
from bangfu.oversight import check_appeals
from bangfu.oversight.check_reading import compared
from bangfu.quality import life_appealing
from bangfu.settlement import claiming
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import PERMISSIONS
from bangfu.visits.tables import Visit
from tests.assessments import steps as assessment_steps
from tests.contracts import contracting
from tests.dispatch.tasks import offered
from tests.needs.test_need_pages import ground_of, need_of
from tests.oversight import check_steps
from tests.quality import life_steps
from tests.settlement import settlement_steps
from tests.support import ROLES, World
from tests.visits import visit_steps

Place = tuple[str, str, UUID]
"""Where a duty is written down: table, column, row."""


@dataclass(frozen=True)
class Matter:
    """What somebody sends to do the duty, and where the earlier duties of the matter are written down."""

    path: str
    form: dict[str, Any]
    row: tuple[str, UUID]
    firsts: dict[str, Place]
    tries: Actor | None = None
    """Who alone can try it (an offer is one person's); else anybody of the role."""
    does: Actor | None = None
    """Who alone can do it (an inspector has a seat); else anybody of the role."""
    logged: bool = True
    """Whether the try reaches the matter at all: who has no seat finds nothing there (404)."""
    more: list[Actor] = field(default_factory=list)


async def another(world: World, role: str) -> Actor:
    """A new person with a role of the cast."""
    name = next(name for name, (held, _) in ROLES.items() if held == role)
    old = world[name]
    user = User(
        id=uuid4(), username=f"other.{uuid4().hex[:8]}", display_name=f"另一位{name}", password_hash="", roles=[role],
        scope=old.scope, lang="en", organization=old.organization, carer=None,
    )  # fmt: skip
    await user.save()
    return Actor(user.id, user.username, user.display_name, frozenset({role}), old.scope, old.organization)


async def _need(world: World, _role: str, visit: Any) -> Matter:
    need = await need_of(await visit("coordinator"))
    place = ("need", "submitted_by", need)
    return Matter(f"/needs/{need}/confirm", {"consent": await ground_of(need)}, ("need", need), {"submit_need": place})


async def _to_check(world: World, _role: str, _visit: Any) -> Matter:
    key = await contracting.drafted(world)
    await making.hand_on(world["bureau"], key, now())
    return Matter(f"/contracts/{key}/check", {}, ("contract", key), {"draft_contract": ("contract", "drafted_by", key)})


async def _to_approve(world: World, _role: str, _visit: Any) -> Matter:
    key = await contracting.submitted(world)
    firsts = {"draft_contract": ("contract", "drafted_by", key), "check_contract": ("contract", "checked_by", key)}
    return Matter(f"/contracts/{key}/approve", {}, ("contract", key), firsts)


async def _to_evaluate(world: World, _role: str, _visit: Any) -> Matter:
    task = await visit_steps.accepted(world)
    score = await life_steps.frozen(world)
    place = ("assignment", "offered_by", task.id)
    return Matter(f"/scores/{score}/confirm", {}, ("quarter_score", score), {"propose_match": place})


async def _to_publish(world: World, _role: str, _visit: Any) -> Matter:
    score = await life_steps.scored(world)
    place = ("quarter_score", "confirmed_by", score)
    return Matter(f"/scores/{score}/publish", {}, ("quarter_score", score), {"score": place})


async def _to_decide(world: World, _role: str, _visit: Any) -> Matter:
    score = await life_steps.published(world)
    appeal = await life_steps.appealed(world, score)
    at = life_steps.AT + timedelta(days=2)
    await life_appealing.answer(world["officer"], appeal, "confirmed", "属实。", None, at)
    form = {"decision": "dismissed", "decision_text": "没有新的证据。"}
    place = ("quarter_score", "confirmed_by", score)
    return Matter(f"/appeals/{appeal}/decide", form, ("score_appeal", appeal), {"score": place})


async def _to_verify(world: World, _role: str, _visit: Any) -> Matter:
    done = await visit_steps.submitted(world)
    return Matter(f"/visits/{done.id}/verify", {}, ("visit", done.id), {"deliver": ("visit", "submitted_by", done.id)})


SEATS: Final = {
    "township_officer": ("officer", "second_officer"), "bureau_officer": ("bureau", "second_bureau"),
    "assessor": ("assessor", "second_assessor"),
}  # fmt: skip


async def _to_inspect(world: World, role: str, _visit: Any) -> Matter:
    done = await visit_steps.submitted(world)
    await Visit.raw(
        "UPDATE visit SET status = 'verified', decided_at = now(), decided_by = {} WHERE id = {}",
        (await another(world, "township_officer")).me, done.id,
    )  # fmt: skip
    check = await check_steps.made(world, await visit_steps.visit(done.id), SEATS.get(role, SEATS["assessor"]))
    told = await compared(check.visit, now())
    assert told is not None
    form = {"method": "phone", "result": "fail", "reason": "shorter", "remarks": "只停留了十分钟", "said": "来去匆匆",
            "confirmation": "refused", "refused_reason": "unwilling"}  # fmt: skip
    form |= {f"line-{code}": "met" for code in told.codes}
    firsts = {"deliver": ("visit", "submitted_by", done.id), "verify": ("visit", "decided_by", done.id)}
    seated = (await check_steps.inspectors(world, check))[0]
    path, row = f"/my-checks/{check.id}/result", ("spot_check", check.id)
    return Matter(path, form, row, firsts, does=seated, logged=False)


async def _to_rule(world: World, _role: str, _visit: Any) -> Matter:
    check = await check_steps.failed(world)
    await check_appeals.appeal(world["manager"], check.id, "当天停电，等了四十分钟", [], now())
    rows = await Visit.raw('SELECT id FROM check_inspector WHERE "check" = {} ORDER BY place LIMIT 1', check.id)
    firsts = {
        "deliver": ("visit", "submitted_by", check.visit), "spot_check": ("check_inspector", "inspector", rows[0]["id"])
    }  # fmt: skip
    form = {"decision": "upheld", "decision_text": "没有新的证据"}
    return Matter(f"/checks/{check.id}/decide", form, ("spot_check", check.id), firsts)


async def _claim(world: World) -> tuple[UUID, UUID, UUID]:
    statement, _visits = await settlement_steps.made(world, 1)
    claim = (await settlement_steps.claims_of(statement.id))[0].id
    await claiming.claim(world["manager"], claim, f"FP-{claim.hex[:8]}", True, settlement_steps.AT)
    return claim, statement.id, statement.subject


async def _to_review(world: World, _role: str, _visit: Any) -> Matter:
    claim, statement, _ = await _claim(world)
    place = ("settlement_claim", "claimed_by", claim)
    path = f"/settlements/{statement}/claims/{claim}/review"
    return Matter(path, {}, ("settlement_claim", claim), {"claim": place})


async def _to_grant(world: World, _role: str, _visit: Any) -> Matter:
    claim, statement, _ = await _claim(world)
    await claiming.review(world["bureau"], claim, settlement_steps.AT)
    firsts = {name: ("settlement_claim", f"{column}_by", claim)
              for name, column in (("claim", "claimed"), ("review", "reviewed"))}  # fmt: skip
    return Matter(f"/settlements/{statement}/claims/{claim}/approve", {}, ("settlement_claim", claim), firsts)


async def _to_pay(world: World, _role: str, _visit: Any) -> Matter:
    claim, statement, contract = await _claim(world)
    await claiming.review(world["bureau"], claim, settlement_steps.AT)
    await claiming.approve(world["lead"], claim, settlement_steps.AT)
    places = {name: ("settlement_claim", f"{column}_by", claim)
              for name, column in (("claim", "claimed"), ("review", "reviewed"), ("approve", "approved"))}  # fmt: skip
    places |= {"draft_contract": ("contract", "drafted_by", contract)}
    places |= {"approve_contract": ("contract", "approved_by", contract)}
    path = f"/settlements/{statement}/claims/{claim}/pay"
    return Matter(path, {"paid_on": str(today())}, ("settlement_claim", claim), places)


async def _to_care(world: World, role: str, _visit: Any) -> Matter:
    name, carer = ("volunteer", "volunteer") if role == "volunteer" else ("worker", "social_worker")
    task = await offered(world, carer, service="visit_check")
    rows = await Need.raw(
        "SELECT n.id, n.household, n.division FROM need n JOIN assignment a ON a.need = n.id WHERE a.id = {}", task
    )
    person = await _person_of(rows[0]["household"])
    await Need.raw("UPDATE need SET person = {} WHERE id = {}", person, rows[0]["id"])
    key = uuid4()
    await Assessment(
        id=key, number=f"PG-{key.hex[:8]}", household=rows[0]["household"], person=person, assessed_on=today(),
        division=rows[0]["division"], form=await assessment_steps.form_of("six_indicators"), form_code="six_indicators",
        form_version="1", first_assessor=world["assessor"].me, first_signed_at=now(),
    ).save()  # fmt: skip
    firsts = {"assess": ("assessment", "first_assessor", key)}
    one = world[name]
    return Matter(f"/my-tasks/{task}/accept", {}, ("assignment", task), firsts, tries=one, does=one)


async def _person_of(household: UUID) -> UUID:
    rows = await Need.raw("SELECT id FROM person WHERE household = {} LIMIT 1", household)
    found: UUID = rows[0]["id"]
    return found


Make = Callable[[World, str, Any], Awaitable[Matter]]
SECONDS: Final[dict[str, tuple[str, Make]]] = {
    "confirm_need": ("needs.decide", _need),
    "check_contract": ("contracts.check", _to_check), "approve_contract": ("contracts.approve", _to_approve),
    "evaluate": ("quality.score", _to_evaluate),
    "publish": ("quality.publish", _to_publish), "decide_appeal": ("quality.decide", _to_decide),
    "verify": ("verification.decide", _to_verify), "spot_check": ("checks.own", _to_inspect),
    "decide_check": ("checks.decide", _to_rule),
    "review": ("settlements.review", _to_review), "approve": ("settlements.approve", _to_grant),
    "pay": ("settlements.pay", _to_pay), "care": ("tasks.own", _to_care),
}  # fmt: skip
"""The later duty of a pair -> the permission for it, and a matter in which it is due."""
FIRSTS: Final = {
    "submit_need": "needs.record", "draft_contract": "contracts.draft", "check_contract": "contracts.check",
    "approve_contract": "contracts.approve", "propose_match": "planning.run", "score": "quality.score",
    "deliver": "visits.own", "verify": "verification.decide", "spot_check": "checks.own",
    "claim": "settlements.own", "review": "settlements.review", "approve": "settlements.approve",
    "assess": "assessments.assess",
}  # fmt: skip
"""The earlier duty of a pair -> the permission for it."""
DOERS: Final = [(duty, role) for duty, (permission, _) in SECONDS.items() for role in sorted(PERMISSIONS[permission])]
