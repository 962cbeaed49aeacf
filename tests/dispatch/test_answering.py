"""Offers and their answers: who may answer what, what follows, and that repeating is harmless."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from bangfu.contracts.queries import balance
from bangfu.contracts.tables import ContractLine
from bangfu.dispatch import moves
from bangfu.dispatch.actions import accept, cancel, decline, make_offer, withdraw
from bangfu.dispatch.tables import Assignment
from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.needs.tables import Need
from bangfu.shared import audit
from bangfu.shared.clock import now, today
from bangfu.shared.database import transaction
from tests.dispatch.tasks import kinds_told, make_need, need_status, offer_of, offered, status_of
from tests.support import FOREIGN_VILLAGE, World


@pytest.fixture
def no_rules() -> Iterator[list[moves.CheckPair]]:
    """The registered checks, for the test to fill; put back afterwards."""
    kept, moves.CHECKS[:] = list(moves.CHECKS), []
    yield moves.CHECKS
    moves.CHECKS[:] = kept


@pytest.fixture
def ended() -> Iterator[list[tuple[UUID, str]]]:
    """What planning would hear."""
    heard: list[tuple[UUID, str]] = []

    async def hear(assignment: UUID, how: str, at: datetime) -> None:
        heard.append((assignment, how))

    kept, moves.ENDED[:] = list(moves.ENDED), [hear]
    yield heard
    moves.ENDED[:] = kept


async def test_an_offer_reserves_on_the_line_and_tells_the_manager(world: World) -> None:
    task = await offered(world)
    row = await Assignment.objects().get(Assignment.id == task)
    assert row is not None
    assert row.number.startswith("A-")
    assert row.contract_line == world.lines["visit_check"]
    assert row.unit_price == 25
    assert row.deadline - row.offered_at == timedelta(hours=24)
    used = await balance(world.lines["visit_check"])
    line = await ContractLine.objects().get(ContractLine.id == world.lines["visit_check"])
    assert line is not None
    assert used.used_units == 4 * ((line.ends_on - today()).days + 1) // 28, "four in four weeks until the line ends"
    assert used.used_amount == used.used_units * 25
    assert await kinds_told(world["manager"].me) == ["offer"]
    assert await kinds_told(world["other_manager"].me) == []


async def test_a_volunteer_is_asked_in_person_for_three_days_and_costs_nothing(world: World) -> None:
    task = await offered(world, "volunteer")
    row = await Assignment.objects().get(Assignment.id == task)
    assert row is not None
    assert (row.organization, row.contract_line, row.unit_price) == (None, None, 0)
    assert row.deadline - row.offered_at == timedelta(hours=72)
    assert await kinds_told(world["volunteer"].me) == ["offer"]


async def test_an_urgent_offer_waits_two_hours_also_for_a_volunteer(world: World) -> None:
    for carer in ("nurse", "volunteer"):
        row = await Assignment.objects().get(Assignment.id == await offered(world, carer, priority="urgent"))
        assert row is not None
        assert row.deadline - row.offered_at == timedelta(hours=2)


async def test_only_a_dispatcher_of_the_area_offers(world: World) -> None:
    need = await make_need()
    for name in ("manager", "worker", "officer", "bureau", "volunteer"):
        with pytest.raises(NotAllowed):
            await make_offer(world[name], offer_of(need, world.carers["nurse"]), now())
    with pytest.raises(NotYours):
        await make_offer(world["outsider"], offer_of(need, world.carers["nurse"]), now())
    foreign = await make_need(division=FOREIGN_VILLAGE)
    with pytest.raises(NotYours):
        await make_offer(world["dispatcher"], offer_of(foreign, world.carers["nurse"], division="990101001201"), now())


async def test_a_need_is_offered_once_at_a_time_and_a_repeat_is_the_same_offer(world: World) -> None:
    need = await make_need()
    first = await make_offer(world["dispatcher"], offer_of(need, world.carers["nurse"]), now())
    assert await make_offer(world["dispatcher"], offer_of(need, world.carers["nurse"]), now()) == first
    with pytest.raises(Refused):
        await make_offer(world["dispatcher"], offer_of(need, world.carers["rival"]), now())


@pytest.mark.parametrize("status", ["draft", "submitted", "confirmed", "cancelled", "closed"])
async def test_only_a_need_in_matching_can_be_offered(world: World, status: str) -> None:
    need = await make_need(status)
    with pytest.raises(Refused):
        await make_offer(world["dispatcher"], offer_of(need, world.carers["nurse"]), now())


async def test_a_worker_without_a_contract_line_cannot_be_asked(world: World) -> None:
    need = await make_need(service="tutoring")
    with pytest.raises(Refused, match="no open contract line"):
        await make_offer(world["dispatcher"], offer_of(need, world.carers["nurse"]), now())


async def test_an_offer_beyond_the_line_is_refused_with_the_numbers_and_leaves_nothing(world: World) -> None:
    await ContractLine.update({ContractLine.max_units: 50}).where(ContractLine.id == world.lines["visit_check"])
    need = await make_need(visits=8)
    async with transaction():
        with pytest.raises(Refused, match=r"50 visits .* needs 8\d visits"):
            await make_offer(world["dispatcher"], offer_of(need, world.carers["nurse"]), now())
    assert await Assignment.count() == 0
    assert (await balance(world.lines["visit_check"])).used_units == 0


async def test_the_manager_accepts_and_the_need_is_assigned_to_the_matched_carer(world: World) -> None:
    task = await offered(world)
    await accept(world["manager"], task, None, now())
    await accept(world["manager"], task, None, now())
    assert (await status_of(task), await need_status(task)) == ("accepted", "assigned")
    row = await Assignment.objects().get(Assignment.id == task)
    assert row is not None
    need = await Need.objects().get(Need.id == row.need)
    assert need is not None
    assert need.current_carer == row.carer == world.carers["nurse"]
    assert await kinds_told(world["dispatcher"].me) == ["accepted"], "a repeat tells nobody again"
    rows = await audit.AuditEvent.raw("SELECT action FROM audit_event WHERE subject = {} ORDER BY seq", str(task))
    assert [each["action"] for each in rows] == ["assignment.offered", "assignment.accepted"]


@pytest.mark.parametrize("verb", [accept, withdraw, decline])
@pytest.mark.parametrize(
    "name", ["other_manager", "volunteer", "worker", "dispatcher", "officer", "bureau", "outsider"]
)
async def test_anothers_task_does_not_exist(world: World, name: str, verb) -> None:
    task = await offered(world)
    more = (None,) if verb is accept else ("no_staff", "")
    with pytest.raises(NotYours):
        await verb(world[name], task, *more, now())
    with pytest.raises(NotYours):
        await verb(world[name], uuid4(), *more, now())
    assert await status_of(task) == "offered"


async def test_another_volunteers_task_does_not_exist(world: World) -> None:
    task = await offered(world, "volunteer")
    for name in ("other_volunteer", "manager", "worker", "dispatcher"):
        with pytest.raises(NotYours):
            await accept(world[name], task, None, now())


async def test_another_carer_is_refused_while_nobody_can_check(world: World, no_rules) -> None:
    task = await offered(world)
    with pytest.raises(Refused, match="cannot be checked"):
        await accept(world["manager"], task, world.carers["cleaner"], now())


async def test_another_carer_of_the_organisation_must_pass_every_rule(world: World, no_rules) -> None:
    broken: list[moves.Problem] = [("The carer lives {km} km away, {most} at most.", {"km": 12.34, "most": 9})]

    async def check(need: UUID, carer: UUID, at: datetime) -> list[moves.Problem]:
        return broken

    no_rules.append(check)
    task = await offered(world)
    with pytest.raises(Refused, match="超出该人员 9 公里"):
        await accept(world["manager"], task, world.carers["cleaner"], now())
    assert (await status_of(task), await need_status(task)) == ("offered", "matching")
    broken.clear()
    await accept(world["manager"], task, world.carers["cleaner"], now())
    row = await Assignment.objects().get(Assignment.id == task)
    assert row is not None
    assert (row.carer, row.matched_carer) == (world.carers["cleaner"], world.carers["nurse"])
    with pytest.raises(Refused):
        await accept(world["manager"], task, world.carers["nurse"], now())


async def test_a_carer_of_another_organisation_cannot_be_named(world: World, no_rules) -> None:
    task = await offered(world)
    for carer in ("rival", "volunteer", "social_worker"):
        with pytest.raises(NotYours):
            await accept(world["manager"], task, world.carers[carer], now())


async def test_an_organisation_declines_with_a_reason_and_the_line_is_free_again(world: World, ended) -> None:
    task = await offered(world)
    for reason, text in (("", ""), ("because", ""), ("other", "  ")):
        with pytest.raises(FormError):
            await decline(world["manager"], task, reason, text, now())
    await decline(world["manager"], task, "no_staff", "", now())
    await decline(world["manager"], task, "no_staff", "", now())
    assert (await status_of(task), await need_status(task)) == ("declined", "matching")
    assert (await balance(world.lines["visit_check"])).used_units == 0
    assert await kinds_told(world["dispatcher"].me) == ["declined"]
    assert ended == [(task, "declined")]


async def test_a_volunteer_declines_without_a_reason_and_none_is_kept(world: World) -> None:
    task = await offered(world, "volunteer")
    await decline(world["volunteer"], task, "other", "private matters", now())
    row = await Assignment.objects().get(Assignment.id == task)
    assert row is not None
    assert (row.status, row.answer_reason, row.answer_text) == ("declined", "", "")


async def test_a_social_worker_declines_only_with_a_reason(world: World) -> None:
    task = await offered(world, "social_worker")
    with pytest.raises(FormError):
        await decline(world["worker"], task, "", "", now())
    await decline(world["worker"], task, "other", "在外培训", now())
    assert await status_of(task) == "declined"


async def test_the_deadline_counts_to_the_second(world: World) -> None:
    at = now()
    late, timely = await offered(world, at=at), await offered(world, at=at)
    for answer in (accept(world["manager"], late, None, at + timedelta(hours=24, seconds=1)),
                   decline(world["manager"], late, "no_staff", "", at + timedelta(hours=24, seconds=1))):  # fmt: skip
        with pytest.raises(Refused, match="is over"):
            await answer
    await accept(world["manager"], timely, None, at + timedelta(hours=24))


async def test_what_was_declined_cannot_be_accepted(world: World) -> None:
    task = await offered(world)
    await decline(world["manager"], task, "times", "", now())
    with pytest.raises(Refused):
        await accept(world["manager"], task, None, now())


async def test_a_task_given_back_frees_the_line_and_the_need_is_matched_again(world: World, ended) -> None:
    task = await offered(world)
    await accept(world["manager"], task, None, now())
    await withdraw(world["manager"], task, "staff_left", "", now())
    await withdraw(world["manager"], task, "staff_left", "", now())
    assert (await status_of(task), await need_status(task)) == ("withdrawn", "matching")
    assert (await balance(world.lines["visit_check"])).used_units == 0
    assert ended == [(task, "withdrawn")]


async def test_a_social_worker_does_not_give_back_what_was_accepted(world: World) -> None:
    task = await offered(world, "social_worker")
    await accept(world["worker"], task, None, now())
    with pytest.raises(NotAllowed):
        await withdraw(world["worker"], task, "illness", "", now())


async def test_the_dispatcher_cancels_with_a_reason_and_the_server_is_told(world: World) -> None:
    open_offer, taken = await offered(world), await offered(world, "volunteer")
    await accept(world["volunteer"], taken, None, now())
    with pytest.raises(FormError):
        await cancel(world["dispatcher"], open_offer, "", "", now())
    with pytest.raises(NotYours):
        await cancel(world["outsider"], open_offer, "moved", "", now())
    for name in ("bureau", "officer"):
        with pytest.raises(NotAllowed):
            await cancel(world[name], open_offer, "moved", "", now())
    for task in (open_offer, taken):
        await cancel(world["dispatcher"], task, "hospital", "", now())
        await cancel(world["dispatcher"], task, "hospital", "", now())
        assert (await status_of(task), await need_status(task)) == ("cancelled", "matching")
    assert (await balance(world.lines["visit_check"])).used_units == 0
    assert await kinds_told(world["volunteer"].me) == ["offer", "cancelled"]


async def test_the_audit_chain_holds_after_a_whole_story(world: World) -> None:
    await test_a_need_is_offered_once_at_a_time_and_a_repeat_is_the_same_offer(world)
    checked, broken = await audit.verify()
    assert checked > 0
    assert broken is None
