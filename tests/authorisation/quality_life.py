"""Routes and objects of the life of a score: steps, appeals, vetoes, what follows."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from bangfu.contracts.tables import Contract
from bangfu.quality import life_following
from bangfu.quality.life_charging import Charge, propose
from bangfu.quality.life_tables import ScoreAppeal, ScoreFollow, ScoreVeto
from bangfu.quality.tables import QuarterScore
from bangfu.shared import files
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import now
from bangfu.shared.database import transaction
from tests.authorisation.quality import CARERS
from tests.authorisation.row import Row, Stage
from tests.quality import life_steps as steps
from tests.quality.life_steps import PAPER
from tests.support import World

_SCORE, _APPEAL = "/scores/{score:uuid}", "/appeals/{appeal:uuid}"
_VETO, _FOLLOW = "/vetoes/{veto:uuid}", "/rectifications/{follow:uuid}"
_MINE = "/my-scores/{score:uuid}/appeal"
_OWN_APPEAL, _OWN_VETO = "/my-appeals/{appeal:uuid}", "/my-vetoes/{veto:uuid}"
_OWN_FOLLOW = "/my-rectifications/{follow:uuid}"
_FILE = "/files/{file:uuid}"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/results"): Row("public"),
    ("GET", "/results/{score:uuid}"): Row("public", "my_life_score"),
    ("GET", "/scores/risk"): Row("quality.read"),
    ("GET", "/scores/signoff"): Row("quality.read"),
    ("POST", f"{_SCORE}/confirm"): Row("quality.score", "life_score"),
    ("POST", f"{_SCORE}/recount"): Row("quality.score", "life_score"),
    ("POST", f"{_SCORE}/return"): Row("quality.publish", "life_score"),
    ("POST", f"{_SCORE}/publish"): Row("quality.publish", "life_score"),
    ("GET", "/appeals"): Row("quality.read"),
    ("GET", _APPEAL): Row("quality.read", "life_appeal"),
    ("POST", f"{_APPEAL}/answer"): Row("quality.facts", "life_appeal"),
    ("POST", f"{_APPEAL}/decide"): Row("quality.decide", "life_appeal"),
    ("POST", f"{_APPEAL}/review"): Row("quality.review", "life_appeal"),
    ("GET", f"{_APPEAL}{_FILE}"): Row("quality.read", "life_appeal+file"),
    ("GET", _MINE): Row("quality.own_score", "my_life_score"),
    ("POST", _MINE): Row("quality.own_score", "my_life_score"),
    ("POST", f"{_OWN_APPEAL}/withdraw"): Row("quality.own_score", "my_life_appeal"),
    ("POST", f"{_OWN_APPEAL}/ask-review"): Row("quality.own_score", "my_life_appeal"),
    ("GET", f"{_OWN_APPEAL}{_FILE}"): Row("quality.own_score", "my_life_appeal+file"),
    ("GET", "/vetoes"): Row("quality.read"),
    ("GET", "/vetoes/new/{contract:uuid}"): Row("quality.follow", "life_contract"),
    ("POST", "/vetoes/new/{contract:uuid}"): Row("quality.follow", "life_contract"),
    ("GET", _VETO): Row("quality.read", "life_veto"),
    ("POST", f"{_VETO}/summon"): Row("quality.follow", "life_veto"),
    ("POST", f"{_VETO}/hear"): Row("quality.follow", "life_veto"),
    ("POST", f"{_VETO}/decide"): Row("quality.veto", "life_veto"),
    ("GET", f"{_VETO}{_FILE}"): Row("quality.read", "life_veto+file"),
    ("GET", _OWN_VETO): Row("quality.own", "my_life_veto"),
    ("POST", _OWN_VETO): Row("quality.own", "my_life_veto"),
    ("GET", f"{_OWN_VETO}{_FILE}"): Row("quality.own", "my_life_veto+file"),
    ("GET", "/rectifications"): Row("quality.read"),
    ("GET", _FOLLOW): Row("quality.read", "life_follow"),
    ("POST", f"{_FOLLOW}/judge"): Row("quality.follow", "life_follow"),
    ("POST", f"{_FOLLOW}/decide"): Row("quality.outcome", "life_follow"),
    ("GET", f"{_FOLLOW}{_FILE}"): Row("quality.read", "life_follow+file"),
    ("GET", "/my-rectifications"): Row("quality.own"),
    ("GET", _OWN_FOLLOW): Row("quality.own", "my_life_follow"),
    ("POST", _OWN_FOLLOW): Row("quality.own", "my_life_follow"),
    ("GET", f"{_OWN_FOLLOW}{_FILE}"): Row("quality.own", "my_life_follow+file"),
}  # fmt: skip


async def put_objects(stage: Stage, world: World) -> None:
    """Scores, appeals, vetoes and rectifications of both organisations and of another county."""
    at = now()
    own, rival = [await steps.contract_of(each) for each in (world.organization, world.other_organization)]
    far = await _far_contract(world.other_organization)
    stage.put("life_contract", own.id, far.id)
    stage.put(
        "life_score",
        await steps.frozen(world, when=(2026, 3), at=at),
        await steps.frozen(world, when=(2026, 3), contract=far, at=at),
    )
    scores = [await steps.published(world, when=(2026, 2), contract=each, at=at) for each in (own, rival)]
    _both(stage, "my_life_score", scores[0], scores[1])
    appeals = [
        await steps.appealed(world, score, at=at, who=who)
        for score, who in zip(scores, ("manager", "other_manager"), strict=True)
    ]
    vetoes = [await _veto(world, contract, at) for contract in (own, rival)]
    follows = [
        await _follow(world, score, who, at) for score, who in zip(scores, ("manager", "other_manager"), strict=True)
    ]
    for kind, table, rows in (
        ("appeal", ScoreAppeal, appeals), ("veto", ScoreVeto, vetoes), ("follow", ScoreFollow, follows),
    ):  # fmt: skip
        await _put(stage, kind, table, rows, far)
    await _put_care(stage, world, at)
    for kind in ("life_contract", "life_score"):
        stage.put(kind, stage.mine(kind, ""), uuid4(), "city_bureau")


async def _put_care(stage: Stage, world: World, at: datetime) -> None:
    """The caregivers' own scores (quality.py makes them), with an appeal of each."""
    kept = {}
    for name in CARERS:
        appeal = await steps.appealed(world, UUID(str(stage.mine("care_score", name))), at=at, who=name)
        kept[name] = (appeal, (await files.files_of("score_appeal", [appeal]))[appeal][0].id)
    for name, other in zip(CARERS, CARERS[1:] + CARERS[:1], strict=True):
        stage.put("my_life_score", stage.mine("care_score", name), stage.mine("care_score", other), name)
        stage.put("my_life_appeal", kept[name][0], kept[other][0], name)
        stage.put("my_life_appeal+file", kept[name], kept[other], name)


