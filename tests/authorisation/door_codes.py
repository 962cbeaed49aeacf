"""Routes and objects of codes, calls, paper sheets and what is entered afterwards."""

from datetime import timedelta
from uuid import UUID, uuid4

from bangfu.households.tables import Consent, Household, Person
from bangfu.shared.clock import now, today
from bangfu.shared.files import Looked
from bangfu.visits import afterwards, sheets
from bangfu.visits.code_tables import HomeCode, VisitSheet
from bangfu.visits.door_data import Confirmation, Record
from bangfu.visits.tables import Visit
from tests.authorisation.row import Row, Stage
from tests.support import FOREIGN_VILLAGE, VILLAGE, World
from tests.visits import visit_steps as steps

_CARD = "/households/{household:uuid}/home-code"
_DESK = "/visit-desk/{visit:uuid}"
_SHEET = "/visit-sheets/{carer:uuid}"
_ONE = "/visits/{visit:uuid}"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", _CARD): Row("visits.codes", "card_home"),
    ("POST", f"{_CARD}/print"): Row("visits.codes", "card_home"),
    ("POST", f"{_CARD}/{{card:uuid}}/hand-over"): Row("visits.codes", "household+card"),
    ("POST", f"{_CARD}/{{card:uuid}}/confirm-place"): Row("visits.codes", "household+card"),
    ("POST", f"{_CARD}/{{card:uuid}}/revoke"): Row("visits.codes", "household+card"),
    ("GET", "/h/{code:str}"): Row("public", "home_secret"),
    ("GET", "/visit-desk"): Row("visits.desk"),
    ("POST", "/visit-desk"): Row("visits.desk"),
    ("GET", _DESK): Row("visits.desk", "desk_visit"),
    ("POST", f"{_DESK}/code"): Row("visits.desk", "desk_visit"),
    ("POST", f"{_DESK}/arrive"): Row("visits.desk", "desk_visit"),
    ("POST", f"{_DESK}/leave"): Row("visits.desk", "desk_visit"),
    ("GET", "/visit-sheets"): Row("visits.sheets"),
    ("GET", f"{_SHEET}/paper"): Row("visits.sheets", "sheet_carer"),
    ("GET", f"{_SHEET}/enter"): Row("visits.desk", "sheet_carer"),
    ("POST", f"{_SHEET}/enter"): Row("visits.desk", "sheet_carer"),
    ("GET", "/visit-sheets/scans/{sheet:uuid}"): Row("visits.sheets", "sheet"),
    ("GET", "/visits/to-enter"): Row("visits.afterwards"),
    ("GET", f"{_ONE}/afterwards"): Row("visits.afterwards", "own_open_visit"),
    ("POST", f"{_ONE}/afterwards"): Row("visits.afterwards", "own_open_visit"),
    ("GET", f"{_ONE}/attest"): Row("visits.attest", "own_open_visit"),
    ("POST", f"{_ONE}/attest"): Row("visits.attest", "own_open_visit"),
    ("GET", f"{_ONE}/approval"): Row("visits.approval", "claimed_visit"),
    ("GET", f"{_ONE}/afterwards/file"): Row("visits.evidence_file", "claimed_visit"),
    ("POST", f"{_ONE}/approve"): Row("visits.approve", "claimed_visit"),
    ("POST", f"{_ONE}/refuse"): Row("visits.approve", "claimed_visit"),
    ("GET", "/visits/afterwards"): Row("visits.approve"),
    ("GET", "/visits/evidence"): Row("visits.evidence"),
    ("GET", "/visits/evidence.csv"): Row("visits.evidence"),
}
_SERVERS = {
    "caregiver": "nurse", "other_caregiver": "rival", "worker": "social_worker", "volunteer": "volunteer",
    "other_volunteer": "other_volunteer", "manager": "cleaner", "other_manager": "rival",
}  # fmt: skip
_TOLD = Record(confirmation=Confirmation("voice", by="本人"))
_SCAN = Looked("scan.pdf", "application/pdf", b"%PDF-1.4 scan")


async def put_objects(stage: Stage, world: World) -> None:
    """A home with a card, a planned visit, a sheet and a claim for everybody who may use them, and their like of
    another county, organisation or server."""
    home, card = await _carded(VILLAGE, "H-card")
    far_home, far_card = await _carded(FOREIGN_VILLAGE, "H-far-card")
    stage.put("card_home", home, far_home)
    stage.put("household+card", (home, card), (far_home, far_card))
    stage.put("home_secret", "2222222222", "3333333333")
    near, far = await steps.planned(world, "cleaner"), await _claimed(world, "nurse", FOREIGN_VILLAGE)
    stage.put("desk_visit", near.id, far)
    await _put_sheets(stage, world)
    opened = {name: (await steps.planned(world, carer)).id for name, carer in _SERVERS.items()}
    claims = {name: await _claimed(world, carer) for name, carer in _SERVERS.items()}
    stage.put("own_open_visit", opened["caregiver"], far)
    stage.put("claimed_visit", claims["caregiver"], far)
    for name in _SERVERS:
        other = "other_caregiver" if name in {"caregiver", "manager", "worker"} else "caregiver"
        stage.put("own_open_visit", opened[name], opened[other], name)
        stage.put("claimed_visit", claims[name], far if name == "worker" else claims[other], name)


async def _carded(division: str, number: str) -> tuple[UUID, UUID]:
    household = Household(id=uuid4(), number=number, division=division, category="dibao", head_name="测试某")
    await household.save()
    await Person(id=uuid4(), household=household.id, is_head=True, name="测试某", name_grams=["测"]).save()
    await Consent(id=uuid4(), household=household.id, ground="consent", purposes=["service"], given_on=today()).save()
    card = HomeCode(id=uuid4(), household=household.id, division=division, secret_index=uuid4().hex, place_mark="-")
    await card.save()
    return household.id, card.id


async def _put_sheets(stage: Stage, world: World) -> None:
    made, carers = {}, {"": "cleaner", "other_manager": "rival"}
    for name, carer in carers.items():
        visit = await steps.planned(world, carer, start=now() - timedelta(hours=2))
        row = sheets.SheetRow(visit.id, visit.planned_start, visit.planned_start + timedelta(minutes=30), _TOLD)
        made[name] = uuid4()
        week = sheets.monday(today())
        sheet = sheets.Sheet(made[name], world.carers[carer], week, [row], "测试见证", _SCAN)
        await sheets.enter(world["coordinator"], sheet, now())
    stage.put("sheet_carer", world.carers["cleaner"], uuid4())
    stage.put("sheet", made[""], uuid4())
    stage.put("sheet_carer", world.carers["rival"], world.carers["cleaner"], "other_manager")
    stage.put("sheet", made["other_manager"], made[""], "other_manager")
    stage.put("sheet_carer", world.carers["cleaner"], world.carers["rival"], "manager")
    stage.put("sheet", made[""], made["other_manager"], "manager")
    assert await VisitSheet.count() == len(made)


async def _claimed(world: World, carer: str, division: str = VILLAGE) -> UUID:
    """A visit that its server entered afterwards, with a file."""
    visit: Visit = await steps.planned(world, carer, start=now() - timedelta(hours=3))
    actor = world["manager"] if carer == "cleaner" else steps.server(world, carer)
    start = visit.planned_start
    await afterwards.enter_afterwards(
        actor, visit.id, uuid4(), _TOLD, start, start + timedelta(minutes=30), "forgot", "忘了签到", now(), file=_SCAN
    )
    await Visit.update({Visit.division: division}).where(Visit.id == visit.id)
    return visit.id
