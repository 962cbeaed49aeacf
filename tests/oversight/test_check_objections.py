"""The provider's side: results without people's words, objections in time, decided by somebody who did not check."""

from datetime import timedelta

import asyncpg
import pytest

from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.oversight import check_appeals, check_clock, check_hooks, check_queries
from bangfu.oversight.check_tables import SpotCheck
from bangfu.shared.clock import now
from bangfu.shared.files import look_at
from bangfu.supervision.tables import SupervisionTask
from bangfu.verification.tables import VisitDispute
from tests.conftest import SignIn
from tests.oversight import check_steps as steps
from tests.support import World
from tests.visits import visit_steps

pytestmark = pytest.mark.usefixtures("database")
WORDS = "当天停电，服务人员等了四十分钟"


async def test_an_objection_with_papers_is_decided_by_an_officer_who_did_not_check(world: World) -> None:
    check = await steps.failed(world)
    inspectors = await steps.inspectors(world, check)
    paper = await look_at("a.pdf", b"%PDF-1.4 made up")
    await check_appeals.appeal(world["manager"], check.id, WORDS, [paper], now())
    await check_appeals.appeal(world["manager"], check.id, WORDS, [paper], now())
    check = await steps.check(check.id)
    assert (check.status, check.appealed_by) == ("appealed", world["manager"].user) and WORDS not in check.appeal_enc
    task = await SupervisionTask.objects().get(SupervisionTask.kind == "check.appeal")
    assert task is not None and set(task.excluded) == {one.me for one in inspectors}
    for one in inspectors:
        with pytest.raises((Refused, NotAllowed, NotYours)):
            await check_appeals.decide(one, check.id, "changed", "理由", now())
    await check_appeals.decide(world["bureau"], check.id, "changed", "停电证明属实", now())
    check = await steps.check(check.id)
    assert (check.status, check.result, check.first_result, check.first_reason) == ("closed", "pass", "fail", "shorter")
    assert (await visit_steps.visit(check.visit)).status == "verified", "the doubt that it raised has ended"
    dispute = await VisitDispute.objects().get(VisitDispute.id == check.id)
    assert dispute is not None and dispute.status == "upheld"


async def test_an_upheld_result_stays_and_closes(world: World) -> None:
    closed: list[str] = []

    async def hook(_actor: object, row: SpotCheck, _at: object) -> None:
        closed.append(row.decision)

    check_hooks.after("closed", hook)
    check = await steps.failed(world)
    await check_appeals.appeal(world["manager"], check.id, WORDS, [], now())
    await check_appeals.decide(world["bureau"], check.id, "upheld", "没有新的证据", now())
    check = await steps.check(check.id)
    assert (check.status, check.result, closed) == ("closed", "fail", ["upheld"])
    assert (await visit_steps.visit(check.visit)).status == "disputed"


async def test_sql_does_not_let_an_inspector_decide_either(world: World) -> None:
    check = await steps.failed(world)
    await check_appeals.appeal(world["manager"], check.id, WORDS, [], now())
    one = (await steps.inspectors(world, check))[0]
    with pytest.raises(asyncpg.RaiseError, match="separation of duties"):
        await SpotCheck.raw(
            "UPDATE spot_check SET status = 'closed', decision = 'upheld', decided_by = {} WHERE id = {}",
            one.me, check.id,
        )  # fmt: skip


async def test_objections_need_words_a_failure_the_own_organisation_and_come_in_time(world: World) -> None:
    check = await steps.failed(world)
    with pytest.raises(FormError):
        await check_appeals.appeal(world["manager"], check.id, " ", [], now())
    with pytest.raises(NotYours):
        await check_appeals.appeal(world["other_manager"], check.id, WORDS, [], now())
    with pytest.raises(NotYours):
        await check_appeals.appeal(world["bureau"], check.id, WORDS, [], now())
    with pytest.raises(Refused, match="over"):
        late = check.appeal_until + timedelta(seconds=1)
        await check_appeals.appeal(world["manager"], check.id, WORDS, [], late)
    passed = await steps.failed(world, result="pass", reason="", remarks="")
    with pytest.raises(Refused, match="passed"):
        await check_appeals.appeal(world["manager"], passed.id, WORDS, [], now())


async def test_the_clock_closes_what_nobody_objected_to_and_leaves_objections_open(world: World) -> None:
    quiet, loud = await steps.failed(world), await steps.failed(world)
    await check_appeals.appeal(world["manager"], loud.id, WORDS, [], now())
    assert await check_clock.look_after(quiet.appeal_until - timedelta(seconds=1)) == 0
    assert await check_clock.look_after(quiet.appeal_until + timedelta(seconds=1)) == 1
    assert await check_clock.look_after(quiet.appeal_until + timedelta(seconds=2)) == 0
    assert [(await steps.check(one.id)).status for one in (quiet, loud)] == ["closed", "appealed"]


async def test_people_s_words_are_shown_from_five_checks_on_and_never_beside_a_visit(
    world: World, visit: SignIn
) -> None:
    done = [await steps.failed(world, said=f"第{n}位说的话") for n in range(4)]
    manager = await visit("manager")
    period = done[0].period
    page = (await manager.get(f"/my-results?period={period}")).text
    assert done[0].number in page and "位说的话" not in page
    done.append(await steps.failed(world, said="第5位说的话"))
    page = (await manager.get(f"/my-results?period={period}")).text
    assert page.count("位说的话") == 5
    for check in done:
        single = await manager.get(f"/my-results/{check.id}")
        assert single.status_code == 200 and "位说的话" not in single.text and "只有十分钟" in single.text
    said = await check_queries.voices(world.organization, done[0].contract, period)
    assert len(said) == 5


async def test_the_provider_sees_nothing_of_a_check_before_its_result_and_nobody_s_but_its_own(
    world: World, visit: SignIn
) -> None:
    check = await steps.made(world)
    manager = await visit("manager")
    assert (await manager.get(f"/my-results/{check.id}")).status_code == 404
    assert check.number not in (await manager.get("/my-results")).text
    first = (await steps.inspectors(world, check))[0]
    await steps.report(first, check)
    page = await manager.get(f"/my-results/{check.id}")
    assert page.status_code == 200 and first.display_name not in page.text
    rival = await visit("other_manager")
    assert (await rival.get(f"/my-results/{check.id}")).status_code == 404