async def _put(stage: Stage, kind: str, table: Any, rows: list[UUID], far: Contract) -> None:
    """The office's and the provider's address of each, with a file; the foreign one belongs to another county."""
    name = f"score_{kind}"
    kept = [(await files.files_of(name, [row]))[row][0].id for row in rows]
    _both(stage, f"my_life_{kind}", rows[0], rows[1])
    _both(stage, f"my_life_{kind}+file", (rows[0], kept[0]), (rows[1], kept[1]))
    away = await _moved(table, rows[1], far)
    paper = (await files.files_of(name, [away]))[away][0].id
    stage.put(f"life_{kind}", rows[0], away)
    stage.put(f"life_{kind}+file", (rows[0], kept[0]), (away, paper))
    for each, own in ((f"life_{kind}", rows[0]), (f"life_{kind}+file", (rows[0], kept[0]))):
        stage.put(each, own, uuid4() if own == rows[0] else (uuid4(), uuid4()), "city_bureau")


async def _moved(table: Any, row: UUID, far: Contract) -> UUID:
    """A copy of a row, with its file, in another county."""
    key, score = uuid4(), uuid4()
    found = (await table.objects().get(table.id == row)).to_dict()
    columns = {**found, "id": key, "number": f"Z-{str(key)[:8]}", "division": far.division, "organization": None}
    if table is ScoreAppeal:
        columns |= {"township": "990102001", "score": await _score(score, far)}
    if "subject" in columns:
        columns |= {"subject": far.id}
    for name in [each for each in columns if each.endswith("_enc")]:
        columns[name] = ""
    await table(**columns).save()
    async with transaction():
        await files.keep(SYSTEM, table._meta.tablename, key, "evidence", PAPER, now())
    return key


async def _score(key: UUID, far: Contract) -> UUID:
    await QuarterScore(
        id=key, kind="contract", subject=far.id, number=far.number, organization=far.supplier, division=far.division,
        year=2026, quarter=1,
    ).save()  # fmt: skip
    return key


def _both(stage: Stage, kind: str, mine: object, others: object) -> None:
    stage.put(kind, mine, others)
    stage.put(kind, others, mine, "other_manager")


async def _far_contract(supplier: UUID) -> Contract:
    contract = Contract(
        id=uuid4(), number="C-LIFE", project="C-LIFE", division="990102000000", supplier=supplier, status="active",
        imported=True, starts_on=date(2026, 1, 1), ends_on=date(2027, 12, 31),
    )  # fmt: skip
    await contract.save()
    return contract


async def _veto(world: World, contract: Contract, at: datetime) -> UUID:
    """One that the provider was told of."""
    charge = Charge("contract", contract.id, 2026, 2, "subcontracting", "擅自转包。", evidence=(PAPER,))
    veto = await propose(world["bureau"], uuid4(), charge, at)
    await ScoreVeto.update({"status": "summoned", "hearing_at": at + timedelta(days=7)}).where(ScoreVeto.id == veto)
    return veto


async def _follow(world: World, score: UUID, who: str, at: datetime) -> UUID:
    """A rectification that was handed in and returned."""
    row = await steps.row_of(score)
    async with transaction():
        follow = await life_following.open_follow(
            row, "rectification", "", 20, at, score=score, subject_number=row.number
        )
    await life_following.hand_in(world[who], follow.id, "已整改。", [PAPER], at)
    await life_following.judge(world["second_bureau"], follow.id, False, "缺材料。", at)
    return follow.id
