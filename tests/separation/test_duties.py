"""Who may not do two things on one chain: the rules here and in the database are the same, and the database refuses."""

import json
from itertools import combinations
from uuid import uuid4

import asyncpg
import pytest

from bangfu.separation.duties import CHAINS, PAIRS, barred_with
from bangfu.separation.proving import Held, prove, write
from bangfu.shared.clock import now, today
from bangfu.shared.database import transaction
from bangfu.shared.permissions import PERMISSIONS, barred_pair
from bangfu.visits.tables import Visit
from tests.support import World
from tests.visits import visit_steps as steps


async def sql(statement: str, *values: object) -> list[dict[str, object]]:
    """Straight to the database, past every action."""
    return list(await Visit.raw(statement, *values))


async def test_the_database_knows_the_same_pairs(database: None) -> None:
    for duty in sorted({duty for pair in PAIRS for duty in pair}):
        rows = await sql("SELECT barred_duties({}) AS others", duty)
        assert rows[0]["others"] == list(barred_with(duty))


async def test_the_view_knows_every_duty(database: None) -> None:
    rows = await sql("SELECT pg_get_viewdef('duty'::regclass) AS text")
    text = str(rows[0]["text"])
    for kind, duties in CHAINS.items():
        for duty in duties:
            assert f"'{duty}'" in text and f"'{kind}'" in text


def test_every_pair_is_of_one_kind_of_chain() -> None:
    for pair in PAIRS:
        assert len(pair) == 2
        assert any(pair <= set(duties) for duties in CHAINS.values())


async def test_who_served_cannot_be_written_down_as_who_verified(world: World) -> None:
    done = await steps.submitted(world)
    await sql("UPDATE visit SET submitted_by = {} WHERE id = {}", world["manager"].user, done.id)
    with pytest.raises(asyncpg.CheckViolationError, match="deliver and verify"):
        await sql(
            "UPDATE visit SET decided_by = {}, decided_at = now(), status = 'verified' WHERE id = {}",
            world["caregiver"].user, done.id,
        )  # fmt: skip


async def test_who_cleared_a_flag_cannot_be_drawn_to_check_the_visit(world: World) -> None:
    done = await steps.submitted(world, distance_m=450)
    await sql("UPDATE visit_flag SET decided_by = {} WHERE visit = {}", world["officer"].user, done.id)
    with pytest.raises(asyncpg.CheckViolationError, match="verify and spot_check"):
        await sql(
            "SELECT guard_duty('visit', {}, 'spot_check', {})", done.id, world["officer"].user
        )  # fmt: skip
    await sql("SELECT guard_duty('visit', {}, 'spot_check', {})", done.id, world["second_officer"].user)


async def test_what_somebody_did_once_stays_on_the_chain_when_the_column_is_written_anew(world: World) -> None:
    done = await steps.submitted(world)
    verified = "UPDATE visit SET decided_by = {}, decided_at = now(), status = 'verified' WHERE id = {}"
    await sql(verified, world["officer"].user, done.id)
    await sql(verified, world["second_officer"].user, done.id)
    with pytest.raises(asyncpg.CheckViolationError, match="verify and spot_check"):
        await sql("SELECT guard_duty('visit', {}, 'spot_check', {})", done.id, world["officer"].user)
    with pytest.raises(asyncpg.RaiseError, match="stays done"):
        await sql("DELETE FROM past_duty")


async def test_nobody_becomes_the_carer_of_a_visit_that_they_verified(world: World) -> None:
    done = await steps.submitted(world)
    verified = "UPDATE visit SET decided_by = {}, decided_at = now(), status = 'verified' WHERE id = {}"
    await sql(verified, world["officer"].user, done.id)
    with pytest.raises(asyncpg.CheckViolationError, match="deliver"):
        await sql("UPDATE app_user SET carer = {} WHERE id = {}", done.carer, world["officer"].user)
    other = await steps.submitted(world)
    await sql(verified, world["other_caregiver"].user, other.id)
    with pytest.raises(asyncpg.CheckViolationError, match="deliver"):
        await sql("UPDATE visit SET carer = {} WHERE id = {}", world.carers["rival"], other.id)


async def test_an_excuse_is_no_verification_until_the_visit_leaves_that_state(world: World) -> None:
    done = await steps.submitted(world)
    await sql("UPDATE visit SET submitted_by = {} WHERE id = {}", world["manager"].user, done.id)
    await sql(
        "UPDATE visit SET status = 'excused', decided_by = {}, decided_at = now() WHERE id = {}",
        world["caregiver"].user, done.id,
    )  # fmt: skip
    with pytest.raises(asyncpg.CheckViolationError, match="deliver and verify"):
        await sql("UPDATE visit SET status = 'verified' WHERE id = {}", done.id)


