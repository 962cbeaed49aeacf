"""Nobody chooses who checks once the seed is public: the pool stays, a replacement takes two words (DOMAIN.md 5.3)."""

import json
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from bangfu.accounts.tables import User
from bangfu.errors import NotAllowed, NotYours, Refused
from bangfu.messages.tables import Message
from bangfu.oversight import check_making, check_replacing, check_reporting, draw_pool
from bangfu.oversight.check_tables import CheckInspector, SpotCheck
from bangfu.oversight.draw_queries import list_for, picks_of
from bangfu.shared.clock import now
from bangfu.shared.tables import AuditEvent
from tests.oversight import check_steps as steps
from tests.support import World

pytestmark = pytest.mark.usefixtures("database")


async def place(check: SpotCheck, inspector: object) -> CheckInspector:
    """One person's place on a check."""
    known = (CheckInspector.check == check.id) & (CheckInspector.inspector == inspector)
    found = await CheckInspector.objects().get(known)
    assert found is not None
    return found


async def events(check: SpotCheck) -> list[str]:
    rows = await AuditEvent.raw("SELECT action FROM audit_event WHERE subject = {} ORDER BY id", str(check.id))
    return [row["action"] for row in rows if "replace" in row["action"]]


async def test_who_is_taken_out_of_the_pool_after_the_list_closed_is_still_drawn(world: World) -> None:
    visit = await steps.verified(world)
    draw = await steps.drawn(world, [visit])
    for member in await draw_pool.members(steps.COUNTY):
        if member.inspector != world["city_bureau"].me:
            await draw_pool.remove(world["bureau"], member.id, now())
    await check_making.make_checks(draw, await steps.contract_of(visit), [(visit.id, "regular")], now())
    check = (await SpotCheck.objects())[0]
    order = [world[name].me for name in steps.PEOPLE]
    pool = json.loads(check.pool) if isinstance(check.pool, str) else check.pool
    assert (check.status, set(pool)) == ("assigned", {str(one) for one in order})


async def test_whose_account_is_closed_cannot_check_and_that_is_on_the_page(world: World) -> None:
    visit = await steps.verified(world)
    draw = await steps.drawn(world, [visit])
    await User.update(active=False).where(User.id == world["second_bureau"].me)
    await check_making.make_checks(draw, await steps.contract_of(visit), [(visit.id, "regular")], now())
    check = (await SpotCheck.objects())[0]
    left_out = json.loads(check.left_out) if isinstance(check.left_out, str) else check.left_out
    assert left_out == [{"user": str(world["second_bureau"].me), "reason": "inactive"}]


async def test_somebody_else_is_replaced_on_the_word_of_two_officers(world: World) -> None:
    check = await steps.made(world, people=("second_officer", "city_bureau", "assessor"))
    first = (await steps.inspectors(world, check))[0]
    for who in ("manager", "officer", "auditor"):
        with pytest.raises((NotAllowed, NotYours)):
            await check_replacing.ask(world[who], check.id, first.me, "left", now())
    for _ in range(2):
        await check_replacing.ask(world["bureau"], check.id, first.me, "left", now())
    assert not (await place(check, first.me)).replaced
    with pytest.raises(Refused, match="another officer"):
        await check_replacing.answer(world["bureau"], check.id, first.me, now(), agree=True)
    told = await Message.raw("SELECT \"user\" FROM message WHERE kind = 'check_replace_asked'")
    assert world["second_bureau"].me in {row["user"] for row in told}
    for _ in range(2):
        await check_replacing.answer(world["second_bureau"], check.id, first.me, now(), agree=True)
    gone = await place(check, first.me)
    assert (gone.replaced, gone.asked_by, gone.replaced_by) == (True, world["bureau"].me, world["second_bureau"].me)
    assert first.me not in [one.me for one in await steps.inspectors(world, check)]
    assert await events(check) == ["check.replace_asked", "check.replaced"]
    one = await list_for(world["bureau"], check.draw)
    (name, reason, office) = (await picks_of(one))[0].replaced[0]
    assert (name, reason, office) == (first.display_name, "left", True), "the draw's page says it"


async def test_the_second_officer_may_keep_the_inspector_and_it_can_be_asked_again(world: World) -> None:
    check = await steps.made(world, people=("second_officer", "city_bureau"))
    first = (await steps.inspectors(world, check))[0]
    with pytest.raises(Refused, match="any more"):
        await check_replacing.answer(world["second_bureau"], check.id, first.me, now(), agree=False)
    await check_replacing.ask(world["bureau"], check.id, first.me, "left", now())
    await check_replacing.answer(world["second_bureau"], check.id, first.me, now(), agree=False)
    assert not (await place(check, first.me)).replaced
    await check_replacing.ask(world["second_bureau"], check.id, first.me, "away", now())
    assert (await place(check, first.me)).asked_by == world["second_bureau"].me
    assert await events(check) == ["check.replace_asked", "check.replace_refused", "check.replace_asked"]


async def test_the_database_refuses_one_word(world: World) -> None:
    check = await steps.made(world)
    first = (await steps.inspectors(world, check))[0]
    for by, asked in ((world["bureau"].me, None), (world["bureau"].me, world["bureau"].me), (None, None)):
        with pytest.raises(asyncpg.CheckViolationError):
            await CheckInspector.raw(
                "UPDATE check_inspector SET replaced = true, replaced_reason = 'left', replaced_by = {}, asked_by = {}"
                " WHERE inspector = {}",
                by, asked, first.me,
            )  # fmt: skip


async def test_one_inspector_alone_finds_nobody_on_site_and_the_other_confirms_it(world: World) -> None:
    check = await steps.made(world)
    first, second = await steps.inspectors(world, check)
    at = now()
    for day in range(3):
        await check_reporting.attempt(first, uuid4(), check.id, "onsite", at + timedelta(days=day))
    sent = await steps.check(check.id)
    assert (sent.status, sent.result, sent.sent_at is not None) == ("assigned", "unreachable", True)
    with pytest.raises(Refused, match="yourself"):
        await check_reporting.confirm(first, check.id, at + timedelta(days=2))
    await check_reporting.give_back(second, check.id, "第二天有人在家", at + timedelta(days=2))
    assert (await steps.check(check.id)).result == ""
    await check_reporting.attempt(first, uuid4(), check.id, "phone", at + timedelta(days=3))
    await check_reporting.confirm(second, check.id, at + timedelta(days=3))
    assert (await steps.check(check.id)).status == "redrawn"


async def test_three_calls_of_one_inspector_are_enough(world: World) -> None:
    check = await steps.made(world)
    first = (await steps.inspectors(world, check))[0]
    for day in range(3):
        await check_reporting.attempt(first, uuid4(), check.id, "phone", now() + timedelta(days=day))
    assert (await steps.check(check.id)).status == "redrawn"
