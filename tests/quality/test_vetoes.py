"""Vetoes: proposed, heard, decided by the lead alone; what they cost (DOMAIN.md 6.4)."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.providers.barring import standing_bar
from bangfu.quality import life_charging, life_deciding, life_facts, life_vetoing
from bangfu.quality.life_charging import Charge
from bangfu.quality.life_clock import look_after
from bangfu.quality.life_tables import ScoreFollow, ScoreVeto
from bangfu.shared.actor import SYSTEM
from bangfu.supervision.tables import SupervisionTask
from tests.quality import life_steps as steps
from tests.quality.life_steps import AT, PAPER
from tests.quality.quarter_facts import key
from tests.support import World

HEARING = AT + timedelta(days=4)
AFTER = HEARING + timedelta(hours=2)


async def _proposed(world: World, **more: Any) -> UUID:
    contract = await steps.contract_of(world.organization)
    charge = Charge("contract", contract.id, 2026, 3, "forged", "三次记录与监控不符。", evidence=(PAPER,), **more)
    return await life_charging.propose(world["bureau"], uuid4(), charge, AT)


async def _heard(world: World, **more: Any) -> UUID:
    veto = await _proposed(world, **more)
    await life_vetoing.summon(world["bureau"], veto, HEARING, "民政局二楼会议室", AT)
    await life_vetoing.defend(world["manager"], veto, "当天确有服务。", [PAPER], AT + timedelta(days=1))
    await life_vetoing.hear(world["bureau"], veto, "机构负责人到场陈述。", False, PAPER, AFTER)
    return veto


async def _row(veto: UUID) -> ScoreVeto:
    found = await ScoreVeto.objects().get(ScoreVeto.id == veto)
    assert found is not None
    return found


@pytest.mark.usefixtures("database")
async def test_a_veto_needs_a_hearing_and_the_lead(world: World) -> None:
    veto = await _proposed(world)
    with pytest.raises(Refused):
        await life_vetoing.decide(world["lead"], veto, True, "属实。", AT)
    with pytest.raises(FormError) as fault:
        await life_vetoing.summon(world["bureau"], veto, AT + timedelta(days=1), "会议室", AT)
    assert "hearing" in fault.value.fields
    await life_vetoing.summon(world["bureau"], veto, HEARING, "会议室", AT)
    with pytest.raises(Refused, match="to come"):
        await life_vetoing.hear(world["bureau"], veto, "到场。", False, None, AT)
    await life_vetoing.hear(world["bureau"], veto, "到场陈述。", False, None, AFTER)
    with pytest.raises(NotAllowed):
        await life_vetoing.decide(world["second_bureau"], veto, True, "属实。", AFTER)
    await life_vetoing.decide(world["lead"], veto, True, "监控与定位均不符。", AFTER)
    assert (await _row(veto)).status == "confirmed"


@pytest.mark.usefixtures("database")
async def test_the_database_confirms_no_veto_without_hearing_or_by_another_than_the_lead(world: World) -> None:
    veto = await _proposed(world)
    sql = "UPDATE score_veto SET status = 'confirmed', decided_at = now(), decided_by = {} WHERE id = {}"
    with pytest.raises(asyncpg.CheckViolationError):
        await ScoreVeto.raw(sql, world["lead"].me, veto)
    await life_vetoing.summon(world["bureau"], veto, HEARING, "会议室", AT)
    await life_vetoing.hear(world["bureau"], veto, "到场。", False, None, AFTER)
    with pytest.raises(asyncpg.RaiseError, match="only the lead"):
        await ScoreVeto.raw(sql, world["second_bureau"].me, veto)
    await life_vetoing.decide(world["lead"], veto, False, "证据不足。", AFTER)
    with pytest.raises(asyncpg.RaiseError, match="never changed"):
        await ScoreVeto.raw(sql, world["lead"].me, veto)


@pytest.mark.usefixtures("database")
async def test_a_hearing_that_nobody_recorded_lapses_and_what_was_written_counts(world: World) -> None:
    veto = await _proposed(world)
    await life_vetoing.summon(world["bureau"], veto, HEARING, "会议室", AT)
    await life_vetoing.defend(world["manager"], veto, "当天确有服务。", [], AT)
    await look_after(HEARING + timedelta(hours=20))
    assert (await _row(veto)).status == "summoned"
    await look_after(HEARING + timedelta(days=3))
    row = await _row(veto)
    assert (row.status, row.absent) == ("heard", False)
    assert row.heard_by is None
    task = await SupervisionTask.objects().get(
        (SupervisionTask.subject == veto) & (SupervisionTask.kind == "score.veto")
    )
    assert task is not None and task.role == "bureau_lead"


@pytest.mark.usefixtures("database")
async def test_a_confirmed_veto_makes_the_band_poor_leaves_units_unpaid_and_opens_what_follows(world: World) -> None:
    score = await steps.published(world, "excellent")
    contract = await steps.contract_of(world.organization)
    veto = await _heard(world, crime=True)
    await ScoreVeto.raw("UPDATE score_veto SET visits = ARRAY[{}::uuid] WHERE id = {}", UUID(key(20)), veto)
    assert await life_vetoing.decide(world["lead"], veto, True, "属实。", AFTER) == 2
    revision, facts = await steps.now_of(score)
    assert (revision.band, revision.final_band, revision.reason) == ("excellent", "poor", "veto")
    forged = next(each for each in facts.visits if each.id == key(20))
    assert (forged.forged, forged.payable, forged.unpayable_reason) == (True, False, "forged")
    opened = {each.kind: each for each in await ScoreFollow.objects().where(ScoreFollow.veto == veto)}
    assert set(opened) == {"contract_review", "blacklist", "report"}
    assert opened["contract_review"].due_at.isoformat() == "2026-11-13T15:59:00+00:00"
    with pytest.raises(NotAllowed):
        await life_deciding.decide(world["bureau"], opened["blacklist"].id, "barred", "x", date(2027, 1, 1), AFTER)
    with pytest.raises(FormError):
        await life_deciding.decide(world["lead"], opened["blacklist"].id, "barred", "伪造记录。", None, AFTER)
    await life_deciding.decide(world["lead"], opened["blacklist"].id, "barred", "伪造记录。", date(2027, 1, 1), AFTER)
    bar = await standing_bar(contract.supplier)
    assert bar is not None and (bar.ground, bar.until) == ("forged_records", date(2027, 1, 1))
    await life_deciding.decide(
        world["bureau"], opened["report"].id, "reported", "移送公安机关。", date(2026, 10, 30), AFTER
    )
    await life_deciding.decide(world["lead"], opened["contract_review"].id, "kept", "继续观察。", None, AFTER)
    assert await ScoreFollow.count().where(ScoreFollow.status == "done") == 3


@pytest.mark.usefixtures("database")
async def test_a_veto_after_the_end_makes_a_final_score_poor_and_asks_for_a_rectification(world: World) -> None:
    score = await steps.final(world, "excellent")
    veto = await _heard(world)
    await life_vetoing.decide(world["lead"], veto, True, "属实。", AFTER)
    row = await steps.row_of(score)
    assert (row.status, row.revision) == ("final", 2)
    follow = await ScoreFollow.objects().get((ScoreFollow.score == score) & (ScoreFollow.kind == "rectification"))
    assert follow is not None and follow.holds


@pytest.mark.usefixtures("database")
async def test_a_veto_confirmed_before_the_freeze_waits_for_the_facts(world: World) -> None:
    veto = await _heard(world)
    assert await life_vetoing.decide(world["lead"], veto, True, "属实。", AFTER) is None
    contract = await steps.contract_of(world.organization)
    facts = await life_facts.with_vetoes(steps.facts(contract, "excellent", (2026, 3)))
    assert [(each.id, each.ground) for each in facts.vetoes] == [(str(veto), "forged")]


@pytest.mark.usefixtures("database")
async def test_one_ground_has_one_veto_a_quarter_and_a_stranger_proposes_none(world: World) -> None:
    first = await _proposed(world)
    assert await _proposed(world) == first
    contract = await steps.contract_of(world.organization)
    charge = Charge("contract", contract.id, 2026, 3, "harm", "x", visits=(uuid4(),))
    with pytest.raises(Refused, match="belong"):
        await life_charging.propose(world["bureau"], uuid4(), charge, AT)
    with pytest.raises(NotYours):
        await life_charging.propose(world["bureau"], uuid4(), Charge("contract", uuid4(), 2026, 3, "harm", "x"), AT)
    with pytest.raises(NotYours):
        await life_vetoing.defend(world["other_manager"], first, "x", [], AT)


@pytest.mark.usefixtures("database")
async def test_the_system_proposes_what_a_check_found_and_a_person_decides(world: World) -> None:
    contract = await steps.contract_of(world.organization)
    charge = Charge("contract", contract.id, 2026, 3, "forged", "抽查不实", source="check", source_id=uuid4())
    veto = await life_charging.propose(SYSTEM, uuid4(), charge, datetime.now(AT.tzinfo))
    row = await _row(veto)
    assert (row.status, row.source) == ("proposed", "check")
    assert row.proposed_by is None
