"""Routes and objects of spot checks."""

from uuid import UUID

from bangfu.oversight.check_reporting import SUBJECT
from bangfu.oversight.check_tables import SpotCheck
from bangfu.shared import files
from bangfu.shared.clock import now
from bangfu.shared.database import transaction
from bangfu.shared.files import look_at
from tests.authorisation.row import Row, Stage
from tests.oversight import check_steps as steps
from tests.support import FOREIGN_VILLAGE, World
from tests.visits import visit_steps

_ONE = "/checks/{check:uuid}"
_MINE = "/my-checks/{check:uuid}"
_OWN = "/my-results/{check:uuid}"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/checks"): Row("checks.read"),
    ("GET", "/checks/contracts"): Row("checks.read"),
    ("GET", _ONE): Row("checks.read", "check"),
    ("POST", f"{_ONE}/assign"): Row("checks.decide", "check"),
    ("POST", f"{_ONE}/replace"): Row("checks.decide", "check"),
    ("POST", f"{_ONE}/replacement"): Row("checks.decide", "check"),
    ("POST", f"{_ONE}/decide"): Row("checks.decide", "check"),
    ("GET", f"{_ONE}/files/{{file:uuid}}"): Row("checks.read", "check+file"),
    ("GET", "/my-checks"): Row("checks.own"),
    ("GET", _MINE): Row("checks.own", "my_check"),
    ("POST", f"{_MINE}/contact"): Row("checks.own", "my_check"),
    ("POST", f"{_MINE}/attempt"): Row("checks.own", "my_check"),
    ("POST", f"{_MINE}/result"): Row("checks.own", "my_check"),
    ("POST", f"{_MINE}/confirm"): Row("checks.own", "my_check"),
    ("POST", f"{_MINE}/return"): Row("checks.own", "my_check"),
    ("POST", f"{_MINE}/step-down"): Row("checks.own", "my_check"),
    ("GET", f"{_MINE}/files/{{file:uuid}}"): Row("checks.own", "my_check+file"),
    ("GET", "/my-results"): Row("checks.organization"),
    ("GET", _OWN): Row("checks.organization", "my_result"),
    ("POST", f"{_OWN}/appeal"): Row("checks.organization", "my_result"),
    ("GET", f"{_OWN}/files/{{file:uuid}}"): Row("checks.organization", "my_result+file"),
}
PAIRS = (("officer", "second_officer"), ("bureau", "second_bureau"), ("assessor", "second_assessor"))


async def put_objects(stage: Stage, world: World) -> None:
    """Checks to be made for each pair of inspectors, failed ones of two organisations, and their like elsewhere; all of
    the two visits that wait for the township."""
    visit, rivals = [UUID(str(one)) for one in (stage.mine("own_checked", ""), stage.others("own_checked", ""))]
    near = await _failed(world, PAIRS[0], visit)
    far = await _failed(world, PAIRS[0], visit)
    await SpotCheck.update(division=FOREIGN_VILLAGE).where(SpotCheck.id == far)
    near_file, far_file = await _file(world, near, "photo"), await _file(world, far, "photo")
    stage.put("check", near, far)
    stage.put("check+file", (near, near_file), (far, far_file))
    for number, pair in enumerate(PAIRS):
        away = await _assigned(world, PAIRS[number - 1], visit)
        await SpotCheck.update(division=FOREIGN_VILLAGE).where(SpotCheck.id == away)
        mine, away_file = await _assigned(world, pair, visit), await _file(world, away, "photo")
        file = await _file(world, mine, "photo")
        for name in (*pair, ""):
            stage.put("my_check", mine, away, name)
            stage.put("my_check+file", (mine, file), (away, away_file), name)
    await _put_results(stage, world, visit, rivals)


async def _put_results(stage: Stage, world: World, visit: UUID, rivals: UUID) -> None:
    own, other = await _failed(world, PAIRS[1], visit), await _failed(world, PAIRS[1], rivals)
    own_file, other_file = await _file(world, own, "appeal"), await _file(world, other, "appeal")
    for name, first, second in (("manager", own, other), ("other_manager", other, own)):
        stage.put("my_result", first, second, name)
    stage.put("my_result", own, other)
    stage.put("my_result+file", (own, own_file), (other, other_file))
    stage.put("my_result+file", (other, other_file), (own, own_file), "other_manager")


async def _assigned(world: World, pair: tuple[str, str], visit: UUID) -> UUID:
    return UUID(str((await steps.made(world, await visit_steps.visit(visit), pair)).id))


async def _failed(world: World, pair: tuple[str, str], visit: UUID) -> UUID:
    check = await steps.check(await _assigned(world, pair, visit))
    return UUID(str((await steps.report((await steps.inspectors(world, check))[0], check)).id))


async def _file(world: World, check: UUID, kind: str) -> UUID:
    async with transaction():
        looked = await look_at("paper.pdf", b"%PDF-1.4 made up")
        return await files.keep(world["bureau"], SUBJECT, check, kind, looked, now())
