"""What follows a draw: redraws, the second draw, full checks, how many checks a quarter needs (DOMAIN.md 5.3)."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from bangfu.assessments.commissions import commission_of
from bangfu.assessments.tables import Assessment
from bangfu.contracts.tables import Contract
from bangfu.oversight import draw_clock, draw_pool, draw_script, draws
from bangfu.oversight.check_tables import SpotCheck
from bangfu.oversight.draw_committing import commit
from bangfu.oversight.draw_holding import rows_of
from bangfu.oversight.draw_publishing import result_document
from bangfu.oversight.draw_revealing import reveal
from bangfu.oversight.draw_tables import DrawList, DrawPick, DrawRound
from bangfu.shared.clock import now, today
from bangfu.shared.tables import AuditEvent
from bangfu.visits.tables import Visit
from tests.assessments.answers import best
from tests.assessments.steps import complete, home_with, row_of
from tests.dispatch.tasks import make_need
from tests.oversight import draw_steps as steps
from tests.support import VILLAGE, World

pytestmark = pytest.mark.usefixtures("database")
AFTER = timedelta(days=12)


def quarter() -> tuple[int, int]:
    """The running quarter."""
    first = steps.this_month()
    return first.year, (first.month + 2) // 3


def quarter_end() -> datetime:
    """Long after the running quarter."""
    year, number = quarter()
    return steps.month_end(date(year, number * 3, 1)) + AFTER


async def _results(row: DrawRound, failed: int) -> UUID:
    """The checks of a draw as they would be found, the first ones failed; the contract."""
    for number, pick in enumerate(await steps.picks(row)):
        result = "fail" if number < failed else "pass"
        found = {"result": result, "reason": "shorter" if result == "fail" else "", "done_at": now()}
        await SpotCheck.update(status="closed", **found).where(SpotCheck.id == pick.check)
    contract: UUID = (await steps.the_list(row)).contract
    return contract


async def _over(row: DrawRound) -> None:
    """The months of the quarter that nothing was submitted in end too."""
    await draw_clock.look_after(quarter_end())
    await DrawRound.raw("UPDATE draw_round SET status = 'void', void_at = now(), void_reason = 'empty'"
                        " WHERE status IN ('open', 'closed') AND kind = 'month'")  # fmt: skip


async def test_an_unreachable_check_is_followed_by_the_next_of_the_order_and_that_is_on_record(world: World) -> None:
    row = await steps.drawn(world, 11)
    closed, first = await steps.the_list(row), (await steps.picks(row))[0]
    at = steps.month_end() + timedelta(days=4)
    found = await asyncio.gather(*(draws.redraw(first.check, at) for _ in range(3)))
    assert len(set(found)) == 1

    last = (await steps.picks(row))[-1]
    order = draw_script.order(bytes.fromhex(closed.seed), [each[0] for each in rows_of(closed)])
    assert (str(last.subject), last.origin, last.replaces) == (order[2], "redraw", first.subject)
    check = await SpotCheck.objects().get(SpotCheck.id == found[0])
    assert check is not None
    assert (check.replaces, check.origin) == (first.check, "redraw")
    events = await AuditEvent.raw("SELECT count(*) AS n FROM audit_event WHERE action = 'draw.redrawn'")
    assert events[0]["n"] == 1


async def test_where_nobody_is_left_to_redraw_the_quarter_needs_one_check_less(world: World) -> None:
    row = await steps.drawn(world, 1)
    closed, first = await steps.the_list(row), (await steps.picks(row))[0]
    assert await draws.required_of(closed.contract, *quarter()) == 1
    for _ in range(2):
        assert await draws.redraw(first.check, now()) is None
    assert await draws.required_of(closed.contract, *quarter()) == 0


async def test_the_required_number_counts_what_came_in_what_is_closed_and_what_is_drawn(world: World) -> None:
    row = await steps.opened()
    await steps.committed(world, row)
    await steps.served(world, 11)
    contracts = await DrawList.raw("SELECT contract FROM contract_line WHERE id = {}", world.lines["visit_check"])
    contract = contracts[0]["contract"]
    required = [await draws.required_of(contract, *quarter())]
    await draw_clock.look_after(steps.month_end())
    required.append(await draws.required_of(contract, *quarter()))
    for side, secret in steps.SECRETS.items():
        await reveal(world[side], row.id, secret, steps.month_end())
    required.append(await draws.required_of(contract, *quarter()))
    assert required == [2, 2, 2]
    assert [each.origin for each in await draws.drawn_of(contract, *quarter())] == ["regular", "regular"]


async def test_more_than_a_fifth_failed_opens_a_second_draw_of_thirty_per_cent_with_fresh_secrets(world: World) -> None:
    row = await steps.drawn(world, 11)
    contract = await _results(row, 1)
    assert await draws.second_draw_if_needed(contract, *quarter(), now()) is None  # the quarter is not over
    await _over(row)
    second = await DrawRound.objects().get(DrawRound.kind == "second")
    assert second is not None
    assert await draws.second_draw_if_needed(contract, *quarter(), quarter_end()) is None  # once

    at = quarter_end()
    for side, secret in {"bureau": "cc" * 32, "auditor": "dd" * 32}.items():
        await commit(world[side], uuid4(), second.id, steps.hashed(secret), at)
    for side, secret in {"bureau": "cc" * 32, "auditor": "dd" * 32}.items():
        await reveal(world[side], second.id, secret, at)
    made = await draws.drawn_of(contract, *quarter())
    again = [each for each in made if each.origin == "second"]
    assert len(again) == 4  # 30 % of 11, rounded up
    assert not {each.subject for each in again} & {each.subject for each in made if each.origin != "second"}
    assert draw_script.difference(await result_document(second.id)) == ""
    assert await draws.required_of(contract, *quarter()) == 6


async def test_failures_of_surveys_draw_more_surveys_and_no_visits(world: World) -> None:
    row = await steps.opened()
    await steps.committed(world, row)
    await steps.pool(world, "city_bureau", "second_bureau")
    await steps.served(world, 11)
    lines = await DrawList.raw("SELECT contract FROM contract_line WHERE id = {}", world.lines["visit_check"])
    for _ in range(12):
        await _survey(world, lines[0]["contract"], now())
    await steps.finish(world, row)
    await SpotCheck.update(status="closed", result="pass", done_at=now()).where(SpotCheck.visit.is_not_null())
    await SpotCheck.update(status="closed", result="fail", reason="level_differs", done_at=now()).where(
        SpotCheck.assessment.is_not_null()
    )
    await _over(row)

    lists = await DrawList.objects().where(DrawList.kind == "second")
    assert [(one.population, one.size, one.n) for one in lists] == [("surveys", 10, 4)]  # 30 % of 12, rounded up
    second = await DrawRound.objects().get(DrawRound.kind == "second")
    assert second is not None
    for side, secret in {"bureau": "cc" * 32, "auditor": "dd" * 32}.items():
        await commit(world[side], uuid4(), second.id, steps.hashed(secret), quarter_end())
    for side, secret in {"bureau": "cc" * 32, "auditor": "dd" * 32}.items():
        await reveal(world[side], second.id, secret, quarter_end())
    again = await SpotCheck.objects().where(SpotCheck.draw == lists[0].id)
    assert [(one.origin, one.visit is None) for one in again] == [("second", True)] * 4
    assert draw_script.difference(await result_document(second.id)) == ""


async def test_both_populations_of_a_contract_have_a_second_draw_in_one_round(world: World) -> None:
    row = await steps.opened()
    await steps.committed(world, row)
    await steps.served(world, 11)
    lines = await DrawList.raw("SELECT contract FROM contract_line WHERE id = {}", world.lines["visit_check"])
    for _ in range(12):
        await _survey(world, lines[0]["contract"], now())
    await steps.finish(world, row)
    first = await result_document(row.id)
    assert len(draw_script.seeds(bytes.fromhex(steps.BUREAU), bytes.fromhex(steps.AUDITOR), first)) == 2
    await SpotCheck.update(status="closed", result="fail", reason="shorter", done_at=now()).where(
        SpotCheck.status != "closed"
    )
    await _over(row)
    lists = await DrawList.objects().where(DrawList.kind == "second").order_by(DrawList.population)
    assert [(one.population, one.size, one.n) for one in lists] == [("surveys", 10, 4), ("visits", 9, 4)]
    assert await DrawRound.count().where(DrawRound.kind == "second") == 1


async def test_one_failure_in_five_opens_no_second_draw(world: World) -> None:
    row = await steps.drawn(world, 41)
    await _results(row, len(await steps.picks(row)) // 5)
    await _over(row)
    assert not await DrawRound.exists().where(DrawRound.kind == "second")


async def test_after_a_forgery_every_visit_of_that_carer_in_the_quarter_is_checked(world: World) -> None:
    row = await steps.opened()
    await steps.committed(world, row)
    mine = [*await steps.served(world, 6, "nurse"), *await steps.served(world, 5, "nurse")]
    others = await steps.served(world, 5, "rival")
    contracts = await DrawList.raw("SELECT contract FROM contract_line WHERE id = {}", world.lines["visit_check"])
    before = await draws.full_check(contracts[0]["contract"], world.carers["nurse"], *quarter(), now())
    assert before == []  # nothing is drawn yet
    await steps.finish(world, row)
    picks = await DrawPick.objects()
    assert set(mine) <= {each.subject for each in picks}
    assert {each.origin for each in picks if each.subject in others} == {"regular"}
    assert await draws.full_check(contracts[0]["contract"], world.carers["nurse"], *quarter(), now()) == []
    assert draw_script.difference(await result_document(row.id)) == ""


async def test_flagged_and_late_visits_come_on_top(world: World) -> None:
    row = await steps.opened()
    await steps.committed(world, row)
    made = await steps.served(world, 20)
    await Visit.raw("UPDATE visit SET evidence = 'afterwards' WHERE id = ANY({}::uuid[])", made[:10])
    for visit in made[10:16]:
        await Visit.raw(
            "INSERT INTO visit_flag (id, visit, flag, detail, policy_version, status, reason, raised_at)"
            " VALUES (gen_random_uuid(), {}, 'short', '{{}}', 'default', 'open', '', now())", visit,
        )  # fmt: skip
    await steps.finish(world, row)
    picks = await steps.picks(row)
    late = [each for each in picks if each.subject in made[:10]]
    assert [each.origin for each in picks if each.origin == "regular"] == ["regular"] * 2
    assert len(late) >= 3
    assert sum(each.origin == "flagged" for each in picks) == 2


async def _survey(world: World, contract: UUID | None, at: datetime) -> UUID:
    need, key = await make_need(division=VILLAGE), uuid4()
    rows = await Assessment.raw("SELECT id FROM person WHERE household = {} LIMIT 1", need.household)
    forms = await Assessment.raw(
        "SELECT id AS form, code AS form_code, version AS form_version FROM assessment_form ORDER BY code LIMIT 1"
    )
    values: dict[str, Any] = {**forms[0], "first_signed_at": at, "second_signed_at": at, "valid_until": today()}
    await Assessment(
        id=key, number=f"PG-{key.hex[:6]}", household=need.household, person=rows[0]["id"], division=VILLAGE,
        status="valid", final_level="semi", assessed_on=today(), first_assessor=world["assessor"].me, completed_at=at,
        commission=contract,
        second_assessor=world["second_assessor"].me, **values,
    ).save()  # fmt: skip
    return key


async def _commission(world: World) -> UUID:
    key = uuid4()
    await Contract(
        id=key, number="C-survey", kind="commission", division=steps.COUNTY, supplier=world.assessing_body,
        status="active", imported=True, starts_on=today() - timedelta(days=30), ends_on=today() + timedelta(days=90),
    ).save()  # fmt: skip
    return key


async def test_surveys_are_tied_to_the_commission_of_the_agency_that_delivers_them(world: World) -> None:
    commission = await _commission(world)
    assert await commission_of([world["assessor"].me], VILLAGE, today()) == commission
    assert await commission_of([world["worker"].me], VILLAGE, today()) is None
    assert await commission_of([world["assessor"].me], VILLAGE, today() - timedelta(days=31)) is None
    assert await commission_of([world["assessor"].me], "990102001201", today()) is None
    _, person = await home_with()
    key = await complete(world, person, "barthel", best("barthel"))
    assert (await row_of(key)).commission == commission


async def test_ten_per_cent_of_a_commissions_surveys_are_done_again_by_people_of_the_city(world: World) -> None:
    row = await steps.opened()
    await steps.committed(world, row)
    await steps.pool(world, "city_bureau", "second_officer", "second_bureau")
    commission = await _commission(world)
    for _ in range(11):
        await _survey(world, commission, now())
    await _survey(world, None, now())
    await steps.finish(world, row)
    lists = await DrawList.objects().where(DrawList.contract == commission)
    assert (lists[0].population, lists[0].size, lists[0].n) == ("surveys", 11, 2)
    picks = await DrawPick.objects().where(DrawPick.list == lists[0].id)
    assert [each.origin for each in picks] == ["survey", "survey"]
    rows = await DrawPick.raw("SELECT DISTINCT inspector FROM check_inspector")
    assert [each["inspector"] for each in rows] == [world["city_bureau"].me]
    assert draw_script.difference(await result_document(row.id)) == ""


async def test_the_pool_is_read_as_it_stood_and_only_fitting_accounts_get_in(world: World) -> None:
    early = now() - timedelta(days=3)
    await draw_pool.add(world["bureau"], steps.COUNTY, world["second_officer"].me, early)
    await draw_pool.add(world["bureau"], VILLAGE, world["second_officer"].me, now())
    member = (await draw_pool.members(steps.COUNTY))[0]
    assert await draw_pool.pool_of(VILLAGE, early - timedelta(seconds=1)) == []
    await draw_pool.remove(world["bureau"], member.id, now())
    assert await draw_pool.pool_of(VILLAGE, early) == [world["second_officer"].me]
    assert await draw_pool.pool_of(VILLAGE, now() + timedelta(seconds=1)) == []
    for name in ("admin", "auditor", "outside_officer", "lead"):
        with pytest.raises(Exception, match="correct the fields"):
            await draw_pool.add(world["bureau"], steps.COUNTY, world[name].me, now())
