"""Routes and objects of the check of visits."""

from datetime import date, timedelta
from uuid import UUID, uuid4

from bangfu.dispatch.tables import Assignment
from bangfu.shared.clock import now
from bangfu.verification import policy
from bangfu.verification.rules import DEFAULTS
from bangfu.verification.tables import VisitPolicy
from bangfu.visits.tables import Visit, VisitFlag
from tests.authorisation.row import Row, Stage
from tests.support import FOREIGN_VILLAGE, World
from tests.visits import visit_steps as steps

_ONE = "/visits/{visit:uuid}"
_LIST = "/verification"
_POLICY = f"{_LIST}/thresholds"
_OWN = f"{_LIST}/own"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", _LIST): Row("verification.read"),
    ("POST", f"{_LIST}/preview"): Row("verification.decide"),
    ("POST", f"{_LIST}/clear"): Row("verification.decide"),
    ("GET", f"{_LIST}/anomalies"): Row("verification.anomalies"),
    ("GET", f"{_LIST}/anomalies.csv"): Row("verification.anomalies"),
    ("GET", _POLICY): Row("verification.read"),
    ("GET", f"{_POLICY}/new"): Row("verification.policy"),
    ("POST", f"{_POLICY}/new"): Row("verification.policy"),
    ("POST", f"{_POLICY}/{{policy_id:uuid}}/publish"): Row("verification.publish", "visit_policy"),
    ("POST", f"{_POLICY}/{{policy_id:uuid}}/withdraw"): Row("verification.policy", "visit_policy"),
    ("GET", _OWN): Row("verification.organization"),
    ("GET", f"{_OWN}/{{visit:uuid}}"): Row("verification.organization", "own_checked"),
    ("POST", f"{_OWN}/{{visit:uuid}}/flags/{{flag:uuid}}/explain"): Row(
        "verification.organization", "own_checked+flag"
    ),
    ("GET", _ONE): Row("visits.read", "checked"),
    ("POST", f"{_ONE}/verify"): Row("verification.decide", "checked"),
    ("POST", f"{_ONE}/reject"): Row("verification.decide", "checked"),
    ("POST", f"{_ONE}/flag"): Row("verification.decide", "checked"),
    ("POST", f"{_ONE}/flags/{{flag:uuid}}/clear"): Row("verification.decide", "checked+flag"),
    ("POST", f"{_ONE}/dispute"): Row("verification.dispute", "checked"),
    ("POST", f"{_ONE}/decide"): Row("verification.dispute", "checked"),
    ("POST", f"{_ONE}/words"): Row("assessments.answers", "checked"),
    ("GET", f"{_ONE}/photos/{{photo:uuid}}"): Row("visits.photos", "checked+photo"),
}  # fmt: skip


async def put_objects(stage: Stage, world: World) -> None:
    """A flagged visit with a photo, drafts of thresholds, and their like in another county and organisation."""
    done = await steps.submitted(world, distance_m=450)
    photo = await steps.put_photo(done)
    flag = await VisitFlag.objects().get(VisitFlag.visit == done.id)
    assert flag is not None
    rivals = await steps.submitted(world, "rival", distance_m=450)
    rival_flag = await VisitFlag.objects().get(VisitFlag.visit == rivals.id)
    assert rival_flag is not None
    far, far_flag, far_photo = await _far(world)
    stage.put("checked", done.id, far)
    stage.put("checked+flag", (done.id, flag.id), (far, far_flag))
    stage.put("checked+photo", (done.id, photo), (far, far_photo))
    stage.put("own_checked", done.id, rivals.id)
    stage.put("own_checked", rivals.id, done.id, "other_manager")
    stage.put("own_checked+flag", (done.id, flag.id), (rivals.id, rival_flag.id))
    stage.put("own_checked+flag", (rivals.id, rival_flag.id), (done.id, flag.id), "other_manager")
    since = date(2027, 1, 1)
    own = await policy.enter(world["bureau"], uuid4(), "990101", since, "文件", DEFAULTS, now())
    foreign = uuid4()
    await VisitPolicy(id=foreign, division_prefix="990102", valid_from=since).save()
    stage.put("visit_policy", own, foreign)


async def _far(world: World) -> tuple[UUID, UUID, UUID]:
    """A visit of another county, as far as a page needs it."""
    near = await steps.submitted(world, start=now() - timedelta(days=3), distance_m=450)
    photo = await steps.put_photo(near)
    flag = await VisitFlag.objects().get(VisitFlag.visit == near.id)
    assert flag is not None
    await Visit.update(division=FOREIGN_VILLAGE).where(Visit.id == near.id)
    await Assignment.update(division=FOREIGN_VILLAGE).where(Assignment.id == near.assignment)
    return near.id, flag.id, photo
