"""Routes and objects of draws."""

import json
from uuid import UUID, uuid4

from bangfu.contracts.tables import Contract
from bangfu.oversight import draw_pool, draw_script
from bangfu.oversight.draw_tables import DrawList, DrawPool, DrawRound
from bangfu.shared.clock import now
from tests.authorisation.row import Row, Stage
from tests.support import World

_ONE = "/draws/{draw_round:uuid}"
_PUBLIC = "/draws/public/{draw_round:uuid}"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/draws"): Row("draws.read"),
    ("GET", _ONE): Row("draws.read", "draw_round"),
    ("POST", f"{_ONE}/commit"): Row("draws.commit", "draw_round"),
    ("POST", f"{_ONE}/reveal"): Row("draws.commit", "draw_round"),
    ("POST", f"{_ONE}/give-up"): Row("draws.commit", "draw_round"),
    ("GET", "/draws/lists/{draw_list:uuid}"): Row("draws.read", "draw_list"),
    ("GET", "/draws/pool"): Row("draws.pool"),
    ("POST", "/draws/pool"): Row("draws.pool"),
    ("POST", "/draws/pool/{member:uuid}/remove"): Row("draws.pool", "draw_pool"),
    ("GET", "/draws/public"): Row("public"),
    ("GET", _PUBLIC): Row("public", "draw_round"),
    ("GET", f"{_PUBLIC}/lists.json"): Row("public", "draw_round"),
    ("GET", f"{_PUBLIC}/result.json"): Row("public", "draw_round"),
    ("GET", "/draws/draw.py"): Row("public"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """A round, a closed list and a member of the pool here and in another county."""
    rounds, lists = [], []
    for division, number in (("990101000000", "C-drawn"), ("990102000000", "C-drawn-far")):
        rounds.append(await _round(division))
        lists.append(await _list(division, number, world.organization))
    stage.put("draw_round", *rounds)
    stage.put("draw_list", *lists)
    await draw_pool.add(world["bureau"], "990101000000", world["second_officer"].me, now())
    own = await DrawPool.objects().get(DrawPool.inspector == world["second_officer"].me)
    assert own is not None
    foreign = uuid4()
    await DrawPool(id=foreign, division="990102000000", inspector=world["outside_officer"].me).save()
    stage.put("draw_pool", own.id, foreign)


async def _round(division: str) -> UUID:
    key, at = uuid4(), now()
    row = DrawRound(
        id=key, kind="month", division=division, year=2026, month=1, quarter=1, opened_at=at, commit_until=at
    )
    await row.save()
    return key


async def _list(division: str, number: str, organization: UUID) -> UUID:
    contract, key = uuid4(), uuid4()
    await Contract(
        id=contract, number=number, division=division, supplier=organization, starts_on=now().date(),
        ends_on=now().date(), imported=True, status="active",
    ).save()  # fmt: skip
    rows = [[str(uuid4()), "990101001/visit_check", ""]]
    await DrawList(
        id=key, kind="month", contract=contract, organization=organization, division=division, year=2026, month=1,
        quarter=1, closed_at=now(), rows=json.dumps(rows), size=1, n=1, list_hash=draw_script.list_hash([rows[0][0]]),
        frame_hash=draw_script.frame_hash(rows, 1000, 1, []),
    ).save()  # fmt: skip
    return key
