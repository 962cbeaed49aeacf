"""Each pair of duties tried on one chain by plain SQL, past every action and page: the database refuses all of them."""

from itertools import permutations
from uuid import UUID

import asyncpg

from bangfu.oversight.check_tables import SpotCheck
from bangfu.separation.duties import PAIRS
from bangfu.shared.database import DB, transaction
from bangfu.visits.tables import Visit
from tests.oversight import check_steps
from tests.quality import life_steps
from tests.settlement import settlement_steps
from tests.support import World

CONTRACT: dict[str, tuple[str, str]] = {
    "draft_contract": ("UPDATE contract SET drafted_by = {} WHERE id = {}", "contract"),
    "check_contract": ("UPDATE contract SET checked_by = {} WHERE id = {}", "contract"),
    "approve_contract": ("UPDATE contract SET approved_by = {} WHERE id = {}", "contract"),
    "pay_contract": ("UPDATE settlement_claim SET paid_by = {} WHERE id = {}", "claim"),
    "propose_match": ("UPDATE assignment SET offered_by = {} WHERE id = {}", "assignment"),
    "evaluate": ("UPDATE quarter_score SET confirmed_by = {} WHERE id = {}", "score"),
}
"""Duty -> the statement that writes it down, and the row."""
CLAIM: dict[str, tuple[str, str]] = {
    "claim": ("UPDATE settlement_claim SET claimed_by = {} WHERE id = {}", "claim"),
    "review": ("UPDATE settlement_claim SET reviewed_by = {} WHERE id = {}", "claim"),
    "approve": ("UPDATE settlement_claim SET approved_by = {} WHERE id = {}", "claim"),
    "pay": ("UPDATE settlement_claim SET paid_by = {} WHERE id = {}", "claim"),
}
SCORE: dict[str, tuple[str, str]] = {
    "score": ("UPDATE quarter_score SET confirmed_by = {} WHERE id = {}", "score"),
    "publish": ("UPDATE quarter_score SET published_by = {} WHERE id = {}", "score"),
    "decide_appeal": ("UPDATE score_appeal SET decided_by = {} WHERE id = {}", "appeal"),
}
CHECK: dict[str, tuple[str, str]] = {
    "deliver": ("UPDATE visit SET submitted_by = {} WHERE id = {}", "visit"),
    "verify": ("UPDATE visit SET decided_by = {} WHERE id = {}", "visit"),
    "spot_check": ("UPDATE check_inspector SET inspector = {} WHERE id = {}", "inspector"),
    "decide_check": ("UPDATE spot_check SET decided_by = {}, decision = 'upheld' WHERE id = {}", "check"),
}
TABLES = {
    "contract": "duties_of_contract", "settlement_claim": "duties_of_claim", "assignment": "duties_of_assignment",
    "quarter_score": "duties_of_score", "score_appeal": "duties_of_appeal", "visit": "duties_of_visit",
    "check_inspector": "duties_of_inspector", "spot_check": "duties_of_check",
}  # fmt: skip
"""Table -> the one trigger that is left on: what refuses is the separation of duties and nothing else."""
Writes = dict[str, tuple[str, str]]


class TakenBackError(Exception):
    """Ends a try that went through, so that nothing of it stays."""


async def tried(rows: dict[str, UUID], first: tuple[str, str], second: tuple[str, str], one: UUID, other: UUID) -> bool:
    """Whether the database takes the second duty of `other` after `one` was written down for the first."""
    try:
        async with transaction():
            await Visit.raw("SET LOCAL session_replication_role = replica")
            await Visit.raw(first[0], one, rows[first[1]])
            await Visit.raw("SET LOCAL session_replication_role = origin")
            await Visit.raw(second[0], other, rows[second[1]])
            raise TakenBackError
    except TakenBackError:
        return True
    except asyncpg.CheckViolationError:
        return False


async def refused_to_one_person(world: World, rows: dict[str, UUID], writes: Writes) -> None:
    """Every pair of these duties, in both orders: refused to one person, open to two."""
    for table, trigger in TABLES.items():
        await DB.run_ddl(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        await DB.run_ddl(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
    one, other = world["grid"].me, world["liaison"].me
    pairs = [pair for pair in permutations(writes, 2) if frozenset(pair) in PAIRS]
    assert pairs
    for first, second in pairs:
        assert not await tried(rows, writes[first], writes[second], one, one), (first, second)
        assert await tried(rows, writes[first], writes[second], one, other), (first, second)


async def test_nobody_has_two_duties_on_a_contract_or_on_a_claim(world: World) -> None:
    statement, visits = await settlement_steps.made(world, 1)
    claim = await settlement_steps.paid(world, statement.id)
    served = await Visit.objects().get(Visit.id == visits[0])
    assert served is not None
    rows = {"contract": statement.subject, "claim": claim.id, "score": statement.score, "assignment": served.assignment}
    await refused_to_one_person(world, rows, CONTRACT)
    await refused_to_one_person(world, rows, CLAIM)


async def test_nobody_has_two_duties_on_a_score(world: World) -> None:
    score = await life_steps.published(world)
    appeal = await life_steps.appealed(world, score)
    await refused_to_one_person(world, {"score": score, "appeal": appeal}, SCORE)


async def test_nobody_has_two_duties_on_a_visit(world: World) -> None:
    check = await check_steps.made(world)
    rows = await SpotCheck.raw('SELECT id FROM check_inspector WHERE "check" = {} ORDER BY place LIMIT 1', check.id)
    await refused_to_one_person(world, {"visit": check.visit, "inspector": rows[0]["id"], "check": check.id}, CHECK)


def test_every_pair_of_the_rules_was_tried_here_or_by_its_own_test() -> None:
    here = {frozenset(pair) for writes in (CONTRACT, CLAIM, SCORE, CHECK) for pair in permutations(writes, 2)}
    assert {frozenset(pair) for pair in PAIRS} - here == {
        frozenset({"submit_need", "confirm_need"}), frozenset({"assess", "care"}),
    }  # fmt: skip
