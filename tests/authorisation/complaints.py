"""Routes and objects of complaints."""

from uuid import uuid4

from bangfu.complaints import discipline, handling, intake, own
from bangfu.complaints.routing import About
from bangfu.complaints.tables import ComplaintEntry, ComplaintHandover
from bangfu.shared.clock import now
from bangfu.shared.files import look_at
from tests.authorisation.row import Row, Stage
from tests.complaints import complaint_steps as steps
from tests.support import OTHER_COUNTY, World

_LIST, _OWN, _AUDIT = "/complaints", "/my-complaints", "/complaints/discipline"
_ONE, _MINE = f"{_LIST}/{{complaint:uuid}}", f"{_OWN}/{{complaint:uuid}}"
_STEPS = (
    "accept", "route", "link", "begin", "give", "contact", "ask", "hear", "evidence", "decide", "reply", "read-aloud",
    "close", "reopen",
)  # fmt: skip
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/complain"): Row("public"),
    ("POST", "/complain"): Row("public"),
    ("GET", "/complain/status"): Row("public"),
    ("POST", "/complain/status"): Row("public"),
    ("POST", "/complain/add"): Row("public"),
    ("POST", "/complain/close"): Row("public"),
    ("POST", "/complain/reopen"): Row("public"),
    ("GET", _LIST): Row("complaints.read"),
    ("GET", f"{_LIST}/new"): Row("complaints.enter"),
    ("POST", f"{_LIST}/new"): Row("complaints.enter"),
    ("GET", _ONE): Row("complaints.read", "complaint"),
    ("GET", f"{_ONE}/reply"): Row("complaints.read", "complaint_replied"),
    ("GET", f"{_ONE}/files/{{entry:uuid}}"): Row("complaints.read", "complaint+entry"),
    ("POST", f"{_ONE}/identity"): Row("complaints.identity", "complaint"),
    **{("POST", f"{_ONE}/{step}"): Row("complaints.decide", "complaint_handled") for step in _STEPS},
    ("POST", f"{_ONE}/extend"): Row("complaints.extend", "complaint"),
    ("GET", _OWN): Row("complaints.organization"),
    ("GET", _MINE): Row("complaints.organization", "complaint_asked"),
    ("POST", f"{_MINE}/answer"): Row("complaints.organization", "complaint_asked"),
    ("GET", f"{_MINE}/files/{{file:uuid}}"): Row("complaints.organization", "complaint_asked+file"),
    ("GET", "/self-report"): Row("complaints.self_report"),
    ("POST", "/self-report"): Row("complaints.self_report"),
    ("GET", _AUDIT): Row("complaints.discipline"),
    ("GET", f"{_AUDIT}/new"): Row("complaints.discipline"),
    ("POST", f"{_AUDIT}/new"): Row("complaints.discipline"),
    ("POST", f"{_AUDIT}/hand-over"): Row("complaints.discipline"),
    ("GET", f"{_AUDIT}/files/{{handover:uuid}}"): Row("complaints.discipline", "handover"),
}
_OFFICE = ("coordinator", "child_director", "worker", "dispatcher")
_TAKERS = ("officer", "second_officer", "bureau", "second_bureau", "lead", "city_bureau")


async def put_objects(stage: Stage, world: World) -> None:
    """Received, handled and replied ones, what each desk took in, what organisations are asked; another county's."""
    await _asked(stage, world)
    at = now()
    far = await intake.enter(
        world["outside_coordinator"], uuid4(), steps.told(division=f"{OTHER_COUNTY}001000", kind="no_show"), at
    )
    own_one = await steps.replied(world)
    stage.put("complaint", own_one, far)
    stage.put("complaint_replied", own_one, far)
    for name in _OFFICE:
        entered = await steps.replied(world, complaint=await steps.received(world, name))
        stage.put("complaint", entered, far, name)
        stage.put("complaint_replied", entered, far, name)
        stage.put("complaint+entry", None, (far, uuid4()), name)
    for name in _TAKERS:
        stage.put("complaint_handled", await steps.accepted(world, name), far, name)
    stage.put("complaint_handled", own_one, far)
    await _handovers(stage, world, own_one)


async def _asked(stage: Stage, world: World) -> None:
    """Each organisation is asked about a complaint and answers with a file; the other's is foreign."""
    at, found = now(), {}
    for name, organization in (("manager", world.organization), ("other_manager", world.other_organization)):
        complaint = await steps.investigating(world, about=About("organization", organization=organization))
        await handling.ask(world["officer"], complaint, "请说明", 3, at)
        scan = await look_at("a.pdf", b"%PDF-1.4 a")
        await own.answer(world[name], complaint, "说明", scan, at, uuid4())
        entry = await ComplaintEntry.objects().get(ComplaintEntry.complaint == complaint)
        assert entry is not None
        found[name] = (complaint, entry)
    for name, other in (("manager", "other_manager"), ("other_manager", "manager")):
        (mine, entry), (theirs, their_entry) = found[name], found[other]
        stage.put("complaint_asked", mine, theirs, name)
        stage.put("complaint_asked+file", (mine, entry.file), (theirs, their_entry.file), name)
    mine, entry = found["manager"]
    stage.put("complaint_asked", mine, found["other_manager"][0])
    stage.put("complaint_asked+file", (mine, entry.file), (mine, uuid4()))
    stage.put("complaint+entry", (mine, entry.id), (mine, uuid4()))


async def _handovers(stage: Stage, world: World, complaint: object) -> None:
    key, foreign = uuid4(), uuid4()
    row = await steps.row(complaint)  # type: ignore[arg-type]
    await discipline.hand_over(world["auditor"], key, [row.id], "clue", False, now())
    await ComplaintHandover(
        id=foreign, complaints=[row.id], reason="clue", content_enc="", sha256="0" * 64, made_by=world["lead"].me,
        made_at=now(),
    ).save()  # fmt: skip
    stage.put("handover", key, foreign)
