"""Routes and objects at the door: own visits, their pictures, checklists; what the phone keeps."""

from uuid import UUID, uuid4

from bangfu.shared.clock import now
from bangfu.shared.files import keep, look_at
from bangfu.visits.door_tables import VisitForm
from bangfu.visits.door_writing import SUBJECT
from bangfu.visits.tables import Visit, VisitRecord
from tests.authorisation.row import Row, Stage
from tests.support import FOREIGN_VILLAGE, VILLAGE, World
from tests.visits import visit_steps as steps
from tests.visits.door_steps import photo

_ONE, _LIST = "/my-visits/{visit:uuid}", "/checklists/{version:uuid}"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/my-visits"): Row("visits.own"),
    ("GET", "/my-visits/ready"): Row("visits.own"),
    ("GET", "/my-visits/keep"): Row("visits.own"),
    ("GET", "/my-visits/no-line"): Row("visits.own"),
    ("GET", "/my-visits/worker.js"): Row("public"),
    ("GET", "/app.webmanifest"): Row("public"),
    ("GET", _ONE): Row("visits.own", "own_visit"),
    ("POST", f"{_ONE}/arrive"): Row("visits.own", "own_visit"),
    ("POST", f"{_ONE}/finish"): Row("visits.own", "own_visit"),
    ("POST", f"{_ONE}/sms"): Row("visits.own", "own_visit"),
    ("GET", f"{_ONE}/danger"): Row("visits.own", "own_visit"),
    ("POST", f"{_ONE}/danger"): Row("visits.own", "own_visit"),
    ("GET", "/visits/{visit:uuid}/files/{file:uuid}"): Row("visits.pictures", "visit+file"),
    ("GET", "/checklists"): Row("catalogue.read"),
    ("GET", "/checklists/new"): Row("catalogue.edit"),
    ("POST", "/checklists/new"): Row("catalogue.edit"),
    ("GET", _LIST): Row("catalogue.read", "checklist"),
    ("GET", f"{_LIST}/edit"): Row("catalogue.edit", "checklist"),
    ("POST", f"{_LIST}/edit"): Row("catalogue.edit", "checklist"),
    ("POST", f"{_LIST}/submit"): Row("catalogue.edit", "checklist"),
    ("POST", f"{_LIST}/publish"): Row("catalogue.publish", "checklist"),
    ("POST", f"{_LIST}/return"): Row("catalogue.publish", "checklist"),
    ("POST", f"{_LIST}/retire"): Row("catalogue.publish", "checklist"),
}
_SERVERS = {
    "caregiver": "nurse", "other_caregiver": "rival", "worker": "social_worker", "volunteer": "volunteer",
    "other_volunteer": "other_volunteer",
}  # fmt: skip


async def put_objects(stage: Stage, world: World) -> None:
    """A planned visit and a recorded one with a picture for everybody who serves; the checklists are the same for
    every area: what is foreign is what does not exist."""
    own = {name: (await steps.planned(world, carer)).id for name, carer in _SERVERS.items()}
    done = {name: await _pictured(world, carer) for name, carer in _SERVERS.items()}
    far = await _pictured(world, "nurse", FOREIGN_VILLAGE)
    stage.put("own_visit", own["caregiver"], own["other_caregiver"])
    stage.put("visit+file", done["caregiver"], far)
    for name in _SERVERS:
        other = "caregiver" if name != "caregiver" else "other_caregiver"
        stage.put("own_visit", own[name], own[other], name)
        stage.put("visit+file", done[name], far if name == "worker" else done[other], name)
    stage.put("visit+file", done["caregiver"], done["other_caregiver"], "manager")
    stage.put("visit+file", done["other_caregiver"], done["caregiver"], "other_manager")
    form = await VisitForm.objects().get((VisitForm.code == "CS-12") & (VisitForm.version == 1))
    assert form is not None
    stage.put("checklist", form.id, uuid4())


async def _pictured(world: World, carer: str, division: str = VILLAGE) -> tuple[UUID, UUID]:
    """A recorded visit with one picture, in an area."""
    made, actor = await steps.planned(world, carer), steps.server(world, carer)
    await Visit.update(status="submitted", division=division).where(Visit.id == made.id)
    await VisitRecord(id=uuid4(), visit=made.id, entered_by=actor.me).save()
    file = await keep(actor, SUBJECT, made.id, "signature", await look_at("x.jpg", photo()), now())
    return made.id, file