async def test_who_submitted_a_need_cannot_be_written_down_as_who_confirmed_it(world: World) -> None:
    task = await steps.accepted(world)
    await sql("UPDATE need SET submitted_by = {}, confirmed_by = NULL WHERE id = {}", world["officer"].user, task.need)
    with pytest.raises(asyncpg.CheckViolationError):
        await sql("UPDATE need SET confirmed_by = {} WHERE id = {}", world["officer"].user, task.need)


async def test_who_assessed_somebody_cannot_accept_to_care_for_them(world: World) -> None:
    task = await steps.accepted(world, "social_worker")
    rows = await sql("SELECT n.person, n.household FROM need n WHERE n.id = {}", task.need)
    if rows[0]["person"] is None:
        rows = await sql("SELECT id AS person, household FROM person WHERE household = {}", task.household)
        await sql("UPDATE need SET person = {} WHERE id = {}", rows[0]["person"], task.need)
    with pytest.raises(asyncpg.CheckViolationError, match="care and assess"):
        await sql("SELECT guard_duty('person', {}, 'assess', {})", rows[0]["person"], world["worker"].user)


def test_a_proof_names_every_violation_and_counts_each_chain_once() -> None:
    chain, one, other = uuid4(), uuid4(), uuid4()
    proof = prove([
        Held("claim", chain, one, ("approve", "claim", "pay")), Held("claim", chain, other, ("review",)),
        Held("visit", uuid4(), one, ("verify",)),
    ])  # fmt: skip
    assert proof.chains == {"need": 0, "contract": 0, "visit": 1, "score": 0, "claim": 1, "person": 0}
    assert [each["duties"] for each in proof.violations] == [["approve", "claim"], ["approve", "pay"], ["claim", "pay"]]
    assert {each["actor"] for each in proof.violations} == {str(one)}
    assert proof.duties == {"approve": 1, "claim": 1, "pay": 1, "review": 1, "verify": 1}


async def test_the_proof_of_a_night_is_written_once_and_finds_nothing_in_honest_work(world: World) -> None:
    await steps.submitted(world)
    day = today()
    assert await write("990101", day, now())
    assert not await write("990101", day, now())
    rows = await sql("SELECT * FROM separation_report WHERE county = '990101'")
    assert len(rows) == 1
    assert rows[0]["found"] == 0
    assert json.loads(str(rows[0]["chains"]))["visit"] == 1
    with pytest.raises(asyncpg.RaiseError, match="never changed"):
        await sql("UPDATE separation_report SET found = 1")


async def test_the_proof_finds_what_somebody_forced_past_the_triggers(world: World) -> None:
    done = await steps.submitted(world)
    async with transaction():
        await sql("SET LOCAL session_replication_role = replica")
        await sql(
            "UPDATE visit SET submitted_by = {}, decided_by = {}, decided_at = now(), status = 'verified'"
            " WHERE id = {}",
            world["manager"].user, world["caregiver"].user, done.id,
        )  # fmt: skip
    assert await write("990101", today(), now())
    rows = await sql("SELECT violations FROM separation_report WHERE county = '990101'")
    found = json.loads(str(rows[0]["violations"]))
    assert [(each["kind"], each["chain"], each["duties"]) for each in found] == [
        ("visit", str(done.id), ["deliver", "verify"])
    ]
    told = await sql('SELECT kind FROM message WHERE "user" = {}', world["auditor"].user)
    assert "duties_violated" in {row["kind"] for row in told}


ROLES = sorted({role for names in PERMISSIONS.values() for role in names})


async def test_the_database_bars_the_same_roles_together(database: None) -> None:
    for first, second in combinations(ROLES, 2):
        rows = await sql("SELECT roles_go_together({}::varchar[]) AS fine", [first, second])
        assert rows[0]["fine"] is (barred_pair(frozenset({first, second})) is None), (first, second)


async def test_an_account_with_roles_that_exclude_each_other_is_refused_by_the_database(world: World) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="app_user_roles_check"):
        await sql(
            "UPDATE app_user SET roles = ARRAY['bureau_officer', 'finance_officer']::varchar[] WHERE id = {}",
            world["bureau"].user,
        )  # fmt: skip
